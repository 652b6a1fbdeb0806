-- What was taken out of a deposit may go back, wholly or in parts: a claim that was wrong, or damage that cost less. It is in the book under a
-- kind of its own, as the claim is, so that no sum of the rental counts it.
alter table public.payment_operations drop constraint payment_operations_kind_check;
alter table public.payment_operations add constraint payment_operations_kind_check
    check (kind in ('create_order', 'capture', 'refund', 'open_hold', 'hold', 'renew', 'release', 'claim', 'repay'));
alter table public.payment_operations drop constraint payment_operations_of_hold;
alter table public.payment_operations add constraint payment_operations_of_hold
    check ((kind in ('open_hold', 'hold', 'renew', 'release', 'claim', 'repay')) = (hold_id is not null));
alter table public.deposit_claims add column repaid numeric(12, 2) not null default 0 check (repaid >= 0 and repaid <= amount),
    add constraint deposit_claims_repaid check (repaid = 0 or status = 'settled');

-- Never more goes back than was taken, whoever asks.
create function exodrive_private.repay_what_was_taken() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.amount > coalesce((
        select c.amount - coalesce((
            select sum(o.amount) from public.payment_operations o where o.hold_id = c.hold_id and o.kind = 'repay'
              and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')), 0)
        from public.deposit_claims c where c.hold_id = new.hold_id and c.booking_id = new.booking_id and c.currency = new.currency
          and c.status = 'settled'), 0) then
        raise exception 'so much was not taken out of this deposit' using errcode = 'check_violation', constraint = 'repay_what_was_taken';
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.repay_what_was_taken() from public;
create trigger repay_what_was_taken before insert on public.payment_operations
    for each row when (new.kind = 'repay') execute function exodrive_private.repay_what_was_taken();

create or replace function exodrive_private.claim_in_order() returns trigger language plpgsql set search_path = '' as $$
begin
    if (to_jsonb(old) - array['status', 'answer', 'objection', 'answered_at', 'reason', 'ended_at', 'repaid'])
        <> (to_jsonb(new) - array['status', 'answer', 'objection', 'answered_at', 'reason', 'ended_at', 'repaid'])
       or old.objection is not null and new.objection is distinct from old.objection or new.repaid < old.repaid then
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
grant update (repaid) on public.deposit_claims to service_role;
grant select (repaid) on public.deposit_claims to exodrive_checkout, exodrive_token, authenticated;
create policy admin_repays on public.payment_operations for insert to exodrive_admin with check (kind = 'repay');
