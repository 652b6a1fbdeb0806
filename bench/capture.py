"""The statements that requests make, as PostgreSQL's own log tells them, with the values they were given."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import asyncpg

from bench import load
from bench.system import System
from exodrive.operate.logins import LOGINS

# Lines that follow begin with a tab, so a line that begins with this begins an entry.
_PREFIX = "@%u "
_ENTRY = re.compile(r"^@(\w+) (LOG|DETAIL):  (?:statement: |execute \w+: |[Pp]arameters: )(.*?)(?=^@|\Z)", re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r"\$\d+ = (?:NULL|'((?:[^']|'')*)')")


class Statement(NamedTuple):
    """One statement as it was sent, and its parameters as text; `values` is None for one sent without a plan of its own."""

    text: str
    values: tuple[str | None, ...] | None


@contextmanager
def telling(superuser: str) -> Iterator[None]:
    """Let PostgreSQL log every statement meanwhile."""
    _settle(superuser, "alter system set log_statement = 'all'", f"alter system set log_line_prefix = '{_PREFIX}'")
    try:
        yield
    finally:
        _settle(superuser, "alter system reset log_statement", "alter system reset log_line_prefix")


def statements(system: System, part: str, request: bytes) -> list[Statement]:
    """What a part of the product (web, checkout) asked the database for the sake of one request; inside `telling`."""
    begins = system.log.stat().st_size
    load.send(system.wiring.web_port, [request], at_once=1)
    with system.log.open("rb") as log:
        log.seek(begins)
        return list(_read(log.read().decode(), LOGINS[part]))


def _read(log: str, login: str) -> Iterator[Statement]:
    entries = [(kind, text.strip().replace("\n\t", "\n")) for user, kind, text in _ENTRY.findall(log) if user == login]
    for number, (kind, text) in enumerate(entries):
        if kind == "DETAIL":
            continue
        detail = entries[number + 1][1] if entries[number + 1 :] and entries[number + 1][0] == "DETAIL" else None
        yield Statement(text, None if detail is None else tuple(map(_value, _VALUE.finditer(detail))))


def _value(found: re.Match[str]) -> str | None:
    return None if found[1] is None else found[1].replace("''", "'")


def _settle(superuser: str, *orders: str) -> None:
    asyncio.run(_execute(superuser, (*orders, "select pg_reload_conf()")))
    time.sleep(0.5)  # each server process reads it before its next statement


async def _execute(superuser: str, orders: Iterable[str]) -> None:
    db = await asyncpg.connect(superuser)
    for order in orders:
        await db.execute(order)
    await db.close()
