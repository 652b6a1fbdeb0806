"""Every route that answers a page is looked at in a browser: by axe in light and dark, under the policy, with the console watched."""

from tests.browser import sights, test_pages
from tests.web.admin import test_browser
from tests.web.routes import routes


def test_every_route_that_answers_a_page_is_looked_at() -> None:
    known = [*sights.SHOP, *sights.OFFICE, *sights.NO_PAGES]
    shown = {str(route) for route in sights.may_show()}
    assert shown == set(known), "in tests/browser/sights.py name the page that shows it, or why none does"
    assert len(known) == len(set(known)), "one line a route"


def test_every_page_that_is_named_is_visited() -> None:
    assert set(sights.SHOP.values()) <= set(test_pages.PAGES)
    assert set(sights.OFFICE.values()) <= set(test_browser.PAGES)


def test_the_law_sees_pages_that_forms_answer_too() -> None:
    shown = {str(route) for route in sights.may_show()}
    assert {"GET /admin/reviews", "POST /admin/prices/preview", "GET /policies/{name}/{version}"} <= shown
    assert not shown & {"POST /contact", "GET /api/availability", "POST /api/webhooks/paypal"}
    assert len(shown) < len(routes())
