"""A launcher to be killed: starts PostgreSQL and Valkey over a folder, tells where they are, and sleeps."""

# ruff: noqa: T201 - its lines are what its starter waits for

import json
import sys
import time
from pathlib import Path

from exodrive.operate.folder import FolderInUse, FolderLock, own_folder
from exodrive.operate.postgres import Postgres
from exodrive.operate.valkey import Valkey

folder = Path(sys.argv[1])
own_folder(folder, None, 0o711)
try:
    with FolderLock(folder), Postgres(folder / "postgres") as postgres, Valkey(folder / "valkey") as valkey:
        pids = {"postgres": postgres.child.pid, "valkey": valkey.child.pid}
        print(json.dumps({"postgres": postgres.url(), "valkey": valkey.url(), "pids": pids}), flush=True)
        time.sleep(600)
except FolderInUse as refused:
    print(json.dumps({"refused": str(refused)}), flush=True)
