"""The same facts the pages tell people, as schema.org values for search engines; they are written into pages as data that never runs."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from exodrive.fleet.model import Hours, Location
from exodrive.overview.reviews import Reviews
from exodrive.overview.shop import CarPage
from exodrive.pricing.model import Rates
from exodrive.web.shell.site import Site
from exodrive.web.shell.static import Assets

Facts = dict[str, Any]
_CONTEXT = "https://schema.org"
_RENTED_OUT = "http://purl.org/goodrelations/v1#LeaseOut"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def helpers(site: Site, assets: Assets) -> dict[str, Callable[..., Any]]:
    """Return what templates may call: ``car_facts(shown, reviews)``, ``place_facts(place)`` and ``trail_facts(steps)``."""

    def picture(path: str) -> str:
        return site.url(assets.url(f"{path}.webp"))

    return {
        "car_facts": partial(car_facts, site, picture),
        "place_facts": lambda place: {"@context": _CONTEXT} | place_facts(site, place),
        "trail_facts": partial(trail_facts, site),
    }


def car_facts(site: Site, picture: Callable[[str], str], shown: CarPage, said: Reviews | None = None) -> Facts:
    """Return a car as a Product with what a day costs, whether it is rented at all, and where; ``picture`` makes a path a full address.

    Which days are free is not said: a crawler's answer would be old before anybody read it.
    """
    car = shown.car
    return _told(
        {
            "@context": _CONTEXT,
            "@type": "Product",
            "name": car.name,
            "description": car.description or car.short_description,
            "category": car.category,
            "color": car.colour,
            "sku": car.slug,
            "url": site.url(f"/cars/{car.slug}"),
            "image": [picture(image.path) for image in shown.images],
            "additionalProperty": [_property(entry.name, entry.value) for entry in shown.specifications],
            "offers": _offer(site, shown),
            "aggregateRating": _rating(said) if said and said.count else None,
        }
    )


def _rating(said: Reviews) -> Facts:
    """What renters think, from the approved reviews that stand on the same page."""
    return {"@type": "AggregateRating", "ratingValue": str(said.average), "bestRating": "5", "worstRating": "1", "reviewCount": said.count}


def _offer(site: Site, shown: CarPage) -> Facts:
    return {
        "@type": "Offer",
        "url": site.url(f"/cars/{shown.car.slug}"),
        "businessFunction": _RENTED_OUT,
        "availability": f"{_CONTEXT}/{'InStock' if shown.car.available else 'OutOfStock'}",
        "price": _amount(shown.rates.base_price),
        "priceCurrency": shown.rates.currency,
        "priceSpecification": _by_the_day(shown.rates),
        "availableAtOrFrom": place_facts(site, shown.home),
        "seller": {"@type": "Organization", "name": site.company_name, "url": site.url("/")},
    }


def _by_the_day(rates: Rates) -> Facts:
    return {
        "@type": "UnitPriceSpecification",
        "price": _amount(rates.base_price),
        "priceCurrency": rates.currency,
        "unitCode": "DAY",
        "valueAddedTaxIncluded": False,
    }


def place_facts(site: Site, place: Location) -> Facts:
    """Return a place of ours as an AutoRental with its address and opening hours, by its own wall clock."""
    return _told(
        {
            "@type": "AutoRental",
            "name": f"{site.company_name}, {place.name}",
            "url": site.url("/"),
            "telephone": place.phone or site.support_phone,
            "address": _told(
                {
                    "@type": "PostalAddress",
                    "streetAddress": ", ".join(line for line in (place.address_line1, place.address_line2) if line),
                    "addressLocality": place.city,
                    "addressRegion": place.state_province,
                    "postalCode": place.postal_code,
                    "addressCountry": place.country,
                }
            ),
            "geo": _geo(place),
            "openingHoursSpecification": [_open(hours) for hours in place.hours],
        }
    )


def _geo(place: Location) -> Facts | None:
    if place.latitude is None or place.longitude is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": float(place.latitude), "longitude": float(place.longitude)}


def _open(hours: Hours) -> Facts:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"{_CONTEXT}/{_WEEKDAYS[hours.weekday - 1]}",
        "opens": hours.opens.isoformat("minutes"),
        "closes": hours.closes.isoformat("minutes"),
    }


def trail_facts(site: Site, *steps: tuple[str, str]) -> Facts:
    """Return the way to a page as a BreadcrumbList; each step is a name and a path, the page itself last."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": site.url(path)}
        for number, (name, path) in enumerate(steps, start=1)
    ]
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def _property(name: str, value: str) -> Facts:
    return {"@type": "PropertyValue", "name": name, "value": value}


def _amount(amount: Decimal) -> str:
    return format(amount, "f")


def _told(facts: Facts) -> Facts:
    """Leave out what is not known."""
    return {name: value for name, value in facts.items() if value not in (None, "", [])}
