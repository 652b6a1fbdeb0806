-- What staff decide about an intent that PayPal's answers do not settle. The newest counts; the worker acts on it, never the staff's door.
create table public.payment_decisions (
    id uuid primary key,
    operation_id uuid not null references public.payment_operations (id),
    decision text not null check (decision in ('accept', 'give_back', 'close')),
    reason text not null check (length(reason) between 1 and 500),
    decided_by uuid not null references public.staff (id),
    created_at timestamptz not null default exodrive_private.now()
);
create index payment_decisions_operation on public.payment_decisions (operation_id, created_at);
alter table public.payment_decisions enable row level security;
alter table public.payment_decisions force row level security;
revoke all on public.payment_decisions from public, anon, authenticated, service_role;
create policy service_all on public.payment_decisions for all to service_role using (true) with check (true);
create policy admin_reads on public.payment_decisions for select to exodrive_admin using (true);
create policy admin_decides on public.payment_decisions for insert to exodrive_admin with check (decided_by = (select exodrive_private.uid()));
grant select on public.payment_decisions to service_role, exodrive_admin;
grant insert (id, operation_id, decision, reason, decided_by) on public.payment_decisions to exodrive_admin;
