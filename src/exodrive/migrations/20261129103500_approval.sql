-- Cars that require approval: paid for, then accepted by staff in time, else everything goes back.
-- `approval_hours` is frozen at purchase: so long the renter was told we take to answer; null where the car needs no answer.
alter table public.bookings
    add column approval_hours smallint check (approval_hours between 1 and 168),
    add column approval_due_at timestamptz,
    add column approval_remind_at timestamptz,
    add column approved_at timestamptz,
    -- Who has paid waits until a moment that is known, and whoever has not accepted in time has not accepted.
    add constraint bookings_answer_due check (
        approval_hours is null or approval_due_at is not null or status in ('pending', 'cancelled', 'expired')),
    add constraint bookings_accepted_in_time check (approved_at is null or approved_at < approval_due_at),
    -- What we have not accepted does not begin: no key is handed over, the clock begins nothing, and nobody can have failed to come.
    add constraint bookings_accepted check (
        approval_hours is null or approved_at is not null
        or status in ('pending', 'upcoming', 'cancelled', 'expired') and handed_over_at is null and no_show_at is null);
create index bookings_to_answer on public.bookings (approval_due_at)
    where approval_due_at is not null and approved_at is null and status = 'upcoming';
create index bookings_to_remind on public.bookings (approval_remind_at)
    where approval_remind_at is not null and approved_at is null and status = 'upcoming';

-- With the money comes the time to answer: as promised, but two hours before the pick-up at the latest, so that a renter may still look for
-- another car; and when the pick-up is nearer than that allows, half of the time until then. Staff are reminded when half of it is over.
create function exodrive_private.await_answer() returns trigger language plpgsql set search_path = '' as $$
declare
    paid timestamptz := exodrive_private.now();
    ahead interval := greatest(new.pickup_at - paid, interval '0');
begin
    new.approval_due_at := paid + least(new.approval_hours * interval '1 hour', greatest(ahead - interval '2 hours', ahead / 2));
    new.approval_remind_at := paid + (new.approval_due_at - paid) / 2;
    return new;
end
$$;
revoke all on function exodrive_private.await_answer() from public;
create trigger await_answer before update of status on public.bookings
    for each row when (old.status = 'pending' and new.status = 'upcoming' and new.approval_hours is not null)
    execute function exodrive_private.await_answer();

-- Accepted once, by the database's clock, and while the booking waits: afterwards its money is on the way back, whoever was first to look.
create function exodrive_private.accept_once() returns trigger language plpgsql set search_path = '' as $$
begin
    if old.approved_at is not null or new.status <> 'upcoming' or old.status <> 'upcoming' then
        raise exception 'only a booking that waits for an answer is accepted' using errcode = 'check_violation', constraint = 'accept_once';
    end if;
    new.approved_at := exodrive_private.now();
    new.approval_remind_at := null;
    return new;
end
$$;
revoke all on function exodrive_private.accept_once() from public;
create trigger accept_once before update of approved_at on public.bookings
    for each row when (old.approved_at is distinct from new.approved_at) execute function exodrive_private.accept_once();

-- Staff accept, and nobody else; the checkout only keeps what it promised.
grant update (approved_at) on public.bookings to exodrive_admin;
grant update (approval_remind_at) on public.bookings to service_role;
grant insert (approval_hours) on public.bookings to exodrive_checkout;
grant select (approval_hours, approval_due_at, approved_at) on public.bookings to exodrive_checkout, exodrive_token, authenticated;

-- A booking that waits for an answer ends with all of its money going back, whoever ends it; its time is over before it counts as not
-- answered; and one that was accepted is not refused any more.
create or replace function exodrive_private.end_by_the_tiers() returns trigger language plpgsql set search_path = '' as $$
declare
    booking record;
begin
    select b.status, b.cancellation_tiers as tiers, b.pickup_at - exodrive_private.now() as notice,
           b.approval_due_at is not null and b.approved_at is null as waits,
           b.approval_due_at > exodrive_private.now() as in_time into booking
    from public.bookings b where b.id = new.booking_id;
    if new.how = 'renter' and (booking.status <> 'upcoming' or booking.notice <= interval '0') then
        raise exception 'a renter cancels before the pick-up only' using errcode = 'check_violation', constraint = 'end_by_the_tiers';
    end if;
    if new.how in ('refused', 'unanswered') and (not booking.waits or new.how = 'unanswered' and booking.in_time) then
        raise exception 'only what waits is refused, and not answered is what waited too long'
            using errcode = 'check_violation', constraint = 'end_by_the_tiers';
    end if;
    if booking.waits and new.percent <> 100
       or not booking.waits and (
           new.how in ('renter', 'tiers')
           and new.percent not between exodrive_private.tier_percent(booking.tiers, booking.notice)
                                   and exodrive_private.tier_percent(booking.tiers, booking.notice + interval '1 minute')
           or new.how = 'no_show' and new.percent <> exodrive_private.tier_percent(booking.tiers, null))
    then
        raise exception 'this is not what the tiers say' using errcode = 'check_violation', constraint = 'end_by_the_tiers';
    end if;
    return null;
end
$$;

-- What we are asked to accept stays as it is until we have.
create function exodrive_private.change_what_is_accepted() returns trigger language plpgsql set search_path = '' as $$
begin
    if exists (select from public.bookings b where b.id = new.booking_id and b.approval_due_at is not null and b.approved_at is null) then
        raise exception 'a booking that waits for an answer is not changed'
            using errcode = 'check_violation', constraint = 'change_what_is_accepted';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.change_what_is_accepted() from public;
create trigger change_what_is_accepted after insert on public.booking_changes
    for each row execute function exodrive_private.change_what_is_accepted();
