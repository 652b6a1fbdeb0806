"""The laws of what is owed beside the rental: charges, what is claimed of a deposit for them, and what is invoiced."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.model.stage import Town

# Each part finds what must never be, and names it.
BROKEN = """
    with moved as (
        select o.hold_id, o.kind, o.amount, o.origin, o.created_at, r.outcome
        from payment_operations o left join payment_results r on r.operation_id = o.id and r.is_final where o.hold_id is not null),
    sums as (
        select b.reference, s.settled, k.taken, i.paid from bookings b
        cross join lateral (select coalesce(sum(paid), 0) as settled from booking_charges where booking_id = b.id) s
        cross join lateral (select coalesce(sum(amount), 0) as taken from deposit_claims where booking_id = b.id and status = 'settled') k
        cross join lateral (select coalesce(sum(amount_paid), 0) as paid from paypal_invoices where booking_id = b.id) i)
    select reference || ': ' || settled || ' of its charges is settled, ' || taken || ' was claimed and ' || paid || ' paid by invoice'
    from sums where settled <> taken + paid
    union all
    select b.reference || ': ' || k.amount || ' is claimed of ' || h.amount || ' held, for ' || w.waits || ' charged'
    from deposit_claims k join deposit_holds h on h.id = k.hold_id join bookings b on b.id = k.booking_id
    cross join lateral (select coalesce(sum(g.total - g.paid), 0) as waits from booking_charges g
                        where g.claim_id = k.id and g.status = 'claimed') w
    where k.amount > h.amount or (k.ended_at is null) <> (w.waits > 0) or k.ended_at is null and k.amount > w.waits
    union all
    select b.reference || ': the claim of ' || k.amount || ' is ' || k.status || ', and ' || t.taken || ' was taken'
    from deposit_claims k join bookings b on b.id = k.booking_id
    cross join lateral (select coalesce(sum(m.amount), 0) as taken from moved m
                        where m.hold_id = k.hold_id and m.kind = 'claim' and m.outcome = 'succeeded') t
    where k.status not in ('failed', 'withdrawn') and t.taken <> case k.status when 'settled' then k.amount else 0 end
    union all
    select b.reference || ': ' || k.repaid || ' of a claim is said to have gone back, and it was ' || t.back || ', ' || t.asked || ' asked'
    from deposit_claims k join bookings b on b.id = k.booking_id
    cross join lateral (
        select coalesce(sum(m.amount) filter (where m.outcome = 'succeeded'), 0) as back,
               coalesce(sum(m.amount) filter (where coalesce(m.outcome, 'succeeded') = 'succeeded'), 0) as asked
        from moved m where m.hold_id = k.hold_id and m.kind = 'repay') t
    where k.status = 'settled' and (k.repaid <> t.back or t.asked > k.amount)
    union all
    select b.reference || ' is claimed from, and its hold is being given back' from deposit_claims k join bookings b on b.id = k.booking_id
    where k.ended_at is null and exists (select from moved m where m.hold_id = k.hold_id and m.kind = 'release' and m.origin = 'ours'
                                         and m.created_at > k.created_at)
    union all
    select b.reference || ': a charge is ' || g.status || ', and it waits for ' || count(i.id) || ' invoices'
    from booking_charges g join bookings b on b.id = g.booking_id
    left join paypal_invoice_charges l on l.charge_id = g.id and l.freed_at is null
    left join paypal_invoices i on i.id = l.invoice_id
    group by b.reference, g.id, g.status having (g.status = 'invoiced' and count(i.id) <> 1)
        or (g.status not in ('invoiced', 'settled') and count(i.id) > 0)
        or bool_or(i.status in ('CANCELLED', 'AUTO_CANCELLED') or g.status = 'invoiced' and i.ended_at is not null)
    union all
    select i.number || ': ' || i.amount_paid || ' of ' || i.total_amount || ' was paid' from paypal_invoices i
    where i.amount_paid > i.total_amount"""

OPEN = """
    select b.reference || ': a claim is ' || k.status || ', and it was to be taken'
    from deposit_claims k join bookings b on b.id = k.booking_id
    where k.status in ('accepted', 'taking') or k.status = 'asked' and k.answer_by <= exodrive_private.now()
    union all
    select i.number || ' is ' || coalesce(i.status, 'not written') || ', and ' || i.wanted || ' is wanted' from paypal_invoices i
    where i.ended_at is null and i.problem is null
      and (i.paypal_invoice_id is null or i.wanted = 'void' or i.wanted = 'sent' and i.status = 'DRAFT')
    union all
    select i.number || ': a payment that came another way is not noted' from paypal_invoice_requests r
    join paypal_invoices i on i.id = r.invoice_id where r.status = 'asked' and i.problem is null"""

_OURS = "select number, paypal_invoice_id, status, amount_paid, amount_refunded, ended_at is not null from paypal_invoices"


async def noted_twice(town: Town) -> list[str]:
    """No payment that came another way is noted twice at PayPal, which keeps no request ids of them."""
    broken = []
    for shown in await town.paypal.control("GET", "invoices"):
        marks = Counter(one["note"] for one in _payments(shown) if one.get("note"))
        broken += [f"{shown['detail']['invoice_number']}: {mark} is noted {times} times" for mark, times in marks.items() if times > 1]
    return broken


async def differing(town: Town) -> list[str]:
    """With everybody gone each invoice stands here as it does at PayPal, to the cent, and PayPal has none that we do not know."""
    shown = {one["id"]: one for one in await town.paypal.control("GET", "invoices")}
    rows = await town.look.fetch(_OURS)
    unknown = [f"{name} is an invoice at PayPal, and none of ours" for name in shown.keys() - {row[1] for row in rows}]
    return [*unknown, *(words for row in rows if row[1] for words in _differs(row, shown.get(row[1])))]


def _differs(row: Any, shown: dict[str, Any] | None) -> Iterator[str]:
    number, _id, *ours, _has_ended = row
    theirs = [shown["status"], _sum(shown, "payments", "paid_amount"), _sum(shown, "refunds", "refund_amount")] if shown else [None]
    if ours != theirs:
        yield f"{number}: {', '.join(map(str, ours))} by our book, {', '.join(map(str, theirs))} at PayPal"


def _sum(shown: dict[str, Any], what: str, name: str) -> Decimal:
    return Decimal(shown.get(what, {}).get(name, {}).get("value", 0))


def _payments(shown: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown.get("payments", {}).get("transactions", [])
    return found
