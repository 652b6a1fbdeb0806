"""What a notice about money comes to. It only names things: our book and PayPal itself say what became of them, and whose they are."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from exodrive.bookings import store as bookings
from exodrive.bookings.model import PAYPAL
from exodrive.flows.checkout import settling
from exodrive.flows.comparison import booking, external
from exodrive.flows.comparison.judge import TAKEN
from exodrive.flows.comparison.model import Looked
from exodrive.flows.invoicing import money as invoiced
from exodrive.flows.world import World
from exodrive.gateways.errors import unless_gone
from exodrive.gateways.paypal import Refund, RefundStatus
from exodrive.kit import clock
from exodrive.kit.ids import BookingId
from exodrive.payments.differences.model import Finding, Gap, Thing
from exodrive.payments.model import End, Kind
from exodrive.payments.named import store as named
from exodrive.payments.named.store import Known
from exodrive.webhooks.model import KeptEvent

log = logging.getLogger(__name__)

_BACK = (Kind.REFUND, Kind.REPAY)
_COMPLETED = "PAYMENT.CAPTURE.COMPLETED"


class NotYet(Exception):
    """Something of our own is under way for the same booking: this can be told apart from it in a moment."""


async def captured(world: World, event: KeptEvent) -> str:
    """Something happened to a capture: settle what is open; money that came and nobody here took is booked, or promised back.

    Raises GatewayError and NotYet, and is then to be tried again.
    """
    found = await _known(world, event)
    if not found:
        return "not ours"
    booking_id, capture_id = found[0].booking_id, event.resource_id or ""
    if _has_moved(found, capture_id):
        return "known"
    settled = await _settle(world, booking_id, Kind.CAPTURE) + await _settle(world, booking_id, Kind.CLAIM)
    if event.event_type != _COMPLETED or _is_ours(await _known(world, event), capture_id):
        return "settled" if settled else "nothing open"
    return await _unasked(world, booking_id, capture_id)


async def _unasked(world: World, booking_id: BookingId, capture_id: str) -> str:
    """A capture that stands in no book of ours, if there is one at all."""
    capture = await unless_gone(world.paypal.get_capture(capture_id))
    if capture is None:
        return "not at PayPal"
    if capture.status not in TAKEN:
        return "nothing taken"
    names = {capture.id: Thing.CAPTURE} | ({capture.order_id: Thing.ORDER} if capture.order_id else {})
    looked = await _compare(world, booking_id, names)
    if looked.booked:
        return "external"
    if looked.findings:
        return "differs"
    raise NotYet


async def refunded(world: World, event: KeptEvent) -> str:
    """Money went back: if it was not us, it was done at PayPal's own site, and is booked as such.

    Raises GatewayError and NotYet, and is then to be tried again.
    """
    found = await _known(world, event) or await _of_order(world, event)
    if not found:
        return "not ours"
    booking_id, refund_id = found[0].booking_id, event.resource_id or ""
    if _has_moved(found, refund_id):
        return "known"
    settled = sum([await _settle(world, booking_id, kind) for kind in (Kind.CAPTURE, *_BACK)])
    if _has_moved(await _known(world, event), refund_id):
        return "settled"
    orders = {one.name: Thing.ORDER for one in found if one.kind is Kind.CREATE_ORDER}
    looked = await _compare(world, booking_id, {refund_id: Thing.REFUND, **orders, **await _captures(world, found)})
    if looked.booked:
        return "external"
    return "differs" if looked.findings else "settled" if settled else "nothing open"


async def reversed_(world: World, event: KeptEvent) -> str:
    """A payment was taken back, by a chargeback or by PayPal: it is cried out, kept in the history, and booked when PayPal shows how much.

    Raises GatewayError, and is then to be tried again.
    """
    found = await _known(world, event) or await _of_order(world, event)
    if not found:
        return await invoiced.taken_back(world, [event.resource_id] if event.resource_id else [])
    booking_id, names = found[0].booking_id, await _captures(world, found)
    if _has_moved([one for one in found if one.kind in _BACK], event.resource_id or ""):
        return "known"
    reversal = await _reversal(world, event.resource_id or "", names)
    log.critical("a payment was reversed", extra={"booking_id": str(booking_id), "captures": sorted(names), "event": event.event_id})
    findings = tuple(Finding(Thing.CAPTURE, name, Gap.REVERSED, "captured", "reversed", booking_id) for name in names)
    async with world.door.scope() as db:
        await booking.keep(db, Looked(findings=findings))
    if reversal and await _book(world, booking_id, reversal):
        return "external"
    async with world.door.scope() as db:
        await bookings.tell(db, booking_id, "charged_back", PAYPAL, captures=sorted(names), reversal=event.resource_id)
    return "reversed"


async def _reversal(world: World, name: str, captures: Mapping[str, Thing]) -> Refund | None:
    """Read the reversal, which looks like a refund of one of our captures; None when PayPal shows none that is done."""
    if name in captures:
        return None
    reversal = await unless_gone(world.paypal.get_refund(name))
    return reversal if reversal and reversal.status is RefundStatus.COMPLETED and reversal.capture_id in captures else None


async def _book(world: World, booking_id: BookingId, reversal: Refund) -> bool:
    """Book a reversal; a refund of ours of the same money has to end first, which PayPal now refuses."""
    for last in (False, True):
        try:
            return await external.book_reversal(world, booking_id, reversal)
        except external.TooMuch:
            if last or not await _settle(world, booking_id, Kind.REFUND):
                log.critical("more was reversed than is left", extra={"booking_id": str(booking_id), "reversal": reversal.id})
                return False
    return False


async def _settle(world: World, booking_id: BookingId, kind: Kind) -> int:
    """Settle all that is open of a kind, as long as nobody is at it; return how many there were."""
    async with world.door.scope() as db:
        intents = await named.open_intents(db, booking_id, kind)
    for operation_id in intents:
        await settling.settle(world, operation_id, actor=PAYPAL, only_read=True)
    return len(intents)


async def _compare(world: World, booking_id: BookingId, names: dict[str, Thing]) -> Looked:
    """Compare what was named and nothing else."""
    return await booking.compare(world, booking_id, since=clock.now(), named=names)


async def _known(world: World, event: KeptEvent) -> list[Known]:
    """What our book knows of all that a notice names."""
    async with world.door.scope() as db:
        return await named.known(db, set(names_in(event.payload.get("resource"))))


async def _of_order(world: World, event: KeptEvent) -> list[Known]:
    """What our book knows of the order whose money went back, where it has not heard of the capture yet: PayPal tells which order it is."""
    if not event.resource_id:
        return []
    refund = await unless_gone(world.paypal.get_refund(event.resource_id))
    capture = await unless_gone(world.paypal.get_capture(refund.capture_id)) if refund else None
    if capture is None:
        return []
    async with world.door.scope() as db:
        return await named.known(db, {capture.order_id})


def _has_moved(found: list[Known], name: str) -> bool:
    return any(one.name == name and one.end is End.SUCCEEDED for one in found)


def _is_ours(found: list[Known], name: str) -> bool:
    """Whether an intent of ours knows it, and is done or will be settled."""
    return any(one.name == name and (one.end is End.SUCCEEDED or not one.end.is_final) for one in found)


async def _captures(world: World, found: list[Known]) -> dict[str, Thing]:
    """The captures that are named, or those of the orders that are."""
    names = {one.name for one in found if one.kind in (Kind.CAPTURE, Kind.CLAIM)}
    orders = [one.name for one in found if one.kind is Kind.CREATE_ORDER]
    if not names and orders:
        async with world.door.scope() as db:
            names = set(await named.captures_of(db, orders))
    return dict.fromkeys(names, Thing.CAPTURE)


def names_in(resource: object) -> Iterator[str]:
    """Yield every id that a resource may go by: its own, related ones, and what its links lead to. Whatever is odd in it is left out."""
    if not isinstance(resource, dict):
        return
    more = resource.get("supplementary_data")
    related = more.get("related_ids") if isinstance(more, dict) else None
    for name in (resource.get("id"), *(related.values() if isinstance(related, dict) else ())):
        if isinstance(name, str) and name:
            yield name
    yield from _linked(resource.get("links"))


def _linked(links: Any) -> Iterator[str]:
    for link in links if isinstance(links, list) else ():
        href = link.get("href") if isinstance(link, dict) else None
        if isinstance(href, str):
            yield href.rstrip("/").rpartition("/")[2]
