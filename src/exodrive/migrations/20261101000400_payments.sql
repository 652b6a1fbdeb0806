-- Money: one summary row per booking, and under it an append-only book of what was asked of PayPal and what it answered.
create table public.payments (
    id uuid primary key,
    booking_id uuid not null unique references public.bookings (id),
    status text not null check (status in ('pending', 'approved', 'processing', 'captured', 'partly_refunded', 'refunded', 'failed', 'voided')),
    amount numeric(12, 2) not null check (amount >= 0),
    captured_amount numeric(12, 2) not null default 0 check (captured_amount >= 0),
    refunded_amount numeric(12, 2) not null default 0 check (refunded_amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    paypal_order_id text unique,
    paypal_capture_id text unique,
    approve_url text,
    captured_at timestamptz,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now(),
    check (refunded_amount <= captured_amount)
);

-- An intent, written and committed before PayPal is called with its request id. Never updated.
create table public.payment_operations (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    kind text not null check (kind in ('create_order', 'capture', 'refund')),
    attempt smallint not null check (attempt >= 1),
    request_id text not null unique check (length(request_id) between 1 and 108),
    amount numeric(12, 2) not null check (amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    target_id text,
    reason text,
    created_at timestamptz not null default exodrive_private.now(),
    unique (booking_id, kind, attempt)
);

-- What PayPal answered: any number of 'unknown' and 'pending', then at most one final result per intent. Never updated.
create table public.payment_results (
    id bigint generated always as identity primary key,
    operation_id uuid not null references public.payment_operations (id),
    outcome text not null check (outcome in ('succeeded', 'declined', 'failed', 'unknown', 'pending')),
    is_final boolean not null generated always as (outcome in ('succeeded', 'declined', 'failed')) stored,
    provider_id text,
    provider_status text,
    amount numeric(12, 2),
    currency text,
    issue text,
    debug_id text,
    details jsonb not null default '{}',
    created_at timestamptz not null default exodrive_private.now()
);
create unique index payment_results_one_end on public.payment_results (operation_id) where is_final;
create index payment_results_operation on public.payment_results (operation_id, id);
create index payment_operations_newest on public.payment_operations (created_at);

-- Refunds can never exceed what was captured in the same currency, whoever asks: counted over all intents that have not failed, under the
-- booking's payment row.
create function exodrive_private.refund_within_captured() returns trigger language plpgsql security definer set search_path = '' as $$
declare
    captured numeric;
    asked numeric;
begin
    select p.captured_amount into captured from public.payments p
    where p.booking_id = new.booking_id and p.currency = new.currency for update;
    select coalesce(sum(o.amount), 0) into asked from public.payment_operations o
    where o.booking_id = new.booking_id and o.kind = 'refund'
      and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded');
    if asked > coalesce(captured, 0) then
        raise exception 'refunds of % would exceed the % captured', asked, coalesce(captured, 0)
            using errcode = 'check_violation', constraint = 'refund_within_captured';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.refund_within_captured() from public;
create trigger refund_within_captured after insert on public.payment_operations
    for each row when (new.kind = 'refund') execute function exodrive_private.refund_within_captured();

do $$
declare
    t text;
begin
    foreach t in array array['payments', 'payment_operations', 'payment_results'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
    end loop;
end
$$;

create policy definer_reads on public.payments for select to exodrive_definer using (true);
create policy definer_locks on public.payments for update to exodrive_definer using (true) with check (true);
create policy definer_reads on public.payment_operations for select to exodrive_definer using (true);
create policy definer_reads on public.payment_results for select to exodrive_definer using (true);
grant select (booking_id, captured_amount, currency), update (updated_at) on public.payments to exodrive_definer;
grant select (id, booking_id, kind, amount) on public.payment_operations to exodrive_definer;
grant select (operation_id, outcome, is_final) on public.payment_results to exodrive_definer;

grant select, insert, update on public.payments to service_role;
grant select, insert on public.payment_operations, public.payment_results to service_role;
-- Staff see the whole book and write intents (a refund); what PayPal answered is written by checkout and worker only.
create policy admin_refunds on public.payment_operations for insert to exodrive_admin with check (kind = 'refund');
grant select on public.payments, public.payment_operations, public.payment_results to exodrive_admin;
grant insert (id, booking_id, kind, attempt, request_id, amount, currency, target_id, reason) on public.payment_operations to exodrive_admin;

create policy checkout_reads on public.payments for select to exodrive_checkout using (true);
create policy checkout_writes on public.payments for insert to exodrive_checkout with check (status = 'pending');
-- Money that has arrived stays arrived: only the worker books what happens to it afterwards.
create policy checkout_keeps on public.payments for update to exodrive_checkout
    using (status in ('pending', 'approved', 'processing', 'failed', 'voided')) with check (status not in ('partly_refunded', 'refunded'));
grant select, insert (id, booking_id, status, amount, currency),
      update (status, captured_amount, paypal_order_id, paypal_capture_id, approve_url, captured_at, updated_at) on public.payments to exodrive_checkout;
create policy checkout_reads on public.payment_operations for select to exodrive_checkout using (true);
create policy checkout_intends on public.payment_operations for insert to exodrive_checkout with check (kind in ('create_order', 'capture'));
grant select, insert (id, booking_id, kind, attempt, request_id, amount, currency, target_id, reason) on public.payment_operations to exodrive_checkout;
create policy checkout_reads on public.payment_results for select to exodrive_checkout using (true);
create policy checkout_records on public.payment_results for insert to exodrive_checkout
    with check (exists (select from public.payment_operations o where o.id = operation_id and o.kind in ('create_order', 'capture')));
grant select, insert (operation_id, outcome, provider_id, provider_status, amount, currency, issue, debug_id, details)
    on public.payment_results to exodrive_checkout;

-- The renter sees state and amounts, never a provider's id.
create policy holder_reads_own on public.payments for select to exodrive_token using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.payments for select to authenticated using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, status, amount, captured_amount, refunded_amount, currency, captured_at) on public.payments to exodrive_token, authenticated;

grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.refund_within_captured() owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;

-- Some platforms hand new sequences to everybody; numbering is the tables' own business.
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
