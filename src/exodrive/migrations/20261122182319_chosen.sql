-- What a booking was made with beside its car and days, and what of its price is paid later; its extras are rows of `booking_extras`.
alter table public.bookings
    add column waiver text not null default '' check (waiver ~ '^([a-z0-9]+(-[a-z0-9]+)*)?$'),
    add column additional_drivers smallint not null default 0 check (additional_drivers between 0 and 99),
    -- The part of `total_price` that the first payment does not ask for, and the day by which it is paid.
    add column due_later numeric(12, 2) not null default 0 check (due_later >= 0),
    add column due_on date,
    add constraint bookings_due_later check (due_later = 0 or due_later < total_price),
    add constraint bookings_due_on check ((due_later > 0) = (due_on is not null));
grant select (waiver, additional_drivers, due_later, due_on), insert (waiver, additional_drivers, due_later, due_on)
    on public.bookings to exodrive_checkout;
grant select (waiver, additional_drivers, due_later, due_on) on public.bookings to exodrive_token, authenticated;

create index car_availability_out on public.car_availability (date, booking_id) where booking_id is not null and status <> 'turnaround';

-- How many pieces of each extra are out at most on any of these days, `besides` those of one booking: anybody may know how many are left,
-- and nobody by whom they are taken. A day that a hold has lapsed on counts as free here as everywhere.
create function exodrive_private.extras_out(codes text[], first_day date, last_day date, besides uuid)
    returns table (code text, pieces bigint) language sql stable security definer set search_path = ''
    as $$
        select asked.code, coalesce(max(days.pieces), 0)::bigint
        from unnest(codes) as asked (code)
        left join (
            select e.code, a.date, sum(e.quantity) as pieces
            from public.car_availability a join public.booking_extras e on e.booking_id = a.booking_id and e.code = any (codes)
            where a.date between first_day and last_day and a.booking_id is not null and a.status <> 'turnaround'
              and (a.status <> 'pending' or a.hold_expires_at > (select exodrive_private.now()))
              and a.booking_id is distinct from besides
            group by e.code, a.date) days on days.code = asked.code
        group by asked.code
    $$;
revoke all on function exodrive_private.extras_out from public;
grant execute on function exodrive_private.extras_out to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_admin;
create policy definer_counts on public.booking_extras for select to exodrive_definer using (true);
grant select (booking_id, code, quantity) on public.booking_extras to exodrive_definer;
create policy definer_counts on public.car_availability for select to exodrive_definer using (true);
grant select (date, status, booking_id, hold_expires_at) on public.car_availability to exodrive_definer;
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.extras_out(text[], date, date, uuid) owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
