"""Errors a person can read: a sentence with a status. Anything else that is raised is a bug."""

from typing import Any


class Problem(Exception):
    """A refusal with an HTTP status, a stable code, a sentence, and the fields it is about (RFC 9457 when sent as JSON)."""

    status = 400
    code = "problem"

    def __init__(self, detail: str, *, fields: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields or {}
        self.extra = extra


class BadInput(Problem):
    """What was sent cannot be used; ``fields`` says which field and what to do about it."""

    status = 422
    code = "bad-input"


class NotFound(Problem):
    """There is no such thing, or it is not yours: both answer the same."""

    status = 404
    code = "not-found"


class Forbidden(Problem):
    """You are known and may not do this."""

    status = 403
    code = "forbidden"


class Conflict(Problem):
    """The world moved on: what was asked for no longer fits its state."""

    status = 409
    code = "conflict"


class TooMany(Problem):
    """A limit is reached; ``retry_after`` says how many seconds to wait."""

    status = 429
    code = "too-many"

    def __init__(self, detail: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.retry_after = max(1, retry_after)


class Unavailable(Problem):
    """Something we lean on is away; ``retry_after`` says how many seconds to wait."""

    status = 503
    code = "unavailable"

    def __init__(self, detail: str, *, retry_after: int = 5, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.retry_after = max(1, retry_after)
