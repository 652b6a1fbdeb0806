-- Invoices at PayPal for what a renter owes beside the rental. What we want of one stands beside what PayPal last told of it, and the worker
-- brings the two together. Our number is written before PayPal is asked, so that an invoice whose answer was lost is found by it.
create table public.paypal_invoices (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    number text not null unique check (length(number) between 1 and 25),
    wanted text not null default 'draft' check (wanted in ('draft', 'sent', 'void')),
    status text check (status in (
        'DRAFT', 'SCHEDULED', 'SENT', 'SHARED', 'UNPAID', 'PAYMENT_PENDING', 'PARTIALLY_PAID', 'PAID', 'MARKED_AS_PAID', 'PAID_EXTERNAL',
        'PARTIALLY_REFUNDED', 'REFUNDED', 'MARKED_AS_REFUNDED', 'REFUNDED_EXTERNAL', 'CANCELLED', 'AUTO_CANCELLED')),
    paypal_invoice_id text unique,
    line_items jsonb not null check (jsonb_typeof(line_items) = 'array' and line_items <> '[]'),
    -- What it was written for, tax and all; then what PayPal says is still due, was paid, and went back.
    total_amount numeric(12, 2) not null check (total_amount > 0),
    tax_amount numeric(12, 2) not null default 0 check (tax_amount between 0 and total_amount),
    amount_due numeric(12, 2) not null check (amount_due >= 0),
    amount_paid numeric(12, 2) not null default 0 check (amount_paid >= 0),
    amount_refunded numeric(12, 2) not null default 0 check (amount_refunded >= 0),
    currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
    due_date date not null,
    invoice_url text,
    note_to_recipient text not null default '' check (length(note_to_recipient) <= 2000),
    terms_and_conditions text not null default '' check (length(terms_and_conditions) <= 4000),
    -- The code of the payer's page, as PayPal draws it.
    picture bytea,
    -- Why it does not go on by itself: a person must look.
    problem text check (length(problem) between 1 and 500),
    -- When PayPal was last asked to make it, until when somebody is at it, when a notice named it last, and when it was last read.
    asked_at timestamptz,
    taken_until timestamptz,
    told_at timestamptz,
    looked_at timestamptz not null default exodrive_private.now(),
    created_by uuid not null references public.staff (id),
    created_at timestamptz not null default exodrive_private.now(),
    sent_at timestamptz,
    -- Paid in full, or nothing is wanted for it any more.
    ended_at timestamptz,
    check ((status is null) = (paypal_invoice_id is null)),
    check (sent_at is null or status is not null)
);
create index paypal_invoices_booking on public.paypal_invoices (booking_id);
create index paypal_invoices_open on public.paypal_invoices (looked_at) where ended_at is null;
create index paypal_invoices_ended on public.paypal_invoices (ended_at) where ended_at is not null;

-- A charge is in one invoice at a time; one that came to nothing frees it.
create table public.paypal_invoice_charges (
    invoice_id uuid not null references public.paypal_invoices (id),
    charge_id uuid not null references public.booking_charges (id),
    amount numeric(12, 2) not null check (amount > 0),
    freed_at timestamptz,
    primary key (invoice_id, charge_id)
);
create unique index paypal_invoice_charges_living on public.paypal_invoice_charges (charge_id) where freed_at is null;

-- What staff ask for besides: a reminder, or that a payment is noted which came another way; its id is the mark it is found by at PayPal.
create table public.paypal_invoice_requests (
    id uuid primary key,
    invoice_id uuid not null references public.paypal_invoices (id),
    kind text not null check (kind in ('reminder', 'payment')),
    status text not null check (status in ('asked', 'done', 'refused')),
    amount numeric(12, 2) check (amount > 0),
    method text check (method in ('BANK_TRANSFER', 'CASH', 'CHECK', 'CREDIT_CARD', 'DEBIT_CARD', 'PAYPAL', 'WIRE_TRANSFER', 'OTHER')),
    paid_on date,
    issue text check (length(issue) between 1 and 500),
    staff_id uuid not null references public.staff (id),
    created_at timestamptz not null default exodrive_private.now(),
    ended_at timestamptz,
    check ((kind = 'payment') = (amount is not null and method is not null and paid_on is not null)),
    check ((status = 'asked') = (ended_at is null)),
    check ((status = 'refused') = (issue is not null))
);
create index paypal_invoice_requests_invoice on public.paypal_invoice_requests (invoice_id, created_at);
create index paypal_invoice_requests_asked on public.paypal_invoice_requests (invoice_id) where status = 'asked';

-- What an invoice is for stays as it was written, and what is wanted of it only ever goes on.
create function exodrive_private.invoice_in_order() returns trigger language plpgsql set search_path = '' as $$
declare
    may_change text[] := array['wanted', 'status', 'paypal_invoice_id', 'amount_due', 'amount_paid', 'amount_refunded', 'invoice_url', 'picture',
        'problem', 'asked_at', 'taken_until', 'told_at', 'looked_at', 'sent_at', 'ended_at'];
begin
    if (to_jsonb(old) - may_change) <> (to_jsonb(new) - may_change)
       or old.paypal_invoice_id is not null and new.paypal_invoice_id is distinct from old.paypal_invoice_id
       or old.sent_at is not null and new.sent_at is distinct from old.sent_at then
        raise exception 'an invoice is cancelled, not changed' using errcode = 'check_violation', constraint = 'invoice_in_order';
    end if;
    if new.wanted <> old.wanted and (old.wanted, new.wanted) not in (('draft', 'sent'), ('draft', 'void'), ('sent', 'void')) then
        raise exception 'an invoice cannot go from % to %', old.wanted, new.wanted
            using errcode = 'check_violation', constraint = 'invoice_in_order';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.invoice_in_order() from public;
create trigger invoice_in_order before update on public.paypal_invoices for each row execute function exodrive_private.invoice_in_order();

-- Asked for is what is open of a charge of the same booking, to the cent.
create function exodrive_private.invoice_what_is_open() returns trigger language plpgsql set search_path = '' as $$
begin
    if not exists (
        select from public.paypal_invoices i join public.booking_charges g on g.booking_id = i.booking_id and g.currency = i.currency_code
        where i.id = new.invoice_id and g.id = new.charge_id and g.status = 'invoiced' and new.amount = g.total - g.paid) then
        raise exception 'so much is not open' using errcode = 'check_violation', constraint = 'invoice_what_is_open';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.invoice_what_is_open() from public;
create trigger invoice_what_is_open after insert on public.paypal_invoice_charges
    for each row execute function exodrive_private.invoice_what_is_open();

-- A charge waits for its invoice as it waits for a claim: neither asks for what the other does.
alter table public.booking_charges
    drop constraint booking_charges_status_check,
    add constraint booking_charges_status_check check (status in ('proposed', 'due', 'claimed', 'invoiced', 'settled', 'withdrawn'));
create or replace function exodrive_private.charge_in_order() returns trigger language plpgsql set search_path = '' as $$
begin
    if (to_jsonb(old) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total', 'claim_id', 'paid'])
        <> (to_jsonb(new) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total', 'claim_id', 'paid'])
       or old.due_at is not null and new.due_at is distinct from old.due_at or new.paid < old.paid then
        raise exception 'a charge is withdrawn, not changed' using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    if new.status <> old.status and (old.status, new.status) not in (
        ('proposed', 'due'), ('proposed', 'withdrawn'), ('due', 'withdrawn'), ('due', 'claimed'), ('claimed', 'due'), ('claimed', 'settled'),
        ('due', 'invoiced'), ('invoiced', 'due'), ('invoiced', 'settled'))
       or new.status = 'withdrawn' and old.paid > 0 then
        raise exception 'a charge cannot go from % to %', old.status, new.status
            using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    return new;
end
$$;
alter policy admin_decides on public.booking_charges
    using (status in ('proposed', 'due', 'claimed', 'invoiced')) with check (status in ('due', 'claimed', 'invoiced', 'withdrawn'));

alter table public.booking_alarms drop constraint booking_alarms_kind_check;
alter table public.booking_alarms add constraint booking_alarms_kind_check
    check (kind in ('uncovered', 'runs_out', 'renewal_refused', 'claim', 'invoice'));

do $$
declare
    t text;
begin
    foreach t in array array['paypal_invoices', 'paypal_invoice_charges', 'paypal_invoice_requests'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('grant select, insert on public.%I to service_role', t);
        execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
        execute format('grant select on public.%I to exodrive_admin', t);
    end loop;
end
$$;
grant update (wanted, status, paypal_invoice_id, amount_due, amount_paid, amount_refunded, invoice_url, picture, problem, asked_at, taken_until,
              told_at, looked_at, sent_at, ended_at) on public.paypal_invoices to service_role;
grant update (freed_at) on public.paypal_invoice_charges to service_role;
grant update (status, issue, ended_at) on public.paypal_invoice_requests to service_role;

-- Staff say what is wanted, the worker does it: what PayPal told is the worker's to write.
create policy admin_drafts on public.paypal_invoices for insert to exodrive_admin
    with check (created_by = (select exodrive_private.uid()) and wanted = 'draft');
create policy admin_decides on public.paypal_invoices for update to exodrive_admin
    using (ended_at is null) with check (problem is null and (ended_at is null or wanted = 'void' and asked_at is null));
grant insert (id, booking_id, number, wanted, line_items, total_amount, tax_amount, amount_due, currency_code, due_date, note_to_recipient,
              terms_and_conditions, created_by), update (wanted, problem, told_at, ended_at) on public.paypal_invoices to exodrive_admin;
create policy admin_links on public.paypal_invoice_charges for insert to exodrive_admin
    with check (exists (select from public.paypal_invoices i where i.id = invoice_id and i.status is null));
create policy admin_frees on public.paypal_invoice_charges for update to exodrive_admin using (freed_at is null) with check (freed_at is not null);
grant insert (invoice_id, charge_id, amount), update (freed_at) on public.paypal_invoice_charges to exodrive_admin;
create policy admin_asks on public.paypal_invoice_requests for insert to exodrive_admin
    with check (staff_id = (select exodrive_private.uid()) and (status = 'asked' and kind = 'payment' or status = 'done' and kind = 'reminder'));
grant insert (id, invoice_id, kind, status, amount, method, paid_on, staff_id, ended_at) on public.paypal_invoice_requests to exodrive_admin;

-- The renter sees what they were asked to pay, and where: from when it was sent, and never who wrote it or by which id PayPal knows it.
create policy holder_reads_own on public.paypal_invoices for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()) and sent_at is not null);
create policy renter_reads_own on public.paypal_invoices for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]) and sent_at is not null);
grant select (booking_id, number, status, line_items, total_amount, tax_amount, amount_due, amount_paid, amount_refunded, currency_code, due_date,
              invoice_url, note_to_recipient, terms_and_conditions, picture, sent_at, ended_at)
    on public.paypal_invoices to exodrive_token, authenticated;
