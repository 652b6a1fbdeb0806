-- Money that paid charges gets papers as money of the rental does: what was taken out of a deposit or came for an invoice its receipt, what
-- went back of either its credit note. An invoice is paid at PayPal in parts that are no operations of ours: its papers add up to what
-- PayPal tells was paid, and went back.
alter table public.receipts
    add column purpose text not null default 'rental' check (purpose in ('rental', 'claim', 'invoice')),
    add column invoice_id uuid references public.paypal_invoices (id),
    alter column operation_id drop not null,
    add constraint receipts_of_one_thing check (
        (operation_id is null) = (invoice_id is not null) and (invoice_id is not null) = (purpose = 'invoice'));
create index receipts_invoice on public.receipts (invoice_id) where invoice_id is not null;

-- It is another role's, so it is made anew.
drop trigger number_receipt on public.receipts;
drop function exodrive_private.number_receipt();
create function exodrive_private.number_receipt() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('number of ' || new.kind, 0));
    if not exists (select from public.payment_operations o join public.payment_results r on r.operation_id = o.id
                   where o.id = new.operation_id and o.booking_id = new.booking_id and r.outcome = 'succeeded'
                     and (new.purpose, new.kind, o.kind) in (('rental', 'receipt', 'capture'), ('rental', 'credit_note', 'refund'),
                                                             ('claim', 'receipt', 'claim'), ('claim', 'credit_note', 'repay'))
                     and o.amount = new.amount and o.currency = new.currency)
       and not exists (select from public.paypal_invoices i
                       where i.id = new.invoice_id and i.booking_id = new.booking_id and i.currency_code = new.currency
                         and new.amount <= case new.kind when 'receipt' then i.amount_paid else i.amount_refunded end - coalesce((
                             select sum(p.amount) from public.receipts p where p.invoice_id = i.id and p.kind = new.kind), 0)) then
        raise exception 'no money of % % moved by this', new.amount, new.currency
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

grant insert (purpose, invoice_id) on public.receipts to service_role;
create policy definer_adds_up on public.receipts for select to exodrive_definer using (true);
grant select (invoice_id, kind, amount) on public.receipts to exodrive_definer;
create policy definer_reads on public.paypal_invoices for select to exodrive_definer using (true);
grant select (id, booking_id, currency_code, amount_paid, amount_refunded) on public.paypal_invoices to exodrive_definer;

grant create on schema exodrive_private to exodrive_definer;
alter function exodrive_private.number_receipt() owner to exodrive_definer;
revoke create on schema exodrive_private from exodrive_definer;
