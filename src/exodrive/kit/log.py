"""Log lines as JSON on standard error, with secrets taken out before they are written."""

import logging
import re
import sys
from typing import Any

import msgspec

from exodrive.kit import clock

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}
# A 43-character base64url word is a private link or a session: it never reaches a log, not even right behind an escaped line break.
_SECRET = re.compile(r"(?:(?<![A-Za-z0-9_-])|(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4}))[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        entry.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return _SECRET.sub("[secret]", msgspec.json.encode(entry, enc_hook=str).decode())


def start(level: str = "INFO") -> None:
    """Send everything logged in this process to standard error as one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
