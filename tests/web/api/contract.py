"""The committed description of the API, to hold real answers against."""

import json
from pathlib import Path
from typing import Any

import httpx
from openapi_schema_validator import OAS31Validator, oas31_format_checker

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text())


def check(answer: httpx.Response, method: str, path: str) -> Any:
    """Hold an answer against what is written about this operation; return its body."""
    described = DOCUMENT["paths"][path][method]["responses"]
    assert str(answer.status_code) in described, f"{answer.status_code} is not described for {method} {path}: {answer.text}"
    ((media_type, content),) = described[str(answer.status_code)]["content"].items()
    assert answer.headers["content-type"].partition(";")[0] == media_type
    OAS31Validator({**content["schema"], "components": DOCUMENT["components"]}, format_checker=oas31_format_checker).validate(answer.json())
    return answer.json()
