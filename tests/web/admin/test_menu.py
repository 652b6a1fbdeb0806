"""The menu of the back office tells where one is."""

import re
from collections.abc import Awaitable, Callable

from tests.builders import Build
from tests.web.conftest import Desk


async def marked(desk: Desk, path: str) -> list[tuple[str, str]]:
    """The entries that are marked, each with how."""
    page = await desk.http.get(path)
    assert page.status_code == 200
    menu = page.text[page.text.index('<nav aria-label="Main">') : page.text.index("</nav>")]
    return re.findall(r'<a href="([^"]+)" aria-current="(\w+)">', menu)


async def test_the_menu_marks_the_page_one_is_on_or_the_part_it_belongs_to(desk: Callable[..., Awaitable[Desk]], build: Build) -> None:
    ann, made = await desk(), await build.held()
    for path in ("bookings", "approvals", "alarms", "reviews", "fines", "money", "prices", "home"):
        assert await marked(ann, f"/admin/{path}") == [(f"/admin/{path}", "page")]
    assert await marked(ann, f"/admin/bookings/{made.reference}") == [("/admin/bookings", "true")]
    assert await marked(ann, "/admin/prices/history") == [("/admin/prices", "true")]
