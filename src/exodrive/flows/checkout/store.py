"""The SQL of checkout that crosses slices: what an order is checked against, unpaid holds, the writing, how a payment stands."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from exodrive.availability.model import CarTaken, occupied
from exodrive.availability.store import LIVE
from exodrive.bookings.model import BookingStatus, Caller, CheckoutOrder
from exodrive.customers.store import MEET
from exodrive.deposits.model import Rental
from exodrive.fleet.store import LOCATION_COLUMNS, location_of
from exodrive.flows.checkout.model import Facts, NewBooking, Standing, Survey, UnpaidHold
from exodrive.kit.db import Db
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.money import Money
from exodrive.pricing.rules import house_of
from exodrive.pricing.store import CAR_RULES, CAR_RULES_WIDTH, HOUSE, car_rules

_FACTS = f"""
    select asked.before, {CAR_RULES}, {HOUSE}, c.name, c.available, c.minimum_age, c.turnaround_days, c.requires_approval, h.time_zone,
           exodrive_private.now(),
           exists (select from car_availability
                   where car_id = $1 and date between $5::date and $6::date + c.turnaround_days::integer and {LIVE}
                     and not (status = 'pending' and booking_id in (
                         select b.id from bookings b where b.browser_hash = $7 and b.status = 'pending'))),
           array(select row ({LOCATION_COLUMNS}) from locations l where l.id = any($2::uuid[]))
    from (select exists (select from idempotency_keys k where k.scope = $3 and k.key = $4) as before) asked
    left join (cars c join car_pricing p on p.car_id = c.id join locations h on h.id = c.home_location_id) on c.id = $1"""  # noqa: S608


async def facts(db: Db, request: Request, order: CheckoutOrder, caller: Caller) -> tuple[bool, Facts | None]:
    """Tell whether a request was answered before, and all that its order is checked against; no facts for a car that nobody may rent.

    One question: each further one costs a renter more than all of its work in the database.
    """
    places = [place.location_id for place in (order.pickup, order.dropoff) if place.location_id]
    row = await db.fetchrow(_FACTS, order.car_id, places, request.scope, request.key, order.start, order.end, caller.browser_hash)
    assert row is not None, "there is one row, with or without a car"
    answered, *found = row
    if found[0] is None:
        return answered, None
    house, name, available, minimum_age, turnaround_days, approval, home_zone, now, taken, locations = found[CAR_RULES_WIDTH:]
    return answered, Facts(
        rules=car_rules(found[:CAR_RULES_WIDTH]),
        house=house_of(house),
        car_name=name,
        available=available,
        minimum_age=minimum_age,
        turnaround_days=turnaround_days,
        requires_approval=approval,
        home_zone=home_zone,
        now=now,
        taken=taken,
        locations={place.id: place for place in map(location_of, locations)},
    )


async def lock(db: Db, request: str, names: Sequence[str]) -> datetime | None:
    """Take the request's own lock at once, or return None; then wait for the others in the order given, and return the present moment.

    Nothing else is read here: what the holder before has committed is only seen by the next statement.
    """
    row = await db.fetchrow(
        """
        select case when pg_try_advisory_xact_lock(hashtextextended($1, 0))
               then (select count(pg_advisory_xact_lock(hashtextextended(name, 0))) from unnest($2::text[]) as name) end,
               exodrive_private.now()""",
        request,
        names,
    )
    assert row is not None, "a select without a table answers one row"
    return None if row[0] is None else row[1]


async def lock_more(db: Db, names: Sequence[str]) -> datetime:
    """Wait for more locks in the order given, after all others a transaction needs, and return the present moment."""
    row = await db.fetchrow(
        """
        select count(pg_advisory_xact_lock(hashtextextended(name, 0))), exodrive_private.now() from unnest($1::text[]) as name""",
        names,
    )
    assert row is not None, "counting answers one row"
    moment: datetime = row[1]
    return moment


async def survey(db: Db, request: Request, order: CheckoutOrder, caller: Caller) -> Survey:
    """Return what must be known under the locks before anything is written, in one question.

    The three ways to an unpaid hold are asked one by one, each by its own index: together they tempt the planner to read all of them.
    """
    row = await db.fetchrow(
        """
        select exists (select from idempotency_keys k where k.scope = $1 and k.key = $2),
               exists (select from car_availability a where a.car_id = $3 and a.status = 'pending'
                       and a.hold_expires_at <= (select exodrive_private.now())),
               array(select row (b.id, b.car_id, b.contact_email = $4, coalesce(b.network = $5, false),
                                 coalesce(b.browser_hash = $6, false),
                                 (select min(a.hold_expires_at) from car_availability a
                                  where a.booking_id = b.id and a.hold_expires_at < 'infinity'),
                                 exists (select from car_availability a where a.booking_id = b.id and a.hold_expires_at = 'infinity'))
                     from bookings b
                     where b.id in (select e.id from bookings e where e.status = 'pending' and e.contact_email = $4
                                    union select n.id from bookings n where n.status = 'pending' and n.network = $5
                                    union select w.id from bookings w where w.status = 'pending' and w.browser_hash = $6))""",
        request.scope,
        request.key,
        order.car_id,
        order.email,
        caller.network,
        caller.browser_hash,
    )
    assert row is not None, "a select without a table answers one row"
    return Survey(row[0], row[1], tuple(UnpaidHold(*hold) for hold in row[2]))


_WRITE = f"""
    with days as (
        insert into car_availability (car_id, date, status, booking_id, hold_expires_at)
        select $8, day, 'pending', $6, $42 from unnest($43::date[]) as day order by day
        on conflict (car_id, date) do nothing returning date
    ), customer as ({MEET}
    ), booking as (
        insert into bookings (id, reference, customer_id, car_id, status, start_date, end_date, time_zone, pickup_at, return_due_at,
                              contact_email, contact_first_name, contact_last_name, contact_phone, driver_birth_date, notes, currency,
                              total_price, security_deposit_amount, price_snapshot, terms_version, cancellation_tiers, locale,
                              browser_hash, network, waiver, additional_drivers, due_later, due_on, approval_hours)
        select $6, $7, customer.id, $8, 'pending', $9, $10, $11, $12, $13, $2, $3, $4, $5, $14, $15, $16, $17, $18, $19, $20, $21, $22,
               $23, $24, $36, $37, $38, $39, $41 from customer
    ), places as (
        insert into booking_locations (id, booking_id, type, location_id, name, address_line1, address_line2, city, state_province,
                                       postal_code, country, formatted_address, latitude, longitude, fee, special_instructions)
        select place.id, $6, place.type, place.location_id, place.name, place.line1, place.line2, place.city, place.state, place.code,
               place.country, place.formatted, place.latitude, place.longitude, place.fee, place.instructions
        from jsonb_to_recordset($25::jsonb) as place (
            id uuid, type text, location_id uuid, name text, line1 text, line2 text, city text, state text, code text, country text,
            formatted text, latitude numeric, longitude numeric, fee numeric, instructions text)
    ), taken_along as (
        insert into booking_extras (booking_id, code, quantity) select $6, key, value::smallint from jsonb_each_text($40::jsonb)
    ), link as (
        insert into booking_secure_tokens (id, booking_id, nonce, token_hash, expires_at) values ($26, $6, $27, $28, $29)
    ), payment as (
        insert into payments (id, booking_id, status, amount, currency) values ($30, $6, 'pending', $17::numeric - $38::numeric, $16)
    ), told as (
        insert into booking_events (booking_id, event_type, actor_type, after, details) values ($6, 'held', 'customer', 'pending', $31)
    )
    insert into idempotency_keys (scope, key, request_hash, booking_id, answer) values ($32, $33, $34, $6, $35)
    returning (select count(*) from days)"""  # noqa: S608


async def write(db: Db, new: NewBooking, request: Request) -> None:
    """Hold the days, and write customer (unless known), booking, places, extras, link, payment, history and the answer to this request.

    One statement. The caller holds the car's lock and has deleted its dead holds. Raises CarTaken when any day, turnaround included, is
    not free: roll back then, for all the rest is written.
    """
    checked, order, price, link = new.checked, new.checked.order, new.checked.price, new.link
    person = (order.email, order.first_name, order.last_name, order.phone)
    booking = (new.id, new.reference, order.car_id)
    dates = (order.start, order.end, checked.time_zone, checked.pickup_at, checked.return_due_at, order.birth_date, order.notes)
    money = (price.inputs.currency, price.total, price.deposit, new.snapshot)
    terms = (order.terms, new.tiers, order.locale, new.caller.browser_hash, new.caller.network)
    places = [msgspec.to_builtins(place) for place in checked.places]
    keys = (new_id(), link.nonce, link.token_hash, link.expires_at, new_id())
    answer = (request.scope, request.key, request.body_hash, new.answer)
    history = {"hold_expires_at": new.hold_expires_at}
    chosen = (order.waiver, order.additional_drivers, price.due_later, price.due_on, order.extras, new.approval_hours)
    wanted = occupied(order.days, checked.turnaround_days)
    held = (new.hold_expires_at, list(wanted))
    got = await db.fetchval(_WRITE, new_id(), *person, *booking, *dates, *money, *terms, places, *keys, history, *answer, *chosen, *held)
    if got < len(wanted):
        raise CarTaken(order.car_id, order.days)


async def standing(db: Db, booking_id: BookingId) -> Standing | None:
    """Return how a booking and its payment stand; None when there is none, or none that this role may see."""
    row = await db.fetchrow(
        """
        select b.id, b.reference, b.car_id, c.name, coalesce(c.turnaround_days, 0), b.status, b.start_date, b.end_date, b.time_zone,
               b.locale, b.created_at, b.due_later, p.amount, p.currency, p.captured_amount, p.paypal_order_id, p.approve_url,
               p.paypal_capture_id, held.days, held.lapses_at, declined.number, declined.last,
               (select coalesce(jsonb_object_agg(e.code, e.quantity), '{}') from booking_extras e where e.booking_id = b.id),
               exodrive_private.now()
        from bookings b join payments p on p.booking_id = b.id left join cars c on c.id = b.car_id
        left join lateral (
            select count(*) filter (where a.date between b.start_date and b.end_date) as days,
                   min(a.hold_expires_at) filter (where a.hold_expires_at < 'infinity') as lapses_at
            from car_availability a where a.booking_id = b.id) held on true
        left join lateral (
            select count(*) as number, max(r.created_at) as last from payment_operations o join payment_results r on r.operation_id = o.id
            where o.booking_id = b.id and o.kind in ('capture', 'hold') and r.outcome = 'declined' and o.change_id is null
              and o.instalment_id is null) declined on true
        where b.id = $1""",
        booking_id,
    )
    return Standing(*(*row[:5], BookingStatus(row[5]), *row[6:])) if row else None


async def deposit_of(db: Db, booking_id: BookingId) -> tuple[Rental, Money] | None:
    """Return the deposit of a booking and the rental it is for, where both may be approved at once.

    None without a deposit, for a car whose bookings we accept ourselves, and once PayPal or the payer said no to both.
    """
    row = await db.fetchrow(
        """
        select b.pickup_at, b.return_due_at, b.security_deposit_amount, b.currency from bookings b
        where b.id = $1 and b.security_deposit_amount > 0 and b.approval_hours is null and not exists (
            select from payment_operations o join payment_results r on r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded'
            where o.booking_id = b.id and o.request ?| array['deposit', 'authorization']
              and r.issue is distinct from 'ORDER_NOT_APPROVED')""",
        booking_id,
    )
    return (Rental(pickup_at=row[0], due_at=row[1]), Money(row[2], row[3])) if row else None


async def booking_of_order(db: Db, order_id: str) -> BookingId | None:
    """Return the booking that a PayPal order pays for, or was once opened for."""
    booking_id: BookingId | None = await db.fetchval(
        """
        select booking_id from payments where paypal_order_id = $1
        union all select o.booking_id from payment_results r join payment_operations o on o.id = r.operation_id
                  where r.provider_id = $1 and o.kind = 'create_order' and o.change_id is null
                    and o.instalment_id is null
        limit 1""",
        order_id,
    )
    return booking_id
