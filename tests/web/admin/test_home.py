"""The home page in the hands of staff: edited, looked at beforehand, kept, noted; by form and as JSON."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from exodrive.kit.ids import new_id
from exodrive.staff.model import StaffRole
from tests import garage
from tests.builders import Build
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]
FORM: dict[str, Any] = {
    "is_active": "yes",
    "badge_text": "All year",
    "title": "Drive & smile\nall winter",
    "subtitle": "<script>alert(1)</script>",
    "primary_button_text": "See all",
    "primary_button_link": "/cars",
    "background_type": "none",
    "place-featured": "2",
    "place-note": "1",
    "note_title": "About us",
    "note_text": "We are **three** <b>friends</b>.\n\n[Cars](/cars)",
}


@pytest.fixture
async def manager(desk: Sit) -> Desk:
    return await desk()


@pytest.fixture(autouse=True)
async def as_it_was(build: Build) -> AsyncIterator[None]:
    """Leave the home page as it was found: nobody wrote it."""
    yield
    async with build.doors.service().scope() as db:
        await db.execute("delete from hero_content")
        await db.execute("delete from homepage_settings")


async def shop(client: Callable[..., httpx.AsyncClient], seen: str) -> str:
    """The shop's home page, at an address that nobody looked at a moment ago."""
    return (await client().get(f"/?seen={seen}")).text


async def test_what_staff_write_is_what_visitors_read(manager: Desk, client: Callable[..., httpx.AsyncClient]) -> None:
    answer = await manager.post("/admin/home", **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/home?saved=yes")
    page = await shop(client, "written")
    assert "Drive &amp; smile<br>all winter" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<strong>three</strong> &lt;b&gt;friends" in page
    assert page.index('id="note"') < page.index('id="featured"')
    assert 'id="how"' not in page
    form = (await manager.get("/admin/home?saved=yes")).text
    assert "Visitors see it from now on" in form
    assert "all winter</textarea>" in form


async def test_a_preview_is_the_page_and_keeps_nothing(manager: Desk, client: Callable[..., httpx.AsyncClient], build: Build) -> None:
    answer = await manager.post("/admin/home/preview", **FORM)
    assert answer.status_code == 200
    assert "This is a preview" in answer.text
    assert "Drive &amp; smile<br>all winter" in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert await build.value("select count(*) from hero_content") == 0
    assert "all winter" not in await shop(client, "preview")


async def test_switching_the_words_off_brings_our_own_back_and_keeps_them(manager: Desk, client: Callable[..., httpx.AsyncClient]) -> None:
    await manager.post("/admin/home", **FORM)
    await manager.post("/admin/home", **{name: value for name, value in FORM.items() if name != "is_active"})
    assert "Extraordinary cars," in await shop(client, "off")
    assert "all winter</textarea>" in (await manager.get("/admin/home")).text


async def test_words_that_are_emptied_are_gone(manager: Desk, client: Callable[..., httpx.AsyncClient], build: Build) -> None:
    await manager.post("/admin/home", **FORM)
    answer = await manager.post("/admin/home", **{name: value for name, value in FORM.items() if name.startswith(("place-", "note_"))})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/home?saved=yes")
    assert "Extraordinary cars," in await shop(client, "emptied")
    assert "all winter" not in (await manager.get("/admin/home")).text
    assert await build.value("select count(*) from hero_content") == 0


async def test_the_leading_car_and_its_picture_are_chosen_from_what_is_shown(
    manager: Desk, build: Build, client: Callable[..., httpx.AsyncClient]
) -> None:
    car, hidden = await build.car(name="Leading Light"), await build.car(name="Hidden One", hidden=True)
    async with build.doors.service().scope() as db:
        about = {"alt": "front", "width": 1280, "height": 720}
        await garage.insert(db, "car_images", id=new_id(), car_id=car.id, view="front", path="fleet/averno-v10-front34", **about)
    form = (await manager.get("/admin/home")).text
    assert "Leading Light: front" in form
    assert "Hidden One" not in form
    fields = FORM | {"background_type": "picture", "background_src": "fleet/averno-v10-front34", "featured_car_id": str(car.id)}
    assert (await manager.post("/admin/home", **fields)).status_code == 303
    page = await shop(client, "leading")
    assert "averno-v10-front34" in page
    assert page.index("Leading Light") > 0
    refused = await manager.post("/admin/home", **(fields | {"featured_car_id": str(hidden.id)}))
    assert 'id="featured_car_id-error">Choose one of the cars' in refused.text


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"primary_button_link": ""}, "primary_button_link"),
        ({"primary_button_text": ""}, "primary_button_text"),
        ({"primary_button_link": "javascript:alert(1)"}, "primary_button_link"),
        ({"primary_button_link": "//evil.example"}, "primary_button_link"),
        ({"primary_button_link": "/\\evil.example"}, "primary_button_link"),
        ({"secondary_button_text": "x", "secondary_button_link": "http://example.com"}, "secondary_button_link"),
        ({"background_src": "/etc/passwd"}, "background_src"),
        ({"background_type": "film"}, "background_type"),
        ({"featured_car_id": "x"}, "featured_car_id"),
        ({"place-featured": "1", "place-note": "1"}, "place-featured"),
        ({"place-featured": "", "place-note": ""}, "place-featured"),
        ({"note_title": ""}, "note_title"),
        ({"note_text": ""}, "note_text"),
        ({"note_text": "x" * 4001}, "note_text"),
    ],
)
async def test_a_wrong_field_is_named_at_the_field_and_nothing_is_kept(
    manager: Desk, build: Build, change: dict[str, str], wrong: str
) -> None:
    for path in ("/admin/home", "/admin/home/preview"):
        answer = await manager.post(path, **(FORM | change))
        assert answer.status_code == 422
        assert f'id="{wrong}-error"></p>' not in answer.text, f"no sentence at {wrong}"
        assert "All year" in answer.text, "what was typed stays"
    assert await build.value("select count(*) from hero_content") == 0


async def test_a_change_is_noted_with_what_was_and_what_is(manager: Desk, build: Build) -> None:
    await manager.post("/admin/home", **FORM)
    await manager.post("/admin/home", **FORM)
    await manager.post("/admin/home", **(FORM | {"badge_text": "All summer"}))
    notes = await build.rows(
        "select details from audit_log where staff_id = $1 and action = 'home_page_changed' order by id", manager.person.id
    )
    assert len(notes) == 2, "the same again changes nothing"
    assert notes[1][0] == {"before": {"badge_text": "All year"}, "after": {"badge_text": "All summer"}}


async def test_agents_and_strangers_do_not_touch_the_home_page(desk: Sit, http: httpx.AsyncClient, build: Build) -> None:
    agent = await desk(StaffRole.AGENT)
    assert (await agent.get("/admin/home")).status_code == 403
    assert (await agent.post("/admin/home", **FORM)).status_code == 403
    assert (await agent.send("PUT", "/api/admin/home", {})).status_code == 403
    assert (await http.get("/api/admin/home")).status_code == 401
    assert await build.value("select count(*) from hero_content") == 0


async def test_the_same_as_json(manager: Desk, client: Callable[..., httpx.AsyncClient]) -> None:
    front = (await manager.send("GET", "/api/admin/home")).json()
    assert (front["is_active"], front["sections"]) == (False, ["featured", "steps", "promise"])
    changed = front | {"is_active": True, "title": "By program", "sections": ["promise"]}
    assert (await manager.send("PUT", "/api/admin/home", changed)).json()["title"] == "By program"
    page = await shop(client, "json")
    assert "By program" in page
    assert 'id="featured"' not in page
    assert (await manager.send("GET", "/api/admin/home")).json() == changed
    refused = await manager.send("PUT", "/api/admin/home", changed | {"title": "", "sections": ["promise", "promise"]})
    assert {error["field"] for error in refused.json()["errors"]} == {"title", "sections"}
    assert (await manager.send("PUT", "/api/admin/home", {"sections": ["garden"]})).status_code == 422
