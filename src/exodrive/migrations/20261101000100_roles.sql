-- Roles and the private schema: who may open the database as what. Roles are cluster-wide and may exist already (hosted platforms bring
-- anon, authenticated and service_role); logins and passwords are made at deploy time, never here.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['anon', 'authenticated', 'service_role', 'exodrive_token', 'exodrive_checkout', 'exodrive_signin',
                                  'exodrive_admin', 'exodrive_definer'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
            execute format('create role %I nologin noinherit', wanted);
            -- From 16 on, creating a role is not yet leave to give it a function.
            if wanted = 'exodrive_definer' then
                execute 'grant exodrive_definer to current_user';
            end if;
        end if;
    end loop;
end
$$;

create schema if not exists exodrive_private;
revoke all on schema exodrive_private from public;
grant usage on schema exodrive_private
    to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_signin, exodrive_admin, exodrive_definer;
grant usage on schema public
    to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_signin, exodrive_admin, exodrive_definer;
revoke create on schema public from public;

-- The one clock: the real moment, not the transaction's start. Demo and tests replace this function with a shifted one; production has only this.
create function exodrive_private.now() returns timestamptz language sql volatile return clock_timestamp();
revoke all on function exodrive_private.now() from public;
grant execute on function exodrive_private.now()
    to anon, authenticated, service_role, exodrive_token, exodrive_checkout, exodrive_signin, exodrive_admin, exodrive_definer;

-- The person behind the present transaction, as told by the scope; an empty setting counts as absent.
create function exodrive_private.uid() returns uuid language sql stable
    return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
revoke all on function exodrive_private.uid() from public;
grant execute on function exodrive_private.uid() to authenticated, exodrive_admin, service_role;
