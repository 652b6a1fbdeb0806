-- Finding a car: its gearbox as a word of its own, and what it is found by when somebody types words.

-- Words as they are compared: small letters without accents. The letters at the end have no parts that could be taken off.
create function exodrive_private.plain(words text) returns text language sql immutable strict parallel safe
    return replace(translate(regexp_replace(normalize(lower(words), nfkd), '[\u0300-\u036f]', '', 'g'), 'øłđħŧı', 'oldhti'), 'ß', 'ss');
revoke all on function exodrive_private.plain(text) from public;
grant execute on function exodrive_private.plain(text)
    to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_signin, exodrive_admin, exodrive_definer;

alter table public.cars add column transmission text check (transmission in ('automatic', 'manual'));
alter table public.cars add column words tsvector not null generated always as (
    to_tsvector('simple', exodrive_private.plain(
        name || ' ' || category || ' ' || coalesce(colour, '') || ' ' || coalesce(short_description, '')))) stored;
alter table public.car_features add column words tsvector not null generated always as (
    to_tsvector('simple', exodrive_private.plain(name || ' ' || coalesce(description, '')))) stored;
grant select (transmission) on public.cars to anon, authenticated, exodrive_token, exodrive_checkout;
grant select (words) on public.cars to anon;

-- Cars that are here already say their gearbox among their figures. The owner sees them for this one statement.
alter table public.cars no force row level security;
alter table public.car_specifications no force row level security;
update public.cars c set transmission = case when s.value ilike '%manual%' then 'manual' else 'automatic' end
from public.car_specifications s where s.car_id = c.id and s.name = 'Transmission';
alter table public.cars force row level security;
alter table public.car_specifications force row level security;
