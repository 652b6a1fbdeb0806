-- A rental begins by the clock at midnight of its pick-up day, with the key still on our board. Until the pick-up its renter may do what
-- they could the evening before: say how they are reached, and cancel by the tiers while the house allows it.
alter policy holder_edits_own on public.bookings using (
    id = (select exodrive_private.token_booking_id()) and pickup_at > (select exodrive_private.now())
    and (status in ('pending', 'upcoming') or status = 'active' and handed_over_at is null));
alter policy renter_edits_own on public.bookings using (
    id = any ((select exodrive_private.own_booking_ids())::uuid[]) and pickup_at > (select exodrive_private.now())
    and (status in ('pending', 'upcoming') or status = 'active' and handed_over_at is null));
-- That the key of what is cancelled was never handed over is kept by a CHECK, that the checkout moves no booking else by a trigger.
alter policy changes_paid on public.bookings using (status in ('upcoming', 'active')) with check (status in ('upcoming', 'active', 'cancelled'));

create or replace function exodrive_private.end_by_the_tiers() returns trigger language plpgsql set search_path = '' as $$
declare
    booking record;
begin
    select b.status in ('upcoming', 'active') and b.handed_over_at is null as is_ahead, b.cancellation_tiers as tiers,
           b.pickup_at - exodrive_private.now() as notice, b.approval_due_at is not null and b.approved_at is null as waits,
           b.approval_due_at > exodrive_private.now() as in_time into booking
    from public.bookings b where b.id = new.booking_id;
    if new.how = 'renter' and (not booking.is_ahead or booking.notice <= interval '0') then
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
