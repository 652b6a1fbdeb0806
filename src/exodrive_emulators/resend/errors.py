"""Resend's errors: {statusCode, name, message}."""

from exodrive_emulators.kit.http import Answer, json_answer

ADDRESS = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
NAMES: dict[str, tuple[int, str]] = {
    "invalid_idempotency_key": (400, "The key must be between 1-256 chars."),
    "missing_api_key": (401, "Missing API key in the authorization header."),
    "invalid_api_key": (403, "API key is invalid."),
    "not_found": (404, "The requested endpoint does not exist."),
    "method_not_allowed": (405, "Method is not allowed for the requested path."),
    "invalid_idempotent_request": (409, "Same idempotency key used with a different request payload."),
    "concurrent_idempotent_requests": (
        409,
        "Same idempotency key used while original request is still in progress.",
    ),
    "missing_required_field": (422, "The request body is missing one or more required fields."),
    "invalid_attachment": (422, "Attachment must have either a `content` or `path`."),
    "validation_error": (422, "We found an error with one or more fields in the request."),
    "rate_limit_exceeded": (
        429,
        "Too many requests. Please limit the number of requests per second. Or contact support to increase rate limit.",
    ),
    "internal_server_error": (500, "An unexpected error occurred."),
    "application_error": (503, "The service is unavailable. Please try again later."),
}
BY_STATUS = {status: name for name, (status, _) in NAMES.items() if status in (404, 405, 429, 500, 503)}


class Refused(Exception):
    """A call Resend turns down."""

    def __init__(self, name: str, message: str = "", status: int = 0) -> None:
        super().__init__(name, message)
        self.name, self.message, self.status = name, message, status

    def answer(self) -> Answer:
        """As Resend writes it."""
        status, usual = NAMES[self.name]
        return _answer(self.status or status, self.name, self.message or usual)


def error(status: int) -> Answer:
    """A bare error of this status."""
    name = BY_STATUS.get(status, "application_error")
    return _answer(status, name, NAMES[name][1])


def _answer(status: int, name: str, message: str) -> Answer:
    return json_answer(status, {"statusCode": status, "name": name, "message": message})
