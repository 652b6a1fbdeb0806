-- Customers, bookings, and the days they occupy.
create table public.customers (
    id uuid primary key,
    email text not null unique check (email = lower(email) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    first_name text not null,
    last_name text not null,
    phone text,
    auth_user_id uuid unique,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now()
);

create table public.bookings (
    id uuid primary key,
    reference text not null unique check (reference ~ '^[0-9A-HJKMNP-TV-Z]{8}$'),
    customer_id uuid not null references public.customers (id),
    car_id uuid not null references public.cars (id),
    status text not null check (status in ('pending', 'upcoming', 'active', 'completed', 'cancelled', 'expired', 'no_show')),
    start_date date not null,
    end_date date not null,
    time_zone text not null,
    pickup_at timestamptz not null,
    return_due_at timestamptz not null,
    handed_over_at timestamptz,
    returned_at timestamptz,
    -- What was typed in belongs to the booking; an existing customer is never overwritten by a checkout.
    contact_email text not null check (contact_email = lower(contact_email)),
    contact_first_name text not null check (contact_first_name <> ''),
    contact_last_name text not null check (contact_last_name <> ''),
    contact_phone text not null check (contact_phone <> ''),
    driver_birth_date date not null,
    notes text not null default '' check (length(notes) <= 2000),
    -- Frozen at purchase.
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    total_price numeric(12, 2) not null check (total_price >= 0),
    security_deposit_amount numeric(12, 2) not null check (security_deposit_amount >= 0),
    price_snapshot jsonb not null,
    terms_version text not null,
    cancellation_tiers jsonb not null,
    locale text not null default 'en_US',
    -- Who holds it: the browser (hash of a random cookie) and the network (IPv4 address or IPv6 /64), for the limits on unpaid holds.
    browser_hash bytea,
    network text,
    cancelled_at timestamptz,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now(),
    check (end_date >= start_date),
    check (return_due_at > pickup_at),
    check ((status = 'cancelled') = (cancelled_at is not null))
);
create index bookings_car_days on public.bookings (car_id, start_date);
create index bookings_customer on public.bookings (customer_id);
create index bookings_newest on public.bookings (created_at desc, id desc);
create index bookings_pending_email on public.bookings (contact_email) where status = 'pending';
create index bookings_pending_network on public.bookings (network) where status = 'pending';
create index bookings_pending_browser on public.bookings (browser_hash) where status = 'pending';
create index bookings_by_pickup on public.bookings (pickup_at) where status in ('upcoming', 'active');

-- Only taken days have a row. Days are inserted in day order under the car's advisory lock; the primary key is the promise that a car-day
-- is never sold twice. A checkout inserts the days before its booking, so the foreign key waits for the commit.
create table public.car_availability (
    car_id uuid not null references public.cars (id),
    date date not null,
    status text not null check (status in ('pending', 'booked', 'maintenance', 'blocked', 'turnaround')),
    booking_id uuid references public.bookings (id) deferrable initially deferred,
    hold_expires_at timestamptz,
    note text,
    created_at timestamptz not null default exodrive_private.now(),
    primary key (car_id, date),
    -- 'infinity' while a payment is on its way: such days never lapse by themselves.
    check ((status = 'pending') = (hold_expires_at is not null)),
    check ((status in ('pending', 'booked', 'turnaround')) = (booking_id is not null))
);
create index car_availability_booking on public.car_availability (booking_id) where booking_id is not null;
create index car_availability_holds on public.car_availability (hold_expires_at) where status = 'pending';

create table public.booking_events (
    id bigint generated always as identity primary key,
    booking_id uuid not null references public.bookings (id),
    event_type text not null,
    actor_type text not null check (actor_type in ('customer', 'admin', 'system', 'webhook_paypal')),
    actor_id text,
    actor_name text,
    before text,
    after text,
    reason text,
    details jsonb not null default '{}',
    created_at timestamptz not null default exodrive_private.now()
);
create index booking_events_booking on public.booking_events (booking_id, id);

create table public.booking_locations (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    type text not null check (type in ('pickup', 'dropoff')),
    location_id uuid references public.locations (id),
    name text,
    address_line1 text not null,
    address_line2 text,
    city text not null,
    state_province text,
    postal_code text,
    country text not null check (country ~ '^[A-Z]{2}$'),
    formatted_address text not null,
    latitude numeric(9, 6),
    longitude numeric(9, 6),
    fee numeric(12, 2) not null default 0 check (fee >= 0),
    special_instructions text,
    unique (booking_id, type)
);
create index booking_locations_location on public.booking_locations (location_id) where location_id is not null;

-- One living link per booking; a new one revokes the old. The token itself is never stored.
create table public.booking_secure_tokens (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    nonce bytea not null check (length(nonce) = 32),
    token_hash bytea not null unique check (length(token_hash) = 32),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null default exodrive_private.now()
);
create unique index booking_secure_tokens_living on public.booking_secure_tokens (booking_id) where revoked_at is null;

-- The booking that the link behind this transaction opens, or null: not for expired, revoked or unknown links.
create function exodrive_private.token_booking_id() returns uuid language sql stable security definer set search_path = ''
    as $$
        select t.booking_id from public.booking_secure_tokens t
        where t.token_hash = decode(nullif(current_setting('exodrive.token_hash', true), ''), 'hex')
          and t.revoked_at is null and t.expires_at > (select exodrive_private.now())
    $$;
-- The bookings of the signed-in renter, as an array so that policies ask once per statement.
create function exodrive_private.own_booking_ids() returns uuid[] language sql stable security definer set search_path = ''
    as $$
        select coalesce(array_agg(b.id), '{}') from public.bookings b join public.customers c on c.id = b.customer_id
        where c.auth_user_id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
    $$;
revoke all on function exodrive_private.token_booking_id() from public;
revoke all on function exodrive_private.own_booking_ids() from public;

do $$
declare
    t text;
begin
    foreach t in array array['customers', 'bookings', 'car_availability', 'booking_events', 'booking_locations', 'booking_secure_tokens'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        if t not in ('booking_events', 'booking_secure_tokens') then
            execute format('create policy admin_all on public.%I for all to exodrive_admin using (true) with check (true)', t);
        end if;
    end loop;
end
$$;
-- What staff write into the history they write in their own name.
create policy admin_reads on public.booking_events for select to exodrive_admin using (true);
create policy admin_tells on public.booking_events for insert to exodrive_admin
    with check (actor_type = 'admin' and actor_id = (select exodrive_private.uid())::text);

-- What the look-up functions themselves may read.
create policy definer_reads on public.booking_secure_tokens for select to exodrive_definer using (true);
grant select (booking_id, token_hash, revoked_at, expires_at) on public.booking_secure_tokens to exodrive_definer;
create policy definer_reads on public.bookings for select to exodrive_definer using (true);
grant select (id, customer_id) on public.bookings to exodrive_definer;
create policy definer_reads on public.customers for select to exodrive_definer using (true);
grant select (id, auth_user_id) on public.customers to exodrive_definer;

-- Staff and worker. Nobody deletes a booking or rewrites what was frozen at purchase; its history is only ever added to.
grant select, insert, update on public.customers to service_role;
grant select, update (email, first_name, last_name, phone, updated_at) on public.customers to exodrive_admin;
grant select, update (status, handed_over_at, returned_at, contact_email, contact_first_name, contact_last_name, contact_phone, notes, cancelled_at,
                      updated_at) on public.bookings to service_role, exodrive_admin;
grant insert on public.bookings, public.booking_locations to service_role;
grant select on public.booking_locations to service_role, exodrive_admin;
grant select, insert, update, delete on public.car_availability to service_role, exodrive_admin;
grant select, insert on public.booking_events to service_role, exodrive_admin;
grant select, insert, update (revoked_at) on public.booking_secure_tokens to service_role;
-- Staff issue and revoke links, never make a revoked one good again, and never read what an existing one is made from.
create policy admin_reads on public.booking_secure_tokens for select to exodrive_admin using (true);
create policy admin_issues on public.booking_secure_tokens for insert to exodrive_admin with check (true);
create policy admin_revokes on public.booking_secure_tokens for update to exodrive_admin using (revoked_at is null) with check (revoked_at is not null);
grant select (id, booking_id, expires_at, revoked_at, created_at), insert (id, booking_id, nonce, token_hash, expires_at), update (revoked_at)
    on public.booking_secure_tokens to exodrive_admin;

-- Anybody: which days are taken, and why in one word; never by whom.
create policy taken_days on public.car_availability for select to anon using (true);
grant select (car_id, date, status, hold_expires_at) on public.car_availability to anon;

-- Checkout: its policies are the invariants of a hold.
create policy finds_by_email on public.customers for select to exodrive_checkout using (true);
create policy new_customer on public.customers for insert to exodrive_checkout with check (true);
-- `on conflict (email) do update set updated_at = excluded.updated_at` fetches the id of a known customer and changes nothing else.
create policy meets_again on public.customers for update to exodrive_checkout using (true) with check (true);
grant select (id, email), insert (id, email, first_name, last_name, phone), update (updated_at) on public.customers to exodrive_checkout;

create policy seen_by_checkout on public.bookings for select to exodrive_checkout using (status in ('pending', 'upcoming', 'cancelled', 'expired'));
create policy new_booking on public.bookings for insert to exodrive_checkout with check (status = 'pending');
create policy decides_pending on public.bookings for update to exodrive_checkout
    using (status = 'pending') with check (status in ('upcoming', 'cancelled', 'expired'));
grant select (id, reference, car_id, status, start_date, end_date, pickup_at, return_due_at, time_zone, contact_email, browser_hash, network, currency,
              total_price, security_deposit_amount, locale, created_at),
      insert (id, reference, customer_id, car_id, status, start_date, end_date, time_zone, pickup_at, return_due_at, contact_email, contact_first_name,
              contact_last_name, contact_phone, driver_birth_date, notes, currency, total_price, security_deposit_amount, price_snapshot,
              terms_version, cancellation_tiers, locale, browser_hash, network),
      update (status, cancelled_at, updated_at) on public.bookings to exodrive_checkout;

create policy checkout_reads_days on public.car_availability for select to exodrive_checkout using (true);
-- Only a held day has an end of its hold (the table's CHECK), so none of these lets a booked or blocked day in or out.
create policy holds_days on public.car_availability for insert to exodrive_checkout
    with check (hold_expires_at <= (select exodrive_private.now()) + interval '1 hour' or hold_expires_at = 'infinity');
create policy pays_days on public.car_availability for update to exodrive_checkout
    using (status = 'pending')
    with check (status in ('booked', 'turnaround') or hold_expires_at = 'infinity'
                or hold_expires_at <= (select exodrive_private.now()) + interval '1 hour');
-- An unpaid hold may go: lapsed, or given up by its own holder. Days with a payment on its way ('infinity') never do.
create policy frees_unpaid_days on public.car_availability for delete to exodrive_checkout using (hold_expires_at < 'infinity');
grant select (car_id, date, status, booking_id, hold_expires_at), insert (car_id, date, status, booking_id, hold_expires_at),
      update (status, hold_expires_at), delete on public.car_availability to exodrive_checkout;

create policy writes_history on public.booking_events for insert to exodrive_checkout with check (actor_type <> 'admin');
grant insert (booking_id, event_type, actor_type, actor_id, actor_name, before, after, reason, details) on public.booking_events to exodrive_checkout;
create policy writes_places on public.booking_locations for insert to exodrive_checkout with check (true);
grant insert on public.booking_locations to exodrive_checkout;
create policy writes_link on public.booking_secure_tokens for insert to exodrive_checkout with check (true);
create policy makes_link_again on public.booking_secure_tokens for select to exodrive_checkout using (revoked_at is null);
grant insert (id, booking_id, nonce, token_hash, expires_at), select (booking_id, nonce, token_hash, expires_at, revoked_at)
    on public.booking_secure_tokens to exodrive_checkout;

-- The holder of a link and the signed-in renter: their own booking, by column; both hold the same grants (a test keeps them equal).
create policy holder_reads_own on public.bookings for select to exodrive_token using (id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.bookings for select to authenticated using (id = any ((select exodrive_private.own_booking_ids())::uuid[]));
create policy holder_edits_own on public.bookings for update to exodrive_token
    using (id = (select exodrive_private.token_booking_id()) and status in ('pending', 'upcoming') and pickup_at > (select exodrive_private.now()));
create policy renter_edits_own on public.bookings for update to authenticated
    using (id = any ((select exodrive_private.own_booking_ids())::uuid[]) and status in ('pending', 'upcoming')
           and pickup_at > (select exodrive_private.now()));
grant select (id, reference, car_id, status, start_date, end_date, time_zone, pickup_at, return_due_at, handed_over_at, returned_at, contact_email,
              contact_first_name, contact_last_name, contact_phone, driver_birth_date, notes, currency, total_price, security_deposit_amount,
              price_snapshot, terms_version, cancellation_tiers, locale, cancelled_at, created_at, updated_at),
      update (contact_first_name, contact_last_name, contact_phone, notes, updated_at) on public.bookings to exodrive_token, authenticated;

create policy holder_reads_places on public.booking_locations for select to exodrive_token using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_places on public.booking_locations for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select on public.booking_locations to exodrive_token, authenticated;

-- Whoever rents a car may still read about it after it left the shop; of bookings they see their own.
create policy rented on public.cars for select to exodrive_token, authenticated using (id = any (array(select b.car_id from public.bookings b)));

create policy holder_reads_days on public.car_availability for select to exodrive_token using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_days on public.car_availability for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (car_id, date, status, booking_id, hold_expires_at) on public.car_availability to exodrive_token, authenticated;

grant execute on function exodrive_private.token_booking_id() to exodrive_token;
grant execute on function exodrive_private.own_booking_ids() to authenticated;
-- A new owner must be able to create in the schema, for the moment of the handing over only.
grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.token_booking_id() owner to exodrive_definer;
alter function exodrive_private.own_booking_ids() owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;

-- Some platforms hand new sequences to everybody; numbering is the tables' own business.
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
