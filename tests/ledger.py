"""Our book of money beside PayPal's: whatever was cut short or lost, the two agree to the cent, but for what is still open."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

#: States of a capture at PayPal in which the money is ours, or may still come.
PAID = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
COUNTS = PAID | {"PENDING"}

_OURS = """
    select o.id, o.booking_id, o.change_id, o.kind, o.attempt, o.target_id, o.amount, o.currency, r.outcome, r.provider_id,
           o.instalment_id
    from payment_operations o
    left join lateral (select outcome, provider_id from payment_results where operation_id = o.id order by id desc limit 1) r on true
    where o.kind in ('capture', 'refund', 'claim', 'repay') and ($1::uuid[] is null or o.booking_id = any($1))"""
_SUMS = """
    select p.booking_id, p.captured_amount, p.refunded_amount from payments p
    where $1::uuid[] is null or p.booking_id = any($1)"""


@dataclass(frozen=True)
class Intent:
    """One capture, refund or claim of ours, with the newest thing PayPal said of it."""

    id: UUID
    booking_id: UUID
    change_id: UUID | None
    kind: str
    attempt: int
    target_id: str
    amount: Decimal
    currency: str
    outcome: str | None
    provider_id: str | None
    instalment_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome in (None, "unknown", "pending")

    @property
    def is_done(self) -> bool:
        return self.outcome == "succeeded"

    def __str__(self) -> str:
        return f"{self.kind} {self.attempt} of {self.booking_id}"


@dataclass(frozen=True)
class Movement:
    """A capture or refund in PayPal's book; ``target_id`` is the order, or the capture."""

    id: str
    kind: str
    target_id: str
    booking_id: str
    amount: Decimal
    currency: str
    status: str

    @property
    def counts(self) -> bool:
        return self.status in COUNTS

    def __str__(self) -> str:
        return f"{self.kind} {self.id} of {self.booking_id}"


async def ours(db: Any, bookings: Collection[UUID] | None = None) -> tuple[list[Intent], dict[UUID, tuple[Decimal, Decimal]]]:
    """Our intents, and what the summaries say was captured and given back; of all bookings or of some."""
    wanted = None if bookings is None else list(bookings)
    intents = [Intent(*row) for row in await db.fetch(_OURS, wanted)]
    return intents, {row[0]: (row[1], row[2]) for row in await db.fetch(_SUMS, wanted)}


def theirs(ledger: dict[str, Any]) -> list[Movement]:
    """What PayPal's emulator shows as its ledger."""
    taken = [_movement(*_taken(row["supplementary_data"]["related_ids"], row)) for row in ledger["captures"]]
    claims = {one.id for one in taken if one.kind == "claim"}
    return [
        *taken,
        *(_movement(_back(row, claims), row, _up(row)) for row in ledger["refunds"]),
    ]


def _back(row: dict[str, Any], claims: Collection[str]) -> str:
    """Money that went back to a renter, or back out of what was claimed from their deposit."""
    return "repay" if _up(row) in claims else "refund"


def _taken(related: dict[str, str], row: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    """Money taken from an order, or out of a hold, which is no money of the rental's; the rental's part of a hold says so."""
    hold = related.get("authorization_id") if "-T" not in row.get("invoice_id", "") else None
    return ("claim", row, hold) if hold else ("capture", row, related.get("order_id", ""))


def _movement(kind: str, row: dict[str, Any], target: str) -> Movement:
    value = row["amount"]
    return Movement(row["id"], kind, target, row.get("custom_id", ""), Decimal(value["value"]), value["currency_code"], row["status"])


def _up(row: dict[str, Any]) -> str:
    return next(link["href"] for link in row["links"] if link["rel"] == "up").rpartition("/")[2]


def disagreements(intents: Iterable[Intent], sums: dict[UUID, tuple[Decimal, Decimal]], movements: Iterable[Movement]) -> list[str]:
    """Name everything in one of the books that the other contradicts; what is open here may be there or not."""
    mine, found = list(intents), {one.id: one for one in movements if one.booking_id in {str(name) for name in sums}}
    return [
        *_claimed(mine, found),
        *_unexplained(mine, found.values()),
        *_twice(mine, found.values()),
        *_sums(mine, sums),
        *_uneven(mine, sums, found.values()),
    ]


def _claimed(intents: list[Intent], found: dict[str, Movement]) -> Iterator[str]:
    """What we say was done was done, and to the cent."""
    for intent in intents:
        there = found.get(intent.provider_id or "")
        if not intent.is_done:
            continue
        if there is None or not (there.status in PAID if intent.kind in ("capture", "claim") else there.status == "COMPLETED"):
            yield f"{intent} is done by our book, PayPal has {there and there.status}"
        elif (there.amount, there.currency) != (intent.amount, intent.currency):
            yield f"{intent} is {intent.amount} {intent.currency}, PayPal moved {there.amount} {there.currency}"


def _unexplained(intents: list[Intent], movements: Iterable[Movement]) -> Iterator[str]:
    """What PayPal did has an intent of ours that is done, or open still."""
    for there in movements:
        asked = [one for one in intents if (one.kind, one.target_id) == (there.kind, there.target_id)]
        told = [one for one in asked if one.provider_id == there.id] or [one for one in asked if one.amount == there.amount]
        if there.counts and not any(one.is_open or (one.is_done and one.provider_id == there.id) for one in told):
            yield f"{there} ({there.status}, {there.amount}) is nowhere in our book: {[f'{one} {one.outcome}' for one in asked]}"


def _twice(intents: list[Intent], movements: Iterable[Movement]) -> Iterator[str]:
    """Nobody pays for one thing twice: for the booking itself, for one change of it, or for the rest of its price.

    A rest is still to be paid after staff gave back what came for it in doubt.
    """
    purposes = {one.target_id: (one.booking_id, one.change_id or one.instalment_id) for one in intents if one.kind == "capture"}
    rests = {one.target_id for one in intents if one.kind == "capture" and one.instalment_id}
    came = [one for one in movements if one.kind == "capture" and one.counts]
    kept = [one for one in came if one.target_id not in rests or _given_back(intents, one) < one.amount]
    taken = Counter(purposes.get(one.target_id) for one in kept)
    yield from (f"captured {times} times for {purpose}" for purpose, times in taken.items() if purpose and times > 1)


def _given_back(intents: list[Intent], capture: Movement) -> Decimal:
    """What of a capture we gave back, or are about to."""
    return _total(one.amount for one in intents if (one.kind, one.target_id) == ("refund", capture.id) and (one.is_done or one.is_open))


def _sums(intents: list[Intent], sums: dict[UUID, tuple[Decimal, Decimal]]) -> Iterator[str]:
    """The summary is what the intents come to, and never gives back more than came."""
    for booking_id, kept in sums.items():
        told = tuple(
            _total(one.amount for one in intents if (one.booking_id, one.kind, one.is_done) == (booking_id, kind, True))
            for kind in ("capture", "refund")
        )
        if told != kept or kept[1] > kept[0]:
            yield f"the summary of {booking_id} says {kept}, its intents come to {told}"


def _uneven(intents: list[Intent], sums: dict[UUID, tuple[Decimal, Decimal]], movements: Collection[Movement]) -> Iterator[str]:
    """With nothing open the sums are the same on both sides."""
    for booking_id, kept in sums.items():
        if any(one.is_open for one in intents if one.booking_id == booking_id):
            continue
        there = tuple(
            _total(one.amount for one in movements if (one.booking_id, one.kind) == (str(booking_id), kind) and one.counts)
            for kind in ("capture", "refund")
        )
        if there != kept:
            yield f"{booking_id}: {kept} by our book, {there} by PayPal's"


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
