"""Prices in the renter's own currency for who has no script: asked for in the address alone, and carried along by our own links.

So a page stays the same for everybody who asks for it by that address, and no cookie tells what somebody chose. With a script the browser
works them out, and its choice never leaves it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from exodrive.kit.words import _
from exodrive.pricing.words import short_money
from exodrive.web.shell.site import Site

FIELD = "currency"
_chosen: ContextVar[str] = ContextVar("display_currency", default="")
# Links and forms that lead to pages with prices. The form in which a currency is chosen leaves its method to the browser, and is not met.
_LINK = re.compile(r'(<a\b[^>]*?\shref="/(?:(?:cars|compare)[^"#]*)?)(?=[#"])')
_FORM = re.compile(r'<form\b[^>]*\smethod="get"[^>]*>')


def has_prices(path: str) -> bool:
    """Tell whether a page can be asked for once more in another currency: those of the shop; of a booking's page nothing is repeated."""
    return path == "/" or path.startswith(("/cars", "/compare"))


def chosen_in(asked: str, site: Site) -> str:
    """Return the currency that an address asks for, empty for one we have no rate of, and for what is charged anyway."""
    return asked if asked in site.display_rates and asked != site.display_currency else ""


def shown() -> str:
    """Return the currency prices are said in, too, while this page is filled; empty: in none."""
    return _chosen.get()


@contextmanager
def showing(currency: str) -> Iterator[None]:
    """Say prices in a currency, too, while a page is filled; empty: in none."""
    before = _chosen.set(currency)
    try:
        yield
    finally:
        _chosen.reset(before)


def about(site: Site, amount: Decimal, currency: str) -> Markup:
    """Return about what an exact amount is in the currency asked for, as it stands beside a price; nothing where none is asked for."""
    wanted = shown()
    if not wanted or currency != site.display_currency:
        return Markup()
    there = (amount * site.display_rates[wanted]).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    said = _("about %(amount)s") % {"amount": short_money(there, wanted)}
    return Markup('<small class="about">{}</small>').format(said)


def carried(page: str, currency: str) -> str:
    """Return a page whose links and forms to pages with prices ask for the same currency."""
    page = _LINK.sub(lambda link: f"{link[1]}{'&amp;' if '?' in link[1] else '?'}{FIELD}={currency}", page)
    return _FORM.sub(lambda found: f'{found[0]}<input type="hidden" name="{FIELD}" value="{currency}">', page)
