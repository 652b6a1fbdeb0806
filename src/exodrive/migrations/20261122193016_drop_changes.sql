-- Only a change that waits has an end of its waiting: that it waits need not be said twice.
alter policy admin_drops on public.booking_changes using (expires_at < 'infinity');
