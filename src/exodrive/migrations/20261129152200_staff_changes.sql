-- Staff change a booking in their own name: in force at once only what costs its renter no more; what costs more is paid by the renter.
create policy admin_proposes on public.booking_changes for insert to exodrive_admin with check (status = 'pending');
grant insert (id, booking_id, number, status, before_price, after_price, before, after, claims, difference, currency, expires_at, pay_until,
              car_id, start_date, end_date, tariff, terms_version) on public.booking_changes to exodrive_admin;
alter policy admin_drops on public.booking_changes with check (status = 'dropped' or status = 'applied' and difference <= 0);
grant update (car_id, start_date, end_date, pickup_at, return_due_at, time_zone, waiver, additional_drivers, due_later, due_on, price_snapshot,
              total_price, security_deposit_amount) on public.bookings to exodrive_admin;
grant update (location_id, name, address_line1, address_line2, city, state_province, postal_code, country, formatted_address, latitude, longitude,
              fee, special_instructions) on public.booking_locations to exodrive_admin;
-- The rest of a price follows; that an order for another sum is forgotten goes with it.
grant update (amount, due_on, paypal_order_id, opened_at) on public.booking_instalments to exodrive_admin;
alter policy admin_waives on public.booking_instalments
    with check (status in ('open', 'merged', 'dropped') or status = 'waived' and waived_by = (select exodrive_private.uid()));
-- What staff prepared is accepted with its payment.
grant update (terms_version) on public.booking_changes to service_role, exodrive_checkout;

-- Moments, cover and parts of a price change by an applied change alone, whoever of the two doors writes them.
create or replace function exodrive_private.supersede_price() returns trigger language plpgsql set search_path = '' as $$
begin
    if ((old.price_snapshot, old.total_price) is distinct from (new.price_snapshot, new.total_price)
        or current_user in ('exodrive_checkout', 'exodrive_admin', 'service_role')
           and (old.car_id, old.start_date, old.end_date, old.security_deposit_amount)
               <> (new.car_id, new.start_date, new.end_date, new.security_deposit_amount)
        or current_user in ('exodrive_checkout', 'exodrive_admin')
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
