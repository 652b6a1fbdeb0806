-- Orders that renters were sent to and did not come back from are looked at by marks of their age; this is how far these looks have come.
alter table public.webhook_cursors drop constraint webhook_cursors_source_check;
alter table public.webhook_cursors add constraint webhook_cursors_source_check check (source in ('paypal', 'resend', 'orders'));
