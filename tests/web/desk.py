"""Somebody in the back office, with the token of their forms."""

from dataclasses import dataclass

import httpx

from tests.team import Person


@dataclass(frozen=True)
class Desk:
    """Somebody's browser in the back office: `get`, and `post` with their forms' own token."""

    person: Person
    http: httpx.AsyncClient
    csrf: str

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, **fields: object) -> httpx.Response:
        return await self.http.post(path, data={"csrf": self.csrf, **fields})

    async def send(self, method: str, path: str, body: object = None, *, key: str = "") -> httpx.Response:
        """A request of the JSON API, with an idempotency key where it needs one."""
        headers = {"x-csrf-token": self.csrf} | ({"idempotency-key": key} if key else {})
        return await self.http.request(method, path, json={} if body is None else body, headers=headers)
