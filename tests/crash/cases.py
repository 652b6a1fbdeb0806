"""Every story with money, from its beginning, with how it must end. A step that kit/failpoints.py knows is passed by one of them."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.crash import begun, both, claims, holds, invoicing, rests, wallets
from tests.crash.cast import Facts
from tests.crash.scene import Scene

Prepare = Callable[[Scene], Awaitable[Facts]]


class Case(NamedTuple):
    """A story from its beginning: how its booking ends when it is told to the end, and how often PayPal takes money in it.

    Where somebody changed a row by hand, our book is not honest. Some wait for a person, as they stand, when nobody comes back.
    """

    story: str
    prepare: Prepare
    ends: str
    captures: int = 1
    is_honest: bool = True
    waits: str = ""


CASES = {
    "a renter books and pays": Case("checkout", begun.nothing_yet, "upcoming"),
    "PayPal tells of an approval": Case("notice", begun.an_approval, "upcoming"),
    "PayPal tells of a capture": Case("notice", begun.a_capture_nobody_heard_of, "upcoming"),
    "the worker finds an approval nobody told of": Case("unheard", begun.an_approval, "upcoming"),
    "the worker opens an order": Case("settle", begun.an_intent_to_open, "expired", 0),
    "the worker captures": Case("settle", begun.an_intent_to_capture, "upcoming"),
    "the worker asks again what was captured": Case("settle", begun.a_capture_not_written_down, "upcoming"),
    "the worker looks at all that is due": Case("settle all", begun.an_intent_to_capture, "upcoming"),
    "staff cancel": Case("staff cancels", begun.a_paid_booking, "cancelled"),
    "a renter cancels": Case("renter cancels", begun.a_paid_booking, "cancelled"),
    "staff note that nobody came": Case("nobody came", begun.a_pick_up_missed, "no_show"),
    "the clock makes a no-show": Case("no-shows are made", begun.a_no_show_to_be, "no_show"),
    "a car goes out and comes back, and is charged for": Case("goes out and back", begun.a_pick_up_today, "completed"),
    "the worker keeps a day for a car that is not back": Case("a day is kept", claims.a_car_not_back, "active"),
    "staff accept": Case("staff accept", begun.a_booking_to_answer, "upcoming"),
    "staff refuse": Case("staff refuse", begun.a_booking_to_answer, "cancelled"),
    "nobody answers in time": Case("unanswered ones end", begun.a_booking_not_answered, "cancelled"),
    "staff give a part back": Case("staff give back", begun.a_paid_booking, "upcoming"),
    "staff have money in doubt given back": Case("staff decide", begun.a_payment_in_doubt, "cancelled", waits="pending"),
    "the worker reads a refund": Case("settle", begun.a_refund_under_way, "cancelled"),
    "a change that costs more": Case("dearer", begun.a_paid_booking_without_a_seat, "upcoming", 2),
    "a rental that is made longer": Case("longer", begun.a_paid_booking_without_a_seat, "upcoming", 2),
    "staff have a car back earlier": Case("staff shorten", begun.a_paid_booking, "upcoming"),
    "a change that saves": Case("cheaper", begun.a_paid_booking_with_a_seat, "upcoming"),
    "a change is given up": Case("gives up", begun.a_change_to_be_paid, "upcoming"),
    "a hold is tidied away": Case("tidies", begun.a_hold_long_lapsed, "expired", 0),
    "a change is tidied away": Case("tidies", begun.a_change_long_lapsed, "upcoming"),
    "an order is not ours": Case("comes home", begun.another_order, "expired", 0, is_honest=False),
    "an order for a change is not ours": Case("comes home", begun.another_order_for_a_change, "upcoming", is_honest=False),
    "a renter pays the rest": Case("rest", rests.a_rest_to_be_paid, "upcoming", 2),
    "staff forgo the rest": Case("staff waive", rests.a_rest_to_be_paid, "upcoming"),
    "the worker promises a letter about a rest": Case("rests are reminded of", rests.a_rest_to_be_reminded_of, "upcoming"),
    "a renter who owes a rest cancels": Case("renter cancels", rests.a_rest_to_be_paid, "cancelled"),
    "the worker opens the order for a rest": Case("settle", rests.an_intent_to_open, "upcoming"),
    "the worker captures a rest": Case("settle", rests.an_intent_to_capture, "upcoming", 2),
    "the worker asks again what was captured of a rest": Case("settle", rests.a_capture_not_written_down, "upcoming", 2),
    "the worker reads what was captured of a rest": Case("settle by reading", rests.a_capture_not_written_down, "upcoming", 2),
    "an order for a rest is not ours": Case("comes home", rests.another_order, "upcoming", is_honest=False),
    "a renter has a deposit held": Case("deposit", holds.a_pick_up_tomorrow, "upcoming"),
    "the worker opens the order for a deposit": Case("settle", holds.an_intent_to_ask, "upcoming"),
    "the worker has a deposit held": Case("settle", holds.an_intent_to_hold, "upcoming"),
    "the worker asks again for what is held": Case("settle", holds.a_hold_not_written_down, "upcoming"),
    "the worker reads what is held": Case("settle by reading", holds.a_hold_not_written_down, "upcoming"),
    "the worker renews a hold": Case("settle", holds.a_hold_to_renew, "upcoming"),
    "the worker gives a deposit back": Case("looks after a deposit", holds.a_hold_to_give_back, "active"),
    "staff give a deposit back": Case("staff give a deposit back", holds.a_hold_and_staff, "upcoming"),
    "the worker looks at all deposits": Case("looks after all deposits", holds.a_pick_up_tomorrow, "upcoming"),
    "staff claim from a deposit, and its renter accepts": Case("claims and accepts", claims.a_debt, "completed"),
    "its renter objects, and staff uphold the claim": Case("claims and upholds", claims.a_debt, "completed"),
    "the clock takes what nobody answered": Case("claims fall due", claims.a_claim_not_answered, "completed"),
    "the worker takes what is claimed": Case("settle", claims.an_intent_to_take, "completed"),
    "the worker asks again what was taken": Case("settle", claims.a_claim_not_written_down, "completed"),
    "the worker reads what was taken": Case("settle by reading", claims.a_claim_not_written_down, "completed"),
    "staff invoice, and the renter pays": Case("invoices and is paid", invoicing.a_debt, "completed"),
    "staff cancel an invoice": Case("cancels an invoice", invoicing.an_invoice_sent, "completed"),
    "staff note cash for an invoice": Case("notes cash", invoicing.an_invoice_sent, "completed"),
    "the worker finds an invoice nobody heard of": Case("finds an invoice", invoicing.a_draft_nobody_heard_of, "completed"),
    "a bank takes the money of an invoice back": Case("hears of money", invoicing.money_taken_back, "completed"),
    "the worker looks at all invoices": Case("looks at all invoices", invoicing.an_invoice_sent, "completed"),
    "rental and deposit are approved at once": Case("both", both.a_pick_up_soon, "upcoming"),
    "the worker has both held": Case("settle", both.an_intent_to_hold, "upcoming"),
    "the worker asks again whether both are held": Case("settle", both.a_hold_not_written_down, "upcoming"),
    "the worker reads that both are held": Case("settle by reading", both.a_hold_not_written_down, "upcoming"),
    "the worker takes the rental out of it": Case("settle", both.an_intent_to_take, "upcoming"),
    "the worker finds a kept wallet": Case("looks after a wallet", wallets.a_wallet_to_be_found, "upcoming"),
    "the worker has a deposit held by a wallet": Case("looks after a deposit", wallets.a_wallet_to_hold_by, "upcoming"),
    "the worker reads what a wallet held": Case("settle", wallets.an_intent_nobody_waits_for, "upcoming"),
    "the worker hears that a wallet is gone": Case("checks a wallet", wallets.a_wallet_that_its_owner_ended, "upcoming"),
    "the worker deletes a wallet": Case("looks after a wallet", wallets.a_wallet_needed_no_longer, "completed"),
    "an order for a deposit is not ours": Case("comes home", holds.another_order, "upcoming", is_honest=False),
}
