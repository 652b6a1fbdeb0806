-- What was done at PayPal's own site is booked beside what was asked for here. Only the worker and the command line book it so.
alter table public.payment_operations add column origin text not null default 'ours' check (origin in ('ours', 'external'));
create index payment_results_newest on public.payment_results (created_at);
create index payment_results_named on public.payment_results (provider_id) where provider_id is not null;

-- Where our book and PayPal's differ: found by the daily comparison, closed by it once they agree, or by a person who says why.
create table public.money_differences (
    id uuid primary key,
    -- None for what belongs to no booking of ours.
    booking_id uuid references public.bookings (id),
    object text not null check (object in ('order', 'authorization', 'capture', 'refund')),
    object_id text not null,
    kind text not null check (kind in ('amount', 'currency', 'payee', 'reference', 'status', 'missing', 'unknown', 'unreadable', 'reversed',
                                       'excess', 'paid_back')),
    ours text,
    theirs text,
    first_seen timestamptz not null default exodrive_private.now(),
    last_seen timestamptz not null default exodrive_private.now(),
    resolved_at timestamptz,
    -- Both are none where the difference went away by itself.
    resolved_by uuid references public.staff (id),
    reason text check (length(reason) between 1 and 500),
    check (resolved_at is not null or resolved_by is null),
    check ((resolved_by is null) = (reason is null))
);
create unique index money_differences_open on public.money_differences (object_id, kind, object) where resolved_at is null;
create index money_differences_object on public.money_differences (object_id, kind, object, first_seen);
create index money_differences_booking on public.money_differences (booking_id) where booking_id is not null;
create index money_differences_newest on public.money_differences (first_seen desc, id desc);

-- How far each comparison has come: it goes on from there, whoever stopped.
create table public.money_comparisons (
    id uuid primary key,
    began_at timestamptz not null default exodrive_private.now(),
    -- What changed from here on is compared.
    since timestamptz not null,
    phase text not null check (phase in ('bookings', 'events', 'done')),
    -- The last booking that was compared, and the moment down to which PayPal's list of events was read.
    after uuid,
    events_until timestamptz not null,
    bookings integer not null default 0,
    events integer not null default 0,
    booked integer not null default 0,
    -- Somebody is at it until then at most.
    working_until timestamptz,
    -- Why the last piece ended before its time.
    paused_by text,
    finished_at timestamptz,
    check ((phase = 'done') = (finished_at is not null))
);
create unique index money_comparisons_one_at_a_time on public.money_comparisons ((finished_at is null)) where finished_at is null;
create index money_comparisons_newest on public.money_comparisons (began_at desc);

do $$
declare
    t text;
begin
    foreach t in array array['money_differences', 'money_comparisons'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
        execute format('create policy admin_reads on public.%I for select to exodrive_admin using (true)', t);
        execute format('grant select on public.%I to exodrive_admin', t);
    end loop;
end
$$;
grant select, insert (id, booking_id, object, object_id, kind, ours, theirs),
      update (booking_id, ours, theirs, last_seen, resolved_at) on public.money_differences to service_role;
grant select, insert (id, since, phase, events_until),
      update (phase, after, events_until, bookings, events, booked, working_until, paused_by, finished_at) on public.money_comparisons to service_role;
-- Staff put an end to an open one, in their own name and with a reason.
create policy admin_resolves on public.money_differences for update to exodrive_admin
    using (resolved_at is null) with check (resolved_by = (select exodrive_private.uid()));
grant update (resolved_at, resolved_by, reason) on public.money_differences to exodrive_admin;
