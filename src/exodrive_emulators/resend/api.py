"""The API calls: send a mail, show a mail."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import msgspec

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Handler, Line
from exodrive_emulators.resend import mail_request
from exodrive_emulators.resend.errors import Refused
from exodrive_emulators.resend.model import Mail, Remembered
from exodrive_emulators.resend.world import Resend

KEY = "idempotency-key"
KEY_LIFE = timedelta(hours=24)
LAST_EVENTS = {"bounced@resend.dev": "bounced", "complained@resend.dev": "complained", "suppressed@resend.dev": "suppressed"}
Call = Callable[[Resend, Request], Awaitable[Answer]]


def door(call: Call) -> Handler[Resend]:
    """`call` behind the rate limit, the User-Agent and the key."""

    async def enter(world: Resend, request: Request) -> Answer:
        passes, headers = world.limit.use()
        try:
            if not passes:
                raise Refused("rate_limit_exceeded")
            _check_caller(world, request)
            answer = await call(world, request)
        except Refused as refusal:
            answer = refusal.answer()
        answer.headers.update(headers)
        return answer

    return enter


async def send(world: Resend, request: Request) -> Answer:
    """POST /emails: once per Idempotency-Key."""
    key = request.headers.get(KEY)
    if key is None:
        await request.take_time()
        return json_answer(200, {"id": _keep(world, request, "").id})
    if not 1 <= len(key) <= 256:
        raise Refused("invalid_idempotency_key")
    if key in world.in_flight:
        raise Refused("concurrent_idempotent_requests")
    world.in_flight.add(key)
    try:
        await request.take_time()
        return json_answer(200, {"id": _once(world, request, key)})
    finally:
        world.in_flight.discard(key)


async def show(world: Resend, request: Request) -> Answer:
    """GET /emails/{id}."""
    mail = world.mails.get(request.params["id"])
    if not mail:
        raise Refused("not_found", "Email not found")
    return json_answer(200, described(mail))


def described(mail: Mail) -> dict[str, object]:
    """A mail as the API shows it; a part the mail does not have is left out."""
    bodies = {name: text for name, text in (("html", mail.html), ("text", mail.text)) if text is not None}
    return {
        "object": "email",
        "id": mail.id,
        "message_id": f"<{mail.id}@mail.stand-in.example>",
        "to": mail.to,
        "from": mail.sender,
        "created_at": mail.created.strftime("%Y-%m-%d %H:%M:%S.%f+00"),
        "subject": mail.subject,
        "bcc": mail.bcc,
        "cc": mail.cc,
        "reply_to": mail.reply_to,
        "last_event": mail.last_event,
        **bodies,
    }


def _once(world: Resend, request: Request, key: str) -> str:
    """The id of the mail sent under this key, now or before."""
    known, body = world.remembered.get(key), _digest(request.body)
    if known and known.expires > world.clock.now():
        if known.body != body:
            raise Refused("invalid_idempotent_request")
        request.note = "replayed"
        return known.mail_id
    mail = _keep(world, request, key)
    world.remembered.put(key, Remembered(mail.id, body, world.clock.after(KEY_LIFE)))
    return mail.id


def _keep(world: Resend, request: Request, key: str) -> Mail:
    parts = mail_request.read(request.body)
    event = "scheduled" if parts.scheduled_at else LAST_EVENTS.get(parts.to[0], "delivered")
    mail = Mail(id=str(uuid4()), created=world.clock.now(), last_event=event, idempotency_key=key, **msgspec.structs.asdict(parts))
    return world.mails.put(mail.id, mail)


def _digest(body: bytes) -> str:
    """Of the meaning, not of the spelling: the order of fields and the spaces between them do not count."""
    try:
        plain = msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except msgspec.MsgspecError:
        plain = body
    return hashlib.sha256(plain).hexdigest()


def _check_caller(world: Resend, request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise Refused("validation_error", "The request needs a `User-Agent` header.", 403)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not key:
        raise Refused("missing_api_key")
    if scheme.lower() != "bearer" or not hmac.compare_digest(key.encode(), world.api_key.encode()):
        raise Refused("invalid_api_key")


LINES: list[Line[Resend]] = [
    ("POST", "/emails", door(send)),
    ("GET", "/emails/{id}", door(show)),
]
