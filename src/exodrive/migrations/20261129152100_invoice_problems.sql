-- What a person must look at may befall an invoice that has ended (a bank took its payment back): staff say that they have seen to it, and
-- change nothing else of it.
alter policy admin_decides on public.paypal_invoices
    using (ended_at is null or problem is not null)
    with check (problem is null and (ended_at is null or wanted = 'void' and asked_at is null or status in (
        'PAID', 'MARKED_AS_PAID', 'PAID_EXTERNAL', 'PARTIALLY_REFUNDED', 'REFUNDED', 'MARKED_AS_REFUNDED', 'REFUNDED_EXTERNAL', 'CANCELLED',
        'AUTO_CANCELLED')));
