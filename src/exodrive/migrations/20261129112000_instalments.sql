-- The rest of a price that is paid in two parts: a row for each paid booking that owes one, from its first payment to the end of it.
create table public.booking_instalments (
    id uuid primary key,
    booking_id uuid not null unique references public.bookings (id),
    status text not null check (status in ('open', 'paid', 'waived', 'merged', 'dropped')),
    amount numeric(12, 2) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- The last day on which it is paid in time, where the booking is.
    due_on date not null,
    -- The order by which it is paid, while there is one; it can be approved for some hours only.
    paypal_order_id text unique,
    approve_url text,
    opened_at timestamptz,
    -- A capture is under way: until its end is known nothing else may happen to it.
    is_paying boolean not null default false,
    paypal_capture_id text unique,
    -- When the next letter about it is due; null when no more follows.
    remind_at timestamptz,
    reminded_at timestamptz,
    -- Who forwent it, and why.
    waived_by uuid references public.staff (id),
    reason text check (length(reason) between 1 and 500),
    created_at timestamptz not null default exodrive_private.now(),
    settled_at timestamptz,
    check ((status = 'open') = (settled_at is null)),
    check ((status = 'paid') = (paypal_capture_id is not null)),
    check ((status = 'waived') = (waived_by is not null)),
    check (status <> 'waived' or reason is not null),
    check (status = 'open' or (not is_paying and remind_at is null))
);
create index booking_instalments_remind on public.booking_instalments (remind_at) where status = 'open';

alter table public.payment_operations add column instalment_id uuid references public.booking_instalments (id);
create index payment_operations_instalment on public.payment_operations (instalment_id) where instalment_id is not null;
alter table public.payment_operations add constraint payment_operations_of_instalment
    check (instalment_id is null or (kind in ('create_order', 'capture', 'refund') and change_id is null and hold_id is null));

alter table public.booking_instalments enable row level security;
alter table public.booking_instalments force row level security;
revoke all on public.booking_instalments from public, anon, authenticated, service_role;
create policy service_all on public.booking_instalments for all to service_role using (true) with check (true);
grant select, insert on public.booking_instalments to service_role;
grant update (status, amount, due_on, paypal_order_id, approve_url, opened_at, is_paying, paypal_capture_id, remind_at, reminded_at, settled_at)
    on public.booking_instalments to service_role;
-- The checkout opens it with the first payment, has it paid, and lets it follow what a renter changes or ends; to forgo it is not its own.
create policy checkout_reads on public.booking_instalments for select to exodrive_checkout using (true);
create policy checkout_opens on public.booking_instalments for insert to exodrive_checkout with check (status = 'open');
create policy checkout_settles on public.booking_instalments for update to exodrive_checkout
    using (status = 'open') with check (status <> 'waived');
grant select, insert (id, booking_id, status, amount, currency, due_on, remind_at),
      update (status, amount, due_on, paypal_order_id, approve_url, opened_at, is_paying, paypal_capture_id, remind_at, settled_at)
    on public.booking_instalments to exodrive_checkout;
-- Staff forgo it in their own name, and drop it with the booking.
create policy admin_reads on public.booking_instalments for select to exodrive_admin using (true);
create policy admin_waives on public.booking_instalments for update to exodrive_admin using (status = 'open' and not is_paying)
    with check (status = 'dropped' or status = 'waived' and waived_by = (select exodrive_private.uid()));
grant select, update (status, approve_url, remind_at, waived_by, reason, settled_at) on public.booking_instalments to exodrive_admin;
-- The renter sees what is due and when, never a provider's id, nor who decided.
create policy holder_reads_own on public.booking_instalments for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.booking_instalments for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, status, amount, currency, due_on, is_paying, settled_at) on public.booking_instalments to exodrive_token, authenticated;

-- Whoever writes: the rest is settled once, and never while money for it is on its way; and it is what the booking was sold with.
create function exodrive_private.settle_instalment() returns trigger language plpgsql set search_path = '' as $$
begin
    if old.status <> 'open' then
        raise exception 'a rest is settled once and for all' using errcode = 'check_violation', constraint = 'settle_instalment';
    end if;
    if old.is_paying and ((new.amount, new.due_on) <> (old.amount, old.due_on) or new.status not in ('open', 'paid')) then
        raise exception 'the payment of this rest is under way' using errcode = 'check_violation', constraint = 'settle_instalment';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.settle_instalment() from public;
create trigger settle_instalment before update on public.booking_instalments
    for each row execute function exodrive_private.settle_instalment();
create function exodrive_private.instalment_as_sold() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.status = 'open' and not exists (
        select from public.bookings b
        where b.id = new.booking_id and (b.due_later, b.currency, b.due_on) = (new.amount, new.currency, new.due_on))
    then
        raise exception 'this is not what the booking was sold with' using errcode = 'check_violation', constraint = 'instalment_as_sold';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.instalment_as_sold() from public;
create trigger instalment_as_sold after insert or update of amount, due_on on public.booking_instalments
    for each row execute function exodrive_private.instalment_as_sold();

-- No key is given without all of the money: staff have it paid, or forgo it first.
create function exodrive_private.rest_before_key() returns trigger language plpgsql set search_path = '' as $$
begin
    if exists (select from public.booking_instalments i where i.booking_id = new.id and i.status = 'open') then
        raise exception 'the rest of the price is not paid yet' using errcode = 'check_violation', constraint = 'rest_before_key';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.rest_before_key() from public;
create trigger rest_before_key before update of handed_over_at on public.bookings
    for each row when (old.handed_over_at is null and new.handed_over_at is not null) execute function exodrive_private.rest_before_key();

-- Money that came for a rest that was no longer due goes back whatever became of the booking: it is none of what its end decided about.
grant insert (instalment_id) on public.payment_operations to exodrive_checkout, exodrive_admin;
create policy returns_rests on public.payment_operations for insert to exodrive_checkout
    with check (exists (
        select from public.booking_instalments i
        where i.id = instalment_id and i.booking_id = payment_operations.booking_id and i.status <> 'open'));
create or replace function exodrive_private.refund_as_decided() returns trigger language plpgsql set search_path = '' as $$
begin
    if current_user = 'exodrive_checkout' and new.amount > (
        select e.refund - coalesce((
            select sum(o.amount) from public.payment_operations o
            where o.booking_id = e.booking_id and o.kind = 'refund' and o.change_id is null and o.instalment_id is null
              and o.created_at >= e.ended_at
              and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')), 0)
        from public.booking_endings e where e.booking_id = new.booking_id)
    then
        raise exception 'so much was not decided to go back' using errcode = 'check_violation', constraint = 'refund_as_decided';
    end if;
    return new;
end
$$;
drop trigger refund_as_decided on public.payment_operations;
create trigger refund_as_decided before insert on public.payment_operations
    for each row when (new.kind = 'refund' and new.change_id is null and new.instalment_id is null)
    execute function exodrive_private.refund_as_decided();

-- Bookings that owe a rest already. The owner sees them for this one statement; their renters get the letters that are still to come.
alter table public.bookings no force row level security;
alter table public.booking_instalments no force row level security;
insert into public.booking_instalments (id, booking_id, status, amount, currency, due_on, remind_at)
select gen_random_uuid(), b.id, 'open', b.due_later, b.currency, b.due_on,
       greatest((b.due_on + time '09:00') at time zone b.time_zone, exodrive_private.now())
from public.bookings b where b.status in ('upcoming', 'active') and b.due_later > 0 and b.handed_over_at is null;
alter table public.bookings force row level security;
alter table public.booking_instalments force row level security;
