"""Reviews in the back office over HTTP: read, shown, turned down, and noted."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import httpx
import pytest

from exodrive.kit.ids import new_id
from tests import garage
from tests.builders import Build
from tests.team import Person, Team

Office = Callable[[Person], httpx.AsyncClient]
NASTY = "<script>alert('x')</script>&amp;{{7*7}}"


@pytest.fixture
async def review(build: Build) -> UUID:
    """A review that waits."""
    car, review_id = await build.car(), new_id()
    async with build.doors.service().scope() as db:
        about = {"date": date(2026, 6, 2), "name": "Ada", "rating": 5, "comment": NASTY}
        await garage.insert(db, "car_reviews", id=review_id, car_id=car.id, **about)
    return review_id


@pytest.fixture
async def agent(team: Team) -> Person:
    return await team.member()


async def csrf(team: Team, person: Person) -> str:
    session = await team.session(person.token)
    assert session
    return session.csrf_token


async def test_the_list_shows_words_as_text_and_counts_states(office: Office, agent: Person, review: UUID) -> None:
    http = office(agent)
    page = (await http.get("/admin/reviews?status=waiting")).text
    assert f"/admin/reviews/{review}/approval" in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;{{7*7}}" in page
    assert "Rented in June 2026" in page
    assert str(review) not in (await http.get("/admin/reviews?status=rejected")).text


async def test_nobody_reads_or_decides_without_a_session(http: httpx.AsyncClient, review: UUID) -> None:
    for answer in (await http.get("/admin/reviews"), await http.post(f"/admin/reviews/{review}/approval")):
        assert answer.headers.get("location") == "/admin/sign-in" or answer.status_code in (401, 403)


async def test_an_agent_shows_a_review_and_takes_it_down_again(
    office: Office, agent: Person, review: UUID, team: Team, build: Build
) -> None:
    http, token = office(agent), await csrf(team, agent)
    for action, shown in (("approval", True), ("approval", True), ("rejection", False)):
        answer = await http.post(f"/admin/reviews/{review}/{action}", data={"csrf": token})
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/reviews?status=waiting")
        assert await build.rows("select is_approved, decided_by from car_reviews where id = $1", review) == [(shown, agent.id)]
    noted = await build.rows("select action, staff_id from audit_log where subject_id = $1 order by id", str(review))
    assert noted == [("review_approved", agent.id), ("review_rejected", agent.id)]


async def test_a_decision_needs_the_sessions_own_form(office: Office, agent: Person, review: UUID, build: Build) -> None:
    assert (await office(agent).post(f"/admin/reviews/{review}/approval", data={"csrf": "x"})).status_code == 403
    assert await build.value("select decided_at from car_reviews where id = $1", review) is None


@pytest.mark.parametrize("review_id", ["5b7d0c3e-3c1f-4b57-9d6e-2f1f0a8c9e11", "x", "1"])
async def test_an_unknown_review_is_not_found(office: Office, agent: Person, team: Team, review_id: str) -> None:
    answer = await office(agent).post(f"/admin/reviews/{review_id}/approval", data={"csrf": await csrf(team, agent)})
    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["status=strange", "before=x", "before=2026-01-01_x"])
async def test_a_strange_address_is_a_sentence_and_no_crash(office: Office, agent: Person, query: str) -> None:
    assert (await office(agent).get(f"/admin/reviews?{query}")).status_code == 422
