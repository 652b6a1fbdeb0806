-- A change may be about other days, or another car: what its booking is to have by it, at which tariff, and by which terms.
alter table public.booking_changes
    add column car_id uuid references public.cars (id),
    add column start_date date,
    add column end_date date,
    -- What days that are added at the end cost; null where none are.
    add column tariff text check (tariff in ('new_total', 'old_rate', 'added_days')),
    -- The terms that were accepted with it; the tiers of the booking stay those it was sold with.
    add column terms_version text check (terms_version <> ''),
    -- How long there was to pay for it at first: after a declined payment it waits until then again.
    add column pay_until timestamptz,
    add constraint booking_changes_days check (num_nulls(car_id, start_date, end_date) in (0, 3) and end_date >= start_date),
    add constraint booking_changes_tariff check (tariff is null or car_id is not null);
create index booking_changes_car on public.booking_changes (car_id) where car_id is not null;
grant insert (car_id, start_date, end_date, tariff, terms_version, pay_until) on public.booking_changes to exodrive_checkout;
grant select (car_id, start_date, end_date, tariff, terms_version) on public.booking_changes to exodrive_token, authenticated;

-- Car, days and deposit of a paid booking are superseded like its price: by an applied change that names them, and no sooner than the
-- booking has got every day of them.
create or replace function exodrive_private.supersede_price() returns trigger language plpgsql set search_path = '' as $$
begin
    if ((old.price_snapshot, old.total_price) is distinct from (new.price_snapshot, new.total_price)
        or current_user in ('exodrive_checkout', 'exodrive_admin', 'service_role')
           and (old.car_id, old.start_date, old.end_date, old.security_deposit_amount)
               <> (new.car_id, new.start_date, new.end_date, new.security_deposit_amount)
        or current_user = 'exodrive_checkout'
           and (old.pickup_at, old.return_due_at, old.time_zone, old.waiver, old.additional_drivers, old.due_later, old.due_on)
               is distinct from (new.pickup_at, new.return_due_at, new.time_zone, new.waiver, new.additional_drivers, new.due_later, new.due_on))
       and not exists (
           select from public.booking_changes c where c.booking_id = new.id and c.status = 'applied'
           and c.before_price = old.price_snapshot and c.after_price = new.price_snapshot
           and (c.after_price ->> 'total')::numeric = new.total_price
           and (coalesce(c.car_id, old.car_id), coalesce(c.start_date, old.start_date), coalesce(c.end_date, old.end_date))
               = (new.car_id, new.start_date, new.end_date)
           and (old.security_deposit_amount = new.security_deposit_amount
                or (c.after_price ->> 'deposit')::numeric = new.security_deposit_amount))
    then
        raise exception 'a price is superseded by an applied change only' using errcode = 'check_violation', constraint = 'supersede_price';
    end if;
    if current_user in ('exodrive_checkout', 'exodrive_admin', 'service_role')
       and (old.car_id, old.start_date, old.end_date) <> (new.car_id, new.start_date, new.end_date) and new.end_date - new.start_date + 1 <> (
        select count(*) from public.car_availability a
        where a.car_id = new.car_id and a.date between new.start_date and new.end_date and a.booking_id = new.id)
    then
        raise exception 'these days are not its own' using errcode = 'check_violation', constraint = 'days_of_its_own';
    end if;
    if current_user = 'exodrive_checkout' and old.status <> 'pending' and new.status <> old.status
       and not (new.status = 'cancelled' and exists (
           select from public.booking_endings e where e.booking_id = new.id and e.how = 'renter'))
    then
        raise exception 'the checkout decides unpaid bookings, and what a renter ended'
            using errcode = case old.status when 'active' then 'check_violation' else 'insufficient_privilege' end;
    end if;
    return new;
end
$$;
grant update (car_id, start_date, end_date, security_deposit_amount) on public.bookings to service_role, exodrive_checkout;
-- A car that is out is kept longer.
alter policy changes_places on public.booking_locations
    using (exists (select from public.bookings b where b.id = booking_id and b.status in ('upcoming', 'active')));
alter policy changes_extras on public.booking_extras
    using (exists (select from public.bookings b where b.id = booking_id and b.status in ('upcoming', 'active')));
alter policy drops_extras on public.booking_extras
    using (exists (select from public.bookings b where b.id = booking_id and b.status in ('upcoming', 'active')));

-- Days follow their booking: those it has no more are nobody's, and those it keeps are rented or made ready as its last day says.
create policy frees_moved_days on public.car_availability for delete to exodrive_checkout
    using (exists (
        select from public.bookings b
        where b.id = booking_id and b.status in ('upcoming', 'active')
          and (b.car_id <> car_availability.car_id or date not between b.start_date and b.end_date)));
create policy follows_booking on public.car_availability for update to exodrive_checkout
    using (exists (select from public.bookings b where b.id = booking_id and b.status in ('upcoming', 'active')))
    with check (status in ('booked', 'turnaround'));
-- What waits for its payment is held as long as it may be paid.
alter policy pays_days on public.car_availability
    with check (status in ('booked', 'turnaround') or hold_expires_at = 'infinity'
                or hold_expires_at <= (select exodrive_private.now()) + interval '1 hour'
                or hold_expires_at <= (
                    select c.pay_until from public.booking_changes c
                    where c.booking_id = car_availability.booking_id and c.status = 'pending'));

-- The private link lives as long after the return as before it.
create function exodrive_private.prolong_link() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    update public.booking_secure_tokens set expires_at = expires_at + (new.return_due_at - old.return_due_at)
    where booking_id = new.id and revoked_at is null;
    return null;
end
$$;
revoke all on function exodrive_private.prolong_link() from public;
create trigger prolong_link after update on public.bookings
    for each row when (new.return_due_at > old.return_due_at) execute function exodrive_private.prolong_link();
create policy definer_prolongs on public.booking_secure_tokens for update to exodrive_definer using (revoked_at is null) with check (true);
grant update (expires_at) on public.booking_secure_tokens to exodrive_definer;
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.prolong_link() owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;

-- Extras that a change claims are out on the days it is to have: this takes the place of `extras_claimed`, which knew no other days.
create function exodrive_private.extras_waiting(codes text[], first_day date, last_day date, besides uuid)
    returns table (code text, pieces bigint) language sql stable security definer set search_path = ''
    as $$
        select claim.key, sum(claim.value::integer)
        from public.booking_changes c join public.bookings b on b.id = c.booking_id cross join jsonb_each_text(c.claims) as claim
        where c.status = 'pending' and c.expires_at > (select exodrive_private.now()) and c.booking_id is distinct from besides
          and coalesce(c.start_date, b.start_date) <= last_day and coalesce(c.end_date, b.end_date) >= first_day and claim.key = any (codes)
        group by claim.key
    $$;
revoke all on function exodrive_private.extras_waiting from public;
grant execute on function exodrive_private.extras_waiting to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_admin;
grant select (start_date, end_date) on public.booking_changes to exodrive_definer;
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.extras_waiting(text[], date, date, uuid) owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
