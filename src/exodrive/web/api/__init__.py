"""The same verbs as JSON, described by the OpenAPI document at /api/openapi.json."""

from litestar import Router

from exodrive.web.api import availability, bookings


def routes() -> list[Router]:
    """Return the doors of the public API."""
    return [*availability.routes(), bookings.routes()]
