-- Staff give a hold back before its time, and ask for one themselves: the intent is theirs, what PayPal says to it the worker keeps.
create policy admin_releases on public.payment_operations for insert to exodrive_admin
    with check (kind = 'release' and exists (
        select from public.deposit_holds h
        where h.id = hold_id and h.booking_id = payment_operations.booking_id and h.status = 'held' and h.amount = payment_operations.amount));
grant update (deposit_asked_at) on public.bookings to exodrive_admin;
