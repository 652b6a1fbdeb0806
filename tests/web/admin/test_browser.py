"""The back office in a browser: fit for everybody in light and dark, on the smallest phone, by keyboard, without a script of ours."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import Page, expect

from exodrive.kit import clock
from exodrive.kit.ids import new_id
from exodrive.pricing.kinds import MandatoryFee
from exodrive.pricing.service import save_rule
from exodrive.staff.model import StaffRole
from tests import garage
from tests.browser import sights
from tests.browser.test_pages import COLOURS, SMALLEST, listen, settle, violations, watch_policy
from tests.builders import Build, Made
from tests.product import Stack
from tests.team import Person, Team
from tests.web.admin.test_alarms import clash
from tests.web.admin.test_failed_work import failed
from tests.web.admin.test_money import difference

pytestmark = pytest.mark.browser

LONG = {
    "first_name": "Wolfeschlegelsteinhausenbergerdorff" * 2,
    "last_name": "Featherstonehaugh-Cholmondeley",
    "notes": "x" * 900 + "\nand more",
}
LAPTOP = {"width": 1280, "height": 800}
Enter = Callable[..., Awaitable[Page]]


@pytest.fixture
async def manager(team: Team) -> Person:
    return await team.member(StaffRole.MANAGER)


@pytest.fixture
def enter(stack: Stack, new_page: Callable[..., Awaitable[Page]], manager: Person) -> Enter:
    """Open the back office with a session."""

    async def come(**options: object) -> Page:
        page = await new_page(base_url=stack.url, reduced_motion="reduce", **({"viewport": LAPTOP} | options))
        await page.context.add_cookies([{"name": "exodrive_staff", "value": manager.token, "url": stack.url}])
        return page

    return come


@dataclass(frozen=True)
class Here(Made):
    """A booking that pages are about, and the means to make more."""

    build: Build
    team: Team


@pytest.fixture
async def made(build: Build) -> Made:
    return await build.paid(**LONG)


@pytest.fixture
def here(made: Made, build: Build, team: Team) -> Here:
    return Here(**vars(made), build=build, team=team)


async def _new_link(page: Page, made: Made) -> None:
    await page.goto(f"/admin/bookings/{made.reference}")
    await page.get_by_role("button", name="Make a new link").click()
    await expect(page.get_by_role("heading", name="Here is the new private link")).to_be_visible()


async def _new_pin(page: Page, made: Made) -> None:
    await page.goto(f"/admin/bookings/{made.reference}")
    await page.get_by_role("button", name="Ask for a PIN").click()
    await expect(page.get_by_role("heading", name="Here is the PIN")).to_be_visible()


async def _asked_for_pin(page: Page, made: Made) -> None:
    await _new_pin(page, made)
    await page.goto(f"/booking/{made.token}")
    await expect(page.get_by_label("PIN")).to_be_focused()


async def _wrong_pin(page: Page, made: Made) -> None:
    await _asked_for_pin(page, made)
    await page.get_by_label("PIN").fill("12345x")
    await page.get_by_label("PIN").press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("This PIN is not right. Please check the six digits.")


async def _unfolded(page: Page, made: Made) -> None:
    await page.goto(f"/admin/bookings/{made.reference}")
    for summary in await page.locator("summary").all():
        await summary.click()


async def _invoiced(page: Page, here: Here) -> None:
    """One that may be paid and has a problem, and a charge that is open for another."""
    about = {"booking_id": here.id, "kind": "damage", "amount": 300, "currency": "USD", "reason": "x" * 200, "due_at": clock.now()}
    sums = {"total_amount": 300, "amount_due": 300, "tax_amount": 21, "currency_code": "USD", "due_date": here.order.start}
    items = [{"name": LONG["last_name"], "amount": "300.00", "description": "x" * 200}]
    told = {"wanted": "sent", "status": "SHARED", "paypal_invoice_id": str(new_id()), "invoice_url": "https://www.paypal.com/invoice/p/#x"}
    staff_id = (await here.team.member(StaffRole.MANAGER)).id
    async with here.build.doors.service().scope() as db:
        await db.execute("update bookings set handed_over_at = exodrive_private.now() where id = $1", here.id)
        await garage.insert(db, "booking_charges", id=new_id(), number=1, status="due", **about)
        more = {
            "created_by": staff_id,
            "sent_at": clock.now(),
            "problem": "PAYMENT_TAKEN_BACK",
            "picture": b"x",
            "note_to_recipient": "x" * 90,
        }
        name = f"{here.reference}-V1"
        await garage.insert(db, "paypal_invoices", id=new_id(), booking_id=here.id, number=name, line_items=items, **sums, **told, **more)
    await _unfolded(page, here)
    await expect(page.get_by_role("button", name="Draft it")).to_be_visible()


async def _menu(page: Page, made: Made) -> None:
    await page.goto("/admin/bookings")
    await page.locator(".me").click()
    await expect(page.get_by_role("button", name="Sign out on all devices")).to_be_visible()


async def _refused(page: Page, _made: Made) -> None:
    await page.goto("/admin/sign-in")
    for name, value in (("email", "nobody@example.com"), ("password", "x"), ("code", "123456")):
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def _refused_tax(page: Page, _made: Made) -> None:
    await page.goto("/admin/prices/new?kind=tax")
    await page.get_by_label("Name").fill("Sales tax")
    await page.get_by_role("button", name="Save the rule").click()
    await expect(page.get_by_role("link", name="Percent")).to_be_visible()


async def _reviews(page: Page, here: Here) -> None:
    async with here.build.doors.service().scope() as db:
        for comment, more in (("", {}), ("Loud.\nVery loud. " * 40, {"is_approved": True, "decided_at": clock.now()})):
            about = {"date": here.order.start, "name": LONG["last_name"], "rating": 3, "comment": comment} | more
            await garage.insert(db, "car_reviews", id=new_id(), car_id=here.order.car_id, **about)
    await page.goto("/admin/reviews")
    await expect(page.get_by_text("Very loud").first).to_be_visible()


async def _no_reviews(page: Page, here: Here) -> None:
    db = await asyncpg.connect(here.build.superuser_url)
    await db.execute("update car_reviews set is_approved = true, decided_at = exodrive_private.now() where decided_at is null")
    await db.close()
    await page.goto("/admin/reviews?status=waiting")
    await expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()


async def _approvals(page: Page, here: Here) -> None:
    made = await here.build.paid(await here.build.car(requires_approval=True), **LONG)
    await page.goto("/admin/approvals")
    await expect(page.get_by_role("link", name=made.reference)).to_be_visible()


async def _alarms(page: Page, here: Here) -> None:
    late, _hit, _clash = await clash(here.build)
    await failed(here.build, booking_id=here.id)
    await page.goto("/admin/alarms")
    await expect(page.get_by_role("link", name=late.reference).first).to_be_visible()
    await expect(page.get_by_role("heading", name="Letter that confirms the booking").first).to_be_visible()


async def _alarm(page: Page, here: Here) -> None:
    late, _hit, _clash = await clash(here.build)
    await page.goto("/admin/alarms")
    await page.get_by_text(f"It is seen to Test Car, {late.reference}").click()
    await expect(page.get_by_role("button", name="Close the alarm").last).to_be_visible()


async def _approval(page: Page, here: Here) -> None:
    made = await here.build.paid(await here.build.car(requires_approval=True), **LONG)
    await page.goto(f"/admin/bookings/{made.reference}")
    await page.get_by_text("Refuse the booking").click()
    await expect(page.get_by_role("button", name="Refuse and pay everything back")).to_be_visible()


async def _rule(page: Page, here: Here) -> None:
    await page.goto(f"/admin/prices/{await _rule_in_force(here)}")
    await expect(page.get_by_role("button", name="Replace the rule")).to_be_visible()


async def _rule_in_force(here: Here, name: str = "Cleaning") -> UUID:
    fee = MandatoryFee(name=name, code="cleaning", car_id=here.order.car_id, amount=Decimal(40), currency="USD")
    async with here.build.doors.service().scope() as db:
        return await save_rule(db, fee)


async def _tried_rule(page: Page, here: Here) -> None:
    await _rule(page, here)
    await _try(page, here)


async def _tried_new_rule(page: Page, here: Here) -> None:
    await page.goto("/admin/prices/new?kind=fee")
    await page.get_by_label("Name").fill("Cleaning")
    await page.get_by_label("Price", exact=True).fill("40")
    await page.locator("#scope").select_option(f"car:{here.order.car_id}")
    await _try(page, here)


async def _try(page: Page, here: Here) -> None:
    slug = await here.build.value("select slug from cars where id = $1", here.order.car_id)
    await page.locator("#try_car").select_option(slug)
    await page.get_by_role("button", name="Show the price before and after").click()
    await expect(page.locator("#compared")).to_be_visible()


async def _overlapping_rule(page: Page, here: Here) -> None:
    await _rule_in_force(here, "The one before")
    await page.goto("/admin/prices/new?kind=fee")
    for label, value in (("Name", "The one after"), ("Price", "40")):
        await page.get_by_label(label, exact=True).fill(value)
    await page.locator("#code").fill("cleaning")
    await page.locator("#scope").select_option(f"car:{here.order.car_id}")
    await page.get_by_role("button", name="Save the rule").click()
    await expect(page.get_by_role("link", name="Replace “The one before” instead")).to_be_visible()


async def _previewed_home(page: Page, _made: Made) -> None:
    await page.goto("/admin/home")
    await page.locator("#title").fill("Drive\nall winter")
    await page.get_by_label("Show these words").check()
    await page.evaluate("document.querySelector('[formtarget]').removeAttribute('formtarget')")
    await page.get_by_role("button", name="Look at it first").click()
    await expect(page.get_by_text("This is a preview")).to_be_visible()


async def _invitation(page: Page, here: Here) -> None:
    await page.goto(f"/admin/invitations/{await here.team.invitation()}")
    await page.get_by_text("I cannot scan it").click()


async def _refused_invitation(page: Page, here: Here) -> None:
    await _invitation(page, here)
    await page.get_by_label("Your new password").fill("short")
    await page.get_by_label("The six digits").fill("123456")
    await page.get_by_role("button", name="Set up and sign in").click()
    await expect(page.get_by_text("Take between 12 and 256 characters")).to_be_visible()
    await expect(page.get_by_label("Your new password")).to_be_focused()


def at(path: str) -> Callable[[Page, Made], Awaitable[object]]:
    return lambda page, made: page.goto(path.format(reference=made.reference, email=made.order.email))


PAGES: dict[str, Callable[[Page, Here], Awaitable[object]]] = {
    "sign-in": at("/admin/sign-in"),
    "sign-in refused": _refused,
    "list": at("/admin/bookings"),
    "list with one": at("/admin/bookings?q={email}"),
    "list with none": at("/admin/bookings?q=nothing-like-this"),
    "empty state": at("/admin/bookings?status=no_show"),
    "alarms": _alarms,
    "alarm unfolded": _alarm,
    "to accept": _approvals,
    "to accept, one": _approval,
    "file": at("/admin/bookings/{reference}"),
    "file unfolded": _unfolded,
    "file with an invoice": _invoiced,
    "new link": _new_link,
    "new PIN": _new_pin,
    "PIN asked for": _asked_for_pin,
    "PIN refused": _wrong_pin,
    "menu": _menu,
    "home page": at("/admin/home"),
    "money": at("/admin/money"),
    "tolls and fines": at("/admin/fines"),
    "prices": at("/admin/prices"),
    "prices that were": at("/admin/prices/history"),
    "new season": at("/admin/prices/new?kind=season"),
    "new tax refused": _refused_tax,
    "new rule previewed": _tried_new_rule,
    "new rule in another's way": _overlapping_rule,
    "rule": _rule,
    "rule previewed": _tried_rule,
    "reviews": _reviews,
    "reviews, none": _no_reviews,
    "home page previewed": _previewed_home,
    "invitation": _invitation,
    "invitation refused": _refused_invitation,
    "first page": at("/admin"),
    "not found": at("/admin/bookings/ZZZZZZZZ"),
    "demo": at("/admin/demo/aaaa"),
}


async def _is_fit(page: Page) -> None:
    assert await violations(page) == []
    await page.emulate_media(color_scheme="dark")
    await settle(page)
    assert await violations(page, COLOURS) == [], "in the dark"
    for size in (LAPTOP, SMALLEST):
        await page.set_viewport_size(size)
        await page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=size["width"], timeout=20000)
    assert await page.evaluate("window.broken ?? []") == []


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_fit_for_everybody(enter: Enter, here: Here, name: str) -> None:
    page = await enter()
    await watch_policy(page)
    documents = listen(page)
    await PAGES[name](page, here)
    assert {route for route, shown_by in sights.OFFICE.items() if shown_by == name} <= sights.seen(documents[-1:])
    await _is_fit(page)


async def test_a_difference_is_fit_for_everybody_and_resolved_by_keyboard_alone(enter: Enter, build: Build, made: Made) -> None:
    theirs = "9" * 60
    await difference(build, booking_id=made.id, theirs=theirs)
    page = await enter(java_script_enabled=False)
    await page.goto("/admin/money")
    card = page.locator("li.card", has_text=theirs)
    await card.locator("summary").press("Enter")
    await card.get_by_label("Why does it need nothing more?").fill("agreed by telephone")
    await card.get_by_label("Why does it need nothing more?").press("Enter")
    await expect(page.get_by_text(theirs)).to_have_count(0)
    await difference(build, booking_id=made.id, theirs=theirs)
    page = await enter()
    await watch_policy(page)
    await page.goto("/admin/money")
    await page.locator("summary").first.click()
    await _is_fit(page)
    await page.goto("/admin/money?shown=resolved")
    await expect(page.get_by_text("agreed by telephone")).to_be_visible()


async def test_cancelling_works_by_keyboard_alone_and_without_scripts(enter: Enter, build: Build) -> None:
    made = await build.held()
    page = await enter(java_script_enabled=False)
    await page.goto(f"/admin/bookings/{made.reference}")
    await page.get_by_text("Cancel this booking").press("Enter")
    await page.get_by_label("Why? The history keeps it.").fill("the garage burnt down")
    await page.get_by_label("Why? The history keeps it.").press("Enter")
    await expect(page.get_by_text("the garage burnt down")).to_be_visible()
    assert await build.status(made) == "cancelled"


async def test_a_pin_opens_a_booking_by_keyboard_alone_and_without_scripts(enter: Enter, made: Made) -> None:
    page = await enter(java_script_enabled=False)
    await _new_pin(page, made)
    pin = await page.locator("#new-pin .keep").inner_text()
    await page.goto(f"/booking/{made.token}")
    await page.get_by_role("button", name="Open my booking").press("Enter")
    await page.get_by_label("PIN").fill(pin)
    await page.get_by_label("PIN").press("Enter")
    await page.wait_for_url(f"**/booking/{made.reference}")


async def test_signing_out_works_by_keyboard_alone(enter: Enter) -> None:
    page = await enter()
    await page.goto("/admin/bookings")
    await page.locator(".me").press("Enter")
    await page.get_by_role("button", name="Sign out", exact=True).press("Enter")
    await page.wait_for_url("**/admin/sign-in")
    await page.goto("/admin/bookings")
    await page.wait_for_url("**/admin/sign-in")


async def test_a_rule_is_tried_and_saved_by_keyboard_alone_and_without_scripts(enter: Enter, made: Made, build: Build) -> None:
    car = await build.car(name="Keyboard Car")
    page = await enter(java_script_enabled=False)
    await page.goto("/admin/prices/new?kind=fee")
    await page.get_by_label("Name").fill("Cleaning")
    await page.get_by_label("Price", exact=True).fill("40")
    await page.locator("#scope").select_option(f"car:{car.id}")
    await page.locator("#try_car").select_option(car.slug)
    await page.get_by_label("Name").press("Enter")  # a look, never a saving by accident
    await expect(page.locator("#compared").get_by_text("Cleaning")).to_be_visible()
    assert await build.value("select count(*) from price_rules where car_id = $1", car.id) == 0
    await page.get_by_role("button", name="Save the rule").press("Enter")
    await expect(page.locator(":target").get_by_text("$40 per rental, part of every rental.")).to_be_visible()


async def test_the_whole_row_leads_to_the_file(enter: Enter, made: Made) -> None:
    page = await enter(viewport={"width": 390, "height": 800})
    await page.goto(f"/admin/bookings?q={made.order.email}")
    await page.get_by_text("Test Car").click(force=True)  # the reference's link lies over the row
    await page.wait_for_url(f"**/admin/bookings/{made.reference}")
