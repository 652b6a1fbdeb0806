"""The price of a changed booking: what stays costs what it was sold for, what is changed costs what it costs today.

Other days are priced by a tariff (`rates`); another car is priced anew with all that is chosen.

A booking in two parts is changed in the same two parts while the rest is not due. From the day of the rest on, what is added is paid at
once, and what is taken off makes the rest less before anything is given back. Once the rest is paid or forgone, all is in one part.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from exodrive.bookings.model import CheckoutOrder, Place, Tariff
from exodrive.flows.change.errors import NotChangeable
from exodrive.flows.change.rates import on_other_days
from exodrive.flows.checkout.model import Facts
from exodrive.kit.days import day_at
from exodrive.overview.wishes import choices_of, out_of_hours
from exodrive.pricing import engine
from exodrive.pricing.choices import Choices
from exodrive.pricing.model import Charge, Inputs, InputsV1, LineKind, PartPayment, Price
from exodrive.pricing.rules import inputs_of

Touched = set[tuple[LineKind, str | None]]
_ORDER = list(LineKind)


def reprice(
    sold: Price, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, *, is_settled: bool = False, tariff: Tariff = Tariff.NEW_TOTAL
) -> Price:
    """Return the price of a booking changed from ``old`` to ``new``; one whose second part ``is_settled`` is in one.

    ``tariff`` says what days that are added at the end cost. Raises NotOffered, JourneyNotOffered, and NotChangeable for a price that the
    first engine made.
    """
    if isinstance(sold.inputs, InputsV1):
        raise NotChangeable
    today = day_at(facts.now, facts.home_zone)
    part = None if is_settled else _part(sold.inputs.part, old, new, today)
    inputs = _of_another_car(new, facts) if new.car_id != old.car_id else _of_the_car(sold, sold.inputs, old, new, facts, tariff)
    price = engine.price(msgspec.structs.replace(inputs, part=part))
    return _with_the_rest_as_it_was(price, sold, part, today)


def _part(part: PartPayment | None, old: CheckoutOrder, new: CheckoutOrder, today: date) -> PartPayment | None:
    """The two parts, the second due as long before the pick-up as it was, and today at the earliest where the pick-up was moved."""
    if part is None or old.start == new.start:
        return part
    return PartPayment(part.percent, max(part.due + (new.start - old.start), today))


def _of_another_car(new: CheckoutOrder, facts: Facts) -> Inputs:
    order = msgspec.structs.replace(new, part_payment=False)
    choices = choices_of(order, facts.rules, facts.house, facts.locations, today=day_at(facts.now, facts.home_zone))
    return inputs_of(facts.rules, facts.house, new.days, choices=choices)


def _of_the_car(sold: Price, inputs: Inputs, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, tariff: Tariff) -> Inputs:
    touched = set(_touched(old, new))
    fresh = inputs_of(facts.rules, facts.house, new.days, choices=_choices(old, new, facts))
    kept = [charge for charge in inputs.charges if not _is_touched(charge, touched)]
    charges = kept + [charge for charge in fresh.charges if _is_touched(charge, touched)]
    excess = fresh.excess if (LineKind.WAIVER, None) in touched else inputs.excess
    in_order = tuple(sorted(charges, key=lambda charge: (_ORDER.index(charge.kind), charge.code)))
    if set(in_order) == set(inputs.charges):
        in_order = inputs.charges
    changed = msgspec.structs.replace(inputs, charges=in_order, excess=excess)
    return changed if old.days == new.days else on_other_days(sold, changed, fresh, new.days, facts, tariff)


def _with_the_rest_as_it_was(price: Price, sold: Price, part: PartPayment | None, today: date) -> Price:
    """The price without a cent put off to a day that has come: by the percentage that leaves of the rest what it was, or less."""
    more = price.total - sold.total
    if part is None or part.due > today or not more:
        return price
    later = max(sold.due_later + min(more, Decimal(0)), Decimal(0))
    left = PartPayment((price.total - later) * 100 / price.total, part.due) if later else None
    return engine.price(msgspec.structs.replace(price.inputs, part=left))


def _touched(old: CheckoutOrder, new: CheckoutOrder) -> Iterator[tuple[LineKind, str | None]]:
    """Yield the charges that a change decides anew: by kind, and by code where the kind has several."""
    ends = ((old.pickup, new.pickup, LineKind.DELIVERY, "pickup"), (old.dropoff, new.dropoff, LineKind.COLLECTION, "return"))
    days, other = ({"pickup": order.start, "return": order.end} for order in (old, new))
    for before, after, journey, side in ends:
        if where(before) != where(after):
            yield journey, None
            yield LineKind.ONE_WAY, None
        if (where(before), before.time) != (where(after), after.time) or days[side] != other[side]:
            yield LineKind.AFTER_HOURS, side
    if old.start != new.start:
        yield LineKind.YOUNG_DRIVER, None
    if old.additional_drivers != new.additional_drivers:
        yield LineKind.ADDITIONAL_DRIVER, None
    if old.waiver != new.waiver:
        yield LineKind.WAIVER, None
    for code in changed_extras(old, new):
        yield LineKind.EXTRA, code


def _is_touched(charge: Charge, touched: Touched) -> bool:
    return (charge.kind, None) in touched or (charge.kind, charge.code) in touched


def where(place: Place) -> object:
    """Return what of a place decides the way to it."""
    return place.location_id or place.address


def changed_extras(old: CheckoutOrder, new: CheckoutOrder) -> list[str]:
    """Return the codes of extras of which another number is wanted."""
    return sorted(code for code in {*old.extras, *new.extras} if old.extras.get(code, 0) != new.extras.get(code, 0))


def _choices(old: CheckoutOrder, new: CheckoutOrder, facts: Facts) -> Choices:
    """What is to be priced anew. An hour counts also at an address that stays: what is not asked again is the way there."""
    changed = choices_of(_only_changed(old, new), facts.rules, facts.house, facts.locations, today=day_at(facts.now, facts.home_zone))
    return msgspec.structs.replace(
        changed,
        pickup_time=out_of_hours(new.pickup, new.start, facts.locations),
        return_time=out_of_hours(new.dropoff, new.end, facts.locations),
    )


def _only_changed(old: CheckoutOrder, new: CheckoutOrder) -> CheckoutOrder:
    """Return the new order without what stays: that was sold, and need not be on offer today."""
    return msgspec.structs.replace(
        new,
        pickup=_end(old.pickup, new.pickup),
        dropoff=_end(old.dropoff, new.dropoff),
        extras={code: new.extras[code] for code in changed_extras(old, new) if code in new.extras},
        waiver=new.waiver if old.waiver != new.waiver else "",
        additional_drivers=new.additional_drivers if old.additional_drivers != new.additional_drivers else 0,
        part_payment=False,
    )


def _end(before: Place, after: Place) -> Place:
    """One end without the address it has already."""
    return msgspec.structs.replace(after, address=None) if after.address and where(before) == where(after) else after
