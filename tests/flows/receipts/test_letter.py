"""A paper's letter leaves once, with the very same file, whatever is lost in between."""

import base64
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from exodrive.flows import receipts as flow
from exodrive.flows.receipts import letter
from exodrive.flows.world import World
from exodrive.gateways.line import Patience
from exodrive.gateways.mailer import Resend
from exodrive.kit.ids import OperationId
from exodrive.kit.outbox import AlreadyDone
from exodrive.operate.wiring import Wiring
from tests.builders import Build, Made
from tests.product import Emulator


@pytest.fixture
async def desk(build: Build, _beside: Wiring, resend: Emulator) -> AsyncIterator[World]:
    await resend.reset()
    patience = Patience(connect=1, answer=2, budget=5, attempts=2, pause=0.05)
    mailer = Resend(resend.url, _beside.keys.resend_key, sender="Exodrive <hello@exodrive.example>", patience=patience)
    yield replace(build.world, door=build.doors.service(), mailer=mailer)
    await mailer.close()


async def issued(build: Build, desk: World) -> tuple[Made, UUID, UUID]:
    """A paid booking, its receipt, and the promise of the receipt's letter."""
    made = await build.paid()
    [(outbox_id, operation)] = await build.rows(
        """select w.id, w.payload ->> 'operation_id' from outbox w join payment_operations o on o.id::text = w.payload ->> 'operation_id'
           where w.topic = 'receipts.issue' and o.booking_id = $1""",
        made.id,
    )
    await flow.issue_and_send(desk, outbox_id, OperationId(UUID(operation)))
    [(promise, receipt)] = await build.rows(
        """select w.id, r.id from outbox w join receipts r on r.id::text = w.payload ->> 'receipt_id'
           where w.topic = 'mail.receipt' and r.booking_id = $1""",
        made.id,
    )
    return made, receipt, promise


async def mails(resend: Emulator, made: Made) -> list[dict[str, Any]]:
    return [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]


async def test_the_letter_brings_the_paper_and_the_private_link(build: Build, desk: World, resend: Emulator) -> None:
    made, receipt_id, promise = await issued(build, desk)
    await letter.send(desk, promise, receipt_id)
    [mail] = await mails(resend, made)
    code = await build.value("select code from receipts where id = $1", receipt_id)
    assert mail["subject"] == f"Receipt {code} for booking {made.reference}"
    assert f"/booking/{made.token}" in mail["text"]
    [file] = mail["attachments"]
    text = PdfReader(io.BytesIO(base64.b64decode(file["content"]))).pages[0].extract_text()
    assert code in text
    assert await build.value("select letter from inbox_emails where outbox_id = $1", promise) == "receipt"


async def test_an_answer_that_got_lost_sends_no_second_letter(build: Build, desk: World, resend: Emulator) -> None:
    made, receipt_id, promise = await issued(build, desk)
    await resend.fault(kind="lost_after_commit", match={"method": "POST"}, times=1)
    await letter.send(desk, promise, receipt_id)
    with pytest.raises(AlreadyDone):
        await letter.send(desk, promise, receipt_id)
    assert len(await mails(resend, made)) == 1
