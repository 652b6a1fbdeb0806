"""The shop: find a car, choose days, check out, and the private page of each booking."""

from litestar import Router

from exodrive.web.storefront import booking, browse, car, checkout, legal, payment, reach


def routes(_env: str) -> list[Router]:
    """Return the doors of the shop."""
    return [browse.routes(), car.routes(), checkout.routes(), payment.routes(), booking.routes(), legal.routes(), reach.routes()]
