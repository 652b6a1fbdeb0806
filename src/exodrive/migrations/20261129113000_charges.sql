-- What a renter owes beside the rental: distance, fuel, lateness, cleaning, damage, tolls, fines. Proposed at the return from what was read,
-- entered by staff otherwise; never changed but in its state, withdrawn with a reason.
create table public.booking_charges (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    number smallint not null check (number >= 1),
    kind text not null check (kind in ('distance', 'fuel', 'late', 'cover', 'cleaning', 'damage', 'toll', 'fine', 'other')),
    status text not null check (status in ('proposed', 'due', 'withdrawn')),
    -- The thing itself, what handling it costs, and the tax on what of both is taxed.
    amount numeric(12, 2) not null check (amount >= 0),
    fee numeric(12, 2) not null default 0 check (fee >= 0),
    tax numeric(12, 2) not null default 0 check (tax >= 0),
    total numeric(12, 2) not null generated always as (amount + fee + tax) stored check (total > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- What it was worked out from, so that it is explained in the reader's language; what staff typed stands as it was typed.
    facts jsonb not null default '{}' check (jsonb_typeof(facts) = 'object'),
    reason text not null default '' check (length(reason) <= 500),
    evidence text not null default '' check (length(evidence) <= 2000),
    happened_at timestamptz,
    staff_id uuid references public.staff (id),
    created_at timestamptz not null default exodrive_private.now(),
    -- When the renter was first asked for it, and how it ended.
    due_at timestamptz,
    ended_at timestamptz,
    withdrawn_because text check (length(withdrawn_because) between 1 and 500),
    unique (booking_id, number),
    -- What was typed says why; what was worked out says from what.
    check (facts <> '{}' or reason <> ''),
    check (status <> 'due' or due_at is not null),
    check ((status = 'withdrawn') = (withdrawn_because is not null)),
    check ((status = 'withdrawn') = (ended_at is not null))
);
-- The same toll or fine is charged once, whoever enters it again.
create unique index booking_charges_once on public.booking_charges (booking_id, kind, happened_at, amount)
    where happened_at is not null and status <> 'withdrawn';

-- Every move is a legal one, nothing but the state ever changes, and staff charge for no car that never went out.
create function exodrive_private.charge_in_order() returns trigger language plpgsql set search_path = '' as $$
begin
    if (to_jsonb(old) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total'])
        <> (to_jsonb(new) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total'])
       or old.due_at is not null and new.due_at is distinct from old.due_at then
        raise exception 'a charge is withdrawn, not changed' using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    if new.status <> old.status and (old.status, new.status) not in (
        ('proposed', 'due'), ('proposed', 'withdrawn'), ('due', 'withdrawn')) then
        raise exception 'a charge cannot go from % to %', old.status, new.status
            using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.charge_in_order() from public;
create trigger charge_in_order before update on public.booking_charges for each row execute function exodrive_private.charge_in_order();
create function exodrive_private.charge_what_was_out() returns trigger language plpgsql set search_path = '' as $$
begin
    if current_user = 'exodrive_admin' and not exists (
        select from public.bookings b where b.id = new.booking_id and b.handed_over_at is not null and b.currency = new.currency) then
        raise exception 'this car never went out' using errcode = 'check_violation', constraint = 'charge_what_was_out';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.charge_what_was_out() from public;
create trigger charge_what_was_out after insert on public.booking_charges
    for each row execute function exodrive_private.charge_what_was_out();

alter table public.booking_charges enable row level security;
alter table public.booking_charges force row level security;
revoke all on public.booking_charges from public, anon, authenticated, service_role;
create policy service_all on public.booking_charges for all to service_role using (true) with check (true);
grant select, insert, update (status, due_at, ended_at, withdrawn_because) on public.booking_charges to service_role;
create policy admin_reads on public.booking_charges for select to exodrive_admin using (true);
create policy admin_charges on public.booking_charges for insert to exodrive_admin
    with check (status in ('proposed', 'due') and staff_id = (select exodrive_private.uid()));
create policy admin_decides on public.booking_charges for update to exodrive_admin
    using (status in ('proposed', 'due')) with check (status in ('due', 'withdrawn'));
grant select, insert (id, booking_id, number, kind, status, amount, fee, tax, currency, facts, reason, evidence, happened_at, staff_id, due_at),
      update (status, due_at, ended_at, withdrawn_because) on public.booking_charges to exodrive_admin;
-- The renter sees what they were asked for, what became of it, and never who entered it or a proposal that nobody confirmed.
create policy holder_reads_own on public.booking_charges for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()) and due_at is not null);
create policy renter_reads_own on public.booking_charges for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]) and due_at is not null);
grant select (booking_id, number, kind, status, amount, fee, tax, total, currency, facts, reason, evidence, happened_at, due_at, ended_at,
              withdrawn_because) on public.booking_charges to exodrive_token, authenticated;
