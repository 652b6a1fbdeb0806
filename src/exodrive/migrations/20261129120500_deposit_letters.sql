-- Letters that ask for a deposit: when the first one and the reminder were promised, and for which hold it was told that it must be placed
-- anew; each once.
alter table public.bookings
    add column deposit_asked_at timestamptz,
    add column deposit_reminded_at timestamptz;
alter table public.deposit_holds add column told_at timestamptz;
grant update (deposit_asked_at, deposit_reminded_at) on public.bookings to service_role;
grant update (told_at) on public.deposit_holds to service_role;
