"""What must hold after every step, whatever happened in it; and what must hold when everybody has gone home."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from exodrive.overview.money_check import differences
from tests import ledger
from tests.model import owing
from tests.model.stage import Town

KEYS_LIVE = timedelta(hours=24)  # the mail service forgets an idempotency key after so long

# Each part finds what must never be, and names it.
_BROKEN = """
    with live as (
        select b.id, b.reference, b.car_id, b.status, b.start_date, b.end_date, b.end_date + c.turnaround_days as until,
               b.end_date - b.start_date + 1 as length
        from bookings b join cars c on c.id = b.car_id where b.status in ('upcoming', 'active')),
    taken as (
        select a.booking_id, count(*) filter (where a.status = 'booked' and a.date between b.start_date and b.end_date) as booked,
               count(*) filter (where a.status = 'booked' and a.date > b.end_date) as late,
               count(*) filter (where a.status = 'pending') as pending,
               bool_or(a.hold_expires_at = 'infinity') as kept
        from car_availability a join bookings b on b.id = a.booking_id group by a.booking_id),
    asked as (
        select o.booking_id, o.change_id, o.instalment_id, o.kind, o.amount, o.target_id, r.outcome, r.provider_id
        from payment_operations o left join payment_results r on r.operation_id = o.id and r.is_final),
    unpaid as (
        select b.id, b.reference, b.status, b.end_date - b.start_date + 1 as length,
               exists (select from asked o where o.booking_id = b.id and o.change_id is null and o.instalment_id is null
                       and o.kind in ('capture', 'hold') and o.outcome is null) as paying
        from bookings b where b.status = 'pending')
    select 'two bookings have one day: ' || a.reference || ', ' || b.reference
    from live a join live b on a.car_id = b.car_id and a.id < b.id and a.start_date <= b.until and b.start_date <= a.until
    union all
    select l.reference || ' is ' || l.status || ' and has ' || coalesce(t.booked, 0) || ' days of ' || l.length
    from live l left join taken t on t.booking_id = l.id where coalesce(t.booked, 0) <> l.length
    union all
    select b.reference || ' is ' || b.status || ' and has days' from taken t join bookings b on b.id = t.booking_id
    where b.status in ('cancelled', 'expired', 'no_show') or b.status = 'pending' and t.booked > 0
    union all
    select b.reference || ' keeps ' || t.late || ' days that it was not sold, and its car was never out'
    from taken t join bookings b on b.id = t.booking_id where t.late > 0 and b.handed_over_at is null
    union all
    select b.reference || ' is back, and somebody is said to wait for its car'
    from booking_clashes k join bookings b on b.id = k.late_id where k.closed_at is null and b.returned_at is not null
    union all
    select c.slug || ' is out with ' || count(*) || ' renters' from bookings b join cars c on c.id = b.car_id
    where b.status = 'active' and b.handed_over_at is not null and b.returned_at is null group by c.slug having count(*) > 1
    union all
    select u.reference || ' is being paid and its days are not kept' from unpaid u left join taken t on t.booking_id = u.id
    where u.paying and (coalesce(t.pending, 0) < u.length or t.kept is not true)
    union all
    select u.reference || ' keeps its days for ever, and nobody pays' from unpaid u join taken t on t.booking_id = u.id
    where t.kept and not u.paying
    union all
    select b.reference || ': given back or promised ' || p.refunded_amount || ' and ' || s.back || ' of ' || p.captured_amount
    from payments p join bookings b on b.id = p.booking_id cross join lateral (
        select coalesce(sum(o.amount), 0) as back from asked o
        where o.booking_id = b.id and o.kind = 'refund' and coalesce(o.outcome, 'succeeded') = 'succeeded') s
    where p.refunded_amount > p.captured_amount or s.back > p.captured_amount
    union all
    select b.reference || ': captured ' || count(*) || ' times for one thing' from asked o join bookings b on b.id = o.booking_id
    where o.kind = 'capture' and o.outcome = 'succeeded' and (o.instalment_id is null or o.amount > (
        select coalesce(sum(back.amount), 0) from asked back where back.kind = 'refund' and back.target_id = o.provider_id
        and coalesce(back.outcome, 'succeeded') = 'succeeded'))
    group by b.reference, o.change_id, o.instalment_id having count(*) > 1
    union all
    select b.reference || ': ' || count(*) || ' captures under way for one thing' from asked o join bookings b on b.id = o.booking_id
    where o.kind = 'capture' and o.outcome is null group by b.reference, o.change_id, o.instalment_id having count(*) > 1
    union all
    select b.reference || ' is ' || b.status || ' and not paid' from bookings b join payments p on p.booking_id = b.id
    where b.status in ('upcoming', 'active', 'completed', 'no_show') and (p.captured_amount = 0 or not exists (
        select from asked o where o.booking_id = b.id and o.change_id is null and o.instalment_id is null and o.kind = 'capture'
        and o.outcome = 'succeeded'))
    union all
    select b.reference || ' is ' || b.status || ' and more of its money stays than was decided'
    from bookings b join payments p on p.booking_id = b.id left join booking_endings e on e.booking_id = b.id
    where b.status in ('cancelled', 'no_show') and p.captured_amount - coalesce(e.paid - e.refund, 0) > (
        select coalesce(sum(o.amount), 0) from asked o where o.booking_id = b.id and o.kind = 'refund'
        and coalesce(o.outcome, 'succeeded') = 'succeeded')
      and not exists (select from asked o where o.booking_id = b.id and o.kind = 'refund' and o.outcome <> 'succeeded')
    union all
    select b.reference || ': a change ' || c.status || ' without its money' from booking_changes c join bookings b on b.id = c.booking_id
    where c.status = 'applied' and c.difference > 0 and not exists (
        select from asked o where o.change_id = c.id and o.kind = 'capture' and o.outcome = 'succeeded')
    union all
    select b.reference || ': a change waits for ever, and nobody pays' from booking_changes c join bookings b on b.id = c.booking_id
    where c.expires_at = 'infinity' and not exists (
        select from asked o where o.change_id = c.id and o.kind = 'capture' and o.outcome is null)
    union all
    select b.reference || ' was not accepted and ' || e.refund || ' of ' || e.paid || ' goes back'
    from bookings b join booking_endings e on e.booking_id = b.id
    where b.approval_due_at is not null and b.approved_at is null and e.refund < e.paid
    union all
    select b.reference || ' ended by the clock before its time, or after it was accepted'
    from bookings b join booking_endings e on e.booking_id = b.id
    where e.how = 'unanswered' and (b.approved_at is not null or e.ended_at < b.approval_due_at)
    union all
    select b.reference || ' is ' || b.status || ' and was not accepted' from bookings b
    where b.approval_hours is not null and b.approved_at is null and b.status in ('active', 'completed', 'no_show')
    union all
    select b.reference || ': the rest is paid without its money' from booking_instalments i join bookings b on b.id = i.booking_id
    where i.status = 'paid' and not exists (
        select from asked o where o.instalment_id = i.id and o.kind = 'capture' and o.outcome = 'succeeded')
    union all
    select b.reference || ': the rest is being paid for ever, or by nobody'
    from booking_instalments i join bookings b on b.id = i.booking_id
    where i.is_paying <> exists (
        select from asked o where o.instalment_id = i.id and o.kind = 'capture' and o.outcome is null)
    union all
    select b.reference || ' is ' || b.status || ' and its rest ' || i.status || ' ' || i.amount || ', sold with ' || b.due_later
    from booking_instalments i join bookings b on b.id = i.booking_id
    where i.status = 'open' and (b.status not in ('upcoming', 'active', 'completed') or i.amount <> b.due_later)
    union all
    select b.reference || ' owes a rest that nobody asks for' from bookings b
    where b.status in ('upcoming', 'active') and b.due_later > 0
      and not exists (select from booking_instalments i where i.booking_id = b.id)
    union all
    select 'two letters for one promise: ' || outbox_id from inbox_emails group by outbox_id having count(*) > 1"""

_BOOK = """
    select 'intent ' || o.id, md5(o::text) from payment_operations o union all
    select 'result ' || r.id, md5(r::text) from payment_results r union all
    select 'receipt ' || p.id, md5(p::text) from receipts p"""

_OPEN = """
    select b.reference || ' is pending' from bookings b where b.status = 'pending' union all
    select b.reference || ' waits, and its time is over' from bookings b
    where b.status = 'upcoming' and b.approved_at is null and b.approval_due_at <= exodrive_private.now() union all
    select b.reference || ': the ' || o.kind || ' ' || o.attempt || ' is open'
    from payment_operations o join bookings b on b.id = o.booking_id
    where not exists (select from payment_results r where r.operation_id = o.id and r.is_final) union all
    select b.reference || ': a change is pending' from booking_changes c join bookings b on b.id = c.booking_id where c.status = 'pending'
    union all select b.reference || ' is ' || b.status || ' and its deposit is held'
    from deposit_holds h join bookings b on b.id = h.booking_id where h.status = 'held' and b.status in ('cancelled', 'expired', 'no_show')
    union all select 'not done: ' || topic || ' ' || payload::text || coalesce(error, '') from outbox where done_at is null
    union all select 'not handled: ' || event_type from webhook_events where handled_at is null
    union all select b.reference || ': no receipt of ' || o.kind || ' ' || o.attempt from payment_operations o
    join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded' join bookings b on b.id = o.booking_id
    left join receipts p on p.operation_id = o.id where o.kind in ('capture', 'refund', 'claim', 'repay') and p.id is null
    union all select i.number || ': no receipt of all that was paid' from paypal_invoices i
    where i.amount_paid > coalesce((select sum(p.amount) from receipts p where p.invoice_id = i.id and p.kind = 'receipt'), 0)"""


class Broken(AssertionError):
    """A law was broken."""


class Laws:
    """Looks after every step; keeps what it saw, to notice when something that was written changes."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._seen: dict[str, str] = {}
        self._asked = 0

    async def check(self, *, thoroughly: bool = False, at_the_end: bool = False) -> None:
        """Raises Broken, naming each law that does not hold."""
        broken = [row[0] for query in (_BROKEN, owing.BROKEN) for row in await self._town.look.fetch(query)]
        broken += await self._books(thoroughly, at_the_end=at_the_end)
        if thoroughly:
            broken += await self._unchanged()
            broken += await owing.noted_twice(self._town)
            found = await differences(self._town.look)
            broken += [str(one) for one in found if not one.field.startswith(("receipt", "papers"))]  # they may still come
        if broken:
            raise Broken("\n".join(broken))

    async def _books(self, thoroughly: bool, *, at_the_end: bool) -> list[str]:
        """Our book of money beside PayPal's; compared when money may have moved since the last look.

        What was done at PayPal's own site may be in our book or not, until the end.
        """
        new = self._town.between.calls[self._asked :]
        self._asked += len(new)
        if not thoroughly and not any("/capture" in path for path in new):
            return []
        intents, sums = await ledger.ours(self._town.look)
        theirs = ledger.theirs(await self._town.paypal.control("GET", "ledger"))
        unheard = set() if at_the_end else self._town.elsewhere - {intent.provider_id for intent in intents}
        return ledger.disagreements(intents, sums, [one for one in theirs if one.id not in unheard])

    async def _unchanged(self) -> list[str]:
        """What was written of money is only ever added to."""
        now = dict(tuple(row) for row in await self._town.look.fetch(_BOOK))
        broken = [f"{name} was changed" for name, said in self._seen.items() if now.get(name) != said]
        self._seen = now
        return broken

    async def check_the_end(self) -> None:
        """With all faults over and everybody gone nothing is left open, and both books say the same."""
        broken = [row[0] for query in (_OPEN, owing.OPEN) for row in await self._town.look.fetch(query)]
        broken += _sent_again(await self._town.mail.control("GET", "mails"))
        broken += await self._holds()
        broken += await self._wallets()
        broken += await owing.differing(self._town)
        if broken:
            raise Broken("\n".join(broken))
        await self.check(thoroughly=True, at_the_end=True)

    async def _holds(self) -> list[str]:
        """What is held at PayPal is what our book says is held, and the other way round."""
        shown = {row["id"]: row["status"] for row in (await self._town.paypal.control("GET", "ledger"))["authorizations"]}
        ours = await self._town.look.fetch("select authorization_id, parent_authorization_id, status from deposit_holds")
        held = {row[0] for row in ours if row[2] == "held"}
        named = held | {row[1] for row in ours if row[2] == "held"}
        broken = [f"{name} is held by our book, {shown.get(name)} at PayPal" for name in held if shown.get(name) not in _LIVES]
        there = [name for name, status in shown.items() if status in _LIVES and name not in named]
        return [*broken, *(f"{name} is held at PayPal, and by our book it is not" for name in there)]

    async def _wallets(self) -> list[str]:
        """No wallet is kept at PayPal that our book says is gone, or knows nothing of."""
        ours = dict(tuple(row) for row in await self._town.look.fetch("select booking_id::text, status from paypal_wallets"))
        there = [row for row in await self._town.paypal.control("GET", "vault") if row["ready"] and not row["cancelled"]]
        told = {row["id"]: ours.get(row["merchant_customer_id"]) for row in there}
        return [
            f"the wallet {name} is kept at PayPal, and {status} here" for name, status in told.items() if status not in ("agreed", "kept")
        ]


_LIVES = ("CREATED", "PARTIALLY_CAPTURED")  # of the latter a rental was taken, the rest is held


def _sent_again(mails: list[dict[str, Any]]) -> list[str]:
    """Letters that came twice for one promise; a key that the mail service has forgotten cannot keep a second one away."""
    counted = Counter(mail["idempotency_key"] for mail in mails)
    broken = []
    for key in (key for key, times in counted.items() if times > 1):
        at = sorted(datetime.fromisoformat(mail["created"]) for mail in mails if mail["idempotency_key"] == key)
        broken += [f"a letter came twice: {key}" for one, other in pairwise(at) if other - one < KEYS_LIVE]
    return broken
