"""Whatever shop, payer, fate and clock do, and in whatever order: no cent is made or lost."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.emulators.merchant import Json, Merchant, money, order_body, unit

STEPS = 120


class Player:
    """Does something at random, mostly what is possible."""

    def __init__(self, merchant: Merchant, seed: int) -> None:
        self.merchant, self.dice = merchant, random.Random(seed)

    def step(self) -> None:
        often: list[Callable[[], Any]] = [self.buy, self.take, self.refund]
        seldom: list[Callable[[], Any]] = [self.end, self.settle, self.case, self.wait, self.account]
        self.dice.choice(often * 2 + seldom)()

    def buy(self) -> None:
        intent = self.dice.choice(["CAPTURE", "AUTHORIZE"])
        order_id = self.merchant.order(order_body(unit(f"{self.dice.randint(1, 500)}.00")) | {"intent": intent})["id"]
        self.merchant.approve(order_id, self.dice.choice(["instant", "instant", "instant", "pending", "declined"]))
        deeds = [self.merchant.capture, self.merchant.authorize]
        self.sound(deeds[intent == "AUTHORIZE"](order_id))
        self.sound(self.dice.choice(deeds)(order_id))

    def take(self) -> None:
        if held := self.some("authorizations"):
            body: Json = {"amount": money(f"{self.dice.randint(1, 120)}.00"), "final_capture": self.dice.random() < 0.1}
            self.sound(self.merchant.act(held["id"], "capture", self.dice.choice([body] * 5 + [{}])))

    def end(self) -> None:
        if held := self.some("authorizations"):
            self.sound(self.merchant.act(held["id"], self.dice.choice(["void", "reauthorize"])))

    def refund(self) -> None:
        if taken := self.some("captures"):
            self.sound(
                self.merchant.refund(taken["id"], self.dice.choice([{"amount": money(f"{self.dice.randint(1, 90)}.00")}] * 5 + [{}]))
            )

    def settle(self) -> None:
        kind = self.dice.choice(["authorizations", "captures"])
        if thing := self.some(kind):
            body = {"act": self.dice.choice(["complete", "deny"]), "after": self.dice.choice([0, 90_000])}
            self.sound(self.merchant.paypal.http.post(f"/control/{kind}/{thing['id']}/settle", json=body))

    def case(self) -> None:
        if taken := self.some("captures"):
            body = {"case": self.dice.choice(["dispute", "chargeback", ""])}
            self.sound(self.merchant.paypal.http.post(f"/control/captures/{taken['id']}/case", json=body))

    def wait(self) -> None:
        self.merchant.paypal.advance(days=self.dice.choice([0.01, 0.01, 0.01, 0.1, 1, 10]))

    def account(self) -> None:
        self.merchant.paypal.control("account", {"refunds_pending": self.dice.random() < 0.3})

    def some(self, kind: str) -> Json | None:
        things = self.merchant.paypal.control("ledger")[kind]
        return self.dice.choice(things) if things else None

    def sound(self, answer: Any) -> None:
        assert answer.status_code < 500, answer.text


def check(ledger: Json) -> None:
    """Every hold, capture and sum agrees with the others."""
    for held in ledger["authorizations"]:
        assert Decimal(held["captured"]) <= Decimal(held["amount"]["value"])
        of_it = [it for it in ledger["captures"] if it["supplementary_data"]["related_ids"].get("authorization_id") == held["id"]]
        assert sum(Decimal(it["amount"]["value"]) for it in of_it) == Decimal(held["captured"])
    for taken in ledger["captures"]:
        back, whole = Decimal(taken["refunded"]), Decimal(taken["amount"]["value"])
        expected = {"PARTIALLY_REFUNDED": 0 < back < whole, "REFUNDED": back == whole}.get(taken["status"], back == 0)
        assert expected, taken
    sums = ledger["sums"].get("USD", {"captured": "0", "refunded": "0", "pending": "0"})
    paid = [it for it in ledger["captures"] if it["status"] in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")]
    waiting = [it for it in ledger["captures"] if it["status"] == "PENDING"]
    assert Decimal(sums["captured"]) == sum(Decimal(it["amount"]["value"]) for it in paid)
    assert Decimal(sums["refunded"]) == sum(Decimal(it["refunded"]) for it in paid)
    assert Decimal(sums["pending"]) == sum(Decimal(it["amount"]["value"]) for it in waiting)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ledger_agrees_with_itself_after_every_step(merchant: Merchant, seed: int):
    player = Player(merchant, seed)
    for _ in range(STEPS):
        player.step()
        check(merchant.paypal.control("ledger"))
    seen = {it["status"] for kind in ("captures", "authorizations") for it in merchant.paypal.control("ledger")[kind]}
    assert len(seen) > 3, seen
