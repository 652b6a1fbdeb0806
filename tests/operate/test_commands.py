"""The commands, as a person at a terminal meets them."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx

from exodrive.operate.logins import LOGINS
from tests.product import Stack
from tests.servers import Database, Servers, drop_database


def exodrive(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EXODRIVE_")}
    command = [sys.executable, "-P", "-m", "exodrive", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**inherited, **environment}, check=False)


def settings(database: Database) -> dict[str, str]:
    """What an operator sets for the commands."""
    return {
        "EXODRIVE_ENV": "test",
        "EXODRIVE_PUBLIC_URL": "http://127.0.0.1:1",
        "EXODRIVE_SUPPORT_EMAIL": "hello@exodrive.example",
        **{f"EXODRIVE_DATABASE_{part.upper()}_URL": database.direct_url(part) for part in LOGINS},
    }


async def test_an_operator_prepares_a_database_from_nothing(servers: Servers) -> None:
    database = Database(servers, "exodrive_by_hand")
    await drop_database(database)
    prepared = settings(database)
    made = exodrive("roles", "--database", database.name, ADMINISTRATOR_URL=servers.superuser_url, **prepared)
    assert made.returncode == 0, made.stderr
    assert "exodrive_web_login" in made.stdout
    pending = exodrive("migrate", "--status", **prepared)
    assert "pending" in pending.stdout
    assert exodrive("migrate", **prepared).returncode == 0
    assert "pending" not in exodrive("migrate", "--status", **prepared).stdout
    assert "up to date" in exodrive("migrate", **prepared).stdout
    seeded = exodrive("seed", "--demo", **prepared, EXODRIVE_LINK_KEY="l" * 32)
    assert seeded.returncode == 0, seeded.stderr
    db = await asyncpg.connect(database.url("superuser"))
    assert await db.fetchval("select count(*) from public.cars") > 0
    assert await db.fetchval("select count(*) from public.booking_secure_tokens") > 0
    await db.close()
    await drop_database(database)


def test_what_is_missing_is_told_in_sentences() -> None:
    told = exodrive("migrate", EXODRIVE_PUBLIC_URL="http://127.0.0.1:1")
    assert told.returncode == 1
    assert "EXODRIVE_SUPPORT_EMAIL is missing" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_demo_fleet_never_goes_into_production(database: Database) -> None:
    live = {"EXODRIVE_ENV": "production", "EXODRIVE_PUBLIC_URL": "https://cars.example.com"}
    told = exodrive("seed", "--demo", **settings(database) | live)
    assert told.returncode == 1
    assert "never goes into production" in told.stderr


def test_a_login_that_is_not_ours_is_refused(database: Database, servers: Servers) -> None:
    wrong = settings(database) | {"EXODRIVE_DATABASE_WEB_URL": "postgresql://somebody:secret@127.0.0.1/x"}
    told = exodrive("roles", ADMINISTRATOR_URL=servers.superuser_url, **wrong)
    assert told.returncode == 1
    assert "EXODRIVE_DATABASE_WEB_URL must be for exodrive_web_login" in told.stderr


async def test_an_invited_colleague_finds_the_door_open(stack: Stack) -> None:
    invited = exodrive("staff", "invite", "new@exodrive.example", "--name", "New", **stack.wiring.settings())
    assert invited.returncode == 0, invited.stderr
    link = invited.stdout.strip()
    assert link.startswith(f"{stack.url}/admin/invitations/")
    async with httpx.AsyncClient() as browser:
        page = await browser.get(link)
        assert page.status_code == 200
        assert "new@exodrive.example" in page.text
        assert (await browser.get(link[:-1] + ("a" if link[-1] != "a" else "b"))).status_code == 404


def test_every_command_is_explained(tmp_path: Path) -> None:
    told = exodrive("--help").stdout
    for command in ("demo", "serve", "work", "migrate", "roles", "seed", "staff", "openapi"):
        assert f"\n  {command} " in told
        assert exodrive(command, "--help").returncode == 0


async def test_staff_are_let_go_let_in_and_given_a_role_by_command(stack: Stack) -> None:
    settings, email = stack.wiring.settings(), "mobile@exodrive.example"
    assert exodrive("staff", "invite", email, "--name", "Mo", **settings).returncode == 0
    known = exodrive("staff", "invite", email, "--name", "Mo", "--role", "owner", **settings)
    assert known.returncode == 1
    assert f"{email} works here already, as agent" in known.stderr
    assert "Traceback" not in known.stderr
    assert "/admin/invitations/" in exodrive("staff", "invite", email, "--again", **settings).stdout
    assert "is manager from now on" in exodrive("staff", "role", email, "manager", **settings).stdout
    assert "signed out everywhere" in exodrive("staff", "disable", email, **settings).stdout
    line = next(line for line in exodrive("staff", "list", **settings).stdout.splitlines() if email in line)
    assert line.split() == ["manager", email, "Mo", "let", "go"]
    assert "may sign in again" in exodrive("staff", "enable", email, **settings).stdout
    assert "Nobody with the address" in exodrive("staff", "disable", "nobody@exodrive.example", **settings).stderr
