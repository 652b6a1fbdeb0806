"""Made-up requests, right ones and wrong ones, whose answers are held against an official document.

The same ones at each run, for a build must not fail by chance; others where everything is tried (`TEST_SHARE=1`). `TEST_SEED` makes up
others, or those of an earlier run again, `TEST_FUZZ=10` ten times as many; where everything is tried there are four times as many.
"""

import json
import os
import secrets
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.gateways.contracts import read
from tests.share import SHARE

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SEED = int(os.environ.get("TEST_SEED") or (1 if SHARE > 1 else secrets.randbelow(2**32)))
MORE = int(os.environ.get("TEST_FUZZ") or (1 if SHARE > 1 else 4))
ROUNDS = 8  # at most, until every status that is wanted was seen
Document = dict[str, Any]


def document(name: str, served: Callable[[str, str], bool]) -> Document:
    """An official document, such as paypal/invoicing_v2.json, cut to the calls (method, path) that are served."""
    whole = read(name)
    paths = {path: {method: call for method, call in it.items() if served(method, path)} for path, it in whole["paths"].items()}
    whole["paths"] = {path: it for path, it in paths.items() if it}
    return whole


def asked(whole: Document) -> Document:
    """The schemas of what is sent, by name: from now on copies of those of what is answered, so that they can be narrowed down."""
    schemas = whole["components"]["schemas"]
    copies = json.loads(json.dumps(schemas).replace('"#/components/schemas/', '"#/components/schemas/asked-'))
    for path in whole["paths"].values():
        for call in path.values():
            if "requestBody" in call:
                text = json.dumps(call["requestBody"]).replace('"#/components/schemas/', '"#/components/schemas/asked-')
                call["requestBody"] = json.loads(text)
    schemas |= {f"asked-{name}": copy for name, copy in copies.items()}
    return {name: schemas[f"asked-{name}"] for name in copies}


def know(whole: Document, known: dict[str, str]) -> None:
    """Let the parameters of paths be ids that exist, or one that does not."""
    shared = list(whole["components"].get("parameters", {}).values())
    own = [it for path in whole["paths"].values() for call in path.values() for it in call.get("parameters", [])]
    for parameter in shared + own:
        if parameter.get("name") in known and parameter.get("in") == "path":
            parameter["schema"] = {"type": "string", "enum": [known[parameter["name"]], "NONE"]}


def check_answers(whole: Document, url: str, headers: dict[str, str], *, examples: int, wanted: set[int], before: Any = None) -> None:
    """Send so many right and wrong requests to each call, and more until every wanted status was seen; `before` is called before each call.

    Fails at the first answer out of order.
    """
    sys.stdout.write(f"TEST_SEED={SEED} makes up these requests again\n")  # shown when the test fails
    schema, seen = schemathesis.openapi.from_dict(whole), Counter[int]()
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]
    for number in range(ROUNDS):
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if mode is GenerationMode.POSITIVE or operation.body or operation.query:  # else nothing in it can be wrong
                    if before:
                        before()
                    _try_out(operation, mode, url, headers, seen, examples * MORE, SEED + number)
        lacking = {str(status) for status in wanted - set(seen)}
        operations = [it for it in operations if lacking & set(it.definition.raw["responses"])]
    assert not lacking, seen


def _try_out(
    operation: Any, mode: GenerationMode, url: str, headers: dict[str, str], seen: Counter[int], examples: int, start: int
) -> None:
    @seed(start)
    @settings(
        max_examples=examples, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        answer = case.call(base_url=url, headers=headers)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    run()
