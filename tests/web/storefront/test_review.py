"""Reviews over HTTP: left on the private page, shown on the car's page as text."""

import asyncpg
import httpx
import pytest

from exodrive.web.storefront.review_view import ReviewForm
from tests.builders import Build, Made
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.forms import Form

GOOD = {"rating": "4", "name": "  Ada \n L. ", "comment": "Loud.\r\n<b>Lovely</b> & fast"}


async def superuser(build: Build, statement: str, *values: object) -> None:
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(statement, *values)
    await db.close()


@pytest.fixture
async def over(build: Build) -> Made:
    """A rental whose car is back."""
    made = await build.paid()
    await superuser(build, "update bookings set status = 'completed' where id = $1", made.id)
    return made


async def approve(build: Build, made: Made) -> None:
    await superuser(build, "update car_reviews set is_approved = true, decided_at = exodrive_private.now() where booking_id = $1", made.id)


async def page_of_car(http: httpx.AsyncClient, build: Build, made: Made, fresh: str) -> str:
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    return (await http.get(f"/cars/{slug}?{fresh}")).text


def test_the_choices_of_the_form_are_the_numbers_they_say() -> None:
    choices = ReviewForm({}, {}).choices
    assert [value for value, _words in choices] == ["5", "4", "3", "2", "1"]
    assert all(words.startswith(value) for value, words in choices)


async def test_the_private_page_asks_once_the_car_is_back(visitor: NewVisitor, build: Build, over: Made) -> None:
    page = (await as_holder(visitor(), over).get(f"/booking/{over.reference}")).text
    assert f'action="/booking/{over.reference}/review"' in page
    assert Form(page).fields["name"] == "Ada"
    paid = await build.paid()
    assert "/review" not in (await as_holder(visitor(), paid).get(f"/booking/{paid.reference}")).text


async def test_a_review_is_kept_and_waits(visitor: NewVisitor, build: Build, over: Made) -> None:
    http = as_holder(visitor(), over)
    answer = await http.post(f"/booking/{over.reference}/review", data=GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{over.reference}#review")
    rows = await build.rows("select rating, name, is_approved from car_reviews where booking_id = $1", over.id)
    assert rows == [(4, "Ada L.", False)]
    page = (await http.get(f"/booking/{over.reference}")).text
    assert "We read it before it is shown" in page
    assert "Loud." not in await page_of_car(visitor(), build, over, "waiting")


async def test_an_approved_review_is_shown_as_text_with_its_month(visitor: NewVisitor, build: Build, over: Made) -> None:
    await as_holder(visitor(), over).post(f"/booking/{over.reference}/review", data=GOOD)
    await approve(build, over)
    page = await page_of_car(visitor(), build, over, "approved")
    assert "&lt;b&gt;Lovely&lt;/b&gt; &amp; fast" in page
    assert "<b>Lovely" not in page
    assert "of 5, from 1 review<" in page
    assert f"Rented in {over.order.days.start:%B %Y}" in page
    assert 'aria-label="4 of 5"' in page


async def test_a_car_without_reviews_says_nothing_about_them(visitor: NewVisitor, build: Build, over: Made) -> None:
    assert 'id="reviews"' not in await page_of_car(visitor(), build, over, "none")


async def test_refused_words_stay_in_the_form(visitor: NewVisitor, build: Build, over: Made) -> None:
    http = as_holder(visitor(), over)
    answer = await http.post(f"/booking/{over.reference}/review", data={"comment": "<i>Kept</i>", "name": "x" * 61})
    assert answer.status_code == 422
    assert "&lt;i&gt;Kept&lt;/i&gt;" in answer.text
    assert "2 fields need your attention" in answer.text
    assert await build.value("select count(*) from car_reviews where booking_id = $1", over.id) == 0


@pytest.mark.parametrize("rating", ["", "0", "6", "4.5", "five", "99999999999999999999", "\x00"])
async def test_a_rating_is_one_to_five(visitor: NewVisitor, over: Made, rating: str) -> None:
    answer = await as_holder(visitor(), over).post(f"/booking/{over.reference}/review", data=GOOD | {"rating": rating})
    assert answer.status_code == 422
    assert "One field needs your attention" in answer.text


async def test_nobody_else_reviews_and_nobody_twice(visitor: NewVisitor, build: Build, over: Made) -> None:
    path = f"/booking/{over.reference}/review"
    other = await build.paid()
    http = visitor()
    http.cookies.set(f"exodrive_b_{over.reference}", other.token)
    assert [(await one.post(path, data=GOOD)).status_code for one in (visitor(), http)] == [404, 404]
    holder = as_holder(visitor(), over)
    assert [(await holder.post(path, data=GOOD)).status_code for _ in range(2)] == [303, 409]


async def test_a_rental_that_is_not_over_is_not_reviewed(visitor: NewVisitor, build: Build) -> None:
    paid = await build.paid()
    answer = await as_holder(visitor(), paid).post(f"/booking/{paid.reference}/review", data=GOOD)
    assert answer.status_code == 409


async def test_a_review_from_another_site_is_refused(visitor: NewVisitor, over: Made) -> None:
    http = as_holder(visitor(), over)
    answer = await http.post(f"/booking/{over.reference}/review", data=GOOD, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_reviews_from_one_network_are_limited(visitor: NewVisitor) -> None:
    http = visitor()
    answers = [(await http.post("/booking/ABCDEFGH/review", data=GOOD)).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]
