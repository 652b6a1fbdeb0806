"""Whether each booking's payment is what its book says: the summary made again from intents and results, and every difference named."""

import msgspec

from exodrive.kit.db import Db


class Difference(msgspec.Struct, frozen=True):
    """One field of a booking's payment that is not what the book says; ``kept`` stands in the summary, ``told`` in the book."""

    reference: str
    field: str
    kept: str | None
    told: str | None

    def __str__(self) -> str:
        return f"{self.reference}: {self.field} is {self.kept or 'empty'}, the book says {self.told or 'empty'}"


# What happened to a change of a booking, or to the rest of its price, counts for the sums; order, capture and state are those of the
# booking's first payment.
_DIFFERENCES = """
    with book as (
        select p.booking_id, b.reference, b.status as booking, p.status, p.currency, p.captured_amount, p.refunded_amount,
               p.paypal_order_id, p.paypal_capture_id, sums.captured, sums.refunded, sums.currency as moved, own.orders, own.captures,
               own.is_open, own.is_declined
        from payments p join bookings b on b.id = p.booking_id
        left join lateral (
            select coalesce(sum(o.amount) filter (where o.kind = 'capture'), 0)::numeric(12, 2) as captured,
                   coalesce(sum(o.amount) filter (where o.kind = 'refund'), 0)::numeric(12, 2) as refunded,
                   string_agg(distinct coalesce(r.currency, o.currency), ', ') as currency
            from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
            where o.booking_id = p.booking_id and o.kind in ('capture', 'refund')) sums on true
        left join lateral (
            select array_agg(r.provider_id order by r.id desc) filter (where o.kind = 'create_order' and r.outcome = 'succeeded') as orders,
                   array_agg(r.provider_id order by r.id) filter (where o.kind = 'capture' and r.outcome = 'succeeded') as captures,
                   bool_or(o.kind in ('capture', 'hold') and ended.id is null) as is_open,
                   (array_agg(r.outcome order by r.id desc) filter (
                        where r.is_final and (o.kind in ('capture', 'hold') or r.outcome = 'succeeded')))[1] = 'declined' as is_declined
            from payment_operations o
            left join payment_results r on r.operation_id = o.id
            left join payment_results ended on ended.operation_id = o.id and ended.is_final
            where o.booking_id = p.booking_id and o.change_id is null and o.instalment_id is null
              and (o.kind in ('create_order', 'capture') or o.kind = 'hold' and o.request ? 'deposit')) own on true
        where $1::text is null or b.reference = $1
    )
    select k.reference, field.name, field.kept, field.told from book k
    cross join lateral (values
        ('captured_amount', k.captured_amount::text, k.captured::text),
        ('refunded_amount', k.refunded_amount::text, k.refunded::text),
        ('currency', k.currency, coalesce(k.moved, k.currency)),
        ('status', k.status, case
            when k.captured > 0 and k.refunded >= k.captured then 'refunded'
            when k.captured > 0 and k.refunded > 0 then 'partly_refunded'
            when k.captured > 0 then 'captured'
            when k.booking in ('cancelled', 'expired') then 'voided'
            when k.is_open then 'processing'
            when k.is_declined then 'failed'
            else 'pending' end),
        ('paypal_order_id', k.paypal_order_id, case
            when k.paypal_order_id = any (k.orders) then k.paypal_order_id
            when k.paypal_order_id is null and k.booking in ('cancelled', 'expired') then null  -- opened for nobody any more
            else k.orders[1] end),
        -- Money that came once more, at PayPal's own site, does not take the place of what came first.
        ('paypal_capture_id', k.paypal_capture_id, case
            when k.paypal_capture_id = any (k.captures) then k.paypal_capture_id
            else k.captures[1] end)) field (name, kept, told)
    where field.kept is distinct from field.told
    order by k.reference, field.name"""

_UNEVEN = """
    select b.reference, 'result of ' || o.kind || ' ' || o.attempt, r.amount::text || ' ' || r.currency, o.amount::text || ' ' || o.currency
    from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
    join bookings b on b.id = o.booking_id
    where (r.amount, r.currency) is distinct from (o.amount, o.currency) and r.amount is not null and ($1::text is null or b.reference = $1)
    order by b.reference, o.created_at"""

_UNSEEN = """
    select b.reference, 'receipt of ' || o.kind || ' ' || o.attempt, null, o.amount::text || ' ' || o.currency
    from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
    join bookings b on b.id = o.booking_id
    left join receipts p on p.operation_id = o.id
    where o.kind in ('capture', 'refund', 'claim', 'repay') and o.amount > 0 and p.id is null and ($1::text is null or b.reference = $1)
      and r.created_at < (select exodrive_private.now()) - interval '2 days'
    order by b.reference, o.created_at"""

_UNSEEN_OF_INVOICES = """
    select b.reference, 'papers of invoice ' || i.number || ', ' || said.kind, said.amount::text || ' ' || i.currency_code,
           said.told::text || ' ' || i.currency_code
    from paypal_invoices i join bookings b on b.id = i.booking_id
    cross join lateral (
        select k.kind, k.told, coalesce((select sum(p.amount) from receipts p where p.invoice_id = i.id and p.kind = k.kind), 0) as amount
        from (values ('receipt', i.amount_paid), ('credit_note', i.amount_refunded)) k (kind, told)) said
    where i.amount_paid > 0 and said.told > said.amount and ($1::text is null or b.reference = $1)
      and i.looked_at < (select exodrive_private.now()) - interval '2 days'
    order by b.reference, i.number"""

_ALL = (_DIFFERENCES, _UNEVEN, _UNSEEN, _UNSEEN_OF_INVOICES)


async def differences(db: Db, reference: str | None = None) -> list[Difference]:
    """Return every field of a payment, of all bookings or of one, that is not what the book of intents and results says.

    Also money that moved in another amount than was asked for, and money that moved more than two days ago and has no receipt.
    """
    return [Difference(*row) for query in _ALL for row in await db.fetch(query, reference)]
