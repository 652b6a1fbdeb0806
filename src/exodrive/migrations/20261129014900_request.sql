-- What decides a request besides the other columns, word for word: asked again after a car or the company got another name, it is the same.
alter table public.payment_operations add column request jsonb not null default '{}' check (jsonb_typeof(request) = 'object');
grant insert (request) on public.payment_operations to exodrive_checkout, exodrive_admin;
