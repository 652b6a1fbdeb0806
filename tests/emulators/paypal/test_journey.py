"""A clock that others follow: no notice reaches a listener from a day it has not come to, or has left long ago."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.emulators.merchant import Merchant
from tests.emulators.receiver import Got, Receiver
from tests.emulators.running import Running, beside, until

DAY = 86_400


class Follower:
    """A shop with a clock of its own that follows when it is told to."""

    def __init__(self, paypal: Running) -> None:
        self.paypal, self.shift, self.strides = paypal, 0.0, 0

    def look(self) -> bool:
        told = self.paypal.control("clock")
        if not told["together"]:
            self.shift = told["shift"]
            self.strides += 1
            self.paypal.control("clock/followed", {"shift": self.shift})
        return bool(told["together"])

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.shift)


class Shop(Receiver):
    """A listener that notes how old each notice is by its own clock."""

    follower: Follower
    ages: list[timedelta]

    def answer(self, got: Got) -> int:
        self.ages.append(self.follower.now() - datetime.fromisoformat(got.event["create_time"]))
        return super().answer(got)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as shop:
        shop.ages = []
        yield shop


@pytest.fixture
def paypal(shop: Shop) -> Iterator[Running]:
    emulator = Running("paypal", "--client-id", "client", "--client-secret", "secret", "--followed", "--webhook-url", shop.url)
    shop.follower = Follower(emulator)
    yield emulator
    assert emulator.stop() == 0


def test_nothing_is_sent_before_those_who_follow_have_come(paypal: Running, shop: Shop):
    merchant = Merchant(paypal)
    merchant.approve(merchant.order()["id"])
    time.sleep(0.3)
    assert shop.got == []
    assert paypal.control("clock/followed", {"shift": 5.0})["together"] is False
    shop.follower.look()
    until(lambda: shop.got)


def test_a_long_way_is_gone_in_strides_and_each_notice_arrives_in_its_days(paypal: Running, shop: Shop):
    merchant = Merchant(paypal)
    shop.follower.look()
    merchant.held()
    for day in (2, 9, 9.3, 20):
        taken = merchant.paid(funding="pending")["id"]
        paypal.control(f"captures/{taken}/settle", {"act": "complete", "after": day * DAY})
    until(lambda: len(shop.got) == 10)
    shop.statuses = [500] * 3
    with beside(lambda: paypal.advance(days=29)) as moving:
        until(lambda: shop.follower.look() and not moving.is_alive())
    assert round(shop.follower.shift / DAY) == 29
    assert shop.types()[-5:] == ["PAYMENT.CAPTURE.COMPLETED"] * 4 + ["PAYMENT.AUTHORIZATION.VOIDED"]
    assert timedelta(seconds=-2) < min(shop.ages)
    assert max(shop.ages) < timedelta(hours=13)
    assert 4 <= shop.follower.strides < 10


def test_back_is_gone_at_once(paypal: Running, shop: Shop):
    shop.follower.look()
    for days in (9, 0):
        before = shop.follower.strides
        with beside(partial(paypal.control, "clock", {"shift": days * DAY})) as moving:
            until(lambda: shop.follower.look() and not moving.is_alive())
        assert (shop.follower.strides, shop.follower.shift) == (before + 1, days * DAY)
    assert "waits for those who follow" not in paypal.http.get("/clock").text


def test_a_person_sees_that_the_clock_is_on_its_way(paypal: Running, shop: Shop):
    answer: list[Any] = []
    press = lambda: answer.append(paypal.http.post("/desk/clock/on", data={"seconds": "86400", "back": "/clock"}))  # noqa: E731
    with beside(press) as moving:
        until(lambda: "waits for those who follow" in paypal.http.get("/clock").text)
        until(lambda: shop.follower.look() and not moving.is_alive())
    assert "was moved" in answer[0].headers["location"].replace("%20", " ")


def test_a_clock_nobody_follows_is_always_together(merchant: Merchant):
    merchant.paypal.advance(days=3)
    assert merchant.paypal.control("clock")["together"] is True
