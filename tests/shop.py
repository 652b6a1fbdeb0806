"""A renter in front of the shop: the steps of a booking, as browser tests tell them."""

import re
from asyncio import timeout
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
from playwright.async_api import Locator, Page, expect

from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.pricing.kinds import AdditionalDriver, AfterHours, Extra, PartPayment, Waiver
from tests import garage
from tests.garage import MadeCar
from tests.product import Stack
from tests.web.storefront.forms import filled

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
#: How a renter's browser may be: a laptop with a pointer, a phone under a thumb.
LAPTOP: dict[str, Any] = {"viewport": WIDE}
IN_HAND: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


@dataclass(frozen=True)
class ShownCar:
    """A car of one test alone, and the days it will be rented on."""

    made: MadeCar
    name: str
    days: Days

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.made.slug


def next_month(length: int = 3) -> Days:
    """A Tuesday of next month and the days after it."""
    first = (day_at(clock.now(), garage.ZONE).replace(day=1) + timedelta(days=32)).replace(day=8)
    start = first + timedelta(days=(1 - first.weekday()) % 7)
    return Days(start, start + timedelta(days=length - 1))


class Shop:
    """One renter in one browser."""

    def __init__(self, page: Page, stack: Stack, *, touches: bool = False) -> None:
        self.page = page
        self.stack = stack
        self.touches = touches
        self.email = f"{uuid4().hex}@example.com"

    async def press(self, what: Locator) -> None:
        """Click it, or tap it where there is no pointer."""
        await (what.tap() if self.touches else what.click())

    async def find(self, car: ShownCar) -> None:
        """From the home page to a car among those for its days."""
        await self._search(car.days)
        await self.press(await self.shown(car))

    async def shown(self, car: ShownCar) -> Locator:
        """A car's link on this page, which may show for a moment what others were shown."""
        link = self.page.get_by_role("link", name=car.name)
        async with timeout(10):
            while not await link.count():
                await self.page.wait_for_timeout(100)
                await self.page.reload()
        return link

    async def _search(self, days: Days) -> None:
        await self.page.goto("/")
        await self.page.get_by_label("First day").fill(days.start.isoformat())
        await self.page.get_by_label("Last day").fill(days.end.isoformat())
        await self.press(self.page.get_by_role("button", name="Show cars"))
        await self.page.wait_for_url("**/cars?**")

    def day(self, day: date) -> Locator:
        """A day of the calendar."""
        return self.page.locator(f'.day[data-date="{day.isoformat()}"]:visible')

    async def show_month(self, day: date) -> None:
        """Turn the calendar until it shows a day."""
        months = self.page.locator("#months")
        while not await self.day(day).count():
            before = await months.inner_text()
            await self.press(self.page.get_by_role("link", name="Later month"))
            await expect(months).not_to_have_text(before, use_inner_text=True)

    async def choose(self, days: Days) -> None:
        """First and last day, by pointer or thumb."""
        await self.show_month(days.start)
        await self.press(self.day(days.start))
        await self.press(self.day(days.end))

    async def to_checkout(self) -> None:
        """From the quote to the form."""
        await self.press(self.page.get_by_role("link", name="Continue to checkout"))
        await expect(self.page.get_by_role("heading", name="Your booking")).to_be_visible()

    async def fill_in(self, **changes: str) -> None:
        """Who drives, and the terms."""
        person = {"email": self.email, "first_name": "Ada", "last_name": "Byron", "phone": "+1 305 555 0142", "birth_date": "1985-12-10"}
        for name, value in (person | changes).items():
            await self.page.locator(f"#{name}").fill(value)
        await self.page.locator("#terms").check()

    async def offer(self, car: ShownCar) -> None:
        """Rent a car with child seats, a camera, two covers, drivers, late hours and part payment."""
        own: dict[str, Any] = {"car_id": car.made.id, "currency": "USD"}
        await garage.new_rules(
            self.stack.doors,
            Extra(name="Child seat", code=f"seat-{uuid4().hex[:8]}", per="day", amount=Decimal(18), most=2, stock=2, **own),
            Extra(name="Action camera", code="camera", amount=Decimal(60), description="Mounted inside.", **own),
            Waiver(name="Standard cover", code="standard", amount=Decimal(0), excess=Decimal(7500), **own),
            Waiver(name="Full cover", code="full", per="day", amount=Decimal(50), excess=Decimal(500), **own),
            AdditionalDriver(name="Additional driver", amount=Decimal(30), **own),
            AfterHours(name="Hand-over after hours", since=time(20), until=time(7), amount=Decimal(75), **own),
            PartPayment(name="Two parts", percent=Decimal(30), days_before=3, car_id=car.made.id),
        )

    def pay_button(self) -> Locator:
        """The button that names the amount."""
        return self.page.get_by_role("button", name=re.compile(r"^Pay \$[\d,.]+ with PayPal$"))

    async def pay(self) -> None:
        """Send the form; wait for PayPal."""
        await self.press(self.pay_button())
        await self.page.wait_for_url(f"{self.stack.paypal.url}/**", timeout=30_000)

    async def at_paypal(self, button: str) -> None:
        """Press a button of the approval page."""
        await self.press(self.page.get_by_role("button", name=button, exact=True))

    async def book_by_hand(self, slug: str, days: Days, button: str) -> str:
        """Straight from the checkout's address to a booking, and that button at PayPal; return its reference."""
        await self.page.goto(f"/cars/{slug}/checkout?start={days.start}&end={days.end}")
        await self.fill_in()
        await self.pay()
        await self.at_paypal(button)
        await self.page.wait_for_url(f"{self.stack.url}/booking/*")
        return self.reference

    async def book(self, slug: str, days: Days, *, paid: bool = True) -> str:
        """The same by the same requests, without showing checkout and PayPal's page, which takes a browser as long as many a test."""
        path, send = f"/cars/{slug}/checkout", self.page.request
        form = filled(await (await send.get(f"{path}?start={days.start}&end={days.end}")).text(), email=self.email)
        sent = await send.post(path, form=form, headers={"sec-fetch-site": "same-origin"}, max_redirects=0)
        token = sent.headers["location"].partition("token=")[2]
        if paid:
            await self.stack.paypal.control("POST", f"orders/{token}/approve", {"funding": "instant"})
        await self.page.goto(f"/paypal/{'return' if paid else 'cancel'}?token={token}")
        await self.page.wait_for_url(f"{self.stack.url}/booking/*")
        return self.reference

    async def book_in_two_parts(self, car: ShownCar) -> str:
        """Pay a part of a car's price, with the rest due three days before the pick-up; return the reference."""
        rule = PartPayment(name="Two parts", percent=Decimal(30), days_before=3, car_id=car.made.id)
        await garage.new_rules(self.stack.doors, rule)
        await self.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
        await self.press(self.page.locator("[name=part_payment][value=true]"))
        await expect(self.pay_button()).to_have_text("Pay $991.89 with PayPal")
        await self.fill_in()
        await self.pay()
        await self.at_paypal("Approve")
        await self.page.wait_for_url(f"{self.stack.url}/booking/*")
        return self.reference

    async def require_approval(self, car: ShownCar) -> None:
        """From now on staff accept this car's bookings, or give the money back."""
        await self.change("update cars set requires_approval = true where id = $1", car.made.id)

    async def change(self, statement: str, *values: object) -> None:
        """Change the world behind everybody's back, as the database's own superuser."""
        db = await asyncpg.connect(self.stack.database.url("superuser"))
        await db.execute(statement, *values)
        await db.close()

    @property
    def reference(self) -> str:
        """The booking this page shows."""
        found = re.search(r"/booking/([0-9A-Z]{8})(\?|$|#)", self.page.url)
        assert found, self.page.url
        return found[1]

    async def reference_in_cookies(self) -> str:
        """The newest booking this browser can open."""
        cookies = await self.page.context.cookies(self.stack.url)
        return next(cookie["name"].rpartition("_")[2] for cookie in cookies[::-1] if "exodrive_b_" in cookie["name"])


NewRenter = Callable[..., Awaitable[Shop]]
