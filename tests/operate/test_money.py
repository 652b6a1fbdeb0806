"""``exodrive payments check``, as an operator meets it."""

import asyncpg

from tests.builders import Build
from tests.operate.test_commands import exodrive, settings
from tests.servers import Database


async def test_the_command_names_what_differs_and_ends_with_one(build: Build, database: Database) -> None:
    made = await build.paid()
    good = exodrive("payments", "check", made.reference, **settings(database))
    assert (good.returncode, good.stdout) == (0, "Every payment is what its book says.\n"), good.stderr
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update payments set captured_amount = captured_amount + 7 where booking_id = $1", made.id)
    await db.close()
    bad = exodrive("payments", "check", made.reference, **settings(database))
    assert bad.returncode == 1
    assert bad.stdout.startswith(f"{made.reference}: captured_amount is ")
    assert "Traceback" not in bad.stderr
