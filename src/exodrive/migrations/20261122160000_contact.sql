-- What people write to us through the contact page, kept until it is a year old. Whoever writes cannot read.
create table public.contact_messages (
    id uuid primary key,
    name text not null check (length(name) between 1 and 100),
    email text not null check (length(email) between 3 and 254),
    message text not null check (length(message) between 1 and 4000),
    created_at timestamptz not null default exodrive_private.now()
);
create index contact_messages_age on public.contact_messages (created_at);

alter table public.contact_messages enable row level security;
alter table public.contact_messages force row level security;
revoke all on public.contact_messages from public, anon, authenticated, service_role;
create policy checkout_keeps on public.contact_messages for insert to exodrive_checkout with check (true);
grant insert (id, name, email, message) on public.contact_messages to exodrive_checkout;
create policy admin_reads on public.contact_messages for select to exodrive_admin using (true);
grant select on public.contact_messages to exodrive_admin;
create policy service_reads on public.contact_messages for select to service_role using (true);
create policy service_forgets on public.contact_messages for delete to service_role using (true);
grant select, delete on public.contact_messages to service_role;
