"""What the worker can do: every topic and its handler, each a shell over a verb."""
# long: a handler for each topic that has no folder of its own

from uuid import UUID

from exodrive.flows import catch_up, comparison, contact, daily, deciding, letters, no_show, receipts, tidy, unheard, webhooks
from exodrive.flows.approval import due as approvals
from exodrive.flows.approval import letter as approval_letter
from exodrive.flows.change import jobs as changes
from exodrive.flows.checkout import settling
from exodrive.flows.claiming import answer as claim_answer
from exodrive.flows.claiming import letter as claim_letter
from exodrive.flows.claiming import taking as claim_taking
from exodrive.flows.daily import money
from exodrive.flows.deposit import jobs as deposits
from exodrive.flows.ending import letter as ended_letter
from exodrive.flows.instalment import reminding
from exodrive.flows.invoicing import jobs as invoicing
from exodrive.flows.receipts import letter as receipt_letter
from exodrive.flows.rental import jobs as rentals
from exodrive.flows.resume import letter as held_letter
from exodrive.flows.wallet import jobs as wallets
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.outbox.jobs import job, table


@job("mail.confirmation", tries=12)  # half an hour of trouble at the mail service
async def confirmation(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter that confirms a paid booking."""
    await letters.send_confirmation(world, outbox_id, booking_id)


@job("mail.ended", tries=12)
async def write_of_the_end(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter about a booking that has ended before its rental."""
    await ended_letter.send(world, outbox_id, booking_id)


@job("mail.no_show", tries=12)
async def write_to_who_did_not_come(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter that nobody came for the car."""
    await ended_letter.send_no_show(world, outbox_id, booking_id)


@job("bookings.no_shows", tries=1)  # the next minute is the next try
async def settle_no_shows(world: World, outbox_id: UUID) -> None:
    """Make no-shows of the bookings whose time to take it back is over."""
    await no_show.settle_due(world)


@job("mail.awaits_answer", tries=12)
async def write_to_who_waits(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter who has paid until when they have our answer."""
    await approval_letter.send(world, outbox_id, booking_id)


@job("mail.to_answer", tries=12)
async def ask_staff_to_answer(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell staff that a booking waits for their answer."""
    await approval_letter.send_to_staff(world, outbox_id, booking_id)


@job("mail.answer_reminder", tries=12)
async def remind_staff_to_answer(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Remind staff of a booking whose time to be answered is half over."""
    await approval_letter.send_to_staff(world, outbox_id, booking_id, is_reminder=True)


@job("bookings.approvals", tries=1)  # the next minute is the next try
async def look_after_approvals(world: World, outbox_id: UUID) -> None:
    """Give back the money of bookings that nobody answered in time, and remind staff of those whose time is half over."""
    await approvals.settle_due(world)
    await approvals.remind(world)


@job("instalments.remind", tries=1)  # the next look is the next try
async def remind_of_rests(world: World, outbox_id: UUID) -> None:
    """Promise the letters about rests that are due."""
    await reminding.remind_due(world)


@job("mail.instalment", tries=12)
async def write_about_a_rest(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send a letter about the rest of a price."""
    await reminding.send(world, outbox_id, booking_id)


@job("mail.held", tries=5)
async def write_to_unpaid(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the link of a car that is held and not paid for."""
    await held_letter.send(world, outbox_id, booking_id)


@job("mail.promise_held", tries=1)  # the next minute is the next try
async def promise_held(world: World, outbox_id: UUID) -> None:
    """Promise that letter to everybody it is due to."""
    await held_letter.promise(world)


@job("mail.contact", tries=12)
async def forward_message(world: World, outbox_id: UUID, message_id: UUID) -> None:
    """Send to staff what somebody wrote through the contact page."""
    await contact.send(world, outbox_id, message_id)


@job("webhooks.handle", tries=8)
async def handle_webhook(world: World, outbox_id: UUID, event_id: UUID) -> None:
    """Work on a message of PayPal."""
    await webhooks.handle(world, event_id)


@job("webhooks.catch_up", tries=1)  # the next look is the next try
async def catch_up_events(world: World, outbox_id: UUID) -> None:
    """Keep what PayPal told and nobody delivered."""
    await catch_up.catch_up(world)


@job("claims.take")
async def take_claim(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Take what is claimed out of a deposit, now that it is accepted."""
    await claim_taking.take(world, claim_id)


@job("claims.settle_due", tries=1)  # the next minute is the next try
async def settle_claims(world: World, outbox_id: UUID) -> None:
    """Do what claims want by the clock: silence is consent, and an objection must not outlast its hold."""
    await claim_answer.settle_due(world)


@job("mail.claim_made", tries=12)
async def write_of_a_claim(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell a renter what is claimed from their deposit, and until when they may answer."""
    await claim_letter.send_made(world, outbox_id, claim_id)


@job("mail.claim_objected", tries=12)
async def write_of_an_objection(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell staff that a renter objects to a claim."""
    await claim_letter.send_objected(world, outbox_id, claim_id)


@job("mail.claim_ended", tries=12)
async def write_of_a_claims_end(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell a renter what was taken from their deposit, or that nothing is."""
    await claim_letter.send_ended(world, outbox_id, claim_id)


@job("mail.claim_repaid", tries=12)
async def write_of_claimed_money_back(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Tell a renter what of a claim went back to them."""
    await claim_letter.send_repaid(world, outbox_id, operation_id)


@job("payments.settle")
async def settle(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Bring one intent to its end; what stays open is looked at again by ``payments.settle_open``."""
    await settling.settle(world, operation_id)


@job("payments.settle_open", tries=1)  # the next minute is the next try
async def settle_open(world: World, outbox_id: UUID) -> None:
    """Bring on every intent that is still open: crashes, lost answers, pending payments."""
    await settling.settle_open(world)


@job("payments.unheard", tries=1)  # the next minute is the next try
async def look_at_unheard(world: World, outbox_id: UUID) -> None:
    """Take the money of orders that were approved while nobody came back and no notice arrived."""
    await unheard.look_at_due(world)


@job("payments.decided", tries=12)
async def act_on_decision(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Do what staff decided about a payment in doubt."""
    await deciding.act(world, operation_id)


@job("receipts.issue", tries=12)
async def issue_receipt(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Issue the receipt of a capture or claim, or the credit note of what went back."""
    await receipts.issue_and_send(world, outbox_id, operation_id)


@job("receipts.of_invoice", tries=12)
async def issue_of_invoice(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Issue the receipt of what came for an invoice, and the credit note of what went back."""
    await receipts.issue_of_invoice_and_send(world, outbox_id, invoice_id)


@job("mail.receipt", tries=12)
async def send_receipt(world: World, outbox_id: UUID, receipt_id: UUID) -> None:
    """Send a receipt or credit note to its renter."""
    await receipt_letter.send(world, outbox_id, receipt_id)


@job("payments.check", tries=3)
async def check_money(world: World, outbox_id: UUID) -> None:
    """Issue the papers that are missing, and compare every payment with its book."""
    await money.daily(world)


@job("payments.compare", tries=1)  # the next hour is the next try
async def compare_money(world: World, outbox_id: UUID) -> None:
    """Go on comparing our book with PayPal's, once a day from the beginning."""
    await comparison.go_on(world)


@job("bookings.tidy", tries=2)
async def tidy_bookings(world: World, outbox_id: UUID) -> None:
    """Expire bookings, and drop changes, that nobody paid for."""
    await tidy.expire_dead(world)
    await tidy.drop_lapsed(world)


@job("outbox.prune")
async def prune(world: World, outbox_id: UUID) -> None:
    """Throw away what nobody will ask for again."""
    await daily.prune(world, outbox_id)


JOBS = table(
    *changes.HANDLERS,
    confirmation,
    write_of_the_end,
    write_to_who_did_not_come,
    settle_no_shows,
    *rentals.HANDLERS,
    write_to_who_waits,
    ask_staff_to_answer,
    remind_staff_to_answer,
    look_after_approvals,
    remind_of_rests,
    write_about_a_rest,
    write_to_unpaid,
    promise_held,
    forward_message,
    handle_webhook,
    catch_up_events,
    settle,
    settle_open,
    look_at_unheard,
    act_on_decision,
    *deposits.HANDLERS,
    *invoicing.HANDLERS,
    *wallets.HANDLERS,
    take_claim,
    settle_claims,
    write_of_a_claim,
    write_of_an_objection,
    write_of_a_claims_end,
    write_of_claimed_money_back,
    issue_receipt,
    issue_of_invoice,
    send_receipt,
    check_money,
    compare_money,
    tidy_bookings,
    prune,
)
