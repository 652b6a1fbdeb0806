-- Rental and deposit approved at once, by one order at PayPal: the checkout writes the hold with the days kept, takes the rental out of it,
-- and lets go of the hold when the rental could not be taken. The rest is a deposit like any other.
alter policy checkout_asks on public.deposit_holds with check (status = 'asked' and way in ('approval', 'one_order'));
create policy lets_go_of_holds on public.payment_operations for insert to exodrive_checkout
    with check (kind = 'release' and exists (
        select from public.deposit_holds h join public.bookings b on b.id = h.booking_id
        where h.id = hold_id and h.booking_id = payment_operations.booking_id and h.way = 'one_order' and h.status = 'held'
          and h.amount = payment_operations.amount and b.status in ('pending', 'cancelled', 'expired')));
-- Out of such a hold the rental is taken to the cent: never a part of the deposit with it.
create function exodrive_private.take_the_rental() returns trigger language plpgsql set search_path = '' as $$
begin
    if not exists (
        select from public.payments p join public.deposit_holds h on h.booking_id = p.booking_id
        where p.booking_id = new.booking_id and p.amount = new.amount and p.currency = new.currency
          and h.authorization_id = new.request ->> 'authorization' and h.way = 'one_order' and h.status = 'held') then
        raise exception 'so much is not to be taken out of this hold' using errcode = 'check_violation', constraint = 'take_the_rental';
    end if;
    return null;
end
$$;
revoke all on function exodrive_private.take_the_rental() from public;
create trigger take_the_rental after insert on public.payment_operations
    for each row when (new.kind = 'capture' and new.request ? 'authorization') execute function exodrive_private.take_the_rental();
