"""The product's own statements once more by pgbench, PostgreSQL's own load generator: what they cost without us around them.

pgbench speaks one protocol for a whole run, so what we send as one text (a scope's opening) goes there as one pipeline of prepared
statements. Values that differ from request to request are read from a table; what that reading costs is measured by itself and taken off.
"""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

import asyncpg

from bench.capture import Statement
from bench.cpu import metered
from bench.system import System
from exodrive.operate.binaries import postgres_programs

CLIENTS = 4
_TABLE = "public.bench_values"
Asked = Sequence[Statement]


def by_pgbench(system: System, login: str, requests: Sequence[Asked]) -> float:
    """Milliseconds of PostgreSQL's processor time for each of these requests, each done once; all have the same statements."""
    same, differing = _values(requests)
    if differing:
        asyncio.run(_fill(system.superuser, differing))
    script = "".join(_command(statement, number) for number, statement in enumerate(requests[0]))
    times = len(requests) // CLIENTS
    look = _look(list(differing), times) if differing else ""
    reading = _run(system, login, look, times, same) if look else 0.0
    return _run(system, login, look + script, times, same) - reading


def _values(requests: Sequence[Asked]) -> tuple[dict[str, str], dict[str, list[str | None]]]:
    """The parameters that are the same in all requests, with their value, and the others, with the value each request has."""
    same: dict[str, str] = {}
    differing: dict[str, list[str | None]] = {}
    for number, statement in enumerate(requests[0]):
        for place, value in enumerate(statement.values or ()):
            values = [(request[number].values or ())[place] for request in requests]
            if any(other != value for other in values):
                differing[_name(number, place)] = values
            elif value:
                same[_name(number, place)] = value
    return same, differing


def _name(number: int, place: int) -> str:
    return f"v{number}_{place + 1}"


def _command(statement: Statement, number: int) -> str:
    values = statement.values
    if values is None and ";" in statement.text:
        return "\\startpipeline\n" + "".join(part.strip() + ";\n" for part in statement.text.split(";")) + "\\endpipeline\n"

    def put(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        plain = {None: "null", "": "''"}  # pgbench knows no such values
        return plain.get((values or ())[place], f":{_name(number, place)}")

    return re.sub(r"\$(\d+)", put, statement.text.strip()) + ";\n"


def _look(names: Sequence[str], times: int) -> str:
    """Read the values of this client's next request."""
    return f"\\set i :i + 1\n\\set n :client_id * {times} + :i\nselect {', '.join(names)} from {_TABLE} where n = :n \\gset\n"


def _run(system: System, login: str, script: str, times: int, same: Mapping[str, str]) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        program = str(postgres_programs() / "pgbench")
        url = system.wiring.databases[login]
        values = [f"-D{name}={value}" for name, value in {"i": "0", **same}.items()]
        order = [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-t", str(times), *values, "-f", file.name, url]
        with metered(system) as spent:
            done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode or "number of failed transactions: 0 " not in done.stdout:
        raise SystemExit(f"pgbench: {done.stdout}{done.stderr}")
    return spent["postgres"] * 1000 / (times * CLIENTS)


async def _fill(superuser: str, differing: Mapping[str, Sequence[str | None]]) -> None:
    db = await asyncpg.connect(superuser)
    await db.execute(f"drop table if exists {_TABLE}")
    await db.execute(f"create table {_TABLE} (n integer primary key, {', '.join(f'{name} text' for name in differing)})")
    await db.execute(f"grant select on {_TABLE} to public")
    records = [(number, *row) for number, row in enumerate(zip(*differing.values(), strict=True), 1)]
    await db.copy_records_to_table("bench_values", records=records, schema_name="public")
    await db.execute(f"vacuum analyze {_TABLE}")
    await db.close()
