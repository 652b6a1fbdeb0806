"""What the shop's pages show: read-only joins of cars, prices and free days, a round trip each.

Every function takes an open scope of a public role and returns plain structs; prices are worked out by the engine, never in SQL. Words for
money and days are in ``exodrive.pricing.words``.
"""

from exodrive.overview.shop.calendar import calendar
from exodrive.overview.shop.car_page import car_page, car_pages
from exodrive.overview.shop.cards import cards
from exodrive.overview.shop.look import look, nearest_days
from exodrive.overview.shop.model import Calendar, CalendarDay, Card, CarPage, DayState, Look, LookDay, Month, Picture
from exodrive.overview.shop.search import Found, search
from exodrive.overview.shop.sifting import Choice
from exodrive.overview.shop.similar import similar
from exodrive.overview.shop.wanted import Facet, Key, Per, Sort, Wanted, handle, words_of

__all__ = [
    "Calendar",
    "CalendarDay",
    "CarPage",
    "Card",
    "Choice",
    "DayState",
    "Facet",
    "Found",
    "Key",
    "Look",
    "LookDay",
    "Month",
    "Per",
    "Picture",
    "Sort",
    "Wanted",
    "calendar",
    "car_page",
    "car_pages",
    "cards",
    "handle",
    "look",
    "nearest_days",
    "search",
    "similar",
    "words_of",
]
