"""Looking at everything changes nothing, and tells nobody's secrets."""

import hashlib
from collections.abc import Callable

import asyncpg
import httpx
import pytest

from exodrive.bookings.model import Rules
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, days_ahead
from tests.product import Stack
from tests.team import Person, Team
from tests.web.conftest import Client
from tests.web.routes import Route, routes

# What a GET may leave behind: that a session is in use, at most once a minute.
_LEFT_ASIDE = {"staff_sessions": {"seen_at"}}


async def fingerprints(stack: Stack) -> dict[str, str]:
    """A hash of every table's rows."""
    db = await asyncpg.connect(stack.database.url("superuser"))
    try:
        tables = [row[0] for row in await db.fetch("select tablename from pg_tables where schemaname in ('public', 'exodrive_private')")]
        found = {}
        for table in tables:
            schema = await db.fetchval(
                "select schemaname from pg_tables where tablename = $1 and schemaname in ('public', 'exodrive_private')", table
            )
            without = "".join(f" - '{column}'" for column in _LEFT_ASIDE.get(table, ()))
            rows = await db.fetch(f'select (to_jsonb(t){without})::text as row from {schema}."{table}" t order by 1')
            found[table] = hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()
        return found
    finally:
        await db.close()


class Crawl:
    """Every GET and HEAD of the product, about real things, as one caller."""

    def __init__(self, made: Made, slug: str, invitation: str) -> None:
        days = days_ahead(40, 2)
        self.query = f"?car_id={made.order.car_id}&start={days.start}&end={days.end}&token=5O190127TN364715T&told=paid&q=a&kind=tax"
        self.values = {"slug": slug, "reference": made.reference, "name": "terms", "version": Rules().terms_version, "token": invitation}
        self.keys = (made.reference, made.token)

    async def walk(self, http: httpx.AsyncClient) -> dict[str, int]:
        return {line: answer.status_code for line, answer in (await self.answers(http)).items()}

    async def answers(self, http: httpx.AsyncClient) -> dict[str, httpx.Response]:
        seen = {}
        for route in routes():
            if route.method in ("GET", "HEAD"):
                for key in self.keys if "{key}" in route.path else self.keys[:1]:
                    seen[f"{route} {key[:4]}"] = await http.request(
                        route.method, Route(route.method, route.path, "", {}).filled(**self.values, key=key) + self.query
                    )
        return seen


@pytest.fixture
async def crawl(build: Build, team: Team) -> Crawl:
    made = await build.paid()
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    return Crawl(made, slug, await team.invitation())


async def test_looking_at_every_page_as_anybody_holder_and_staff_changes_no_row(
    stack: Stack, client: Client, crawl: Crawl, build: Build, team: Team, office: Callable[[Person], httpx.AsyncClient]
) -> None:
    person = await team.member(StaffRole.OWNER)
    reference, token = crawl.keys
    callers = [client(), client(cookies={f"exodrive_b_{reference}": token}), office(person)]
    stack.kill("worker")  # it works by the clock, not by what is looked at
    try:
        before = await fingerprints(stack)
        assert len(before) > 20
        for http in callers:
            for _ in range(2):
                seen = await crawl.walk(http)
        after = await fingerprints(stack)
    finally:
        stack.start_again("worker")
    assert {table for table in before if before[table] != after[table]} == set()
    assert 200 in seen.values()
    assert not [line for line, status in seen.items() if status >= 500]
    await build.held()
    assert await fingerprints(stack) != after, "a row that changed would have been seen"


async def test_links_sessions_and_passwords_never_reach_a_log(
    stack: Stack, client: Client, crawl: Crawl, team: Team, office: Callable[[Person], httpx.AsyncClient]
) -> None:
    person = await team.member()
    reference, token = crawl.keys
    http = client(headers={"sec-fetch-site": "same-origin"})
    await http.get(f"/booking/{token}")
    await http.post("/booking/open", data={"token": token})
    await http.get(f"/booking/{token}/receipt")
    await http.post("/admin/sign-in", data={"email": person.email, "password": "a secret that is wrong", "code": "123123"})
    await office(person).get("/admin/bookings")
    await http.get("/admin/invitations/" + crawl.values["token"])
    await http.post(f"/api/bookings/{reference}/payment", headers={"authorization": f"Bearer {token}", "content-type": "application/json"})
    logs = "".join(path.read_text(errors="replace") for path in (stack.wiring.folder / "logs").glob("*.log"))
    assert len(logs) > 100
    for secret in (token, person.token, person.secret, crawl.values["token"], "a secret that is wrong", "123123"):
        assert secret not in logs
