-- Up to which moment a provider's own list of events has been read, so that what was never delivered is found.
create table public.webhook_cursors (
    source text primary key check (source in ('paypal', 'resend')),
    read_until timestamptz not null
);
alter table public.webhook_cursors enable row level security;
alter table public.webhook_cursors force row level security;
revoke all on public.webhook_cursors from public, anon, authenticated, service_role;
create policy service_all on public.webhook_cursors for all to service_role using (true) with check (true);
grant select, insert, update (read_until) on public.webhook_cursors to service_role;
create policy admin_reads on public.webhook_cursors for select to exodrive_admin using (true);
grant select on public.webhook_cursors to exodrive_admin;
