-- The company's own papers about money: a receipt for every capture, a credit note for every refund, numbered without gaps by year and kind.
create table public.receipt_counters (
    kind text not null check (kind in ('receipt', 'credit_note')),
    year smallint not null,
    last integer not null check (last >= 1),
    primary key (kind, year)
);

create table public.receipts (
    id uuid primary key,
    kind text not null check (kind in ('receipt', 'credit_note')),
    -- Given by the trigger below, never by who issues.
    year smallint not null,
    number integer not null check (number >= 1),
    code text not null unique generated always as (
        case kind when 'receipt' then 'R-' else 'C-' end || year::text || '-' || lpad(number::text, greatest(6, length(number::text)), '0')) stored,
    booking_id uuid not null references public.bookings (id),
    operation_id uuid not null unique references public.payment_operations (id),
    amount numeric(12, 2) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Everything the paper says, in the renter's language, as it was on the day of issue.
    language text not null,
    content jsonb not null check (jsonb_typeof(content) = 'object'),
    -- Where the company keeps its books: it decides on which day, and so in which year, something is issued.
    time_zone text not null,
    issued_at timestamptz not null,
    issued_on date not null,
    unique (kind, year, number)
);
create index receipts_booking on public.receipts (booking_id, issued_at);

-- The number is taken in the transaction that issues: who rolls back gives it back, and who comes second waits for the first. The lock comes
-- before the look at the clock, so that within a kind later numbers never bear an earlier moment.
create function exodrive_private.number_receipt() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('number of ' || new.kind, 0));
    if not exists (select from public.payment_operations o join public.payment_results r on r.operation_id = o.id
                   where o.id = new.operation_id and o.booking_id = new.booking_id and r.outcome = 'succeeded'
                     and o.kind = case new.kind when 'receipt' then 'capture' else 'refund' end
                     and o.amount = new.amount and o.currency = new.currency) then
        raise exception 'no money of % % moved by this operation', new.amount, new.currency
            using errcode = 'check_violation', constraint = 'receipts_of_money';
    end if;
    new.issued_at := (select exodrive_private.now());
    new.issued_on := (new.issued_at at time zone new.time_zone)::date;
    new.year := extract(year from new.issued_on);
    insert into public.receipt_counters as c (kind, year, last) values (new.kind, new.year, 1)
        on conflict (kind, year) do update set last = c.last + 1 returning c.last into new.number;
    return new;
end
$$;
revoke all on function exodrive_private.number_receipt() from public;
create trigger number_receipt before insert on public.receipts for each row execute function exodrive_private.number_receipt();

-- What is issued stays as it is, whoever asks: a mistake is put right by another paper. A trigger, because a platform's service role may
-- pass by row rules.
create function exodrive_private.keep_receipts() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception 'what was issued is never changed' using errcode = 'restrict_violation', constraint = 'receipts_kept';
end
$$;
revoke all on function exodrive_private.keep_receipts() from public;
create trigger keep_receipts before update or delete on public.receipts for each row execute function exodrive_private.keep_receipts();
create trigger keep_all_receipts before truncate on public.receipts for each statement execute function exodrive_private.keep_receipts();

do $$
declare
    t text;
begin
    foreach t in array array['receipts', 'receipt_counters'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('alter table public.%I force row level security', t);
        execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
        execute format('create policy service_reads on public.%I for select to service_role using (true)', t);
        execute format('grant select on public.%I to service_role', t);
    end loop;
end
$$;
create policy definer_counts on public.receipt_counters for all to exodrive_definer using (true) with check (true);
grant select, insert, update (last) on public.receipt_counters to exodrive_definer;
grant select (currency) on public.payment_operations to exodrive_definer;

create policy service_issues on public.receipts for insert to service_role with check (true);
grant insert (id, kind, booking_id, operation_id, amount, currency, language, content, time_zone) on public.receipts to service_role;
create policy admin_reads on public.receipts for select to exodrive_admin using (true);
grant select on public.receipts to exodrive_admin;
-- The renter sees the papers of their own booking.
create policy holder_reads_own on public.receipts for select to exodrive_token using (booking_id = (select exodrive_private.token_booking_id()));
create policy renter_reads_own on public.receipts for select to authenticated using (booking_id = any ((select exodrive_private.own_booking_ids())::uuid[]));
grant select (kind, code, booking_id, amount, currency, language, content, issued_at, issued_on) on public.receipts to exodrive_token, authenticated;

grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.number_receipt() owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
