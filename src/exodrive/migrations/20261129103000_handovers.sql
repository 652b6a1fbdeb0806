-- What was read when a car changed hands: a line when it leaves, a line when it comes back, written with the fact itself and never changed.
create table public.handovers (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    car_id uuid not null references public.cars (id),
    way text not null check (way in ('out', 'in')),
    at timestamptz not null,
    -- In the car's own unit, and how full tank or battery is, in percent.
    odometer integer not null check (odometer between 0 and 9999999),
    fuel smallint not null check (fuel between 0 and 100),
    -- Why a manager gave the key although no deposit was held.
    without_deposit text check (length(without_deposit) between 1 and 500),
    staff_id uuid references public.staff (id),
    noted_at timestamptz not null default exodrive_private.now(),
    unique (booking_id, car_id, way),
    check (way = 'out' or without_deposit is null)
);
create index handovers_car on public.handovers (car_id, at);

-- No key without a deposit, no car back that was never out, no mile driven backwards. What the staff's door writes is held to all of it.
create function exodrive_private.hand_over_in_order() returns trigger language plpgsql set search_path = '' as $$
declare
    booking record;
    before record;
begin
    select b.status, b.handed_over_at, b.returned_at, b.security_deposit_amount as deposit into booking
    from public.bookings b where b.id = new.booking_id;
    select h.odometer, h.at into before
    from public.handovers h where h.booking_id = new.booking_id and h.car_id = new.car_id and h.way = 'out';
    if new.way = 'in' and (new.odometer < before.odometer or new.at < before.at) then
        raise exception 'neither odometer nor time run backwards' using errcode = 'check_violation', constraint = 'hand_over_in_order';
    end if;
    if current_user <> 'exodrive_admin' then
        return null;
    end if;
    if new.way = 'out' and (booking.status not in ('upcoming', 'active') or booking.handed_over_at is not null)
       or new.way = 'in' and (booking.handed_over_at is null or booking.returned_at is not null or before is null) then
        raise exception 'a car goes out once, and comes back once' using errcode = 'check_violation', constraint = 'hand_over_in_order';
    end if;
    if new.way = 'out' and booking.deposit > 0 and new.without_deposit is null and not exists (
        select from public.deposit_holds h
        where h.booking_id = new.booking_id and h.status = 'held' and h.covered_until > exodrive_private.now()) then
        raise exception 'no deposit is held' using errcode = 'check_violation', constraint = 'hand_over_with_deposit';
    end if;
    if new.without_deposit is not null and not exists (
        select from public.staff s where s.id = new.staff_id and s.role in ('manager', 'owner')) then
        raise exception 'a manager says so' using errcode = 'check_violation', constraint = 'hand_over_with_deposit';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.hand_over_in_order() from public;
create trigger hand_over_in_order after insert on public.handovers for each row execute function exodrive_private.hand_over_in_order();

-- And the facts on the booking are those lines: set once, and by staff only beside what was read.
create function exodrive_private.facts_as_read() returns trigger language plpgsql set search_path = '' as $$
begin
    if old.handed_over_at is not null and new.handed_over_at is distinct from old.handed_over_at
       or old.returned_at is not null and new.returned_at is distinct from old.returned_at then
        raise exception 'what happened has happened' using errcode = 'check_violation', constraint = 'facts_as_read';
    end if;
    if current_user = 'exodrive_admin' and (
        new.handed_over_at is distinct from old.handed_over_at and not exists (
            select from public.handovers h where h.booking_id = new.id and h.way = 'out' and h.at = new.handed_over_at)
        or new.returned_at is distinct from old.returned_at and not exists (
            select from public.handovers h where h.booking_id = new.id and h.way = 'in' and h.at = new.returned_at)) then
        raise exception 'nothing was read of it' using errcode = 'check_violation', constraint = 'facts_as_read';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.facts_as_read() from public;
create trigger facts_as_read before update on public.bookings
    for each row when (old.handed_over_at is distinct from new.handed_over_at or old.returned_at is distinct from new.returned_at)
    execute function exodrive_private.facts_as_read();
alter table public.bookings add constraint bookings_back_after_out
    check (returned_at is null or (handed_over_at is not null and returned_at >= handed_over_at));

-- Whoever moved their pick-up has not missed it: a change that is paid after that was noted would else meet a CHECK.
create function exodrive_private.forget_no_show() returns trigger language plpgsql set search_path = '' as $$
begin
    new.no_show_at := null;
    return new;
end
$$;
revoke all on function exodrive_private.forget_no_show() from public;
create trigger forget_no_show before update on public.bookings
    for each row when (new.pickup_at > old.pickup_at and new.no_show_at is not null)
    execute function exodrive_private.forget_no_show();

alter table public.handovers enable row level security;
alter table public.handovers force row level security;
revoke all on public.handovers from public, anon, authenticated, service_role;
create policy service_all on public.handovers for all to service_role using (true) with check (true);
grant select, insert on public.handovers to service_role;
create policy admin_reads on public.handovers for select to exodrive_admin using (true);
create policy admin_hands_over on public.handovers for insert to exodrive_admin with check (staff_id = (select exodrive_private.uid()));
grant select, insert (id, booking_id, car_id, way, at, odometer, fuel, without_deposit, staff_id) on public.handovers to exodrive_admin;
-- The renter sees what was read, never why or by whom.
create policy holder_reads_own on public.handovers for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.handovers for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, car_id, way, at, odometer, fuel) on public.handovers to exodrive_token, authenticated;
