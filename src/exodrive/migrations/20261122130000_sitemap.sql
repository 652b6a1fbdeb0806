-- Search engines are told when a car last changed.
grant select (updated_at) on public.cars to anon;
