-- Each delivery of a provider's message, with what it brought: one genuine set of headers, which only signs a CRC32, is good for the very
-- message it came with and for no other, also when that message was known already.
create table public.webhook_deliveries (
    source text not null check (source in ('paypal', 'resend')),
    transmission_id text not null,
    event_id text not null,
    digest bytea not null check (length(digest) = 32),
    received_at timestamptz not null default exodrive_private.now(),
    primary key (source, transmission_id)
);
create index webhook_deliveries_age on public.webhook_deliveries (received_at);

-- How many messages were refused each day, and why.
create table public.webhook_refusals (
    source text not null check (source in ('paypal', 'resend')),
    day date not null,
    flaw text not null check (flaw in ('headers', 'time', 'event', 'certificate', 'signature', 'replay')),
    number bigint not null check (number >= 1),
    last_at timestamptz not null default exodrive_private.now(),
    primary key (source, day, flaw)
);

do $$
declare
    t text;
begin
    foreach t in array array['webhook_deliveries', 'webhook_refusals'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('grant select, insert, update, delete on public.%I to service_role', t);
        execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
        execute format('grant select on public.%I to exodrive_admin', t);
        execute format('create policy checkout_knows on public.%I for select to exodrive_checkout using (true)', t);
        execute format('create policy checkout_keeps on public.%I for insert to exodrive_checkout with check (true)', t);
    end loop;
end
$$;
grant select (source, transmission_id, event_id, digest), insert (source, transmission_id, event_id, digest)
    on public.webhook_deliveries to exodrive_checkout;
create policy checkout_counts on public.webhook_refusals for update to exodrive_checkout using (true) with check (true);
grant select (source, day, flaw, number), insert (source, day, flaw, number), update (number, last_at)
    on public.webhook_refusals to exodrive_checkout;
