"""What tests of invoices need: a rental that is over and owes something, and an invoice of it at a real PayPal."""

from datetime import timedelta
from decimal import Decimal

from exodrive.charges import store as charges
from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.invoicing import decide, look
from exodrive.flows.invoicing.draft import Wish, draft
from exodrive.flows.invoicing.drive import drive
from exodrive.invoices import store
from tests.builders import days_ahead, today
from tests.flows.ending import staff_of

CREATE, SEND, CANCEL, RECORD = (
    {"method": "POST", "path_regex": f"/invoicing/invoices{tail}$"} for tail in ("", "/[^/]+/send", "/[^/]+/cancel", "/[^/]+/payments")
)
_BACK = """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '2 hours',
           returned_at = exodrive_private.now() - interval '1 hour' where id = $1"""


async def owing(build, *amounts, **order):
    """A rental that is over, and damage charged for."""
    made, sam = await build.paid(days=days_ahead(1, 3), **order), await staff_of(build)
    async with build.doors.service().scope() as db:
        await db.execute(_BACK, made.id)
    for amount in amounts:
        entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(amount), reason=f"a scratch of {amount}")
        await charge(Tariffs(), sam.door, made.id, entry, sam.actor)
    return made, sam


def wish(days=14, **more):
    return Wish(due_on=today() + timedelta(days=days), **more)


async def drafted(build, service, *amounts):
    """An invoice for all that is open, written at PayPal."""
    made, sam = await owing(build, *(amounts or ("300", "180.50")))
    told = await draft(sam.door, made.id, wish(), sam.actor)
    await drive(service, told.id)
    return made, sam, told


async def sent(build, service, *amounts):
    """The same, and the renter may pay it."""
    made, sam, told = await drafted(build, service, *amounts)
    await decide.send(sam.door, made.id, told.number, sam.actor)
    await drive(service, told.id)
    return made, sam, told


async def kept(build, told):
    """The invoice as we keep it."""
    async with build.doors.service().scope() as db:
        return await store.find(db, told.id)


async def owed(build, made):
    """Where the charges of a booking stand."""
    async with build.doors.service().scope() as db:
        return [(one.status.value, one.paid) for one in await charges.of_booking(db, made.id)]


async def at_paypal(payer, told):
    """The invoices PayPal has under our number."""
    return [one for one in await payer.paypal.control("GET", "invoices") if one["detail"]["invoice_number"] == told.number]


async def pays(payer, told, **more):
    """The renter pays on PayPal's page."""
    [one] = await at_paypal(payer, told)
    return await payer.paypal.control("POST", f"invoices/{one['id']}/pay", more)


async def hear(service, told):
    """A notice of PayPal's names it."""
    return await look.hear(service, iter([told.number]))
