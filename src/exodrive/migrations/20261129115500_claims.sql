-- Claims: charges that are taken from a deposit that is held. The renter is asked first and may object; what is taken is a payment for the
-- charges, in the book under a kind of its own, so that no sum of the rental ever counts it.
create table public.deposit_claims (
    id uuid primary key,
    booking_id uuid not null references public.bookings (id),
    hold_id uuid not null references public.deposit_holds (id),
    number smallint not null check (number >= 1),
    status text not null check (status in ('asked', 'objected', 'accepted', 'taking', 'settled', 'failed', 'withdrawn')),
    -- What the charges came to, and what of it the hold can bear; the rest stays due.
    asked numeric(12, 2) not null check (asked > 0),
    amount numeric(12, 2) not null check (amount > 0 and amount <= asked),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Until when the renter may answer; and by whose word it is taken: theirs, their silence, staff's after an objection, or the hold's end.
    answer_by timestamptz not null,
    answer text check (answer in ('accepted', 'silent', 'upheld', 'at_once')),
    objection text check (length(objection) between 1 and 2000),
    answered_at timestamptz,
    -- Why staff decided as they did; the renter reads it.
    reason text check (length(reason) between 1 and 500),
    staff_id uuid references public.staff (id),
    created_at timestamptz not null default exodrive_private.now(),
    ended_at timestamptz,
    unique (booking_id, number),
    check (status not in ('accepted', 'taking', 'settled', 'failed') or answer is not null),
    check (status <> 'objected' or objection is not null),
    check ((status in ('settled', 'failed', 'withdrawn')) = (ended_at is not null))
);
create unique index deposit_claims_open on public.deposit_claims (booking_id) where status in ('asked', 'objected', 'accepted', 'taking');
-- A hold is claimed from once: what is not taken then goes back with it.
create unique index deposit_claims_of_hold on public.deposit_claims (hold_id) where status not in ('failed', 'withdrawn');
create index deposit_claims_due on public.deposit_claims (answer_by) where status in ('asked', 'objected', 'accepted');

create function exodrive_private.claim_in_order() returns trigger language plpgsql set search_path = '' as $$
begin
    if (to_jsonb(old) - array['status', 'answer', 'objection', 'answered_at', 'reason', 'ended_at'])
        <> (to_jsonb(new) - array['status', 'answer', 'objection', 'answered_at', 'reason', 'ended_at'])
       or old.objection is not null and new.objection is distinct from old.objection then
        raise exception 'what is claimed is withdrawn, not changed' using errcode = 'check_violation', constraint = 'claim_in_order';
    end if;
    if new.status <> old.status and (old.status, new.status) not in (
        ('asked', 'objected'), ('asked', 'accepted'), ('asked', 'withdrawn'), ('objected', 'accepted'), ('objected', 'withdrawn'),
        ('accepted', 'taking'), ('accepted', 'failed'), ('taking', 'settled'), ('taking', 'failed')) then
        raise exception 'a claim cannot go from % to %', old.status, new.status
            using errcode = 'check_violation', constraint = 'claim_in_order';
    end if;
    -- The renter has their time: before its end a claim is taken by their own word only, or when the hold would be gone by then.
    if current_user = 'exodrive_admin' and old.status = 'asked' and new.status = 'accepted' then
        raise exception 'the renter was not heard yet' using errcode = 'check_violation', constraint = 'claim_in_order';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.claim_in_order() from public;
create trigger claim_in_order before update on public.deposit_claims for each row execute function exodrive_private.claim_in_order();

-- Claimed is what is held, for this booking, and no more than that.
create function exodrive_private.claim_what_is_held() returns trigger language plpgsql set search_path = '' as $$
begin
    if not exists (
        select from public.deposit_holds h
        where h.id = new.hold_id and h.booking_id = new.booking_id and h.currency = new.currency and h.amount >= new.amount
          and (current_user <> 'exodrive_admin' or h.status = 'held' and h.covered_until > exodrive_private.now())) then
        raise exception 'so much is not held' using errcode = 'check_violation', constraint = 'claim_what_is_held';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.claim_what_is_held() from public;
create trigger claim_what_is_held after insert on public.deposit_claims
    for each row execute function exodrive_private.claim_what_is_held();

-- A charge that is claimed waits for it; what was taken pays it, wholly or in part.
alter table public.booking_charges
    add column claim_id uuid references public.deposit_claims (id),
    add column paid numeric(12, 2) not null default 0 check (paid >= 0),
    add constraint booking_charges_paid check (paid <= amount + fee + tax),
    drop constraint booking_charges_status_check,
    add constraint booking_charges_status_check check (status in ('proposed', 'due', 'claimed', 'settled', 'withdrawn')),
    add constraint booking_charges_claimed check (status <> 'claimed' or claim_id is not null),
    add constraint booking_charges_settled check ((status = 'settled') = (paid = amount + fee + tax));
create index booking_charges_claim on public.booking_charges (claim_id) where claim_id is not null;
create or replace function exodrive_private.charge_in_order() returns trigger language plpgsql set search_path = '' as $$
begin
    if (to_jsonb(old) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total', 'claim_id', 'paid'])
        <> (to_jsonb(new) - array['status', 'due_at', 'ended_at', 'withdrawn_because', 'total', 'claim_id', 'paid'])
       or old.due_at is not null and new.due_at is distinct from old.due_at or new.paid < old.paid then
        raise exception 'a charge is withdrawn, not changed' using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    if new.status <> old.status and (old.status, new.status) not in (
        ('proposed', 'due'), ('proposed', 'withdrawn'), ('due', 'withdrawn'), ('due', 'claimed'), ('claimed', 'due'), ('claimed', 'settled'))
       or new.status = 'withdrawn' and old.paid > 0 then
        raise exception 'a charge cannot go from % to %', old.status, new.status
            using errcode = 'check_violation', constraint = 'charge_in_order';
    end if;
    return new;
end
$$;
grant update (claim_id, paid) on public.booking_charges to service_role;
grant update (claim_id) on public.booking_charges to exodrive_admin;
grant select (paid) on public.booking_charges to exodrive_token, authenticated;
alter policy admin_decides on public.booking_charges
    using (status in ('proposed', 'due', 'claimed')) with check (status in ('due', 'claimed', 'withdrawn'));

alter table public.booking_alarms drop constraint booking_alarms_kind_check;
alter table public.booking_alarms add constraint booking_alarms_kind_check check (kind in ('uncovered', 'runs_out', 'renewal_refused', 'claim'));

alter table public.payment_operations drop constraint payment_operations_kind_check;
alter table public.payment_operations add constraint payment_operations_kind_check
    check (kind in ('create_order', 'capture', 'refund', 'open_hold', 'hold', 'renew', 'release', 'claim'));
alter table public.payment_operations drop constraint payment_operations_of_hold;
alter table public.payment_operations add constraint payment_operations_of_hold
    check ((kind in ('open_hold', 'hold', 'renew', 'release', 'claim')) = (hold_id is not null));
-- Out of a hold comes what a claim that is being taken says, once, whoever asks: the agreed deposit is the ceiling.
create function exodrive_private.take_as_claimed() returns trigger language plpgsql set search_path = '' as $$
begin
    if not exists (
        select from public.deposit_claims c where c.hold_id = new.hold_id and c.status = 'taking' and c.amount = new.amount and c.currency = new.currency)
       or exists (
        select from public.payment_operations o where o.hold_id = new.hold_id and o.kind = 'claim' and o.id <> new.id
          and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded'))
    then
        raise exception 'so much is not claimed' using errcode = 'check_violation', constraint = 'take_as_claimed';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.take_as_claimed() from public;
create trigger take_as_claimed after insert on public.payment_operations
    for each row when (new.kind = 'claim') execute function exodrive_private.take_as_claimed();

alter table public.deposit_claims enable row level security;
alter table public.deposit_claims force row level security;
revoke all on public.deposit_claims from public, anon, authenticated, service_role;
create policy service_all on public.deposit_claims for all to service_role using (true) with check (true);
grant select, insert, update (status, answer, objection, answered_at, reason, ended_at) on public.deposit_claims to service_role;
create policy admin_reads on public.deposit_claims for select to exodrive_admin using (true);
create policy admin_claims on public.deposit_claims for insert to exodrive_admin
    with check (staff_id = (select exodrive_private.uid()) and (status = 'asked' or status = 'accepted' and answer = 'at_once'));
create policy admin_decides on public.deposit_claims for update to exodrive_admin
    using (status in ('asked', 'objected')) with check (status = 'withdrawn' or status = 'accepted' and answer = 'upheld');
grant select, insert (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, answer, answered_at, staff_id),
      update (status, answer, answered_at, reason, ended_at) on public.deposit_claims to exodrive_admin;
-- The renter's answer comes through the checkout's door, for the booking their link opened; the taking is the worker's.
create policy checkout_reads on public.deposit_claims for select to exodrive_checkout using (true);
create policy checkout_answers on public.deposit_claims for update to exodrive_checkout
    using (status = 'asked') with check (status = 'objected' or status = 'accepted' and answer = 'accepted');
grant select (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, answer, objection, answered_at, reason, created_at, ended_at),
      update (status, answer, objection, answered_at) on public.deposit_claims to exodrive_checkout;
create policy sees_back on public.bookings for select to exodrive_checkout using (status = 'completed');
create policy holder_reads_own on public.deposit_claims for select to exodrive_token
    using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.deposit_claims for select to authenticated
    using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (booking_id, number, status, asked, amount, currency, answer_by, answer, objection, answered_at, reason, created_at, ended_at)
    on public.deposit_claims to exodrive_token, authenticated;
