-- A PIN in front of a private link, when staff set one. The link then opens nothing by itself: `token_hash` becomes that of another key,
-- which is handed out for the right PIN, and the link's own hash waits in `link_hash` until the PIN is taken away. Whatever asks who holds a
-- link goes on asking for `token_hash` alone.
alter table public.booking_secure_tokens
    add column link_hash bytea unique check (length(link_hash) = 32),
    add column pin_hash text check (pin_hash like '$argon2id$%'),
    add column pin_nonce bytea check (length(pin_nonce) = 32),
    add column pin_since timestamptz,
    add check (num_nulls(link_hash, pin_hash, pin_nonce, pin_since) in (0, 4)),
    add check (link_hash <> token_hash);

-- Staff never read what a link is made from, so that the hashes change places here: with a new PIN, and back when there is none.
create function exodrive_private.keep_link() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.pin_hash is null then
        new.token_hash := coalesce(old.link_hash, old.token_hash);
        new.link_hash := null;
        new.pin_nonce := null;
        new.pin_since := null;
    elsif new.pin_hash is not distinct from old.pin_hash then
        new.token_hash := old.token_hash;
        new.link_hash := old.link_hash;
        new.pin_nonce := old.pin_nonce;
        new.pin_since := old.pin_since;
    else
        new.link_hash := coalesce(old.link_hash, old.token_hash);
        new.pin_since := (select exodrive_private.now());
    end if;
    return new;
end
$$;
revoke all on function exodrive_private.keep_link() from public;
create trigger keep_link before update on public.booking_secure_tokens for each row execute function exodrive_private.keep_link();

-- A living link is changed by its PIN, or by its end; one that has ended stays as it is.
alter policy admin_revokes on public.booking_secure_tokens with check (true);
alter policy admin_revokes on public.booking_secure_tokens rename to admin_changes_living;
grant select (pin_since), update (token_hash, pin_hash, pin_nonce) on public.booking_secure_tokens to exodrive_admin;
grant select (id, link_hash, pin_hash, pin_nonce) on public.booking_secure_tokens to exodrive_checkout;

-- Who tried a PIN, right or wrong, from where: counted here, so that no restart and no empty Redis gives anybody new tries.
create table public.booking_pin_tries (
    id uuid primary key,
    link_id uuid not null references public.booking_secure_tokens (id),
    network text not null check (length(network) between 1 and 64),
    tried_at timestamptz not null default exodrive_private.now()
);
create index booking_pin_tries_of_link on public.booking_pin_tries (link_id, tried_at);
create index booking_pin_tries_oldest on public.booking_pin_tries (tried_at);
alter table public.booking_pin_tries enable row level security;
alter table public.booking_pin_tries force row level security;
revoke all on public.booking_pin_tries from public, anon, authenticated, service_role;
create policy service_all on public.booking_pin_tries for all to service_role using (true) with check (true);
grant select, insert, delete on public.booking_pin_tries to service_role;
create policy checkout_counts on public.booking_pin_tries for select to exodrive_checkout using (true);
create policy checkout_notes on public.booking_pin_tries for insert to exodrive_checkout with check (true);
grant select (link_id, network, tried_at), insert (id, link_id, network) on public.booking_pin_tries to exodrive_checkout;
