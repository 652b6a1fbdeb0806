"""The stories with money. Each is told so that whoever was interrupted may begin anew: a renter clicks again, a job is run again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal

import msgspec

from exodrive.flows import cancel, home, no_show, refund, tidy, unheard, webhooks
from exodrive.flows.approval import due
from exodrive.flows.change import make, propose
from exodrive.flows.change.model import Wish
from exodrive.flows.change.pay import begin_waiting
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.hold import hold
from exodrive.flows.claiming import answer
from exodrive.flows.deposit import asking, look
from exodrive.flows.invoicing import look as invoices
from exodrive.flows.jobs import JOBS
from exodrive.flows.wallet import looking
from exodrive.gateways.paypal import Notice
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from exodrive.kit.links import hash_of
from exodrive.kit.money import Money
from exodrive.kit.outbox.store import Work
from tests.crash import both, claiming, decided, invoicing, lengths, rest_stories, wallets
from tests.crash.answers import give_back, staff_accept, staff_refuse, unanswered_ones_end
from tests.crash.cast import Cast, Facts, order_in

_ABOUT_HOLDS = "select id from payment_operations where booking_id = $1 and hold_id is not null"
_WAITING = "select id, topic, payload from outbox where done_at is null and topic = any($1)"
_DONE = "update outbox set done_at = exodrive_private.now() where id = $1"
Play = Callable[[Cast, Facts], Awaitable[None]]


async def checkout(cast: Cast, facts: Facts) -> None:
    """A renter holds a car, pays, and comes back."""
    assert facts.order
    assert facts.caller
    held = await hold(cast.world, facts.order, facts.caller, facts.key)
    with suppress(Problem):  # begun a second time it may be paid, or on its way
        order_id = order_in(await pay.begin(cast.world, held.booking_id))
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)


async def notice(cast: Cast, facts: Facts) -> None:
    """PayPal tells of something; told again, it is worked on if it was not."""
    assert facts.event
    await webhooks.take(cast.world.door, Notice(facts.key, clock.now(), facts.event))
    for (event_id,) in await cast.rows("select id from webhook_events where event_id = $1", facts.event.id):
        await webhooks.handle(cast.service, event_id)


async def approved_unheard(cast: Cast, facts: Facts) -> None:
    """The worker looks at orders that wait, and at this one, which a payer approved."""
    await unheard.look_at_due(cast.service)
    await unheard.look_at(cast.service, facts.order_id)


async def settle(cast: Cast, facts: Facts) -> None:
    """The worker brings an intent to its end."""
    assert facts.operation_id
    await settling.settle(cast.service, facts.operation_id)


async def settle_by_reading(cast: Cast, facts: Facts) -> None:
    """The same, while whoever wrote the intent may still be at it."""
    assert facts.operation_id
    await settling.settle(cast.service, facts.operation_id, only_read=True)


async def settle_all(cast: Cast, facts: Facts) -> None:
    """The worker brings every intent on that is due."""
    await settling.settle_open(cast.service)


async def staff_cancels(cast: Cast, facts: Facts) -> None:
    """A member of staff cancels a paid booking, and the worker gives the money back."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    with suppress(cancel.NotCancellable):
        await cancel.by_staff(cast.world, door, facts.booking_id, actor, "the car broke down")
    await give_back(cast, facts)


async def renter_cancels(cast: Cast, facts: Facts) -> None:
    """A renter cancels what they paid for, and the worker gives the money back."""
    assert facts.booking_id
    await cancel.by_renter(cast.world, facts.booking_id)
    await give_back(cast, facts)


async def nobody_came(cast: Cast, facts: Facts) -> None:
    """A member of staff notes that nobody came; the clock does the rest."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    await no_show.mark(cast.world, door, facts.booking_id, actor, "waited an hour", key=facts.key)


async def no_shows_are_made(cast: Cast, facts: Facts) -> None:
    """The worker makes a no-show of a booking whose time is over."""
    assert facts.booking_id
    await no_show._settle_one(cast.service, facts.booking_id)


async def staff_give_back(cast: Cast, facts: Facts) -> None:
    """A member of staff gives a part of the money back, and the worker sends it."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    some = Money(Decimal(100), "USD")
    await refund.by_staff(cast.world, door, facts.booking_id, some, actor, "the roof leaked", key=facts.key)
    await give_back(cast, facts)


async def comes_home(cast: Cast, facts: Facts) -> None:
    """A renter comes back from PayPal."""
    await home.capture(cast.world, facts.order_id, patience=0)


async def dearer(cast: Cast, facts: Facts) -> None:
    """A renter takes something along, pays for it, and comes back."""
    assert facts.booking_id
    with suppress(Problem):
        address = await _change(cast, facts, {facts.extra: 1}) or await begin_waiting(cast.world, facts.booking_id)
        order_id = order_in(address)
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)


async def cheaper(cast: Cast, facts: Facts) -> None:
    """A renter leaves something at home, and the worker gives the money back."""
    await _change(cast, facts, {})
    await give_back(cast, facts)


async def _change(cast: Cast, facts: Facts, extras: dict[str, int]) -> str | None:
    """Where a change is paid; None when it was made before."""
    holder = cast.world.doors.token(hash_of(facts.token))
    wish = Wish(extras=extras)
    try:
        proposal = await propose.preview(cast.world, holder, facts.reference, wish)
        quote = cast.world.quotes.sign(proposal.price, clock.now())
        return (await make.make(cast.world, holder, facts.reference, wish, quote)).approve_url
    except Problem:
        return None


async def gives_up(cast: Cast, facts: Facts) -> None:
    """A renter drops a change that waits to be paid."""
    assert facts.booking_id
    await make.give_up(cast.world, facts.booking_id)


async def tidies(cast: Cast, facts: Facts) -> None:
    """The worker ends what nobody paid for."""
    assert facts.booking_id
    await tidy._expire_one(cast.service, facts.booking_id)
    if facts.change_id:
        await tidy._drop_one(cast.service, facts.change_id)


async def deposit(cast: Cast, facts: Facts) -> None:
    """A renter has a deposit held."""
    assert facts.booking_id
    with suppress(Problem):  # begun a second time it may be held, or on its way
        order_id = order_in(await asking.begin(cast.world, facts.booking_id))
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)


async def looks_after_a_deposit(cast: Cast, facts: Facts) -> None:
    """The worker looks what is to be done about a deposit, and does it."""
    assert facts.booking_id
    await look.look_at(cast.service, facts.booking_id)
    for (operation_id,) in await cast.rows(_ABOUT_HOLDS, facts.booking_id):
        await settling.settle(cast.service, operation_id)


async def looks_after_all_deposits(cast: Cast, facts: Facts) -> None:
    """The worker looks at every deposit that may want something."""
    await look.look_at_all(cast.service)


async def work(cast: Cast, facts: Facts) -> None:
    """The worker, started anew: all that was promised or is due, until nothing is left to do."""
    while await settling.settle_open(cast.service) == settling.AT_ONCE:
        pass  # the next look is seconds later
    await unheard.look_at_due(cast.service)
    await no_show.settle_due(cast.service)
    await due.settle_due(cast.service)
    await answer.settle_due(cast.service)
    await invoices.look_at_all(cast.service)
    await tidy.expire_dead(cast.service)
    await tidy.drop_lapsed(cast.service)
    topics = ["payments.settle", "webhooks.handle", "payments.decided", "receipts.issue", "receipts.of_invoice"]
    topics += ["deposits.look", "claims.take", "invoices.drive"]
    await looking.look_at_all(cast.service)
    while promised := await cast.rows(_WAITING, topics):
        for outbox_id, topic, payload in promised:
            await JOBS[topic](cast.service, Work(outbox_id, topic, msgspec.json.decode(payload)))
            await cast.rows(_DONE, outbox_id)


#: Every story, and who logs in for it beside checkout and worker.
PLAYS: dict[str, tuple[Play, tuple[str, ...]]] = {
    "checkout": (checkout, ("web",)),
    "notice": (notice, ()),
    "unheard": (approved_unheard, ()),
    "settle": (settle, ()),
    "settle all": (settle_all, ()),
    "staff cancels": (staff_cancels, ("staff",)),
    "renter cancels": (renter_cancels, ()),
    "nobody came": (nobody_came, ("staff",)),
    "goes out and back": (claiming.goes_out_and_back, ("staff",)),
    "no-shows are made": (no_shows_are_made, ()),
    "staff accept": (staff_accept, ("staff",)),
    "staff refuse": (staff_refuse, ("staff",)),
    "unanswered ones end": (unanswered_ones_end, ()),
    "staff give back": (staff_give_back, ("staff",)),
    "staff decide": (decided.staff_decide, ("staff",)),
    "comes home": (comes_home, ()),
    "dearer": (dearer, ("web",)),
    "cheaper": (cheaper, ("web",)),
    "longer": (lengths.longer, ("web",)),
    "staff shorten": (lengths.staff_shorten, ("staff",)),
    "gives up": (gives_up, ()),
    "tidies": (tidies, ()),
    "settle by reading": (settle_by_reading, ()),
    "rest": (rest_stories.rest, ()),
    "rests are reminded of": (rest_stories.rests_are_reminded_of, ()),
    "staff waive": (rest_stories.staff_waive, ("staff",)),
    "deposit": (deposit, ()),
    "both": (both.both, ()),
    "claims and accepts": (claiming.claims_and_accepts, ("staff",)),
    "claims and upholds": (claiming.claims_and_upholds, ("staff",)),
    "claims fall due": (claiming.claims_fall_due, ()),
    "a day is kept": (claiming.a_day_is_kept, ()),
    "staff give a deposit back": (claiming.gives_back, ("staff",)),
    "looks after a deposit": (looks_after_a_deposit, ()),
    "looks after all deposits": (looks_after_all_deposits, ()),
    "looks after a wallet": (wallets.looks_after_a_wallet, ()),
    "checks a wallet": (wallets.checks_a_wallet, ()),
    **invoicing.PLAYS,
    "work": (work, ()),
}
