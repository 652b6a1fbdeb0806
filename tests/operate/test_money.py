"""``exodrive payments check``, as an operator meets it."""

import asyncpg

from exodrive.kit.ids import new_id
from tests.builders import Build
from tests.garage import insert
from tests.operate.test_commands import exodrive, settings
from tests.servers import Database


async def test_the_command_names_what_differs_and_ends_with_one(build: Build, database: Database) -> None:
    made = await build.paid()
    good = exodrive("payments", "check", made.reference, **settings(database))
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith("Every payment is what its book says.\n")
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update payments set captured_amount = captured_amount + 7 where booking_id = $1", made.id)
    await db.close()
    bad = exodrive("payments", "check", made.reference, **settings(database))
    assert bad.returncode == 1
    assert bad.stdout.startswith(f"{made.reference}: captured_amount is ")
    assert "Every payment" not in bad.stdout
    assert "Traceback" not in bad.stderr


async def test_the_command_tells_where_paypals_book_differs_and_what_to_do(build: Build, database: Database) -> None:
    made, other = await build.paid(), await build.paid()
    about = {"booking_id": made.id, "object": "capture", "object_id": "5AB", "kind": "amount", "ours": "3000.00 USD", "theirs": "12.00 USD"}
    async with build.doors.service().scope() as db:
        await insert(db, "money_differences", id=new_id(), **about)
    told = exodrive("payments", "check", made.reference, **settings(database))
    assert told.returncode == 1
    assert told.stdout.splitlines()[:3] == [
        f"{made.reference}: capture 5AB: Another amount at PayPal",
        "    our book says 3000.00 USD, PayPal says 12.00 USD",
        told.stdout.splitlines()[2],
    ]
    assert "give it back there" in told.stdout.splitlines()[2]
    assert exodrive("payments", "check", other.reference, **settings(database)).returncode == 0
