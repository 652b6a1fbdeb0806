-- Staff do what moves money once per key, as renters do; and that a booking they end is not to be paid any more they say themselves, in the
-- same transaction: never by a second one that may be lost.
create policy admin_knows on public.idempotency_keys for select to exodrive_admin using (scope like 'staff.%');
create policy admin_answers on public.idempotency_keys for insert to exodrive_admin with check (scope like 'staff.%');
grant select (scope, key, request_hash, answer), insert (scope, key, request_hash, booking_id, answer) on public.idempotency_keys to exodrive_admin;

create policy admin_calls_off on public.payments for update to exodrive_admin
    using (status in ('pending', 'approved', 'processing', 'failed')) with check (status = 'voided');
grant update (status, updated_at) on public.payments to exodrive_admin;
