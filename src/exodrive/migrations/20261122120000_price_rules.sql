-- Price rules of every kind, for one car, a category or the house, with an order; and the extras that bookings take along.
alter table public.price_rules
    drop constraint price_rules_kind_check,
    drop constraint price_rules_check,
    drop constraint price_rules_check1,
    drop constraint price_rules_check2,
    -- What tells a rule from others of its kind: an extra's, waiver's, fee's, tax's or zone's own word, or what the kind makes of it.
    add column code text not null default '' check (length(code) <= 90 and code ~ '^([a-z0-9]+(-[a-z0-9]+)*)?$'),
    add column car_id uuid references public.cars (id) on delete cascade,
    add column category text check (category <> ''),
    add column priority smallint not null default 0,
    add column first_day date,
    add column last_day date,
    -- What only this kind says, as the engine's struct of the kind spells it.
    add column terms jsonb not null default '{}' check (jsonb_typeof(terms) = 'object'),
    -- The rule it took the place of; only one rule can.
    add column supersedes uuid unique references public.price_rules (id),
    add constraint price_rules_kind check (kind in (
        'season', 'length', 'notice', 'delivery', 'collection', 'after_hours', 'one_way', 'additional_driver', 'young_driver', 'extra',
        'fee', 'waiver', 'tax', 'part_payment', 'distance')),
    add constraint price_rules_name check (name <> ''),
    add constraint price_rules_scope check (car_id is null or category is null),
    add constraint price_rules_days check (first_day <= last_day),
    add constraint price_rules_currency check ((amount is null) = (currency is null)),
    -- Which figures a kind has: a percentage, an amount, either, or none.
    add constraint price_rules_figures check (case
        when kind in ('length', 'part_payment') then percent is not null and percent between 0.0001 and 100 and amount is null
        when kind = 'tax' then (percent is null) <> (amount is null)
        when kind = 'season' then percent is null or amount is null
        when kind = 'notice' then percent is null and amount is null
        when kind = 'distance' then percent is null
        else percent is null and amount is not null end);
drop index public.price_rules_in_force;

-- A day as text whatever the session's style of dates; it knows nothing of its own, so whoever may insert a day may call it.
create function exodrive_private.iso(day date) returns text language sql immutable return to_char(day, 'YYYY-MM-DD');
revoke all on function exodrive_private.iso from public;
grant execute on function exodrive_private.iso
    to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_signin, exodrive_admin;
-- A rule in one piece, the way the program reads it: made when it is saved, because it is read at every look at a car.
alter table public.price_rules add column said text generated always as (jsonb_strip_nulls(terms || jsonb_object(array[
    'kind', kind, 'name', name, 'code', code, 'car_id', car_id::text, 'category', category, 'priority', priority::text,
    'first', exodrive_private.iso(first_day), 'last', exodrive_private.iso(last_day), 'amount', amount::text, 'percent', percent::text,
    'currency', currency, 'taxable', is_taxable::text]))::text) stored;

-- Of two rules about the same thing and of the same rank, none on the same days: nothing would decide between them. Ranges of numbers stand
-- for equality, because an exclusion over plain values needs an extension.
alter table public.price_rules add constraint price_rules_ranked exclude using gist (
    numrange(
        hashtextextended(kind || ' ' || code || ' ' || coalesce(car_id::text, category, '') || ' ' || coalesce(currency, ''), priority)::numeric,
        hashtextextended(kind || ' ' || code || ' ' || coalesce(car_id::text, category, '') || ' ' || coalesce(currency, ''), priority)::numeric,
        '[]') with &&,
    daterange(first_day, last_day, '[]') with &&
) where (superseded_at is null);
create index price_rules_car on public.price_rules (car_id) where superseded_at is null and car_id is not null;
create index price_rules_category on public.price_rules (category) where superseded_at is null and category is not null;
create index price_rules_house on public.price_rules (kind) where superseded_at is null and car_id is null and category is null;

-- Superseded once and for all, whoever does it: a trigger, because a platform's service role may pass by row rules.
create function exodrive_private.supersede_once() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.superseded_at is null then
        raise exception 'a price rule is superseded once and for all' using errcode = 'check_violation', constraint = 'supersede_once';
    end if;
    return case when old.superseded_at is null then new end;
end
$$;
revoke all on function exodrive_private.supersede_once() from public;
create trigger supersede_once before update on public.price_rules for each row execute function exodrive_private.supersede_once();

-- A car's rules are seen by whoever sees the car.
drop policy service_all on public.price_rules;
drop policy admin_all on public.price_rules;
drop policy in_force on public.price_rules;
create policy staff_read on public.price_rules for select to service_role, exodrive_admin using (true);
create policy staff_add on public.price_rules for insert to service_role, exodrive_admin with check (true);
create policy staff_supersede on public.price_rules for update to service_role, exodrive_admin using (true) with check (true);
create policy in_force on public.price_rules for select to anon, exodrive_checkout
    using (superseded_at is null and (car_id is null or exists (select from public.cars c where c.id = car_id)));

-- Which extras a booking takes along. How long they are out is told by the days the booking has in `car_availability`: whatever frees the
-- car frees the extras.
create table public.booking_extras (
    booking_id uuid not null references public.bookings (id),
    code text not null check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    quantity smallint not null check (quantity > 0),
    primary key (booking_id, code)
);
create index booking_extras_code on public.booking_extras (code);
alter table public.booking_extras enable row level security;
alter table public.booking_extras force row level security;
revoke all on public.booking_extras from public, anon, authenticated, service_role;
create policy staff_all on public.booking_extras for all to service_role, exodrive_admin using (true) with check (true);
grant select, insert, update (quantity), delete on public.booking_extras to service_role, exodrive_admin;
create policy counts_extras on public.booking_extras for select to exodrive_checkout using (true);
create policy takes_extras on public.booking_extras for insert to exodrive_checkout with check (true);
grant select, insert on public.booking_extras to exodrive_checkout;
create policy holder_reads_own on public.booking_extras for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.booking_extras for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select on public.booking_extras to exodrive_token, authenticated;
