-- Wallets that renters let PayPal keep for the deposit of a booking. A row is the renter's agreement; PayPal's id of the wallet, by which
-- money can be held without asking anybody, is the worker's alone. Rows stay: they say what was agreed to, and what became of it.
create table public.paypal_wallets (
    booking_id uuid primary key references public.bookings (id),
    status text not null check (status in ('agreed', 'kept', 'none', 'cancelled', 'deleted')),
    token_id text unique,
    agreed_at timestamptz not null default exodrive_private.now(),
    -- When PayPal was last asked about it, or it was last looked whether it is needed still.
    looked_at timestamptz,
    -- The intent to have it deleted, written before PayPal is asked; nothing is held by it any more.
    deleting_at timestamptz,
    ended_at timestamptz,
    check ((status in ('agreed', 'kept')) = (ended_at is null)),
    check (status <> 'kept' or token_id is not null),
    check (status <> 'deleted' or deleting_at is not null),
    check (deleting_at is null or token_id is not null)
);
create index paypal_wallets_open on public.paypal_wallets (booking_id) where status in ('agreed', 'kept');

alter table public.paypal_wallets enable row level security;
alter table public.paypal_wallets force row level security;
revoke all on public.paypal_wallets from public, anon, authenticated, service_role;
create policy service_all on public.paypal_wallets for all to service_role using (true) with check (true);
grant select, insert, update (status, token_id, looked_at, deleting_at, ended_at) on public.paypal_wallets to service_role;

-- Staff see how it stands, without the id by which money can be held.
create policy admin_reads on public.paypal_wallets for select to exodrive_admin using (true);
grant select (booking_id, status, agreed_at, deleting_at, ended_at) on public.paypal_wallets to exodrive_admin;

-- The checkout writes down that a renter agreed, and that an account keeps none.
create policy checkout_reads on public.paypal_wallets for select to exodrive_checkout using (true);
create policy checkout_agrees on public.paypal_wallets for insert to exodrive_checkout with check (status = 'agreed');
create policy checkout_does_without on public.paypal_wallets for update to exodrive_checkout
    using (status = 'agreed') with check (status = 'none');
grant select (booking_id, status, agreed_at), insert (booking_id, status), update (status, ended_at)
    on public.paypal_wallets to exodrive_checkout;

-- The renter sees how it stands, and by which way a deposit is held.
create policy holder_reads_own on public.paypal_wallets for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.paypal_wallets for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, status, agreed_at) on public.paypal_wallets to exodrive_token, authenticated;
grant select (way) on public.deposit_holds to exodrive_token, authenticated;
