-- How many pieces of each extra are out at most on any of these days, those that a waiting change claims among them, `besides` those of one
-- booking: `extras_out` and `extras_waiting` in one question, and of every extra, so that it may stand in another question which only
-- finds out what can be taken along. Anybody may know how many are left, and nobody by whom they are taken. A day that a hold has lapsed
-- on counts as free here as everywhere. The two stay for who has not been started anew.
create function exodrive_private.extras_taken(first_day date, last_day date, besides uuid)
    returns table (code text, pieces bigint) language sql stable security definer set search_path = ''
    as $$
        select taken.code, sum(taken.pieces)::bigint
        from (
            select days.code, max(days.pieces) as pieces
            from (
                select e.code, sum(e.quantity) as pieces
                from public.car_availability a join public.booking_extras e on e.booking_id = a.booking_id
                where a.date between first_day and last_day and a.booking_id is not null and a.status <> 'turnaround'
                  and (a.status <> 'pending' or a.hold_expires_at > (select exodrive_private.now()))
                  and a.booking_id is distinct from besides
                group by e.code, a.date) days
            group by days.code
            union all
            select claim.key, sum(claim.value::integer)
            from public.booking_changes c join public.bookings b on b.id = c.booking_id cross join jsonb_each_text(c.claims) as claim
            where c.status = 'pending' and c.expires_at > (select exodrive_private.now()) and c.booking_id is distinct from besides
              and coalesce(c.start_date, b.start_date) <= last_day and coalesce(c.end_date, b.end_date) >= first_day
            group by claim.key) taken
        group by taken.code
    $$;
revoke all on function exodrive_private.extras_taken from public;
grant execute on function exodrive_private.extras_taken to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_admin;
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.extras_taken(date, date, uuid) owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
