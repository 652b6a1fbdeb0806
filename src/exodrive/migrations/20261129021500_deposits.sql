-- Deposits: holds at PayPal that stand behind a car that is out. What was asked of PayPal about them is in the same append-only book as the
-- payments, under kinds of its own, so that no sum of money earned ever counts a deposit.
create table public.deposit_holds (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    number smallint not null check (number >= 1),
    way text not null check (way in ('approval', 'one_order', 'wallet')),
    status text not null check (status in ('asked', 'held', 'declined', 'dropped', 'lapsed', 'released', 'claimed')),
    amount numeric(12, 2) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    paypal_order_id text unique,
    approve_url text,
    -- The first authorization is the one that can be given back; one that renewed it is the one to claim from.
    parent_authorization_id text unique,
    authorization_id text unique,
    authorized_at timestamptz,
    covered_until timestamptz,
    guaranteed_until timestamptz,
    -- When its renewal was tried, whatever came of it: PayPal allows one.
    renewed_at timestamptz,
    claimed_amount numeric(12, 2) not null default 0 check (claimed_amount >= 0),
    created_at timestamptz not null default exodrive_private.now(),
    ended_at timestamptz,
    unique (booking_id, number),
    -- The agreed deposit is the ceiling, whatever more PayPal would let us take.
    check (claimed_amount <= amount),
    check ((authorization_id is null) = (parent_authorization_id is null)),
    check (status in ('asked', 'declined', 'dropped') or (authorization_id is not null and covered_until is not null)),
    check ((status in ('asked', 'held')) = (ended_at is null))
);
-- One is asked for at a time; while one is held another may be asked for in its place.
create unique index deposit_holds_asked on public.deposit_holds (booking_id) where status = 'asked';
create index deposit_holds_held on public.deposit_holds (covered_until) where status = 'held';

-- What staff must know of at once, while it is so.
create table public.booking_alarms (
    id bigint generated always as identity primary key,
    booking_id uuid not null references public.bookings (id),
    kind text not null check (kind in ('uncovered', 'runs_out', 'renewal_refused')),
    details jsonb not null default '{}',
    opened_at timestamptz not null default exodrive_private.now(),
    closed_at timestamptz,
    check (closed_at >= opened_at)
);
create unique index booking_alarms_open on public.booking_alarms (booking_id, kind) where closed_at is null;

alter table public.payment_operations add column hold_id uuid references public.deposit_holds (id);
create index payment_operations_hold on public.payment_operations (hold_id) where hold_id is not null;
alter table public.payment_operations drop constraint payment_operations_kind_check;
alter table public.payment_operations add constraint payment_operations_kind_check
    check (kind in ('create_order', 'capture', 'refund', 'open_hold', 'hold', 'renew', 'release'));
alter table public.payment_operations add constraint payment_operations_of_hold
    check ((kind in ('open_hold', 'hold', 'renew', 'release')) = (hold_id is not null));

do $$
declare
    t text;
begin
    foreach t in array array['deposit_holds', 'booking_alarms'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
        execute format('grant select, insert on public.%I to service_role', t);
        execute format('grant select on public.%I to exodrive_admin', t);
    end loop;
end
$$;
grant update (status, paypal_order_id, approve_url, parent_authorization_id, authorization_id, authorized_at, covered_until, guaranteed_until,
              renewed_at, claimed_amount, ended_at) on public.deposit_holds to service_role;
grant update (closed_at) on public.booking_alarms to service_role;

-- The checkout asks for a hold and places it, for paid bookings that are not over; what follows is the worker's.
create policy checkout_reads on public.deposit_holds for select to exodrive_checkout using (true);
create policy checkout_asks on public.deposit_holds for insert to exodrive_checkout with check (status = 'asked' and way = 'approval');
create policy checkout_places on public.deposit_holds for update to exodrive_checkout
    using (status = 'asked') with check (status in ('asked', 'held', 'declined', 'dropped'));
grant select, insert (id, booking_id, number, way, status, amount, currency),
      update (status, paypal_order_id, approve_url, parent_authorization_id, authorization_id, authorized_at, covered_until, guaranteed_until, ended_at)
    on public.deposit_holds to exodrive_checkout;
grant insert (hold_id) on public.payment_operations to exodrive_checkout, exodrive_admin;
create policy intends_holds on public.payment_operations for insert to exodrive_checkout with check (kind in ('open_hold', 'hold'));
create policy records_holds on public.payment_results for insert to exodrive_checkout
    with check (exists (select from public.payment_operations o where o.id = operation_id and o.kind in ('open_hold', 'hold')));
create policy sees_out on public.bookings for select to exodrive_checkout using (status = 'active');
grant select (returned_at) on public.bookings to exodrive_checkout;

-- The renter sees state, amount and dates, never a provider's id.
create policy holder_reads_own on public.deposit_holds for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.deposit_holds for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, number, status, amount, currency, authorized_at, covered_until, guaranteed_until, claimed_amount, ended_at)
    on public.deposit_holds to exodrive_token, authenticated;
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
