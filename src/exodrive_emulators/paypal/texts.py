"""Text fields of a request, held to their lengths."""

from collections.abc import Mapping
from typing import Any

from exodrive_emulators.paypal.errors import refused


def read(operation: str, body: Mapping[str, Any], lengths: Mapping[str, int]) -> dict[str, str]:
    """Each of the fields, empty when it was not sent; raises Refused for what is no text, empty or too long."""
    for name, most in lengths.items():
        text = body.get(name, "-")
        if not isinstance(text, str):
            raise refused(operation, "INVALID_PARAMETER_SYNTAX", field=f"/{name}", location="body")
        if not 1 <= len(text) <= most:
            raise refused(operation, "INVALID_STRING_LENGTH", field=f"/{name}", value=text, location="body")
    return {name: body.get(name, "") for name in lengths}
