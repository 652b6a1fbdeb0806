"""Random identifiers in the shapes the providers use."""

import secrets
import string

PAYPAL = string.ascii_uppercase + string.digits
ACCOUNT = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def text(alphabet: str, length: int) -> str:
    """So many random letters of an alphabet; they need to be unlike each other, not evenly spread."""
    return "".join(alphabet[byte % len(alphabet)] for byte in secrets.token_bytes(length))


def paypal_id() -> str:
    """Orders, captures, refunds, webhooks: 17 capitals and digits."""
    return text(PAYPAL, 17)


def event_id() -> str:
    """A webhook event: WH-…-…."""
    return f"WH-{paypal_id()}-{paypal_id()}"


def debug_id() -> str:
    """PayPal's correlation id: 13 hexadecimal digits."""
    return secrets.token_hex(7)[:13]
