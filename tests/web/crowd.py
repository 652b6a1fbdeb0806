"""A crowd of renters over HTTP, all wanting one car at once, and what must be true afterwards."""

import asyncio
import itertools
import logging
import random
import statistics
import time
from typing import Any

import msgspec

from tests.builders import Build, days_ahead, new_key
from tests.product import Stack

log = logging.getLogger(__name__)
_networks = itertools.count(1)  # never one that holds something since an earlier crowd


class Answer(msgspec.Struct, frozen=True):
    """What a renter heard, and how long they waited for it."""

    status: int
    body: dict[str, Any]
    seconds: float


class Crowd:
    """Renters with an e-mail address, a browser and a network each, all wanting one car. Plain sockets: a client that works more than
    the shop would measure itself.
    """

    def __init__(self, shop: Stack, build: Build) -> None:
        self.shop, self.build = shop, build
        self.heard: list[Answer] = []

    async def orders(self, size: int, *, seed: int) -> list[Any]:
        """So many orders for one car: one to seven days each, among the next forty."""
        car, chance = await self.build.car(), random.Random(seed)
        promised: dict[Any, str] = {}
        made = []
        for _ in range(size):
            days = days_ahead(10 + chance.randrange(40), chance.randint(1, 7))
            if days not in promised:
                promised[days] = await self.build.quote(car.id, days)
            made.append(await self.build.order(car, days, quote=promised[days]))
        return made

    async def send(self, order: Any) -> Answer:
        """Ask for the days, as a browser that nobody saw before from a network of its own."""
        begun, number, body = time.monotonic(), next(_networks), msgspec.json.encode(order)
        head = (
            f"POST /api/bookings HTTP/1.1\r\nHost: 127.0.0.1:{self.shop.wiring.web_port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\nIdempotency-Key: {new_key()}\r\n"
            f"X-Forwarded-For: 10.{number // 65536}.{number // 256 % 256}.{number % 256}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.shop.wiring.web_port)
        writer.write(head.encode() + body)
        told = await reader.read()
        writer.close()
        headers, _, content = told.partition(b"\r\n\r\n")
        answer = Answer(int(headers[9:12]), msgspec.json.decode(content), time.monotonic() - begun)
        self.heard.append(answer)
        return answer

    @property
    def won(self) -> int:
        """How many have their days so far."""
        return sum(answer.status == 201 for answer in self.heard)

    async def begun(self) -> None:
        """Until the first few have their days: the others are at it."""
        while self.won < 3:
            await asyncio.sleep(0.005)

    def say(self) -> None:
        """How long winners and losers waited; a figure, not a verdict: the crowd itself shares the machine."""
        for status in (201, 409):
            times = [answer.seconds for answer in self.heard if answer.status == status]
            log.warning("%s: %d, median %.2f s, longest %.2f s", status, len(times), statistics.median(times), max(times))

    async def rush(self, orders: list[Any]) -> list[Answer]:
        """All at once."""
        return list(await asyncio.gather(*(self.send(order) for order in orders)))


async def check(crowd: Crowd, orders: list[Any], answers: list[Answer]) -> list[Answer]:
    """Everybody got 201 or 409; winners have all their days and nobody else's; losers left nothing and cost PayPal no call."""
    statuses = {answer.status for answer in answers}
    assert statuses == {201, 409}, [answer.body for answer in answers if answer.status not in (201, 409)][:5]
    won = [(order, answer.body["reference"]) for order, answer in zip(orders, answers, strict=True) if answer.status == 201]
    taken = "select b.reference, a.date from car_availability a join bookings b on b.id = a.booking_id where a.car_id = $1"
    rows = await crowd.build.rows(taken, orders[0].car_id)
    assert {(reference, day) for order, reference in won for day in order.days} == set(rows)
    assert len({day for _, day in rows}) == len(rows)
    assert await crowd.build.value("select count(*) from bookings where car_id = $1", orders[0].car_id) == len(won)
    assert [call for call in await crowd.shop.paypal.calls() if "/v2/" in call["path"]] == []
    return [answer for answer in answers if answer.status == 409]


async def deadlocks(build: Build) -> int:
    return int(await build.value("select deadlocks from pg_stat_database where datname = current_database()"))
