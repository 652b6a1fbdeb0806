"""The providers' official API documents, when they are at hand: what we send is held against them."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("EXODRIVE_CONTRACTS", ROOT.parent / "shared" / "contracts"))


@cache
def document(name: str) -> OpenAPI:
    """One document, such as ``paypal/checkout_orders_v2.json``. Where the documents are not at hand see ``missing``."""
    # Their own check of the document refuses patterns that PayPal's documents really have.
    return OpenAPI.from_dict(read(name), config=Config(spec_validator_cls=None))


def read(name: str) -> dict[str, Any]:
    """The same as plain JSON; four lengths, which PayPal's document of invoices has as texts, are made numbers."""
    path = FOLDER / name
    if not path.exists():
        missing()
    return dict(json.loads(re.sub(r'("(?:max|min)Length": ?)"(\d+)"', r"\1\2", path.read_text())))


def missing() -> NoReturn:
    """Skip the test, or fail it where nobody would notice that: on a build machine, which says so by CI."""
    reason = f"NOT CHECKED against the official API documents, there are none at {FOLDER}: set EXODRIVE_CONTRACTS to their folder"
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason)
    pytest.skip(reason)


def check_request(name: str, server: str, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    """Raise when a request is not what the document describes."""
    request: Any = MockRequest(server, method.lower(), path, headers=headers, data=body, content_type="application/json")
    document(name).validate_request(request)
