"""Whatever is HTML of what any route answers to anybody, holder or staff is valid."""

from collections.abc import Callable

import httpx

from exodrive.staff.model import StaffRole
from tests.browser import sights
from tests.builders import Build
from tests.markup import Markup
from tests.product import Stack
from tests.team import Person, Team
from tests.web.conftest import Client
from tests.web.routes import routes
from tests.web.test_crawl import Crawl, crawl  # noqa: F401 - a fixture

HTML = "text/html"


async def test_every_page_of_every_caller_is_valid_html(
    stack: Stack,
    client: Client,
    crawl: Crawl,  # noqa: F811
    build: Build,
    team: Team,
    office: Callable[[Person], httpx.AsyncClient],
    markup: Markup,
) -> None:
    reference, token = crawl.keys
    callers = {
        "anybody": client(),
        "holder": client(cookies={f"exodrive_b_{reference}": token}),
        "staff": office(await team.member(StaffRole.OWNER)),
    }
    read, wrong, pages = 0, [], set()
    for who, http in callers.items():
        for name, answer in (await crawl.answers(http)).items():
            if answer.headers.get("content-type", "").startswith(HTML) and answer.text:
                read += 1
                pages |= {" ".join(name.split()[:2])} if answer.status_code == 200 and answer.text.startswith("<!doctype") else set()
                wrong += [f"{name} as {who}: {fault}" for fault in markup.faults(answer.text)]
    assert not wrong, "\n".join(wrong)
    assert read > len([route for route in routes() if not route.path.startswith("/api/")]) / 2
    assert pages <= {*sights.SHOP, *sights.OFFICE}, "a page that nobody looks at in a browser"


def test_the_readers_see_what_is_wrong(markup: Markup) -> None:
    page = '<!doctype html><html lang="en"><head><title>A page</title></head><body>{}</body></html>'
    assert not markup.faults(page.format("<p>Fine</p>"))
    for wrong in (
        '<p style="color: red">x</p>',
        "<p><div>x</div></p>",
        '<a href="/"><a href="/">x</a></a>',
        "<input>",
        "<script>1</script>",
    ):
        assert markup.faults(page.format(wrong)), wrong
