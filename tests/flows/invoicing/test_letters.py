"""Letters about invoices: with it, to remind of it, and when it is cancelled; none about what need not be paid any more."""

import pytest

from exodrive.flows.invoicing import decide, letter
from exodrive.flows.invoicing.drive import drive
from exodrive.flows.invoicing.errors import InvoiceMoved, RemindedEnough
from tests.flows.invoicing.bill import drafted, hear, pays, sent


async def promised(build, topic, told):
    rows = await build.rows("select id from outbox where topic = $1 and payload ->> 'invoice_id' = $2 order by id", topic, str(told.id))
    return [row[0] for row in rows]


async def mails(resend, told):
    return [" ".join(mail["text"].split()) for mail in await resend.control("GET", "mails") if told.number in mail["subject"]]


async def test_an_invoice_its_reminder_and_its_end_are_told_once_each(build, office, resend, service):
    made, sam, told = await sent(build, service, "300", "180.50")
    [work] = await promised(build, "mail.invoice", told)
    await letter.send(office, work, told.id)
    await decide.remind(sam.door, made.id, told.number, sam.actor)
    [work] = await promised(build, "mail.invoice_reminder", told)
    await letter.send(office, work, told.id, is_reminder=True)
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await drive(service, told.id)
    [work] = await promised(build, "mail.invoice_ended", told)
    await letter.send_cancelled(office, work, told.id)
    first, reminder, end = await mails(resend, told)
    for words in ("Damage: $300.00", "Damage: $180.50", "Total: $480.50", "Please pay $480.50 by", "on PayPal’s own page", "/booking/"):
        assert words in first, words
    assert f"This is a reminder: invoice {told.number} is not paid yet." in reminder
    assert f"Invoice {told.number} is cancelled. You need not pay it." in end


async def test_who_has_paid_meanwhile_gets_no_letter(build, payer, office, resend, service):
    made, sam, told = await sent(build, service, "300")
    await decide.remind(sam.door, made.id, told.number, sam.actor)
    await pays(payer, told)
    await hear(service, told)
    [work] = await promised(build, "mail.invoice_reminder", told)
    await letter.send(office, work, told.id, is_reminder=True)
    assert await mails(resend, told) == []


async def test_twice_a_day_is_enough_and_a_draft_is_not_reminded_of(build, service):
    made, sam, told = await drafted(build, service, "300")
    with pytest.raises(InvoiceMoved):
        await decide.remind(sam.door, made.id, told.number, sam.actor)
    await decide.send(sam.door, made.id, told.number, sam.actor)
    await drive(service, told.id)
    for _time in range(2):
        await decide.remind(sam.door, made.id, told.number, sam.actor)
    with pytest.raises(RemindedEnough):
        await decide.remind(sam.door, made.id, told.number, sam.actor)
    assert len(await promised(build, "mail.invoice_reminder", told)) == 2
