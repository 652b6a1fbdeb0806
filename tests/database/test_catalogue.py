"""What must hold of the database whatever its rows: guarded tables, functions that cannot be fooled, roles with nothing of their own."""

import re
from pathlib import Path
from typing import Any

import pytest

from exodrive.operate.migrate.files import OURS as MIGRATIONS
from exodrive.operate.roles import LOGINS, OWNER
from tests import servers

SCHEMAS = "('public'::regnamespace, 'exodrive_private'::regnamespace)"
# Functions that run with rights of their own; each is a hole made on purpose, so each new one is a line here.
DEFINERS = {
    "extras_claimed",
    "extras_out",
    "extras_taken",
    "extras_waiting",
    "number_receipt",
    "own_booking_ids",
    "prolong_link",
    "refund_within_captured",
    "token_booking_id",
}
SWITCHED_TO = {role for roles in LOGINS.values() for role in roles}
EVERYBODY = sorted(SWITCHED_TO | set(LOGINS))
CLOCK = re.compile(
    r"(?<!exodrive_private\.)(?<!\w)(now|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday)\s*\(|"
    r"\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'(now|today|tomorrow|yesterday)'",
    re.IGNORECASE,
)
THE_ONE_CLOCK = "create function exodrive_private.now() returns timestamptz language sql volatile return clock_timestamp();"


async def unguarded_tables(db: Any) -> list[str]:
    """Tables of ours without row rules switched on and forced."""
    found = await db.fetch(
        f"""select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'p', 'f') and c.relnamespace in {SCHEMAS}
        and not (c.relrowsecurity and c.relforcerowsecurity) order by 1"""
    )
    return [name for (name,) in found]


async def test_row_rules_are_on_and_forced_on_every_table(superuser: Any) -> None:
    assert await unguarded_tables(superuser) == []
    assert await superuser.fetchval(f"select count(*) from pg_class where relkind = 'r' and relnamespace in {SCHEMAS}") > 20


async def test_every_row_rule_is_permissive_and_names_its_roles(superuser: Any) -> None:
    rules = await superuser.fetch("select policyname, permissive, roles::text[] from pg_policies")
    assert rules
    assert [name for name, permissive, roles in rules if permissive != "PERMISSIVE" or not roles or "public" in roles] == []


async def test_row_rules_name_only_roles_of_ours(superuser: Any) -> None:
    named = await superuser.fetchval("select array_agg(distinct role) from pg_policies, unnest(roles::text[]) as role")
    assert set(named) == SWITCHED_TO | {OWNER}
    assert await superuser.fetchval("select array_agg(tablename::text) from pg_policies where $1 = any (roles)", OWNER) == [
        "migration_checksum"
    ]


async def test_nobody_but_the_owner_may_truncate_refer_or_make_triggers(superuser: Any) -> None:
    found = await superuser.fetch(
        f"""select c.relname, g.grantee::regrole, g.privilege_type from pg_class c, aclexplode(c.relacl) g
        where c.relnamespace in {SCHEMAS} and g.grantee <> c.relowner
          and g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"""
    )
    assert found == []


async def test_nothing_is_granted_to_the_public_or_to_a_login(superuser: Any) -> None:
    found = await superuser.fetch(
        f"""select c.relname, g.grantee from pg_class c, aclexplode(c.relacl) g where c.relnamespace in {SCHEMAS}
        and (g.grantee = 0 or g.grantee in (select oid from pg_roles where rolcanlogin)) and g.grantee <> c.relowner"""
    )
    assert found == []


async def test_numbering_is_nobodys_business(superuser: Any) -> None:
    found = await superuser.fetch(
        f"""select c.relname, g.grantee::regrole from pg_class c, aclexplode(c.relacl) g
        where c.relkind = 'S' and c.relnamespace in {SCHEMAS} and g.grantee <> c.relowner"""
    )
    assert found == []


async def test_every_function_has_a_fixed_search_path_or_a_body_resolved_when_it_was_made(superuser: Any) -> None:
    loose = await superuser.fetch(
        f"""select p.proname from pg_proc p where p.pronamespace in {SCHEMAS} and p.prosqlbody is null
        and not coalesce(p.proconfig @> array['search_path=""'], false)"""
    )
    assert loose == []


async def test_functions_with_rights_of_their_own_are_the_known_ones_and_belong_to_the_definer(superuser: Any) -> None:
    found = await superuser.fetch(
        "select proname::text, proowner::regrole::text from pg_proc where prosecdef and pronamespace <> 'pg_catalog'::regnamespace"
    )
    assert {name for name, _ in found} == DEFINERS
    assert {owner for _, owner in found} == {"exodrive_definer"}


async def test_no_function_may_be_called_by_the_public(superuser: Any) -> None:
    callable_by_all = await superuser.fetch(
        f"""select p.proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        where p.pronamespace in {SCHEMAS} and g.grantee = 0"""
    )
    assert callable_by_all == []


async def test_views_look_with_the_eyes_of_whoever_asks(superuser: Any) -> None:
    found = await superuser.fetch(
        f"""select relname from pg_class where relnamespace in {SCHEMAS}
        and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions @> array['security_invoker=true'], false))"""
    )
    assert found == []


async def test_each_login_may_switch_to_its_own_roles_only_and_inherits_nothing(superuser: Any) -> None:
    members = await superuser.fetch(
        """select m.member::regrole::text, array_agg(m.roleid::regrole::text order by 1) from pg_auth_members m
        where m.member::regrole::text = any ($1) group by 1""",
        EVERYBODY,
    )
    assert {login: sorted(set(roles)) for login, roles in members} == {login: sorted(roles) for login, roles in LOGINS.items()}
    inheriting = await superuser.fetch("select rolname from pg_roles where rolname = any ($1) and rolinherit", EVERYBODY)
    assert inheriting == []


async def test_memberships_carry_nothing_over_and_cannot_be_passed_on(superuser: Any) -> None:
    column = "or inherit_option" if superuser.get_server_version().major >= 16 else ""
    assert (
        await superuser.fetch(f"select from pg_auth_members where member::regrole::text = any ($1) and (admin_option {column})", EVERYBODY)
        == []
    )


async def test_no_role_of_ours_is_more_than_a_role(superuser: Any) -> None:
    found = await superuser.fetch(
        """select rolname from pg_roles where rolname = any ($1)
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)""",
        EVERYBODY,
    )
    assert found == []
    assert await superuser.fetchval("select count(*) from pg_roles where rolname = any ($1)", EVERYBODY) == len(EVERYBODY)


async def test_only_logins_log_in(superuser: Any) -> None:
    found = await superuser.fetchval("select array_agg(rolname::text) from pg_roles where rolname = any ($1) and rolcanlogin", EVERYBODY)
    assert set(found) == set(LOGINS) == set(servers.LOGINS.values())


async def test_nobody_but_the_owner_can_make_anything_in_the_database(superuser: Any) -> None:
    for role in set(EVERYBODY) - {OWNER}:
        assert not await superuser.fetchval("select has_database_privilege($1, current_database(), 'create, temporary')", role)
        schemas = await superuser.fetch("select nspname from pg_namespace where has_schema_privilege($1, oid, 'create')", role)
        assert schemas == [], role


async def test_only_our_logins_connect(superuser: Any) -> None:
    found = await superuser.fetch(
        """select g.grantee::regrole::text, g.privilege_type from pg_database d, aclexplode(d.datacl) g
        where d.datname = current_database() and g.privilege_type = 'CONNECT'"""
    )
    assert {login for login, _ in found} == set(LOGINS)


async def test_link_holder_and_signed_in_renter_hold_the_same_grants(superuser: Any) -> None:
    held = {}
    for role in ("exodrive_token", "authenticated"):
        rows = await superuser.fetch(
            """select table_schema, table_name, column_name, privilege_type from information_schema.column_privileges where grantee = $1
            union all select table_schema, table_name, '', privilege_type from information_schema.table_privileges where grantee = $1""",
            role,
        )
        held[role] = {tuple(row) for row in rows}
    assert held["exodrive_token"] == held["authenticated"]
    assert len(held["authenticated"]) > 80


async def test_no_partitions_hide_rows_behind_rules_of_their_parent(superuser: Any) -> None:
    assert await superuser.fetchval(f"select count(*) from pg_class where relispartition and relnamespace in {SCHEMAS}") == 0


@pytest.mark.parametrize("file", sorted(MIGRATIONS.glob("*.sql")), ids=lambda file: file.name)
def test_migrations_ask_only_the_one_clock(file: Path) -> None:
    lines = [line.split("--")[0] for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if CLOCK.search(line) and line.strip() != THE_ONE_CLOCK] == []


def test_the_search_for_other_clocks_finds_them() -> None:
    others = [
        "default now()",
        "select NOW ()",
        "x > current_timestamp",
        "pg_catalog.clock_timestamp()",
        "current_date - 1",
        "'now'::timestamptz",
    ]
    assert [line for line in others if not CLOCK.search(line)] == []
    assert not CLOCK.search("x > (select exodrive_private.now())")


@pytest.mark.parametrize("file", sorted(MIGRATIONS.glob("*.sql")), ids=lambda file: file.name)
def test_migrations_name_no_schema_of_a_platform_and_need_no_extension(file: Path) -> None:
    text = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
    assert (
        re.findall(r"\b(?:auth|storage|extensions|realtime|graphql_public|vault|net|cron)\.\w+|create\s+extension\b.*", text, re.IGNORECASE)
        == []
    )
