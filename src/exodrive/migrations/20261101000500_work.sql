-- Work promised in the same transaction as its cause, callbacks kept once, and answers that a repeated request gets again.
create table public.outbox (
    id uuid primary key,
    topic text not null,
    payload jsonb not null default '{}',
    -- Recurring work: one row per job and slot, whatever the number of workers.
    job text,
    slot timestamptz,
    created_at timestamptz not null default exodrive_private.now(),
    sent_at timestamptz,
    sends smallint not null default 0,
    -- How often a dead letter was revived; part of the queue's id, because the queue remembers the dead.
    retries smallint not null default 0,
    done_at timestamptz,
    dead_at timestamptz,
    error text,
    unique (job, slot),
    check ((job is null) = (slot is null)),
    check (done_at is null or dead_at is null)
);
create index outbox_open on public.outbox (created_at) where done_at is null and dead_at is null;
create index outbox_dead on public.outbox (dead_at) where dead_at is not null;

create function exodrive_private.wake_relay() returns trigger language plpgsql set search_path = '' as $$
begin
    perform pg_catalog.pg_notify('exodrive_outbox', '');
    return null;
end
$$;
revoke all on function exodrive_private.wake_relay() from public;
create trigger wake_relay after insert on public.outbox for each statement execute function exodrive_private.wake_relay();

create table public.idempotency_keys (
    scope text not null,
    key text not null check (length(key) between 8 and 200),
    request_hash bytea not null check (length(request_hash) = 32),
    booking_id uuid not null references public.bookings (id) deferrable initially deferred,
    answer jsonb not null,
    created_at timestamptz not null default exodrive_private.now(),
    primary key (scope, key)
);
create index idempotency_keys_age on public.idempotency_keys (created_at);

create table public.webhook_events (
    id uuid primary key,
    source text not null check (source in ('paypal', 'resend')),
    event_id text not null,
    transmission_id text not null,
    event_type text not null,
    resource_id text,
    payload jsonb not null,
    received_at timestamptz not null default exodrive_private.now(),
    handled_at timestamptz,
    outcome text,
    unique (source, event_id),
    unique (source, transmission_id)
);
create index webhook_events_open on public.webhook_events (received_at) where handled_at is null;

-- Every letter that left, once per piece of promised work; what the mail service tells about it later is kept here.
create table public.inbox_emails (
    id uuid primary key,
    booking_id uuid references public.bookings (id),
    outbox_id uuid not null unique,
    letter text not null,
    recipient_email text not null,
    subject text not null,
    resend_email_id text unique,
    last_event_type text,
    last_event_at timestamptz,
    created_at timestamptz not null default exodrive_private.now()
);
create index inbox_emails_booking on public.inbox_emails (booking_id);

do $$
declare
    t text;
begin
    foreach t in array array['outbox', 'idempotency_keys', 'webhook_events', 'inbox_emails'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('grant select, insert, update, delete on public.%I to service_role', t);
        if t <> 'idempotency_keys' then
            execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
            execute format('grant select on public.%I to exodrive_admin', t);
        end if;
    end loop;
end
$$;
-- Staff promise work, and revive what died.
create policy admin_promises on public.outbox for insert to exodrive_admin with check (true);
create policy admin_revives on public.outbox for update to exodrive_admin using (dead_at is not null) with check (dead_at is null);
grant insert (id, topic, payload), update (sent_at, retries, dead_at, error) on public.outbox to exodrive_admin;

create policy checkout_promises on public.outbox for insert to exodrive_checkout with check (true);
grant insert (id, topic, payload, job, slot) on public.outbox to exodrive_checkout;
create policy checkout_reads_slots on public.outbox for select to exodrive_checkout using (job is not null);
grant select (job, slot) on public.outbox to exodrive_checkout;
create policy checkout_reads_answers on public.idempotency_keys for select to exodrive_checkout using (true);
create policy checkout_answers on public.idempotency_keys for insert to exodrive_checkout with check (true);
grant select, insert (scope, key, request_hash, booking_id, answer) on public.idempotency_keys to exodrive_checkout;
create policy checkout_keeps on public.webhook_events for insert to exodrive_checkout with check (true);
create policy checkout_knows on public.webhook_events for select to exodrive_checkout using (true);
grant insert (id, source, event_id, transmission_id, event_type, resource_id, payload), select (id, source, event_id, transmission_id)
    on public.webhook_events to exodrive_checkout;
