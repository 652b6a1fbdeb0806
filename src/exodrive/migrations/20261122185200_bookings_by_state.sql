-- The list of bookings in one state, newest first, and how many there are, without walking through all that ever were.
create index bookings_by_state on public.bookings (status, created_at desc, id desc);
