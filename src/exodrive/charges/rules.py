"""What a return comes to beside the rental: pure rules over what was sold, what was read, and the tariffs of the house."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from exodrive.charges.model import UNTAXED, Bill, ChargeKind, Sold, Tariffs, Trip
from exodrive.kit.money import round_money

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_HOURS = 24
_WHOLE = 100


def proposed(sold: Sold, trip: Trip, tariffs: Tariffs) -> list[Bill]:
    """Return what a return comes to; each charge has a grace of its own, and beyond it counts from the beginning."""
    return [*_distance(sold, trip, tariffs), *_fuel(sold, trip, tariffs), *_late(sold, trip, tariffs), *_cover(sold, trip, tariffs)]


def lateness(sold: Sold, due_at: datetime, at: datetime, tariffs: Tariffs) -> list[Bill]:
    """Return what a car that is brought back at a moment comes to for being late, whatever else is read then."""
    return proposed(sold, Trip(driven=0, fuel_out=0, fuel_in=0, due_at=due_at, returned_at=at), tariffs)


def _distance(sold: Sold, trip: Trip, tariffs: Tariffs) -> Iterator[Bill]:
    if sold.included is None or not sold.each_further:
        return
    further = trip.driven - sold.included
    if further <= tariffs.distance_grace:
        return
    told = {"driven": str(trip.driven), "included": str(sold.included), "further": str(further), "unit": sold.unit}
    yield bill(ChargeKind.DISTANCE, further * sold.each_further, sold, facts=told | {"each": str(sold.each_further)})


def _fuel(sold: Sold, trip: Trip, tariffs: Tariffs) -> Iterator[Bill]:
    """Where the tariff is in another currency, staff say what it costs."""
    missing = trip.fuel_out - trip.fuel_in
    if missing <= tariffs.fuel_grace_percent or tariffs.currency != sold.currency or not tariffs.fuel_full:
        return
    told = {"out": str(trip.fuel_out), "back": str(trip.fuel_in), "missing": str(missing), "full": str(tariffs.fuel_full)}
    amount = Decimal(tariffs.fuel_full) * missing / _WHOLE
    yield bill(ChargeKind.FUEL, amount, sold, fee=Decimal(tariffs.fuel_fee), facts=told)


def _late(sold: Sold, trip: Trip, tariffs: Tariffs) -> Iterator[Bill]:
    late = trip.returned_at - trip.due_at
    if late <= tariffs.late_grace or not sold.day or not tariffs.late_percent:
        return
    hours = _begun(late, _HOUR)
    days, rest = divmod(hours, _HOURS)
    percent = days * _WHOLE + min(_WHOLE, rest * tariffs.late_percent)
    told = {"hours": str(hours), "day": str(sold.day), "percent": str(tariffs.late_percent)}
    yield bill(ChargeKind.LATE, sold.day * percent / _WHOLE, sold, facts=told)


def _cover(sold: Sold, trip: Trip, tariffs: Tariffs) -> Iterator[Bill]:
    late = trip.returned_at - trip.due_at
    if late <= tariffs.cover_grace or not sold.cover:
        return
    days = _begun(late, _DAY)
    yield bill(ChargeKind.COVER, sold.cover * days, sold, facts={"days": str(days), "day": str(sold.cover)})


def _begun(span: timedelta, unit: timedelta) -> int:
    """How many units of a span have begun."""
    return -(-span // unit)


def bill(kind: ChargeKind, amount: Decimal, sold: Sold, *, fee: Decimal = Decimal(0), facts: dict[str, str] | None = None) -> Bill:
    """Return a charge with its tax: the fee is always taxed as the rental was, the thing itself unless it is compensation or passed on."""
    amount, fee = round_money(amount, sold.currency), round_money(fee, sold.currency)
    taxed = fee + (Decimal(0) if kind in UNTAXED else amount)
    return Bill(kind=kind, amount=amount, fee=fee, tax=tax_on(taxed, sold), currency=sold.currency, facts=facts or {})


def tax_on(taxed: Decimal, sold: Sold) -> Decimal:
    """Return the taxes on a sum, each rounded once, as the price engine does."""
    return _sum(round_money(taxed * percent / _WHOLE, sold.currency) for percent in sold.taxes)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
