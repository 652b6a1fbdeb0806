-- A car that is not back keeps the days that come, one by one. Where the next is somebody else's a clash opens, which staff see to.
create table public.booking_clashes (
    id uuid primary key,
    late_id uuid not null references public.bookings (id),
    -- Whose day it is; null where we ourselves had the car out of the shop.
    hit_id uuid references public.bookings (id),
    car_id uuid not null references public.cars (id),
    day date not null,
    opened_at timestamptz not null default exodrive_private.now(),
    -- When staff were told by mail.
    alarmed_at timestamptz,
    closed_at timestamptz,
    how text check (how in ('returned', 'freed', 'staff')),
    reason text check (length(reason) between 1 and 500),
    staff_id uuid references public.staff (id),
    check (hit_id <> late_id),
    check ((closed_at is null) = (how is null)),
    check ((how is not distinct from 'staff') = (reason is not null) and (reason is null) = (staff_id is null))
);
create unique index booking_clashes_open on public.booking_clashes (late_id, coalesce(hit_id, late_id)) where closed_at is null;
create index booking_clashes_late on public.booking_clashes (late_id);
create index booking_clashes_hit on public.booking_clashes (hit_id) where closed_at is null;
create index booking_clashes_oldest on public.booking_clashes (opened_at, id) where closed_at is null;

-- A car is out with one renter at a time, whoever hands it over; and who is late is found by the day that was sold.
create unique index bookings_one_out on public.bookings (car_id)
    where status = 'active' and handed_over_at is not null and returned_at is null;
create index bookings_late on public.bookings (end_date)
    where status = 'active' and handed_over_at is not null and returned_at is null;

alter table public.booking_clashes enable row level security;
alter table public.booking_clashes force row level security;
revoke all on public.booking_clashes from public, anon, authenticated, service_role;
create policy service_all on public.booking_clashes for all to service_role using (true) with check (true);
grant select, insert (id, late_id, hit_id, car_id, day), update (alarmed_at, closed_at, how) on public.booking_clashes to service_role;
create policy admin_reads on public.booking_clashes for select to exodrive_admin using (true);
-- Staff close one in their own name, or because they took the car back.
create policy admin_closes on public.booking_clashes for update to exodrive_admin using (closed_at is null) with check (
    how = 'staff' and staff_id = (select exodrive_private.uid())
    or how = 'returned' and exists (select from public.bookings b where b.id = late_id and b.returned_at is not null));
grant select, update (closed_at, how, reason, staff_id) on public.booking_clashes to exodrive_admin;
-- Nobody is sold a car that is not there: the checkout looks before it takes money.
create policy checkout_looks on public.booking_clashes for select to exodrive_checkout using (closed_at is null);
grant select (hit_id, closed_at) on public.booking_clashes to exodrive_checkout;
