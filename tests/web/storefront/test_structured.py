"""The facts for search engines: true to the rows, readable as data, and never markup."""

import json
import re
from datetime import date, time
from decimal import Decimal
from typing import Any

import httpx

from exodrive.kit import clock
from exodrive.kit.ids import new_id
from tests import garage
from tests.builders import Build, days_ahead
from tests.product import Stack


def facts(page: str) -> dict[str, Any]:
    """The facts of a page by their type."""
    found = re.findall(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page, re.S)
    told = [json.loads(text) for text in found]
    assert all(entry["@context"] == "https://schema.org" for entry in told)
    return {entry["@type"]: entry for entry in told}


async def test_a_car_is_a_product_rented_out_by_the_day(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(name="Averno V10", description="Loud.", colour="red", price={"base_price": Decimal("1290.50"), "currency": "EUR"})
    product = facts((await http.get(f"/cars/{car.slug}")).text)["Product"]
    offer = product["offers"]
    assert (product["name"], product["description"], product["color"]) == ("Averno V10", "Loud.", "red")
    assert product["url"] == offer["url"] == f"{stack.url}/cars/{car.slug}"
    assert (offer["price"], offer["priceCurrency"], offer["priceSpecification"]["unitCode"]) == ("1290.50", "EUR", "DAY")
    assert offer["availability"] == "https://schema.org/InStock"
    assert "image" not in product


async def test_a_car_that_is_not_rented_at_present_says_so(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(available=False)
    assert facts((await http.get(f"/cars/{car.slug}")).text)["Product"]["offers"]["availability"] == "https://schema.org/OutOfStock"


async def test_its_pictures_are_full_addresses_that_answer(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    about = {"path": "fleet/averno-v10-front34", "alt": "x", "width": 1280, "height": 720}
    async with build.doors.service().scope() as db:
        await garage.insert(db, "car_images", id=new_id(), car_id=car.id, view="front", **about)
    (picture,) = facts((await http.get(f"/cars/{car.slug}")).text)["Product"]["image"]
    assert picture.startswith(stack.url)
    assert (await http.get(picture)).status_code == 200


async def test_its_place_is_told_with_address_and_opening_hours(http: httpx.AsyncClient, build: Build) -> None:
    hours = {1: (time(8), time(18, 30)), 7: (time(10), time(14))}
    place = await build.place(name="Harbour", city="Lisbon", country="PT", postal_code="1100-148", hours=hours, latitude=Decimal("38.7"),
                              longitude=Decimal("-9.1"))  # fmt: skip
    car = await build.car(home_location_id=place)
    found = facts((await http.get(f"/cars/{car.slug}")).text)["Product"]["offers"]["availableAtOrFrom"]
    assert found["@type"] == "AutoRental"
    assert found["address"] | {"@type": ""} == {
        "@type": "",
        "streetAddress": "1 Test Way",
        "addressLocality": "Lisbon",
        "postalCode": "1100-148",
        "addressCountry": "PT",
    }
    assert found["geo"] == {"@type": "GeoCoordinates", "latitude": 38.7, "longitude": -9.1}
    told = [(entry["dayOfWeek"].rpartition("/")[2], entry["opens"], entry["closes"]) for entry in found["openingHoursSpecification"]]
    assert told == [("Monday", "08:00", "18:30"), ("Sunday", "10:00", "14:00")]


async def test_the_way_to_a_page_is_a_list_of_steps_that_answer(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(name="Calvane GT")
    for path, last in ((f"/cars/{car.slug}", "Calvane GT"), ("/policies/terms", "Rental terms")):
        steps = facts((await http.get(path)).text)["BreadcrumbList"]["itemListElement"]
        assert [step["position"] for step in steps] == [1, 2, 3]
        assert steps[-1]["name"] == last
        for step in steps:
            assert (await http.get(step["item"])).status_code == 200


async def test_no_word_of_a_car_can_end_the_data_and_become_markup(http: httpx.AsyncClient, build: Build) -> None:
    evil = "</script><script>alert(1)</script><!--<script> & ' \" \u2028 \\u003c"
    car = await build.car(name=evil, description=evil)
    page = (await http.get(f"/cars/{car.slug}")).text
    assert facts(page)["Product"]["name"] == evil
    assert "<script>" not in page
    assert "<!--" not in page
    assert page.count("</script>") == len(re.findall(r"<script\b[^>]*(?:src=|application/)", page))


async def test_what_renters_think_is_told_only_once_a_review_is_published(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    about = {"car_id": car.id, "date": date(2026, 6, 1), "name": "Ada", "comment": ""}
    async with build.doors.service().scope() as db:
        await garage.insert(db, "car_reviews", id=new_id(), rating=1, **about)
    assert "aggregateRating" not in facts((await http.get(f"/cars/{car.slug}?waiting")).text)["Product"]
    async with build.doors.service().scope() as db:
        for rating in (4, 5, 5):
            await garage.insert(db, "car_reviews", id=new_id(), rating=rating, is_approved=True, decided_at=clock.now(), **about)
    page = (await http.get(f"/cars/{car.slug}?published")).text
    rating = facts(page)["Product"]["aggregateRating"]
    assert (rating["@type"], rating["ratingValue"], rating["bestRating"], rating["reviewCount"]) == ("AggregateRating", "4.7", "5", 3)
    assert "4.7 of 5, from 3 reviews" in page
    compared = (await http.get(f"/compare?cars={car.slug},{(await build.car()).slug}")).text
    assert "4.7 of 5, from 3 reviews" in compared


async def test_a_cars_page_shows_cars_like_it_with_the_price_of_the_same_days(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(category="Test Twins", seats=9)
    twin = await build.car(category="Test Twins", seats=9, name="The Twin")
    days = days_ahead(20, 2)
    page = (await http.get(f"/cars/{car.slug}?start={days.start}&end={days.end}")).text
    alike = page.partition('id="similar"')[2].partition("</section>")[0]
    assert f'href="/cars/{twin.slug}?start={days.start}&amp;end={days.end}"' in alike
    assert "for 2 days" in alike.partition("The Twin")[2].partition("</li>")[0]
