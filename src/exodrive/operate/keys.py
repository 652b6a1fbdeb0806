"""The demo's secrets: made once, kept in its data folder for its owner alone."""

import os
import secrets
from pathlib import Path
from typing import Self

import msgspec

from exodrive.operate.logins import LOGINS

FILE = "keys.json"


def _word() -> str:
    return secrets.token_urlsafe(32)


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the demo's processes must know and nobody else may."""

    passwords: dict[str, str] = msgspec.field(default_factory=lambda: {name: _word() for name in LOGINS.values()})
    link_key: str = msgspec.field(default_factory=_word)
    secret_key: str = msgspec.field(default_factory=_word)
    cron_key: str = msgspec.field(default_factory=_word)
    paypal_client_id: str = msgspec.field(default_factory=_word)
    paypal_client_secret: str = msgspec.field(default_factory=_word)
    paypal_webhook_id: str = msgspec.field(default_factory=lambda: secrets.token_hex(9).upper()[:17])
    resend_key: str = msgspec.field(default_factory=lambda: "re_" + secrets.token_urlsafe(24))

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the keys of this data folder, or make them. A key that an older version did not have is added."""
        path = folder / FILE
        keys = msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()
        unfinished = path.with_suffix(".part")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(msgspec.json.format(msgspec.json.encode(keys)))
        unfinished.replace(path)
        return keys
