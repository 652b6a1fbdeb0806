"""The words a column may hold are the same in the database and in Python.

A CHECK (… in (…)) needs its enum, or the field's Literal, in the register below.
"""

import re
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from exodrive.availability.model import DayStatus
from exodrive.bookings.endings import How
from exodrive.bookings.model import Actor, Tariff
from exodrive.bookings.states import BookingStatus
from exodrive.charges.model import ChargeKind
from exodrive.charges.states import ChargeStatus
from exodrive.clashes import model as clashes
from exodrive.deposits.claims.model import Answer, ClaimStatus
from exodrive.deposits.model import Alarm, Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import WalletStatus
from exodrive.fleet.front.model import Section
from exodrive.fleet.model import Car, Transmission, View
from exodrive.flows.change.model import ChangeStatus
from exodrive.flows.checkout.model import BookedPlace
from exodrive.flows.comparison.model import Phase
from exodrive.gateways.paypal import Flaw
from exodrive.gateways.paypal.invoicing import InvoiceStatus, Method
from exodrive.handovers import model as handovers
from exodrive.invoices.states import RequestKind, RequestStatus, Wanted
from exodrive.overview.home import Hero
from exodrive.payments.decisions.model import Decision
from exodrive.payments.differences.model import Gap, Thing
from exodrive.payments.instalments.model import InstalmentStatus
from exodrive.payments.model import End, Kind, Origin, PaymentStatus
from exodrive.pricing.kinds import RuleKind
from exodrive.pricing.model import Fee
from exodrive.receipts.model import Purpose, ReceiptKind
from exodrive.staff.model import LinkPurpose, StaffRole
from exodrive.webhooks.model import Cursor, KeptEvent
from tests.database import catalogue

# The enum of a column, or the struct and its field whose Literal spells the words out.
REGISTER: dict[str, type[StrEnum] | tuple[type, str]] = {
    "public.booking_alarms.kind": Alarm,
    "public.booking_changes.status": ChangeStatus,
    "public.booking_changes.tariff": Tariff,
    "public.booking_charges.kind": ChargeKind,
    "public.booking_charges.status": ChargeStatus,
    "public.booking_clashes.how": clashes.How,
    "public.booking_endings.how": How,
    "public.booking_events.actor_type": (Actor, "kind"),
    "public.booking_instalments.status": InstalmentStatus,
    "public.booking_locations.type": (BookedPlace, "type"),
    "public.bookings.status": BookingStatus,
    "public.car_additional_fees.per": (Fee, "per"),
    "public.car_availability.status": DayStatus,
    "public.car_images.view": View,
    "public.cars.distance_unit": (Car, "distance_unit"),
    "public.cars.transmission": Transmission,
    "public.deposit_claims.answer": Answer,
    "public.deposit_claims.status": ClaimStatus,
    "public.deposit_holds.status": HoldStatus,
    "public.deposit_holds.way": Way,
    "public.handovers.way": handovers.Way,
    "public.paypal_wallets.status": WalletStatus,
    "public.hero_content.background_type": (Hero, "background_type"),
    "public.money_comparisons.phase": Phase,
    "public.money_differences.kind": Gap,
    "public.money_differences.object": Thing,
    "public.payment_decisions.decision": Decision,
    "public.payment_operations.kind": Kind,
    "public.payment_operations.origin": Origin,
    "public.payment_results.outcome": End,
    "public.payments.status": PaymentStatus,
    "public.paypal_invoice_requests.kind": RequestKind,
    "public.paypal_invoice_requests.method": Method,
    "public.paypal_invoice_requests.status": RequestStatus,
    "public.paypal_invoices.status": InvoiceStatus,
    "public.paypal_invoices.wanted": Wanted,
    "public.price_rules.kind": RuleKind,
    "public.receipt_counters.kind": ReceiptKind,
    "public.receipts.kind": ReceiptKind,
    "public.receipts.purpose": Purpose,
    "public.staff.role": StaffRole,
    "public.staff_links.purpose": LinkPurpose,
    "public.webhook_cursors.source": Cursor,
    "public.webhook_deliveries.source": (KeptEvent, "source"),
    "public.webhook_events.source": (KeptEvent, "source"),
    "public.webhook_refusals.flaw": Flaw,
    "public.webhook_refusals.source": (KeptEvent, "source"),
}


def words(entry: type[StrEnum] | tuple[type, str]) -> tuple[str, ...]:
    if isinstance(entry, tuple):
        struct, field = entry
        return tuple(sorted(get_args(get_type_hints(struct)[field])))
    return tuple(sorted(entry))


async def test_every_list_of_words_in_the_database_is_known_to_python_word_for_word(superuser: Any) -> None:
    assert await catalogue.value_lists(superuser) == {column: words(entry) for column, entry in REGISTER.items()}


async def test_the_parts_of_the_home_page_are_the_same_in_the_database(superuser: Any) -> None:
    check = await superuser.fetchval(
        """select pg_get_constraintdef(oid) from pg_constraint
           where conrelid = 'public.homepage_settings'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%sections <@%'"""
    )
    assert set(re.findall(r"'(\w+)'", check)) == {section.value for section in Section}


async def test_a_list_of_words_without_its_enum_is_noticed(superuser: Any) -> None:
    trial = superuser.transaction()
    await trial.start()
    await superuser.execute("alter table public.cars add gearbox text check (gearbox in ('manual', 'automatic'))")
    assert (await catalogue.value_lists(superuser))["public.cars.gearbox"] == ("automatic", "manual")
    await trial.rollback()


async def test_no_column_has_an_enum_type(superuser: Any) -> None:
    """Enum equality is not leakproof: under row rules it would lose its index."""
    assert await superuser.fetchval("select count(*) from pg_type where typtype = 'e'") == 0
