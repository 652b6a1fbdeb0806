"""OAuth: client credentials for a bearer token."""

import base64
import binascii
import hmac
import secrets

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.clock import stamp
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.paypal.errors import Refused
from exodrive_emulators.paypal.model import Token
from exodrive_emulators.paypal.world import TOKEN_LIFE, PayPal

SCOPE = "https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/refund openid"


async def issue(world: PayPal, request: Request) -> Answer:
    """POST /v1/oauth2/token; its errors have a shape of their own."""
    if not _client_known(world, request.headers.get("authorization", "")):
        return _no(401, "invalid_client", "Client Authentication failed")
    grant = request.form().get("grant_type")
    if grant != "client_credentials":
        return _no(400, "unsupported_grant_type", f"Grant Type is {'unsupported' if grant else 'NULL'}")
    now = world.clock.now()
    token = world.tokens.put(value := f"A21AA{secrets.token_urlsafe(60)}", Token(value, now + TOKEN_LIFE))
    body = {
        "scope": SCOPE,
        "access_token": token.value,
        "token_type": "Bearer",
        "app_id": "APP-80W284485P519543T",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "nonce": f"{stamp(now)}{secrets.token_urlsafe(32)}",
    }
    return json_answer(200, body, {"paypal-debug-id": ids.debug_id(), "cache-control": "no-store"})


def check(world: PayPal, request: Request) -> None:
    """Raises Refused (401) unless the call carries a token that is still good."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = world.tokens.get(value) if scheme.lower() == "bearer" else None
    if token and token.expires <= world.clock.now():
        world.tokens.drop(value)
        token = None
    if not token:
        raise Refused(401, [], [{"href": "https://developer.paypal.com/docs/api/overview/#error", "rel": "information_link"}])


def _client_known(world: PayPal, header: str) -> bool:
    scheme, _, coded = header.partition(" ")
    try:
        given = base64.b64decode(coded, validate=True)
    except binascii.Error:
        return False
    wanted = f"{world.client.id}:{world.client.secret}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, wanted)


def _no(status: int, name: str, description: str) -> Answer:
    headers = {"paypal-debug-id": ids.debug_id(), "cache-control": "no-store"}
    return json_answer(status, {"error": name, "error_description": description}, headers)
