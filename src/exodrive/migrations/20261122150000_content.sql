-- What staff tell the public: the top of the home page, its featured car, and renters' words about cars once somebody read them.

-- The top of the home page; at most one is shown. A link is a path of our own or an https address: no scheme that could run, and no
-- path that a browser would read as another host. `background_src` names a car's picture.
create table public.hero_content (
    id uuid primary key,
    badge_text text not null default '' check (length(badge_text) <= 60),
    title text not null check (length(title) between 1 and 120),
    subtitle text not null default '' check (length(subtitle) <= 300),
    primary_button_text text not null default '' check (length(primary_button_text) <= 60),
    primary_button_link text not null default ''
        check (primary_button_link ~ '^(/([^/\\[:space:]][^\\[:space:]]*)?|https://[^/\\[:space:]][^\\[:space:]]*)?$'),
    secondary_button_text text not null default '' check (length(secondary_button_text) <= 60),
    secondary_button_link text not null default ''
        check (secondary_button_link ~ '^(/([^/\\[:space:]][^\\[:space:]]*)?|https://[^/\\[:space:]][^\\[:space:]]*)?$'),
    background_type text not null default 'picture' check (background_type in ('picture', 'none')),
    background_src text not null default '',
    is_active boolean not null default false,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now(),
    check ((primary_button_text = '') = (primary_button_link = '')),
    check ((secondary_button_text = '') = (secondary_button_link = ''))
);
create unique index hero_content_active on public.hero_content (is_active) where is_active;

-- One row, or none.
create table public.homepage_settings (
    id uuid primary key,
    featured_car_id uuid references public.cars (id) on delete set null,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now()
);
create unique index homepage_settings_only on public.homepage_settings ((true));
create index homepage_settings_car on public.homepage_settings (featured_car_id) where featured_car_id is not null;

-- One review a booking; one without a booking was brought over from elsewhere. `date` is the first day of the rental. Nobody but us sees a
-- review before it was approved; decided and not approved means turned down.
create table public.car_reviews (
    id uuid primary key,
    car_id uuid not null references public.cars (id) on delete cascade,
    booking_id uuid unique references public.bookings (id),
    date date not null,
    name text not null check (length(name) between 1 and 60),
    rating smallint not null check (rating between 1 and 5),
    comment text not null default '' check (length(comment) <= 2000),
    is_verified boolean not null generated always as (booking_id is not null) stored,
    is_approved boolean not null default false,
    decided_at timestamptz,
    decided_by uuid references public.staff (id),
    created_at timestamptz not null default exodrive_private.now(),
    check (decided_at is not null or not is_approved)
);
create index car_reviews_shown on public.car_reviews (car_id, date desc, id desc) where is_approved;
create index car_reviews_newest on public.car_reviews (created_at desc, id desc);

do $$
declare
    t text;
begin
    foreach t in array array['hero_content', 'homepage_settings', 'car_reviews'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
    end loop;
    foreach t in array array['hero_content', 'homepage_settings'] loop
        execute format('create policy admin_all on public.%I for all to exodrive_admin using (true) with check (true)', t);
        execute format('grant select, insert, update, delete on public.%I to service_role, exodrive_admin', t);
    end loop;
end
$$;

create policy shown on public.hero_content for select to anon using (is_active);
grant select (badge_text, title, subtitle, primary_button_text, primary_button_link, secondary_button_text, secondary_button_link,
              background_type, background_src, is_active) on public.hero_content to anon;
create policy shown on public.homepage_settings for select to anon using (true);
grant select (featured_car_id) on public.homepage_settings to anon;

-- Anybody reads what was approved about a car that is shown, and never which booking it came from.
create policy approved on public.car_reviews for select to anon using (is_approved and car_id = any (array(select c.id from public.cars c)));
grant select (id, car_id, date, name, rating, comment, is_verified, is_approved) on public.car_reviews to anon;

-- Whoever brought the car back may say how it was, once, about that car and those days. The words are final and wait for staff.
create policy holder_reads_own on public.car_reviews for select to exodrive_token using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.car_reviews for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
create policy holder_reviews on public.car_reviews for insert to exodrive_token
    with check ((booking_id, car_id, date) in (select b.id, b.car_id, b.start_date from public.bookings b
                                               where b.id = (select exodrive_private.token_booking_id()) and b.status = 'completed'));
create policy renter_reviews on public.car_reviews for insert to authenticated
    with check ((booking_id, car_id, date) in (select b.id, b.car_id, b.start_date from public.bookings b
                                               where b.id = any ((select exodrive_private.own_booking_ids())::uuid[]) and b.status = 'completed'));
grant select (id, booking_id, date, name, rating, comment, is_approved, decided_at, created_at),
      insert (id, booking_id, car_id, date, name, rating, comment) on public.car_reviews to exodrive_token, authenticated;

-- That they did is part of the booking's history, which renters add to in this one way.
create policy holder_tells_of_review on public.booking_events for insert to exodrive_token
    with check (booking_id = (select exodrive_private.token_booking_id()) and event_type = 'review_left' and actor_type = 'customer');
create policy renter_tells_of_review on public.booking_events for insert to authenticated
    with check (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]) and event_type = 'review_left' and actor_type = 'customer');
grant insert (booking_id, event_type, actor_type, actor_id, actor_name, reason, details) on public.booking_events to exodrive_token, authenticated;

-- Staff decide in their own name, and change neither words nor stars.
create policy admin_reads on public.car_reviews for select to exodrive_admin using (true);
create policy admin_decides on public.car_reviews for update to exodrive_admin
    using (true) with check (decided_by = (select exodrive_private.uid()) and decided_at is not null);
grant select, update (is_approved, decided_at, decided_by) on public.car_reviews to exodrive_admin;
grant select, insert on public.car_reviews to service_role;

-- Some platforms hand new sequences to everybody; numbering is the tables' own business.
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
