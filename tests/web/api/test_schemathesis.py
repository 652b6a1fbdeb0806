"""The public API answers whatever is sent as its own description says: no failure of ours, no undocumented status, type or body."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.builders import Build, new_key
from tests.product import Stack
from tests.share import SHARE
from tests.web.api.test_bookings import plain

EXAMPLES, SEED, AT_MOST = max(10, 80 // SHARE), 20261122, 240  # of random requests for each operation; and seconds
PHASES = "examples,coverage,fuzzing"
# What is well formed may still be refused, with the reason: the days are past, the car is nobody's, the price has changed.
RULES = '[checks.positive_data_acceptance]\nexpected-statuses = ["2xx", 403, 404, 409, 413, 415, 422, 429]\n'


async def description(http: httpx.AsyncClient, build: Build) -> dict[str, Any]:
    """The description as it is served, with a request in it that would be taken, so that random ones come near."""
    document: dict[str, Any] = (await http.get("/api/openapi.json")).json()
    body = plain(await build.order(await build.car()))
    known = {"car_id": body["car_id"], "start": body["start"], "end": body["end"], "Idempotency-Key": new_key()}
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in known:
                    parameter["example"] = known[parameter["name"]]
    document["paths"]["/api/bookings"]["post"]["requestBody"]["content"]["application/json"]["example"] = body
    return document


def asked(folder: Path) -> Counter[tuple[str, int]]:
    """How often each method was answered with each status."""
    entries = json.loads((folder / "har.json").read_text())["log"]["entries"]
    return Counter((entry["request"]["method"], entry["response"]["status"]) for entry in entries)


async def test_the_api_answers_anything_as_its_description_says(
    stack: Stack, http: httpx.AsyncClient, build: Build, tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(await description(http, build)))
    (tmp_path / "schemathesis.toml").write_text(RULES)
    network = f"X-Forwarded-For: 2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    bounds = ["--phases", PHASES, "--max-examples", str(EXAMPLES), "--seed", str(SEED), "--generation-deterministic", "--no-shrink"]
    told = ["--report", "har", "--report-har-path", "har.json", "--no-color"]
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", "openapi.json", "--url", stack.url, "-H", network]
    running = await asyncio.create_subprocess_exec(
        *command, *bounds, *told, "--continue-on-failure", cwd=tmp_path, stdout=-1, stderr=-2, env={**os.environ, "COLUMNS": "160"}
    )
    said, _ = await asyncio.wait_for(running.communicate(), AT_MOST)
    assert running.returncode == 0, said.decode()
    seen = asked(tmp_path)
    assert {("GET", 200), ("GET", 422), ("POST", 201), ("POST", 422)} <= set(seen), seen
    assert sum(seen.values()) > 200, seen
