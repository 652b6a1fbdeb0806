"""Money of an invoice is no stranger's to the comparison, and what a bank takes back of it is cried out."""

import msgspec

from exodrive.flows.comparison import events
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.drive import drive
from exodrive.gateways.paypal import Event
from exodrive.gateways.paypal.invoicing import InvoiceStatus
from exodrive.kit import clock
from tests.flows.deposit.test_hold import alarms
from tests.flows.invoicing.bill import hear, kept, owed, pays, sent
from tests.flows.test_webhooks import notice, outcome, take_in

REVERSED = "PAYMENT.CAPTURE.REVERSED"


async def told(service, name):
    """PayPal's events about a thing."""
    answer = await service.paypal._authorised("GET", f"/v1/notifications/webhooks-events?transaction_id={name}", {}, b"")
    return msgspec.json.decode(answer.body)["events"]


def capture_event(capture_id):
    return Event("WH-1", "PAYMENT.CAPTURE.COMPLETED", "capture", clock.now(), {"id": capture_id})


async def test_its_payment_and_what_went_back_of_it_are_known_and_have_it_read(build, payer, service):
    made, _sam, one = await sent(build, service, "300")
    taken = await pays(payer, one)
    found = await events.look(service, events.hints_in([capture_event(taken["id"])]), clock.now())
    assert [looked.findings for looked in found] == [()]
    assert ((await kept(build, one)).status, (await owed(build, made))[0][0]) == (InvoiceStatus.PAID, "settled")
    given = await service.paypal.ask(bytes, "POST", f"/v2/payments/captures/{taken['id']}/refund", {})
    refund = msgspec.json.decode(given)["id"]
    link = {"rel": "up", "href": f"https://api.paypal.com/v2/payments/captures/{taken['id']}"}
    event = Event("WH-2", "PAYMENT.CAPTURE.REFUNDED", "refund", clock.now(), {"id": refund, "links": [link]})
    found = await events.look(service, events.hints_in([event]), clock.now())
    assert [looked.findings for looked in found] == [()]
    assert (await kept(build, one)).status is InvoiceStatus.REFUNDED


async def test_money_that_only_bears_its_number_is_a_strangers(build, payer, service):
    _made, _sam, one = await sent(build, service, "300")
    unit = {"amount": {"currency_code": "USD", "value": "9.00"}, "invoice_id": one.number}
    order = await service.paypal.ask_full(bytes, "/v2/checkout/orders", {"intent": "CAPTURE", "purchase_units": [unit]})
    order_id = msgspec.json.decode(order)["id"]
    await payer.approve(order_id)
    await service.paypal.ask_full(bytes, f"/v2/checkout/orders/{order_id}/capture", {})
    [taken] = await payer.captures(order_id)
    [looked] = await events.look(service, events.hints_in([capture_event(taken["id"])]), clock.now())
    assert [finding.gap for finding in looked.findings] == ["unknown"]


async def test_a_chargeback_of_it_is_cried_out_once(build, payer, service):
    made, sam, one = await sent(build, service, "300")
    taken = await pays(payer, one)
    await hear(service, one)
    await payer.paypal.control("POST", f"captures/{taken['id']}/case", {"case": "chargeback"})
    [back] = [event for event in await told(service, taken["id"]) if event["event_type"] == REVERSED]
    for _twice in range(2):
        heard = notice(REVERSED, back["resource"])
        await take_in(service, service, heard)
        assert await outcome(build, heard) == "reversed"
    assert ((await kept(build, one)).problem, await alarms(build, made)) == ("CHARGED_BACK", ["invoice"])
    assert (await build.history(made)).count("invoice_charged_back") == 1
    await hear(service, one)
    assert (await kept(build, one)).problem == "CHARGED_BACK", "reading it again does not make it good"
    await decide.try_again(sam.door, made.id, one.number, sam.actor)
    await drive(service, one.id)
    assert ((await kept(build, one)).problem, await alarms(build, made)) == (None, []), "staff have seen to it"
