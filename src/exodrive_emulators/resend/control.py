"""Resend's part of the control interface: the mails as data, the rate limit."""

from typing import Any

import msgspec

from exodrive_emulators.kit.clock import stamp_ms
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.resend.limit import Limit
from exodrive_emulators.resend.model import Mail
from exodrive_emulators.resend.world import Resend


class Rate(msgspec.Struct, forbid_unknown_fields=True):
    """Calls a second, 0 for no limit."""

    per_second: int


async def list_mails(world: Resend, request: Request) -> Answer:
    """GET /control/mails[?to=address], oldest first, with everything that was handed in."""
    to = request.query.get("to")
    return json_answer(200, [_whole(mail) for mail in world.mails if to is None or to in mail.to])


async def set_rate(world: Resend, request: Request) -> Answer:
    """POST /control/rate {"per_second": n}; a reset brings back the limit of the start."""
    world.limit = Limit(msgspec.json.decode(request.body, type=Rate).per_second)
    return json_answer(200, {"per_second": world.limit.per_second})


def _whole(mail: Mail) -> dict[str, Any]:
    plain = msgspec.structs.asdict(mail)
    return {**plain, "from": plain.pop("sender"), "created": stamp_ms(mail.created)}


LINES: list[Line[Resend]] = [
    ("GET", "/control/mails", list_mails),
    ("POST", "/control/rate", set_rate),
]
