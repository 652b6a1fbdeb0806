-- What renters change in a booking until the cut-off: each change with both prices, what it costs or gives back, and how it ended.
create table public.booking_changes (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    number smallint not null check (number >= 1),
    status text not null check (status in ('pending', 'applied', 'dropped')),
    -- The price that was in force, and the one that takes its place: what was sold is superseded, never lost.
    before_price jsonb not null,
    after_price jsonb not null,
    -- Places, times, extras, cover and drivers, as they were and as they are to be.
    before jsonb not null,
    after jsonb not null,
    -- Extras taken along beyond those the booking has, kept for it while the change waits for its payment.
    claims jsonb not null default '{}' check (jsonb_typeof(claims) = 'object'),
    -- To be paid when above zero, to be given back when below.
    difference numeric(12, 2) not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- 'infinity' while a payment is on its way: such a change never lapses by itself.
    expires_at timestamptz,
    paypal_order_id text unique,
    approve_url text,
    paypal_capture_id text unique,
    reason text,
    created_at timestamptz not null default exodrive_private.now(),
    decided_at timestamptz,
    unique (booking_id, number),
    check ((status = 'pending') = (expires_at is not null)),
    check ((status = 'pending') = (decided_at is null))
);
create unique index booking_changes_pending on public.booking_changes (booking_id) where status = 'pending';

alter table public.payment_operations add column change_id uuid references public.booking_changes (id);
create index payment_operations_change on public.payment_operations (change_id) where change_id is not null;

alter table public.booking_changes enable row level security;
alter table public.booking_changes force row level security;
revoke all on public.booking_changes from public, anon, authenticated, service_role;
create policy service_all on public.booking_changes for all to service_role using (true) with check (true);
create policy checkout_reads on public.booking_changes for select to exodrive_checkout using (true);
create policy checkout_proposes on public.booking_changes for insert to exodrive_checkout with check (status = 'pending');
create policy checkout_decides on public.booking_changes for update to exodrive_checkout using (status = 'pending') with check (true);
grant select, insert on public.booking_changes to service_role;
grant select, insert (id, booking_id, number, status, before_price, after_price, before, after, claims, difference, currency, expires_at)
    on public.booking_changes to exodrive_checkout;
grant update (status, expires_at, paypal_order_id, approve_url, paypal_capture_id, reason, decided_at)
    on public.booking_changes to service_role, exodrive_checkout;
-- Staff see them all, and put an end to those that wait when they cancel the booking.
create policy admin_reads on public.booking_changes for select to exodrive_admin using (true);
create policy admin_drops on public.booking_changes for update to exodrive_admin
    using (status = 'pending' and expires_at < 'infinity') with check (status = 'dropped');
grant select, update (status, expires_at, reason, decided_at) on public.booking_changes to exodrive_admin;
create policy holder_reads_own on public.booking_changes for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.booking_changes for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, number, status, before_price, after_price, before, after, difference, currency, expires_at, reason, created_at, decided_at)
    on public.booking_changes to exodrive_token, authenticated;

-- A change that was decided stays so, whoever writes: a trigger, because a platform's service role may pass by row rules.
create function exodrive_private.decide_once() returns trigger language plpgsql set search_path = '' as $$
begin
    if old.status <> 'pending' then
        raise exception 'a change is decided once and for all' using errcode = 'check_violation', constraint = 'decide_once';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.decide_once() from public;
create trigger decide_once before update on public.booking_changes for each row execute function exodrive_private.decide_once();

-- What was sold is only ever replaced by an applied change that keeps both prices; and the checkout, which may now touch paid bookings for
-- that, still decides none but unpaid ones.
create function exodrive_private.supersede_price() returns trigger language plpgsql set search_path = '' as $$
begin
    if ((old.price_snapshot, old.total_price) is distinct from (new.price_snapshot, new.total_price)
        or current_user = 'exodrive_checkout'
           and (old.pickup_at, old.return_due_at, old.time_zone, old.waiver, old.additional_drivers, old.due_later, old.due_on)
               is distinct from (new.pickup_at, new.return_due_at, new.time_zone, new.waiver, new.additional_drivers, new.due_later, new.due_on))
       and not exists (
           select from public.booking_changes c where c.booking_id = new.id and c.status = 'applied'
           and c.before_price = old.price_snapshot and c.after_price = new.price_snapshot
           and (c.after_price ->> 'total')::numeric = new.total_price)
    then
        raise exception 'a price is superseded by an applied change only' using errcode = 'check_violation', constraint = 'supersede_price';
    end if;
    if current_user = 'exodrive_checkout' and old.status <> 'pending' and new.status <> old.status then
        raise exception 'the checkout decides unpaid bookings only' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.supersede_price() from public;
create trigger supersede_price before update on public.bookings for each row execute function exodrive_private.supersede_price();

create policy changes_paid on public.bookings for update to exodrive_checkout using (status = 'upcoming') with check (status = 'upcoming');
grant update (pickup_at, return_due_at, time_zone, waiver, additional_drivers, due_later, due_on, price_snapshot, total_price)
    on public.bookings to service_role, exodrive_checkout;
grant select (price_snapshot) on public.bookings to exodrive_checkout;

create policy changes_places on public.booking_locations for update to exodrive_checkout
    using (exists (select from public.bookings b where b.id = booking_id and b.status = 'upcoming'));
create policy sees_places on public.booking_locations for select to exodrive_checkout using (true);
grant select (booking_id, type) on public.booking_locations to exodrive_checkout;
grant update (location_id, name, address_line1, address_line2, city, state_province, postal_code, country, formatted_address, latitude, longitude,
              fee, special_instructions) on public.booking_locations to service_role, exodrive_checkout;

create policy changes_extras on public.booking_extras for update to exodrive_checkout
    using (exists (select from public.bookings b where b.id = booking_id and b.status = 'upcoming'));
create policy drops_extras on public.booking_extras for delete to exodrive_checkout
    using (exists (select from public.bookings b where b.id = booking_id and b.status = 'upcoming'));
grant update (quantity), delete on public.booking_extras to exodrive_checkout;

-- Money that has arrived stays arrived, more may follow it, and what is said of it is so: a trigger, because it compares two rows.
create function exodrive_private.captured_grows() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.captured_amount < old.captured_amount or new.refunded_amount < old.refunded_amount then
        raise exception 'sums of money only grow' using errcode = 'check_violation', constraint = 'captured_grows';
    end if;
    if old.status in ('captured', 'partly_refunded', 'refunded') and new.status not in ('captured', 'partly_refunded', 'refunded') then
        raise exception 'money that arrived is not undone by a word' using errcode = 'check_violation', constraint = 'captured_grows';
    end if;
    if new.status = 'partly_refunded' and new.refunded_amount = 0 or new.status = 'refunded' and new.refunded_amount < new.captured_amount then
        raise exception 'so much was not paid back' using errcode = 'check_violation', constraint = 'captured_grows';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.captured_grows() from public;
create trigger captured_grows before update on public.payments for each row execute function exodrive_private.captured_grows();
drop policy checkout_keeps on public.payments;
create policy checkout_keeps on public.payments for update to exodrive_checkout using (status <> 'refunded') with check (true);
grant update (amount) on public.payments to exodrive_checkout;

grant insert (change_id) on public.payment_operations to exodrive_checkout, exodrive_admin;
drop policy checkout_intends on public.payment_operations;
create policy checkout_intends on public.payment_operations for insert to exodrive_checkout
    with check (kind in ('create_order', 'capture') or change_id is not null);

-- How many pieces of each extra are kept for changes that wait for their payment, for bookings on any of these days, `besides` one.
create function exodrive_private.extras_claimed(codes text[], first_day date, last_day date, besides uuid)
    returns table (code text, pieces bigint) language sql stable security definer set search_path = ''
    as $$
        select claim.key, sum(claim.value::integer)
        from public.booking_changes c join public.bookings b on b.id = c.booking_id cross join jsonb_each_text(c.claims) as claim
        where c.status = 'pending' and c.expires_at > (select exodrive_private.now()) and c.booking_id is distinct from besides
          and b.start_date <= last_day and b.end_date >= first_day and claim.key = any (codes)
        group by claim.key
    $$;
revoke all on function exodrive_private.extras_claimed from public;
grant execute on function exodrive_private.extras_claimed to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_admin;
create policy definer_counts on public.booking_changes for select to exodrive_definer using (true);
grant select (booking_id, status, claims, expires_at) on public.booking_changes to exodrive_definer;
grant select (start_date, end_date) on public.bookings to exodrive_definer;
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.extras_claimed(text[], date, date, uuid) owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
