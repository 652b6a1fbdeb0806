"""Which page of the browser's tests shows which route: every route that answers a page is looked at, or says here why not.

A new route is missed by a law until it is named here; that the named page does show it is checked when it is visited.
"""

from playwright.async_api import Response

from tests.web.routes import Route, route_of, routes

SHOP = {
    "GET /": "home",
    "GET /booking/{key}": "booking confirmed",
    "GET /booking/{reference}/cancellation": "cancelling",
    "GET /booking/{reference}/change": "changing",
    "POST /booking/{reference}/change/preview": "booking being changed",
    "GET /booking/{reference}/receipt": "receipt",
    "GET /booking/{reference}/share": "sharing",
    "GET /cars": "cars",
    "GET /cars/{slug}": "car",
    "GET /cars/{slug}/checkout": "checkout",
    "GET /compare": "compared cars",
    "GET /contact": "contact",
    "GET /contact/sent": "message sent",
    "GET /paypal/cancel": "turned back in another browser",
    "GET /paypal/return": "paid in another browser",
    "GET /policies": "policies",
    "GET /policies/{name}": "rental",
    "GET /policies/{name}/{version}": "terms of a day",
}
OFFICE = {
    "GET /admin": "first page",
    "GET /admin/alarms": "alarms",
    "GET /admin/approvals": "to accept",
    "GET /admin/bookings": "list",
    "GET /admin/bookings/{reference}": "file",
    "POST /admin/bookings/{reference}/link": "new link",
    "POST /admin/bookings/{reference}/link/pin": "new PIN",
    "GET /admin/demo/{token}": "demo",
    "GET /admin/fines": "tolls and fines",
    "GET /admin/home": "home page",
    "POST /admin/home/preview": "home page previewed",
    "GET /admin/invitations/{token}": "invitation",
    "GET /admin/money": "money",
    "GET /admin/prices": "prices",
    "GET /admin/prices/history": "prices that were",
    "GET /admin/prices/new": "new season",
    "POST /admin/prices/preview": "new rule previewed",
    "GET /admin/prices/{rule_id}": "rule",
    "POST /admin/prices/{rule_id}/preview": "rule previewed",
    "GET /admin/reviews": "reviews",
    "GET /admin/sign-in": "sign-in",
}
JSON, FILE, PART = "it answers JSON", "it answers a file", "it is put into a page by a script, and looked at there"
NO_PAGES = {
    "GET /admin/bookings/{reference}/invoices/{number}/picture": FILE,
    "GET /admin/bookings/{reference}/receipts/{code}": FILE,
    "GET /availability": JSON,
    "GET /booking/{reference}/calendar.ics": FILE,
    "GET /booking/{reference}/invoices/{number}/picture": FILE,
    "GET /booking/{reference}/receipts/{code}": FILE,
    "GET /cars/{slug}/calendar": PART,
    "POST /cars/{slug}/checkout/check": JSON,
    "POST /cars/{slug}/checkout/price": PART,
    "GET /cars/{slug}/quote": PART,
    "GET /healthz": JSON,
    "GET /readyz": JSON,
    "GET /robots.txt": FILE,
    "GET /sitemap.xml": FILE,
    "GET /static/{version}/{name}": FILE,
}


def may_show() -> list[Route]:
    """Every route that may answer a page: what is read, and what is sent and answered without leading on."""
    people = [route for route in routes() if not route.path.startswith("/api/") and not route.opt.get("machine")]
    return [route for route in people if route.method == "GET" or (route.method == "POST" and route.status == 200)]


def seen(documents: list[Response]) -> set[str]:
    """The routes whose pages were shown: a refused form is one, the page of an error is none."""
    found = set()
    for document in documents:
        path = document.url.partition("://")[2].partition("/")[2].partition("?")[0]
        route = route_of(document.request.method, f"/{path}")
        if route and document.status < 400:
            found.add(str(route))
    return found
