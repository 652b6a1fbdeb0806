"""Policies over HTTP: the version in force, older ones at their own address, and nothing but text."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from litestar.testing import AsyncTestClient

from exodrive import app
from exodrive.bookings.model import Rules
from exodrive.settings import Settings, load
from exodrive.web.storefront.legal import ORDER
from tests.builders import Build
from tests.product import Foreign, Stack

VERSION = Rules().terms_version
HEAD = "title: House terms\nabout: What counts here.\n\n"


@pytest.mark.parametrize("name", ORDER)
async def test_a_policy_is_shown_in_the_version_in_force(http: httpx.AsyncClient, name: str) -> None:
    page = await http.get(f"/policies/{name}")
    assert page.status_code == 200
    assert f"({VERSION})" in page.text
    assert "adapts it to its own business" in page.text
    assert f'<link rel="canonical" href="{str(http.base_url).rstrip("/")}/policies/{name}">' in page.text
    assert "{" not in re.sub(r"<script.*?</script>", "", page.text, flags=re.S).partition("<article")[2].partition("</article>")[0]


async def test_the_version_has_an_address_of_its_own(http: httpx.AsyncClient) -> None:
    page = await http.get(f"/policies/terms/{VERSION}")
    assert page.status_code == 200
    assert "/policies/terms" in re.findall(r'rel="canonical" href="([^"]+)"', page.text)[0]


async def test_the_privacy_policy_tells_of_a_wallet_that_is_kept_and_when_it_is_deleted(http: httpx.AsyncClient) -> None:
    page = (await http.get("/policies/privacy")).text
    assert "PayPal then keeps a permission for us, for that one booking" in page
    assert "we have PayPal delete the permission without your asking" in page


async def test_the_rules_of_the_house_stand_in_the_text(http: httpx.AsyncClient) -> None:
    page = (await http.get("/policies/cancellation")).text
    assert "<li>Until 48 hours before pick-up: 100% of what you paid goes back.</li>" in page
    assert "ends by itself after 20 minutes." in page
    assert "hold it for 2 hours more" in page
    assert 'href="/contact"' in (await http.get("/policies/privacy")).text


async def test_all_policies_are_listed(http: httpx.AsyncClient) -> None:
    page, listed = (await http.get("/policies")).text, (await http.get("/sitemap.xml")).text
    assert all(f'href="/policies/{name}"' in page for name in ORDER)
    assert all(f"/policies/{name}<" in listed for name in ORDER)


@pytest.mark.parametrize("path", ["nonsense", "terms/1999-01-01", "terms/x", "nonsense/2026-11-01"])
async def test_an_unknown_policy_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/policies/{path}")).status_code == 404


async def test_a_booking_leads_to_the_very_version_it_accepted(build: Build, client: Callable[..., httpx.AsyncClient]) -> None:
    made = await build.paid()
    http = client(cookies={f"exodrive_b_{made.reference}": made.token})
    address = f"/policies/terms/{VERSION}"
    assert f'href="{address}"' in (await http.get(f"/booking/{made.reference}")).text
    assert (await http.get(address)).status_code == 200


@pytest.fixture
async def operators(stack: Stack, tmp_path: Path) -> AsyncIterator[AsyncTestClient]:
    """The shop with policies of the operator's own."""
    folder = tmp_path / "terms"
    folder.mkdir()
    (folder / "2026-12-01.md").write_text(
        HEAD + "## First\n\nOld words. <script>alert(1)</script>\n\n{cancellation_tiers}", encoding="utf-8"
    )
    (folder / "2027-01-01.md").write_text(HEAD + "## Second\n\nNew words of {company}.", encoding="utf-8")
    given = {name: value for name, value in stack.wiring.settings().items() if name.startswith("EXODRIVE_")}
    read: Settings = load("web", given | {"EXODRIVE_POLICIES_FOLDER": str(tmp_path), "EXODRIVE_COMPANY_NAME": "*Stars* & Cars"})
    async with AsyncTestClient(app.build(read)) as http:
        yield http


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # about the framework's next version; ours is locked
async def test_an_operators_own_policies_take_the_place_of_ours(operators: AsyncTestClient) -> None:
    newest = (await operators.get("/policies/terms")).text
    assert "New words of *Stars* &amp; Cars." in newest
    assert "adapts it to its own business" not in newest
    assert "House terms" in (await operators.get("/policies")).text
    for version in ("2026-12-01", VERSION):
        assert f'href="/policies/terms/{version}"' in newest
    old = (await operators.get("/policies/terms/2026-12-01")).text
    assert "Old words. &lt;script&gt;alert(1)&lt;/script&gt;" in old
    assert "no longer the newest" in old
    assert "stand on the page of your booking" in old
    assert '<meta name="robots" content="noindex">' in old
    assert "adapts it to its own business" in (await operators.get(f"/policies/terms/{VERSION}")).text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # about the framework's next version; ours is locked
async def test_checkouts_accept_the_operators_newest_terms(operators: AsyncTestClient) -> None:
    assert operators.app.state.world.rules.terms_version == "2027-01-01"


async def test_a_policy_keeps_its_own_direction_in_a_shop_that_runs_the_other_way(
    speaking: Callable[[str], Foreign], client: Callable[..., httpx.AsyncClient]
) -> None:
    page = (await client(speaking("ar_AE@pseudo").url).get("/policies/terms")).text
    assert '<html lang="ar-AE" dir="rtl">' in page
    assert '<div dir="auto">' in page
