"""The whole product, its web process killed at a point of a payment: a browser's second try, and the worker, bring it to its end."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import psutil
import pytest

from exodrive.operate import ports
from exodrive.operate.child import Child
from exodrive.operate.clock import move
from exodrive.operate.health import wait_until_healthy
from exodrive.operate.wiring import Process
from tests import ledger
from tests.builders import Build, new_key
from tests.product import Stack
from tests.web.conftest import Client


def another_web(stack: Stack, folder: Path, **more: str) -> tuple[Child, int]:
    """One more web process of the stack and its port, started and healthy; whoever asks for it stops it."""
    port, root = ports.any_free(), stack.wiring.folder / "paypal" / "root.pem"
    for name in ("logs", "pids"):
        (folder / name).mkdir(parents=True)
    more = {**stack.wiring.more, "EXODRIVE_PAYPAL_ROOT_FILE": str(root), **more}
    process = Process(replace(stack.wiring, folder=folder, web_port=port, more=more), "web")
    process.start()
    wait_until_healthy(process.child, port, "/healthz")
    return process.child, port


@contextmanager
def doomed(stack: Stack, folder: Path, point: str) -> Iterator[str]:
    """The address of one more web process of the stack, which dies at this point."""
    web, port = another_web(stack, folder, EXODRIVE_FAILPOINT=point)
    try:
        yield f"http://127.0.0.1:{port}"
        while "Unexpected exit" not in web.log.read_text():  # the server's word for a worker that was killed
            time.sleep(0.05)
    finally:
        web.stop()


def test_a_server_killed_while_it_replaces_a_worker_leaves_nobody_at_its_port(stack: Stack, tmp_path: Path) -> None:
    web, _port = another_web(stack, tmp_path / "replacing")
    try:
        main = psutil.Process(web.pid)
        [first] = main.children()
        first.kill()
        while not (replacing := [child for child in main.children() if child.pid != first.pid]):
            time.sleep(0.001)
        main.kill()  # before the new one could ask to be told
        assert psutil.wait_procs(replacing, timeout=20)[1] == []
    finally:
        web.stop()


@pytest.fixture
async def later(stack: Stack) -> AsyncIterator[Callable[[timedelta], Awaitable[None]]]:
    """Let time pass in the stack."""

    async def wait(span: timedelta) -> None:
        await move(stack.database.url("owner"), span)

    yield wait
    await move(stack.database.url("owner"), timedelta())


async def test_killed_after_the_hold_was_written_the_second_try_finds_it(
    stack: Stack, build: Build, client: Client, tmp_path: Path
) -> None:
    order = await build.order(await build.car())
    words: dict[str, Any] = {
        "content": msgspec.json.encode(order),
        "headers": {"Content-Type": "application/json", "Idempotency-Key": new_key()},
    }
    with doomed(stack, tmp_path, "hold.claim.after") as url:
        with pytest.raises(httpx.TransportError):
            await client(url).post("/api/bookings", **words)
        again = await client().post("/api/bookings", **words)
    assert again.status_code == 201, again.text
    made = await build.rows("select reference from bookings where contact_email = $1", order.email)
    assert made == [(again.json()["reference"],)]


async def test_scenario_1_killed_with_the_money_taken_and_not_written_down_the_car_is_booked_all_the_same(
    stack: Stack, build: Build, client: Client, tmp_path: Path, later: Callable[[timedelta], Awaitable[None]]
) -> None:
    made = await build.held()
    begun = await client(headers={"Authorization": f"Bearer {made.token}"}).post(f"/api/bookings/{made.reference}/payment", json={})
    order_id = parse_qs(urlsplit(begun.json()["approve_url"]).query)["token"][0]
    hook = f"webhooks/{stack.wiring.keys.paypal_webhook_id}"
    await stack.paypal.control("PATCH", hook, {"mode": "drop"})
    try:
        await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
        with doomed(stack, tmp_path, "capture.ask.after") as url, pytest.raises(httpx.TransportError):
            await client(url).get("/paypal/return", params={"token": order_id})
        assert await build.status(made) == "pending"
        reloaded = await client().get("/paypal/return", params={"token": order_id})
        # It waits some seconds, in which the worker's minute may come.
        assert "We are checking your payment" in reloaded.text or (
            "Paid. Thank you" in reloaded.text and await build.status(made) == "upcoming"
        )
        await later(timedelta(minutes=2))
        async with asyncio.timeout(60):
            while await build.status(made) == "pending":
                await asyncio.sleep(0.1)
    finally:
        await stack.paypal.control("PATCH", hook, {"mode": "deliver"})
    assert (await build.status(made), len(await build.days_of(made))) == ("upcoming", len(made.order.days))
    book = ledger.theirs(await stack.paypal.control("GET", "ledger"))
    assert [one.amount for one in book if one.booking_id == str(made.id)] == [made.held.due_now.amount]
    assert (await build.history(made)).count("paid") == 1
    async with build.doors.service().scope() as db:
        assert ledger.disagreements(*await ledger.ours(db, [made.id]), book) == []
