-- How a paid booking ended before its rental: who decided, by which rule, and what goes back. Written once, with the end itself.
create table public.booking_endings (
    booking_id uuid primary key references public.bookings (id),
    how text not null check (how in ('renter', 'company', 'tiers', 'percent', 'no_show', 'refused', 'unanswered')),
    percent smallint not null check (percent between 0 and 100),
    -- What had been paid, and had neither gone back nor been promised back.
    paid numeric(12, 2) not null check (paid >= 0),
    refund numeric(12, 2) not null check (refund between 0 and paid),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    reason text,
    ended_at timestamptz not null default exodrive_private.now(),
    -- Half of the largest unit of a currency: how it is rounded is not the database's business.
    check (abs(refund - paid * percent / 100) <= 0.5),
    check (percent < 100 or refund = paid),
    check (percent > 0 or refund = 0),
    -- Where it was our doing, everything goes back.
    check (percent = 100 or how not in ('company', 'refused', 'unanswered'))
);

-- A rental whose key was handed over is neither cancelled nor a no-show any more, whoever says so.
alter table public.bookings add constraint bookings_not_begun
    check (status not in ('cancelled', 'expired', 'no_show') or handed_over_at is null);

-- What goes back for so much notice, by the tiers a booking was sold with; without notice, to who never came.
create function exodrive_private.tier_percent(tiers jsonb, notice interval) returns integer language sql immutable set search_path = ''
    as $$
        select coalesce(max(least(100, greatest(0, (tier ->> 'percent')::integer))), 0) from jsonb_array_elements(tiers) as tier
        where case when notice is null then tier ->> 'hours_before' is null
                   else (tier ->> 'hours_before')::integer * interval '1 hour' <= notice end
    $$;
revoke all on function exodrive_private.tier_percent from public;
grant execute on function exodrive_private.tier_percent to service_role, exodrive_checkout, exodrive_admin;

-- Whoever ends a booking by its tiers gives back what they say, and its renter ends it before the pick-up only. What was shown counts for
-- a moment longer: a tier that ran out within the last minute is taken too.
create function exodrive_private.end_by_the_tiers() returns trigger language plpgsql set search_path = '' as $$
declare
    booking record;
begin
    select b.status, b.cancellation_tiers as tiers, b.pickup_at - exodrive_private.now() as notice into booking
    from public.bookings b where b.id = new.booking_id;
    if new.how = 'renter' and (booking.status <> 'upcoming' or booking.notice <= interval '0') then
        raise exception 'a renter cancels before the pick-up only' using errcode = 'check_violation', constraint = 'end_by_the_tiers';
    end if;
    if new.how in ('renter', 'tiers')
       and new.percent not between exodrive_private.tier_percent(booking.tiers, booking.notice)
                               and exodrive_private.tier_percent(booking.tiers, booking.notice + interval '1 minute')
       or new.how = 'no_show' and new.percent <> exodrive_private.tier_percent(booking.tiers, null)
    then
        raise exception 'this is not what the tiers say' using errcode = 'check_violation', constraint = 'end_by_the_tiers';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.end_by_the_tiers() from public;
create trigger end_by_the_tiers after insert on public.booking_endings for each row execute function exodrive_private.end_by_the_tiers();

alter table public.booking_endings enable row level security;
alter table public.booking_endings force row level security;
revoke all on public.booking_endings from public, anon, authenticated, service_role;
create policy service_all on public.booking_endings for all to service_role using (true) with check (true);
grant select, insert on public.booking_endings to service_role;
create policy admin_reads on public.booking_endings for select to exodrive_admin using (true);
create policy admin_ends on public.booking_endings for insert to exodrive_admin with check (how in ('company', 'tiers', 'percent', 'refused'));
grant select, insert (booking_id, how, percent, paid, refund, currency, reason) on public.booking_endings to exodrive_admin;
-- The renter's way: by the tiers, and nothing else.
create policy checkout_reads on public.booking_endings for select to exodrive_checkout using (true);
create policy renter_ends on public.booking_endings for insert to exodrive_checkout with check (how = 'renter');
grant select (booking_id, how, percent, paid, refund, currency, ended_at), insert (booking_id, how, percent, paid, refund, currency, reason)
    on public.booking_endings to exodrive_checkout;
create policy holder_reads_own on public.booking_endings for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.booking_endings for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, how, percent, paid, refund, currency, ended_at) on public.booking_endings to exodrive_token, authenticated;

-- The checkout moves a paid booking in one way alone: to its end, where its renter's decision is written down in the same breath.
create or replace function exodrive_private.supersede_price() returns trigger language plpgsql set search_path = '' as $$
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
    if current_user = 'exodrive_checkout' and old.status <> 'pending' and new.status <> old.status
       and not (new.status = 'cancelled' and exists (
           select from public.booking_endings e where e.booking_id = new.id and e.how = 'renter'))
    then
        raise exception 'the checkout decides unpaid bookings, and what a renter ended' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
alter policy changes_paid on public.bookings with check (status in ('upcoming', 'cancelled'));
grant select (handed_over_at, cancellation_tiers) on public.bookings to exodrive_checkout;
-- The days of a booking that ended are nobody's.
create policy frees_ended_days on public.car_availability for delete to exodrive_checkout
    using (exists (select from public.bookings b where b.id = booking_id and b.status = 'cancelled'));

-- It gives back what that decision says, in parts where several captures paid for it, and not a cent more.
alter policy checkout_intends on public.payment_operations with check (
    kind in ('create_order', 'capture') or change_id is not null
    or exists (select from public.booking_endings e where e.booking_id = payment_operations.booking_id and e.how = 'renter'));
create function exodrive_private.refund_as_decided() returns trigger language plpgsql set search_path = '' as $$
begin
    if current_user = 'exodrive_checkout' and new.amount > (
        select e.refund - coalesce((
            select sum(o.amount) from public.payment_operations o
            where o.booking_id = e.booking_id and o.kind = 'refund' and o.change_id is null and o.created_at >= e.ended_at
              and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')), 0)
        from public.booking_endings e where e.booking_id = new.booking_id)
    then
        raise exception 'so much was not decided to go back' using errcode = 'check_violation', constraint = 'refund_as_decided';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.refund_as_decided() from public;
create trigger refund_as_decided before insert on public.payment_operations
    for each row when (new.kind = 'refund' and new.change_id is null) execute function exodrive_private.refund_as_decided();
