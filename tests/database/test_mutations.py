"""Every row rule and every grant is weakened in turn, and the matrix sees each: this measures the matrix, not the product."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests import servers as embedded
from tests.database import catalogue, matrix
from tests.database.callers import CALLERS, LINK, Caller
from tests.database.catalogue import Policy
from tests.database.test_catalogue import unguarded_tables

# One caller for each role is enough to see a grant.
ONE_EACH = [caller for caller in CALLERS if caller.role and caller.name in ("anon", "mine", LINK, "checkout", "signin", "admin", "service")]
PRIVILEGES = ("select", "insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Change:
    """A weakening: the statement, the table it is about, who might notice, and at which verb (any if empty)."""

    statement: str
    table: str
    callers: Sequence[Caller]
    verb: str = ""


@dataclass
class Laboratory:
    """The matrix's database in the hands of a superuser: every change is undone after a look."""

    db: Any
    prober: matrix.Prober
    policies: Sequence[Policy]

    async def answers(self, change: Change) -> list[matrix.Answers]:
        """What the callers may do with the table, all within the present transaction."""
        found = []
        for caller in change.callers:
            await self.db.execute("savepoint caller")
            role = caller.role or embedded.LOGINS[caller.login]
            await self.db.execute(f"set local role {role}; {caller.opening}")
            found.append(await self.prober.ask(self.db, self.prober.tables[change.table], caller, change.verb))
            await self.db.execute("rollback to savepoint caller")
        return found

    async def sees(self, change: Change) -> bool:
        """Whether the matrix, or the assertion that all tables are guarded, notices a change."""
        trial = self.db.transaction()
        await trial.start()
        try:
            before = await self.answers(change)
            await self.db.execute(change.statement)
            return await self.answers(change) != before or bool(await unguarded_tables(self.db))
        finally:
            await trial.rollback()

    async def survivors(self, changes: Iterable[Change]) -> list[str]:
        """The changes that nobody noticed."""
        return [change.statement for change in changes if not await self.sees(change)]


@pytest.fixture
async def laboratory(superuser: Any) -> Laboratory:
    return Laboratory(superuser, await matrix.Prober.read(superuser), await catalogue.policies(superuser))


async def test_the_matrix_sees_each_row_rule_dropped(laboratory: Laboratory) -> None:
    changes = [Change(f"drop policy {p.name} on {p.table}", p.table, held_by(p)) for p in laboratory.policies]
    assert len(changes) > 90
    assert await laboratory.survivors(changes) == []


async def test_the_matrix_sees_each_row_rule_opened_to_all_rows(laboratory: Laboratory) -> None:
    changes = [Change(change, p.table, held_by(p)) for p in laboratory.policies for change in opened(p)]
    assert len(changes) > 30
    assert await laboratory.survivors(changes) == []


async def test_the_matrix_sees_each_condition_of_a_row_rule_left_out(laboratory: Laboratory) -> None:
    changes = [Change(change, p.table, held_by(p)) for p in laboratory.policies for change in loosened(p)]
    assert len(changes) > 6
    assert await laboratory.survivors(changes) == []


async def test_the_matrix_sees_row_rules_switched_off(laboratory: Laboratory) -> None:
    switches = ("disable row level security", "no force row level security")
    changes = [
        Change(f"alter table {table} {off}", table, CALLERS, "select")
        for table in laboratory.prober.tables
        for off in switches
        if ours(table)
    ]
    assert await laboratory.survivors(changes) == []


async def test_the_matrix_sees_each_grant_widened_to_the_whole_table(laboratory: Laboratory) -> None:
    held = await whole_grants(laboratory.db)
    changes = [
        Change(f"grant {privilege} on {table} to {caller.role}", table, [caller], privilege)
        for table, caller, privilege in every_grant(laboratory)
        if (table, caller.role, privilege) not in held
    ]
    assert len(changes) > 600
    assert await laboratory.survivors(changes) == []


async def test_the_matrix_sees_each_grant_taken_away(laboratory: Laboratory) -> None:
    held = await any_grants(laboratory.db)
    changes = [
        Change(f"revoke {privilege} on {table} from {caller.role}", table, [caller], privilege)
        for table, caller, privilege in every_grant(laboratory)
        if (table, caller.role, privilege) in held
    ]
    assert len(changes) > 100
    assert await laboratory.survivors(changes) == []


def ours(table: str) -> bool:
    return table.startswith(("public.", "exodrive_private."))


def held_by(policy: Policy) -> list[Caller]:
    return [caller for caller in CALLERS if caller.role in policy.roles or embedded.LOGINS[caller.login] in policy.roles]


def opened(policy: Policy) -> Iterator[str]:
    """The rule without its condition on the rows there are, and without its condition on the rows to be."""
    if policy.using not in (None, "true"):
        # A rule without a CHECK of its own checks by its condition; that must stay, or two things would change at once.
        check = policy.check or policy.using
        yield f"alter policy {policy.name} on {policy.table} using (true)" + (
            f" with check ({check})" if policy.verb in ("ALL", "UPDATE") else ""
        )
    if policy.check not in (None, "true"):
        yield f"alter policy {policy.name} on {policy.table} with check (true)"


def loosened(policy: Policy) -> Iterator[str]:
    """The rule with one of its joined conditions left out."""
    for word, expression in (("using", policy.using), ("with check", policy.check)):
        conditions = joined(expression or "")
        for left_out in conditions if len(conditions) > 1 else []:
            kept = " and ".join(condition for condition in conditions if condition != left_out)
            yield f"alter policy {policy.name} on {policy.table} {word} ({kept})"


def joined(expression: str) -> list[str]:
    """Cut an expression, as the catalogue prints it, at its outermost AND."""
    inner = expression[1:-1] if expression.startswith("(") else expression
    cuts, depth = [0], 0
    for place, letter in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and inner.startswith(" AND ", place):
            cuts += [place, place + len(" AND ")]
    edges = list(pairwise([*cuts, len(inner)]))
    return [inner[start:stop] for start, stop in edges[::2]]


def every_grant(laboratory: Laboratory) -> Iterator[tuple[str, Caller, str]]:
    return (
        (table, caller, privilege) for table in laboratory.prober.tables if ours(table) for caller in ONE_EACH for privilege in PRIVILEGES
    )


async def whole_grants(db: Any) -> set[tuple[str, str, str]]:
    """Grants on whole tables: (table, role, privilege)."""
    found = await db.fetch(
        "select format('%s.%s', table_schema, table_name), grantee::text, lower(privilege_type) from information_schema.table_privileges"
    )
    return {tuple(row) for row in found}


async def any_grants(db: Any) -> set[tuple[str, str, str]]:
    """Grants on whole tables or on some of their columns."""
    found = await db.fetch(
        "select format('%s.%s', table_schema, table_name), grantee::text, lower(privilege_type) from information_schema.column_privileges"
    )
    return {tuple(row) for row in found} | await whole_grants(db)
