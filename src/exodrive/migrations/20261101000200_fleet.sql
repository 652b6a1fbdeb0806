-- The fleet: places, cars and what is shown of them.
create table public.locations (
    id uuid primary key,
    name text not null check (name <> ''),
    address_line1 text not null,
    address_line2 text,
    city text not null,
    state_province text,
    postal_code text,
    country text not null check (country ~ '^[A-Z]{2}$'),
    latitude numeric(9, 6) check (latitude between -90 and 90),
    longitude numeric(9, 6) check (longitude between -180 and 180),
    phone text,
    directions text,
    time_zone text not null,
    is_active boolean not null default true,
    sort_order integer not null default 0,
    created_at timestamptz not null default exodrive_private.now()
);

-- Opening hours by ISO weekday (1 Monday to 7 Sunday); no row means closed that day.
create table public.location_hours (
    location_id uuid not null references public.locations (id) on delete cascade,
    weekday smallint not null check (weekday between 1 and 7),
    opens time not null,
    closes time not null,
    primary key (location_id, weekday),
    check (opens < closes)
);

create table public.cars (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text not null check (name <> ''),
    category text not null,
    year smallint,
    colour text,
    short_description text,
    description text not null default '',
    available boolean not null default true,
    featured boolean not null default false,
    hidden boolean not null default false,
    sort_order integer not null default 0,
    home_location_id uuid not null references public.locations (id),
    seats smallint not null default 2 check (seats between 1 and 60),
    included_distance_per_day integer check (included_distance_per_day > 0),
    price_per_extra_distance numeric(12, 2) check (price_per_extra_distance >= 0),
    distance_unit text not null default 'mi' check (distance_unit in ('mi', 'km')),
    minimum_age smallint not null default 25 check (minimum_age between 16 and 99),
    licence_years smallint not null default 2 check (licence_years between 0 and 50),
    turnaround_days smallint not null default 0 check (turnaround_days between 0 and 30),
    requires_approval boolean not null default false,
    plate text unique,
    vin text unique,
    odometer integer check (odometer >= 0),
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now()
);
create index cars_shown on public.cars (sort_order, id) where not hidden;
create index cars_home on public.cars (home_location_id);

-- `path` is the picture's name without its ending; every picture exists as .avif and .webp.
create table public.car_images (
    id uuid primary key,
    car_id uuid not null references public.cars (id) on delete cascade,
    view text not null check (view in ('side', 'front', 'rear', 'interior', 'detail')),
    path text not null,
    alt text not null,
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    transparent boolean not null default false,
    is_primary boolean not null default false,
    sort_order integer not null default 0
);
create index car_images_car on public.car_images (car_id, sort_order);

create table public.car_features (
    id uuid primary key,
    car_id uuid not null references public.cars (id) on delete cascade,
    name text not null,
    description text,
    is_highlighted boolean not null default false,
    sort_order integer not null default 0
);
create index car_features_car on public.car_features (car_id, sort_order);

create table public.car_specifications (
    id uuid primary key,
    car_id uuid not null references public.cars (id) on delete cascade,
    name text not null,
    value text not null,
    is_highlighted boolean not null default false,
    sort_order integer not null default 0
);
create index car_specifications_car on public.car_specifications (car_id, sort_order);

create table public.car_pricing (
    id uuid primary key,
    car_id uuid not null unique references public.cars (id) on delete cascade,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    base_price numeric(12, 2) not null check (base_price > 0),
    weekend_price numeric(12, 2) check (weekend_price > 0),
    deposit_amount numeric(12, 2) not null default 0 check (deposit_amount >= 0),
    minimum_days smallint not null default 1 check (minimum_days >= 1),
    updated_at timestamptz not null default exodrive_private.now()
);

create table public.car_additional_fees (
    id uuid primary key,
    car_id uuid not null references public.cars (id) on delete cascade,
    name text not null,
    description text,
    amount numeric(12, 2) not null check (amount >= 0),
    per text not null default 'rental' check (per in ('rental', 'day')),
    is_optional boolean not null default false,
    is_taxable boolean not null default true,
    sort_order integer not null default 0
);
create index car_additional_fees_car on public.car_additional_fees (car_id, sort_order);

-- Rules that price more than one car. Superseded, never updated: the row that was in force stays readable.
create table public.price_rules (
    id uuid primary key,
    kind text not null check (kind in ('delivery', 'collection', 'tax')),
    name text not null,
    amount numeric(12, 2) check (amount >= 0),
    percent numeric(7, 4) check (percent >= 0),
    currency text check (currency ~ '^[A-Z]{3}$'),
    is_taxable boolean not null default true,
    valid_from timestamptz not null default exodrive_private.now(),
    superseded_at timestamptz,
    check ((kind = 'tax') = (percent is not null)),
    check ((kind = 'tax') = (amount is null)),
    check ((amount is null) = (currency is null))
);
create unique index price_rules_in_force on public.price_rules (kind) where superseded_at is null;

do $$
declare
    t text;
    shown text := 'exodrive_token, authenticated, anon, exodrive_checkout';
begin
    foreach t in array array['locations', 'location_hours', 'cars', 'car_images', 'car_features', 'car_specifications', 'car_pricing',
                             'car_additional_fees', 'price_rules'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('create policy admin_all on public.%I for all to exodrive_admin using (true) with check (true)', t);
        if t <> 'price_rules' then
            execute format('grant select, insert, update, delete on public.%I to service_role, exodrive_admin', t);
        end if;
        if t in ('locations', 'location_hours') then
            execute format('create policy shown on public.%I for select to %s using (true)', t, shown);
            execute format('grant select on public.%I to %s', t, shown);
        elsif t not in ('cars', 'price_rules') then
            -- What belongs to a car is seen by whoever sees the car.
            execute format('create policy shown on public.%I for select to %s using (car_id = any (array(select c.id from public.cars c)))', t, shown);
            execute format('grant select on public.%I to %s', t, shown);
        end if;
    end loop;
end
$$;

create policy shown on public.cars for select to anon, exodrive_checkout, exodrive_token, authenticated using (not hidden);
grant select (id, slug, name, category, year, colour, short_description, description, available, featured, hidden, sort_order, home_location_id,
              seats, included_distance_per_day, price_per_extra_distance, distance_unit, minimum_age, licence_years, turnaround_days,
              requires_approval) on public.cars to anon, authenticated, exodrive_token, exodrive_checkout;

grant select, insert, update (superseded_at) on public.price_rules to service_role, exodrive_admin;
create policy in_force on public.price_rules for select to anon, exodrive_checkout using (superseded_at is null);
grant select on public.price_rules to anon, exodrive_checkout;
