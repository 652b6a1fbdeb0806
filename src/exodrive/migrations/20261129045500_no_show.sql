-- Nobody came: from when on a booking is a no-show, unless staff take it back before. Only after the pick-up, and a job makes it so.
alter table public.bookings add column no_show_at timestamptz,
    add constraint bookings_no_show_late check (no_show_at > pickup_at);
create index bookings_no_show on public.bookings (no_show_at) where no_show_at is not null and status in ('upcoming', 'active');
grant update (no_show_at) on public.bookings to service_role, exodrive_admin;
grant select (no_show_at) on public.bookings to exodrive_checkout, exodrive_token, authenticated;
