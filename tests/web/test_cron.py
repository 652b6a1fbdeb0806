"""The door for an outside clock."""

import httpx
import pytest

from exodrive.schedule import PLAN
from tests.builders import Build
from tests.product import Stack

PATH = "/cron/daily-tasks"


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_the_right_key_promises_each_slot_once_however_often_it_is_called(
    http: httpx.AsyncClient, stack: Stack, build: Build
) -> None:
    for _ in range(5):
        answer = await http.post(PATH, headers=bearer(stack.wiring.keys.cron_key))
        assert (answer.status_code, answer.content) == (202, b"")
    rows = await build.rows("select job, count(*), count(distinct slot) from outbox where job is not null group by job")
    assert {row[0] for row in rows} == set(PLAN)
    assert all(promised == slots for _job, promised, slots in rows)


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer"}, bearer("guess"), {"authorization": "Basic eDp5"}, bearer("ß" * 43)], ids=str
)
async def test_without_the_key_there_is_no_such_door(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    answer = await http.post(PATH, headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
