"""Alive and ready, also while the database is away."""

import time
from collections.abc import Iterator

import pytest

from tests.web.conftest import Client, Secure


@pytest.fixture
def line(secure: Secure) -> Iterator[Secure]:
    yield secure
    secure.line.mend()


async def test_the_shop_is_alive_and_ready(client: Client) -> None:
    http = client()
    for path, said in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = await http.get(path)
        assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (200, said, "no-store")


async def test_without_the_database_it_is_alive_but_not_ready_and_says_so_calmly(client: Client, line: Secure) -> None:
    http = client(line.url)
    assert (await http.get("/readyz")).status_code == 200
    line.line.cut()
    assert (await http.get("/healthz")).status_code == 200
    ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["type"], ready.json()["detail"]) == (
        503,
        "/problems/unavailable",
        "The database does not answer.",
    )
    page, data = (
        await http.get("/cars?again=1"),
        await http.get("/availability?car_id=8f14e45f-ceea-467f-a8a5-000000000000&start=2026-12-24&end=2026-12-24"),
    )
    for answer in (ready, page, data):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["cache-control"] == "no-store"
        assert "asyncpg" not in answer.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert data.headers["content-type"] == "application/problem+json"
    signed_out = client(line.url, cookies={"__Host-exodrive_staff": "x" * 43})
    assert (await signed_out.get("/admin")).status_code == 503, "nobody is let in, and nobody is told to sign in"
    line.line.mend()
    assert (await http.get("/readyz")).status_code == 200
    assert (await http.get("/cars?again=2")).status_code == 200


async def test_a_database_that_hangs_makes_it_unready_within_seconds(client: Client, line: Secure) -> None:
    http = client(line.url)
    assert (await http.get("/readyz")).status_code == 200
    line.line.freeze()
    began = time.monotonic()
    assert (await http.get("/readyz")).status_code == 503
    assert time.monotonic() - began < 8
    assert (await http.get("/healthz")).status_code == 200
    line.line.mend()
    assert (await http.get("/readyz")).status_code == 200
