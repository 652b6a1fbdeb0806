"""The shop: find a car, choose days, check out, and the private page of each booking."""

from litestar import Router

from exodrive.web.storefront import (
    booking,
    browse,
    cancel,
    car,
    change,
    checkout,
    claim,
    compare,
    contact,
    home,
    invoices,
    legal,
    payment,
    reach,
    receipts,
    review,
    share,
)


def routes(_env: str) -> list[Router]:
    """Return the doors of the shop."""
    buying = (home, browse, compare, car, checkout, payment)
    renting = (booking, change, cancel, receipts, share, review, claim, invoices)
    parts = (*buying, *renting, legal, contact, reach)
    return [part.routes() for part in parts]
