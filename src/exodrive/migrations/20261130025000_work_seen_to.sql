-- Staff see to work that failed for good: it counts as done, and its error stays until it is thrown away. Dead it must have been, by the
-- rule of who revives.
grant update (done_at) on public.outbox to exodrive_admin;
