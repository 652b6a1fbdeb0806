-- Staff, their sessions and one-time links, and the book of what staff did.
create table public.staff (
    id uuid primary key,
    email text not null unique check (email = lower(email)),
    name text not null check (name <> ''),
    role text not null check (role in ('owner', 'manager', 'agent')),
    password_hash text,
    totp_secret text,
    -- The last accepted time step: a code is taken once.
    totp_last_step bigint not null default 0,
    disabled_at timestamptz,
    created_at timestamptz not null default exodrive_private.now(),
    updated_at timestamptz not null default exodrive_private.now()
);

create table public.staff_sessions (
    id uuid primary key,
    staff_id uuid not null references public.staff (id),
    token_hash bytea not null unique check (length(token_hash) = 32),
    -- The cookie's token is replaced every quarter of an hour; the one before stays good for the requests already on their way.
    previous_token_hash bytea check (length(previous_token_hash) = 32),
    rotated_at timestamptz not null default exodrive_private.now(),
    csrf_token text not null,
    created_at timestamptz not null default exodrive_private.now(),
    seen_at timestamptz not null default exodrive_private.now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    ip text,
    user_agent text
);
create index staff_sessions_previous on public.staff_sessions (previous_token_hash) where previous_token_hash is not null;
create index staff_sessions_staff on public.staff_sessions (staff_id) where revoked_at is null;

-- Invitations and the demo's sign-in: used once, then gone.
create table public.staff_links (
    id uuid primary key,
    staff_id uuid not null references public.staff (id),
    purpose text not null check (purpose in ('invite', 'demo')),
    token_hash bytea not null unique check (length(token_hash) = 32),
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default exodrive_private.now()
);
create index staff_links_staff on public.staff_links (staff_id);

create table public.audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default exodrive_private.now(),
    staff_id uuid references public.staff (id),
    action text not null,
    subject_type text,
    subject_id text,
    details jsonb not null default '{}',
    ip text
);
create index audit_log_subject on public.audit_log (subject_type, subject_id, id);
create index audit_log_staff on public.audit_log (staff_id, id);

do $$
declare
    t text;
begin
    foreach t in array array['staff', 'staff_sessions', 'staff_links', 'audit_log'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_all on public.%I for all to service_role using (true) with check (true)', t);
    end loop;
    foreach t in array array['staff', 'staff_sessions', 'staff_links'] loop
        execute format('create policy signin_reads on public.%I for select to exodrive_signin using (true)', t);
    end loop;
end
$$;
grant select, insert, update on public.staff, public.staff_sessions, public.staff_links to service_role;
grant delete on public.staff_sessions, public.staff_links to service_role;
grant select, insert on public.audit_log to service_role;

-- At the door: who was let go stays out, a link is used once, an ended session stays ended.
create policy signin_keeps on public.staff for update to exodrive_signin using (disabled_at is null);
create policy signin_opens on public.staff_sessions for insert to exodrive_signin with check (true);
create policy signin_keeps on public.staff_sessions for update to exodrive_signin using (revoked_at is null) with check (true);
create policy signin_uses on public.staff_links for update to exodrive_signin using (used_at is null) with check (used_at is not null);
grant select, update (password_hash, totp_secret, totp_last_step, updated_at) on public.staff to exodrive_signin;
grant select, insert (id, staff_id, token_hash, csrf_token, expires_at, ip, user_agent),
      update (token_hash, previous_token_hash, rotated_at, seen_at, revoked_at) on public.staff_sessions to exodrive_signin;
grant select, update (used_at) on public.staff_links to exodrive_signin;

-- The back office sees who works here, never a hash or a secret; what staff did is only ever added to.
create policy admin_reads on public.staff for select to exodrive_admin using (true);
grant select (id, email, name, role, disabled_at, created_at) on public.staff to exodrive_admin;
create policy admin_reads on public.audit_log for select to exodrive_admin using (true);
create policy admin_adds on public.audit_log for insert to exodrive_admin with check (staff_id = (select exodrive_private.uid()));
create policy signin_adds on public.audit_log for insert to exodrive_signin with check (true);
grant select, insert (staff_id, action, subject_type, subject_id, details, ip) on public.audit_log to exodrive_admin;
grant insert (staff_id, action, subject_type, subject_id, details, ip) on public.audit_log to exodrive_signin;

-- Some platforms hand new sequences to everybody; numbering is the tables' own business.
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
