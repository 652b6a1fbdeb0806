"""A database of its own for the matrix: the rows are counted, so nobody else may write here."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests import servers as embedded
from tests.database import matrix
from tests.servers import Database, Servers


@pytest.fixture(scope="session")
async def counted(servers: Servers, worker_number: int) -> Database:
    """A migrated database that holds the matrix's world and nothing else."""
    database = await embedded.make_database(servers, f"exodrive_matrix_gw{worker_number}")
    superuser = await asyncpg.connect(database.url("superuser"))
    await matrix.prepare(superuser)
    await superuser.close()
    return database


@pytest.fixture
async def superuser(counted: Database) -> AsyncIterator[Any]:
    """A superuser in the matrix's database."""
    db = await asyncpg.connect(counted.url("superuser"))
    yield db
    await db.close()
