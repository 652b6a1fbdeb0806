"""A booking's papers over HTTP: listed and given to its own holder and to staff, and to nobody else."""

import asyncio
import io

from pypdf import PdfReader

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made
from tests.product import Stack
from tests.team import Team
from tests.web.storefront.conftest import NewVisitor, as_holder


async def code_of(build: Build, made: Made) -> str:
    """The number of the booking's receipt, as soon as the worker has issued it."""
    async with asyncio.timeout(20):
        while not (code := await build.value("select code from receipts where booking_id = $1", made.id)):
            await asyncio.sleep(0.1)
    return str(code)


async def test_the_receipt_of_a_paid_booking_is_on_its_page_and_comes_by_mail(visitor: NewVisitor, build: Build, stack: Stack) -> None:
    made = await build.paid()
    code = await code_of(build, made)
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert f'href="/booking/{made.reference}/receipts/{code}"' in page
    answer = await http.get(f"/booking/{made.reference}/receipts/{code}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{code}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert code in text
    assert made.reference in text
    async with asyncio.timeout(20):
        while not (mails := [mail for mail in await stack.resend.control("GET", "mails") if code in mail["subject"]]):
            await asyncio.sleep(0.1)
    [mail] = mails
    assert mail["to"] == [made.order.email]
    assert [file["filename"] for file in mail["attachments"]] == [f"{code}.pdf"]


async def test_nobody_but_the_holder_of_this_booking_gets_its_papers(visitor: NewVisitor, build: Build) -> None:
    mine, theirs = await build.paid(), await build.paid()
    code = await code_of(build, theirs)
    me = as_holder(visitor(), mine)
    me.cookies.set(f"exodrive_b_{theirs.reference}", mine.token)
    for reference in (theirs.reference, mine.reference):
        assert (await me.get(f"/booking/{reference}/receipts/{code}")).status_code == 404
    assert (await visitor().get(f"/booking/{theirs.reference}/receipts/{code}")).status_code == 404
    assert code not in (await me.get(f"/booking/{mine.reference}")).text


async def test_staff_find_the_papers_in_the_bookings_file(visitor: NewVisitor, build: Build, stack: Stack) -> None:
    made, other = await build.paid(), await build.paid()
    code = await code_of(build, made)
    team = Team(stack.doors)
    http = visitor()
    http.cookies.set("exodrive_staff", (await team.member(StaffRole.AGENT)).token)
    link = f"/admin/bookings/{made.reference}/receipts/{code}"
    assert link in (await http.get(f"/admin/bookings/{made.reference}")).text
    assert (await http.get(link)).content.startswith(b"%PDF-")
    assert (await http.get(f"/admin/bookings/{other.reference}/receipts/{code}")).status_code == 404
    assert (await visitor().get(link)).headers["location"] == "/admin/sign-in"
