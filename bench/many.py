"""A database with as many bookings as one likes, made inside PostgreSQL: rentals one after the other, with all that belongs to each.

Of each car the same few lie ahead, whatever the number; all others lie in the past, back to back, so that only what has gathered differs.
"""

import asyncpg

SLUGS = "many-"  # what the cars are called that all this belongs to
MEMBERS = 25  # of staff, who share the sessions
AHEAD = 10  # rentals of each car that are to come
# Three days, then a day of turnaround; a week apart ahead. Ids rise with the bookings, as the product's own do.
_MADE = """
    create temporary table made as
    select n, (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid as id, car.id as car, car.home,
           case when n / car.many < {ahead} then current_date + 3 + 7 * (n / car.many)::int
                else current_date - 5 - 4 * (n / car.many - {ahead})::int end as first,
           case when n / car.many < {ahead} then 'upcoming' when abs(hashint8(n)) % 4 = 3 then 'cancelled' else 'completed' end as status,
           'many-' || n % greatest(1, {bookings} / 3) || '@example.com' as email
    from generate_series(0, {bookings} - 1) as n
    join (select id, home_location_id as home, row_number() over (order by id) - 1 as number, count(*) over () as many from cars
          where slug like '{slugs}%') as car on car.number = n % car.many"""
_STEPS = (
    """insert into customers (id, email, first_name, last_name, phone)
       select id, email, 'Ada', 'Renter', '+1 305 555 0100' from made where n < greatest(1, {bookings} / 3)""",
    """insert into bookings (id, reference, customer_id, car_id, status, start_date, end_date, time_zone, pickup_at, return_due_at,
                             contact_email, contact_first_name, contact_last_name, contact_phone, driver_birth_date, currency, total_price,
                             security_deposit_amount, price_snapshot, terms_version, cancellation_tiers, network, browser_hash,
                             cancelled_at, created_at)
       select m.id, upper(lpad(to_hex(m.n), 8, '0')), c.id, m.car, m.status, m.first, m.first + 2, 'America/New_York',
              m.first + interval '14 hours', m.first + interval '2 days 22 hours', m.email, 'Ada', 'Renter', c.phone, '1985-05-17', 'USD',
              3000, 5000, '{{}}', '2026-11', '[]', '198.51.' || m.n % 256 || '.' || m.n / 256 % 256, sha256(m.n::text::bytea),
              case m.status when 'cancelled' then m.first - interval '1 day' end, least(m.first, current_date) - interval '9 days'
       from made m join customers c on c.email = m.email""",
    """insert into car_availability (car_id, date, status, booking_id)
       select m.car, m.first + d, case d when 3 then 'turnaround' else 'booked' end, m.id
       from made m, generate_series(0, 3) as d where m.status <> 'cancelled'""",
    """insert into booking_locations (id, booking_id, type, location_id, address_line1, city, country, formatted_address)
       select overlay(m.id::text placing side.number from 36)::uuid, m.id, side.type, m.home,
              '1 Bench Way', 'Miami', 'US', '1 Bench Way, Miami'
       from made m, (values ('1', 'pickup'), ('2', 'dropoff')) as side (number, type)""",
    """insert into booking_secure_tokens (id, booking_id, nonce, token_hash, expires_at)
       select id, id, sha256(id::text::bytea), sha256(('token ' || id)::bytea), first + interval '60 days' from made""",
    """insert into booking_pin_tries (id, link_id, network, tried_at)
       select id, id, '198.51.' || n % 256 || '.1', current_date - interval '1 day' from made where n % 10 = 1""",
    """insert into payments (id, booking_id, status, amount, captured_amount, currency, paypal_order_id, paypal_capture_id)
       select id, id, 'captured', 3000, 3000, 'USD', 'ORDER-' || n, 'CAPTURE-' || n from made""",
    """insert into payment_operations (id, booking_id, kind, attempt, request_id, amount, currency, created_at)
       select id, id, 'capture', 1, 'capture-' || id, 3000, 'USD', first - interval '9 days' from made""",
    """insert into payment_results (operation_id, outcome, provider_id, amount, currency)
       select id, 'succeeded', 'CAPTURE-' || n, 3000, 'USD' from made""",
    """insert into receipts (id, kind, year, number, booking_id, operation_id, amount, currency, language, content, time_zone, issued_at,
                             issued_on)
       select id, 'receipt', 2000, n + 1, id, id, 3000, 'USD', 'en_US', '{{}}', 'UTC', first - interval '9 days', first - 9 from made""",
    """insert into booking_endings (booking_id, how, percent, paid, refund, currency)
       select id, 'tiers', 100, 3000, 3000, 'USD' from made where status = 'cancelled'""",
    """insert into deposit_holds (id, booking_id, number, way, status, amount, currency, paypal_order_id, parent_authorization_id,
                                  authorization_id, authorized_at, covered_until, ended_at)
       select id, id, 1, 'approval', 'released', 5000, 'USD', 'HOLD-' || n, 'A-' || n, 'A-' || n, first, first + 29, first + 6
       from made where status = 'completed'""",
    """insert into paypal_wallets (booking_id, status, token_id, deleting_at, ended_at)
       select id, 'deleted', 'WALLET-' || n, first + interval '6 days', first + interval '6 days' from made
       where status = 'completed' and n % 4 = 0""",
    """insert into booking_alarms (booking_id, kind, opened_at, closed_at)
       select id, 'uncovered', first, first + interval '1 hour' from made where status = 'completed' and n % 10 = 0""",
    """insert into booking_clashes (id, late_id, car_id, day, opened_at, closed_at, how)
       select id, id, car, first + 3, first + 3, first + 4, 'returned' from made where status = 'completed' and n % 10 = 0""",
    """insert into handovers (id, booking_id, car_id, way, at, odometer, fuel)
       select overlay(m.id::text placing side.number from 36)::uuid, m.id, m.car, side.way, m.first + side.day, 9000 + side.day, 100
       from made m, (values ('1', 'out', 0), ('2', 'in', 2)) as side (number, way, day) where m.status = 'completed'""",
    """insert into deposit_claims (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, answer, ended_at)
       select id, id, id, 1, 'settled', 100, 100, 'USD', first + interval '5 days', 'silent', first + interval '5 days' from made
       where status = 'completed' and n % 20 = 0""",
    """insert into booking_charges (id, booking_id, number, kind, status, amount, currency, reason, due_at)
       select id, id, 1, 'distance', 'due', 100, 'USD', 'Far', first + interval '3 days' from made
       where status = 'completed' and n % 5 = 0""",
    """insert into paypal_invoices (id, booking_id, number, wanted, status, paypal_invoice_id, line_items, total_amount, amount_due,
                                    amount_paid, currency_code, due_date, created_by, looked_at, sent_at, ended_at)
       select id, id, 'MANY-' || n, 'sent', 'PAID', 'MANY-' || n, '[{{"name": "Far", "amount": "100.00"}}]', 100, 0, 100, 'USD',
              first::date, id, current_date, first + interval '3 days', first + interval '5 days'
       from made where status = 'completed' and n % 5 = 1""",
    """insert into paypal_invoice_charges (invoice_id, charge_id, amount)
       select id, id, 100 from made where status = 'completed' and n % 5 = 1""",
    """insert into paypal_invoice_requests (id, invoice_id, kind, status, staff_id, created_at, ended_at)
       select id, id, 'reminder', 'done', id, first + interval '4 days', first + interval '4 days'
       from made where status = 'completed' and n % 5 = 1""",
    """insert into booking_events (booking_id, event_type, actor_type, before, after)
       select m.id, told, 'customer', 'pending', 'upcoming' from made m, unnest(array['held', 'status_changed']) as told""",
    """insert into webhook_events (id, source, event_id, transmission_id, event_type, payload, handled_at)
       select id, 'paypal', 'many-' || n, 'many-' || n, 'PAYMENT.CAPTURE.COMPLETED', '{{}}', current_date from made""",
    """insert into webhook_deliveries (source, transmission_id, event_id, digest, received_at)
       select 'paypal', 'many-' || n, 'many-' || n, sha256(n::text::bytea), current_date - interval '1 day' from made""",
    """insert into inbox_emails (id, booking_id, outbox_id, letter, recipient_email, subject, created_at)
       select id, id, id, 'confirmation', email, 'Booked', first - interval '9 days' from made""",
    """insert into outbox (id, topic, done_at, created_at)
       select id, 'mail.confirmation', current_date, current_date - interval '1 day' from made where n < {bookings} / 20""",
    """insert into idempotency_keys (scope, key, request_hash, booking_id, answer, created_at)
       select 'checkout', 'many-key-' || n, sha256(n::text::bytea), id, '{{}}', current_date - interval '1 day'
       from made where n < {bookings} / 20""",
    "insert into booking_extras (booking_id, code, quantity) select id, 'child-seat', 1 from made where n % 4 = 0",
    """insert into booking_changes (id, booking_id, number, status, before_price, after_price, before, after, difference, currency,
                                    decided_at)
       select id, id, 1, 'applied', '{{}}', '{{}}', '{{}}', '{{}}', 0, 'USD', first from made where n % 10 = 3""",
    """insert into booking_instalments (id, booking_id, status, amount, currency, due_on, paypal_order_id, paypal_capture_id, settled_at)
       select id, id, 'paid', 1000, 'USD', first - 7, 'REST-' || n, 'REST-' || n, first - interval '8 days' from made where n % 10 = 5""",
    """insert into car_reviews (id, car_id, booking_id, date, name, rating, comment, is_approved, decided_at, created_at)
       select id, car, id, first, 'Ada', 5, 'Lovely.', true, first + interval '5 days', first + interval '4 days'
       from made where abs(hashint8(n)) % 10 = 0""",
    """insert into staff (id, email, name, role)
       select id, 'many-' || n || '@example.com', 'Many', 'agent' from made where n < {members} on conflict do nothing""",
    """insert into staff_sessions (id, staff_id, token_hash, previous_token_hash, csrf_token, seen_at, expires_at, revoked_at)
       select m.id, s.id, sha256(('now ' || m.id)::bytea), sha256(('before ' || m.id)::bytea), '', m.first, m.first + interval '1 day',
              case m.n % 40 when 0 then m.first + interval '1 hour' end
       from made m join staff s on s.email = 'many-' || m.n / 10 % {members} || '@example.com' where m.n % 10 = 0""",
    """insert into payment_decisions (id, operation_id, decision, reason, decided_by)
       select m.id, m.id, 'close', 'Nothing came of it', s.id
       from made m join staff s on s.email = 'many-' || m.n / 10 % {members} || '@example.com' where m.n % 20 = 0""",
    "insert into audit_log (action, subject_type, subject_id) select 'booking.seen', 'booking', id::text from made",
    "drop table made",
)


async def fill(superuser: str, bookings: int) -> None:
    """Book the cars whose slugs begin with SLUGS so many times, and let PostgreSQL look at what there is. Only into an unused database.

    Nothing is checked one by one: rules that rows hold to are upheld by how these are made.
    """
    db = await asyncpg.connect(superuser)
    await db.execute("set session_replication_role = replica")
    for step in (_MADE, *_STEPS):
        await db.execute(step.format(bookings=bookings, ahead=AHEAD, slugs=SLUGS, members=MEMBERS))
    await db.execute("vacuum analyze")
    await db.execute("checkpoint")  # or the server would be busy with it for minutes to come
    await db.close()
