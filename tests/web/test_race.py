"""The product under fire: five hundred renters at once, Redis killed, frozen, emptied and read-only half-way, the web process killed
while PayPal pays.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import ReadOnlyError

from exodrive.kit.db import Doors
from exodrive.kit.links import LinkKeys
from exodrive.kit.locks import LIFE
from exodrive.kit.signing import Signer
from exodrive.operate.clock import move
from exodrive.operate.valkey import Valkey
from exodrive.pricing import quotes
from exodrive.pricing.kinds import Extra
from tests.builders import Build, Made, make_world, new_key
from tests.garage import new_rules
from tests.product import PARTS, Stack, wire
from tests.servers import Servers, make_database, open_folder
from tests.web.crowd import Crowd, check, deadlocks

CROWD, LATER, SMALL_CROWD = 500, 60, 150
WORKING = 4.0  # seconds PayPal works on a capture whose caller is killed meanwhile: long enough for a crowded machine to kill in time


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    """A Valkey that may be killed and frozen."""
    with open_folder() as folder, Valkey(folder, unsafe_fast=True) as valkey:
        yield valkey


@pytest.fixture(scope="module")
async def shop(servers: Servers, worker_number: int, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The whole product over that Valkey."""
    database = await make_database(servers, f"exodrive_race{worker_number}")
    doors = await Doors.open(**{part: database.url(part) for part in PARTS if part != "owner"}, pooler=database.servers.pooler)
    stack = Stack(wire(tmp_path_factory.mktemp("race"), database, valkey.url()), database, doors)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        await doors.close()


@pytest.fixture(scope="module")
async def build(shop: Stack, valkey: Valkey) -> AsyncIterator[Build]:
    """Makes cars and orders there; its quotes are the shop's own."""
    own = quotes.Quotes(Signer(shop.wiring.keys.secret_key, quotes.PURPOSE))
    world = make_world(shop.doors, valkey.url(), quotes=own, links=LinkKeys([shop.wiring.keys.link_key]))
    yield Build(world, shop.database.url("superuser"))
    await world.paypal.close()
    await world.locks._courtesy.close()


@pytest.fixture
async def crowd(shop: Stack, build: Build) -> Crowd:
    await shop.paypal.forget_calls()
    return Crowd(shop, build)


@pytest.mark.slow
async def test_500_at_once_have_disjoint_winners(crowd: Crowd, build: Build) -> None:
    before = await deadlocks(build)
    orders = await crowd.orders(CROWD, seed=1)
    lost = await check(crowd, orders, await crowd.rush(orders))
    assert await deadlocks(build) == before
    assert {answer.body["type"] for answer in lost} <= {"/problems/car-taken", "/problems/days-busy", "/problems/busy"}
    assert all(answer.body["free"] for answer in lost if answer.body["type"] == "/problems/car-taken")
    crowd.say()


@pytest.mark.slow
async def test_500_at_once_with_redis_killed_half_way(crowd: Crowd, build: Build, valkey: Valkey) -> None:
    before = await deadlocks(build)
    orders = await crowd.orders(CROWD, seed=2)
    rush = asyncio.create_task(crowd.rush(orders))
    try:
        await crowd.begun()
        assert valkey.child.pid
        os.kill(valkey.child.pid, signal.SIGKILL)
        await check(crowd, orders, await rush)
        assert await deadlocks(build) == before
    finally:
        while valkey.child.ended() is None:
            await asyncio.sleep(0.01)
        valkey.start()
        valkey.wait()


@pytest.mark.slow
async def test_500_at_once_with_redis_frozen_for_longer_than_a_lock_lives(crowd: Crowd, build: Build, valkey: Valkey) -> None:
    """Frozen with locks in its memory while all of them are at it; when it wakes their time is over, and more renters come."""
    before = await deadlocks(build)
    orders = await crowd.orders(CROWD + LATER, seed=3)
    assert valkey.child.pid
    rush = asyncio.create_task(crowd.rush(orders[:CROWD]))
    try:
        await crowd.begun()
        os.kill(valkey.child.pid, signal.SIGSTOP)
        frozen = time.monotonic()
        first = await rush
        await asyncio.sleep(max(0.0, frozen + LIFE + 1 - time.monotonic()))
    finally:
        os.kill(valkey.child.pid, signal.SIGCONT)
    later = await crowd.rush(orders[CROWD:])
    await check(crowd, orders, [*first, *later])
    assert await deadlocks(build) == before


async def test_a_crowd_with_redis_emptied_under_its_hands(crowd: Crowd, build: Build, valkey: Valkey) -> None:
    """Every lock is forgotten while its holder is at work, again and again."""
    before = await deadlocks(build)
    orders = await crowd.orders(SMALL_CROWD, seed=4)
    rush = asyncio.create_task(crowd.rush(orders))
    emptied = 0
    async with Redis.from_url(valkey.url(), protocol=2) as admin:
        while not rush.done():
            await asyncio.sleep(0.01)
            emptied += await admin.dbsize() > 0
            await admin.flushall()
            await admin.script_flush()
    await check(crowd, orders, await rush)
    assert await deadlocks(build) == before
    assert emptied, "there was something to forget"


async def test_a_crowd_with_redis_turned_read_only_half_way(crowd: Crowd, build: Build, valkey: Valkey) -> None:
    before = await deadlocks(build)
    orders = await crowd.orders(SMALL_CROWD, seed=5)
    rush = asyncio.create_task(crowd.rush(orders))
    async with Redis.from_url(valkey.url(), protocol=2) as admin:
        try:
            await crowd.begun()
            await admin.execute_command("REPLICAOF", "127.0.0.1", "1")
            with pytest.raises(ReadOnlyError):
                await admin.set("a", "b")
            await check(crowd, orders, await rush)
            assert await deadlocks(build) == before
        finally:
            await admin.execute_command("REPLICAOF", "NO", "ONE")


# long: one story with a crash in the middle
async def test_the_web_process_killed_while_paypal_pays_loses_nothing(shop: Stack, build: Build) -> None:
    """PayPal captures, nobody is there to hear it; the worker finds out, books once and sends each letter once."""
    made = await build.held()
    bearer = {"Authorization": f"Bearer {made.token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=shop.url, timeout=30, verify=False) as http:
        begun = await http.post(f"/api/bookings/{made.reference}/payment", headers=bearer)
        assert begun.status_code == 200, begun.text
        order_id = parse_qs(urlsplit(begun.json()["approve_url"]).query)["token"][0]
        await shop.paypal.control("PATCH", f"webhooks/{shop.wiring.keys.paypal_webhook_id}", {"mode": "drop"})
        await shop.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
        await shop.paypal.fault(kind="slow", match={"path_regex": f"{order_id}/capture"}, delay=WORKING)
        coming_back = asyncio.create_task(http.get("/paypal/return", params={"token": order_id}))
        await _asked_for_capture(shop, order_id)
        kill_at_once(shop, "web")
        with pytest.raises(httpx.TransportError):
            await coming_back
    await _captured(shop, made)
    assert await build.status(made) == "pending"
    assert await build.history(made) == ["held", "order_opened", "capture_intended"]
    try:
        await move(shop.database.url("owner"), timedelta(minutes=2))
        async with asyncio.timeout(60):
            while len(letters := await _letters(shop, made)) < 2:
                await asyncio.sleep(0.1)
    finally:
        await move(shop.database.url("owner"), timedelta())
        shop.start_again("web")
        shop.wait()
    assert await build.status(made) == "upcoming"
    assert len({letter["subject"] for letter in letters}) == len(letters) == 2  # the confirmation and the receipt, once each
    calls = [call for call in await shop.paypal.calls() if call["path"].endswith(f"{order_id}/capture")]
    assert len({call["request_id"] for call in calls}) == 1
    ledger = await shop.paypal.control("GET", "ledger")
    assert len([row for row in ledger["captures"] if row.get("custom_id") == str(made.id)]) == 1


# long: one story with a crash in the middle
async def test_web_and_worker_killed_while_a_change_is_paid_make_it_once(shop: Stack, build: Build) -> None:
    """PayPal captures the difference and nobody hears it; a worker that is started later puts the change into force, once."""
    car, code = await build.car(), f"seat-{new_key()[:8]}"
    await new_rules(build.doors, Extra(name="Child seat", code=code, amount=Decimal(40), car_id=car.id, currency="USD"))
    made = await build.paid(car)
    path, bearer = f"/api/bookings/{made.reference}/change", {"Authorization": f"Bearer {made.token}"}
    async with httpx.AsyncClient(base_url=shop.url, timeout=30, verify=False, headers=bearer) as http:
        told = (await http.post(f"{path}/price", json={"extras": {code: 1}})).json()
        begun = await http.post(path, json={"extras": {code: 1}, "quote": told["quote"]})
        order_id = parse_qs(urlsplit(begun.json()["approve_url"]).query)["token"][0]
        await shop.paypal.control("PATCH", f"webhooks/{shop.wiring.keys.paypal_webhook_id}", {"mode": "drop"})
        await shop.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
        await shop.paypal.fault(kind="slow", match={"path_regex": f"{order_id}/capture"}, delay=WORKING)
        coming_back = asyncio.create_task(http.get("/paypal/return", params={"token": order_id}))
        await _asked_for_capture(shop, order_id)
        kill_at_once(shop, "web")
        kill_at_once(shop, "worker")
        with pytest.raises(httpx.TransportError):
            await coming_back
    await _captured(shop, made)
    try:
        await move(shop.database.url("owner"), timedelta(minutes=9))  # a minute whose recurring work nobody did yet
        shop.start_again("worker")
        async with asyncio.timeout(60):
            while (await build.history(made))[-1] != "email_sent" or "changed" not in await build.history(made):
                await asyncio.sleep(0.1)
    finally:
        await move(shop.database.url("owner"), timedelta())
        shop.start_again("web")
        shop.wait()
    assert (await build.history(made)).count("changed") == 1
    assert await build.rows("select code, quantity from booking_extras where booking_id = $1", made.id) == [(code, 1)]
    calls = [call for call in await shop.paypal.calls() if call["path"].endswith(f"{order_id}/capture")]
    assert len({call["request_id"] for call in calls}) == 1
    ledger = await shop.paypal.control("GET", "ledger")
    [capture] = [row for row in ledger["captures"] if row.get("custom_id") == str(made.id)]
    assert capture["amount"]["value"] == told["difference"]


def kill_at_once(shop: Stack, name: str) -> None:
    """The process and the processes it started: none of them finishes anything, and none is started in the place of another."""
    main = psutil.Process(shop.processes[name].child.pid)
    main.suspend()
    for process in [*main.children(recursive=True), main]:
        with suppress(psutil.NoSuchProcess):  # it has ended by itself meanwhile
            process.kill()
    shop.kill(name)


async def _asked_for_capture(shop: Stack, order_id: str) -> None:
    """Until PayPal has been asked to capture, and works on it."""
    async with asyncio.timeout(30):
        while not any(call["path"].endswith(f"{order_id}/capture") for call in await shop.paypal.calls()):
            await asyncio.sleep(0.02)


async def _captured(shop: Stack, made: Made) -> None:
    """Until PayPal has taken the money, heard or not."""
    async with asyncio.timeout(30):
        while not any(row.get("custom_id") == str(made.id) for row in (await shop.paypal.control("GET", "ledger"))["captures"]):
            await asyncio.sleep(0.1)


async def _letters(shop: Stack, made: Made) -> list[Any]:
    return [mail for mail in await shop.resend.control("GET", "mails") if made.order.email in mail["to"]]
