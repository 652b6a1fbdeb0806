"""This PayPal as a whole: its tables, its client, its merchant, its payer."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from exodrive_emulators.kit.faults import Fault, Kind
from exodrive_emulators.kit.store import Store, Table
from exodrive_emulators.kit.world import World
from exodrive_emulators.paypal import model
from exodrive_emulators.paypal.agenda import Agenda, Deed
from exodrive_emulators.paypal.errors import BY_NAME, KNOWN
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.journey import Journey
from exodrive_emulators.paypal.signing import Chains
from exodrive_emulators.paypal.states import AuthorizationStatus, CaptureStatus, DeliveryStatus, Mode

TOKEN_LIFE = timedelta(seconds=32_400)
MERCHANT = {"email_address": "merchant@business.example", "merchant_id": "H7QXN9P4EMV2A"}
PAYER_ID = "QY6TWPR3JZ8KS"
PAYER: dict[str, Any] = {
    "email_address": "payer@personal.example",
    "name": {"given_name": "Robin", "surname": "Payer"},
    "address": {"country_code": "US"},
}


class Client(msgspec.Struct, frozen=True):
    """The one client this PayPal knows."""

    id: str
    secret: str


class PayPal(World):
    """Handed to every handler."""

    def __init__(self, store: Store, *, client: Client, url: str, chains: Chains, followed: bool) -> None:
        super().__init__(store, "paypal-request-id")
        self.client, self.url, self.chains, self.chain = client, url, chains, chains.own
        self.tokens = store.table("token", model.Token)
        self.orders = store.table("order", model.Order)
        self.authorizations = store.table("authorization", model.Authorization)
        self.captures = store.table("capture", model.Capture)
        self.refunds = store.table("refund", model.Refund)
        self.remembered = store.table("request", model.Remembered)
        self.wallets = store.table("wallet", model.KeptWallet)
        self.bills = store.table("invoice", Invoice)
        self.webhooks = store.table("webhook", model.Webhook)
        self.events = store.table("event", model.Event)
        self.deliveries = store.table("delivery", model.Delivery)
        self.accounts = store.table("account", model.Account)
        self.simulated = store.table("simulated", model.Event)
        self.rules = store.table("rule", model.Rule)
        self.held_back = store.table("held_back", str)  # by listener, the delivery that waits for the next one
        self.agenda = Agenda(store.table("due", model.Due), self.clock)
        self.journey = Journey(self.clock, followed=followed)
        self.deed: Deed = lambda due: None  # what to do with what falls due: told by who puts this world together
        # What a payment or a refund means for an invoice: told by the same.
        self.money_moved: Callable[[model.Capture, model.Refund | None], None] = lambda taken, given: None
        self.in_flight: set[str] = set()
        self.invoices = {it.invoice_id for it in self.captures if it.status is not CaptureStatus.DECLINED or it.authorization_id}
        self.invoices |= {it.invoice_id for it in self.authorizations if it.status is not AuthorizationStatus.DENIED}
        self.to_deliver = {it.id: it for it in self.deliveries if it.status is DeliveryStatus.PENDING}
        self.post_due = asyncio.Event()

    @property
    def account(self) -> model.Account:
        """The merchant's account."""
        return self.accounts.get("merchant") or model.Account()

    def check_fault(self, fault: Fault) -> None:
        """A refusal needs an issue some call can be refused with; raises ValueError."""
        if fault.kind is Kind.REFUSED and fault.issue not in KNOWN and fault.issue not in BY_NAME:
            raise ValueError(f"no call is ever refused with the issue {fault.issue!r}")

    def happen(self) -> None:
        """Holds lapse, what was put off is settled."""
        self.agenda.run(self.deed)

    def sign_out(self) -> None:
        """Every token ends now."""
        self.tokens.clear()

    def move_clock(self, shift: float) -> None:
        """Go there, or begin to; holds, settlements and deliveries may fall due. Raises ValueError beyond a century."""
        self.journey.begin(shift)
        self.happen()
        self.post_due.set()

    async def clock_moved(self) -> bool:
        """Wait for the end of the journey."""
        return await self.journey.over()

    def clock_state(self) -> dict[str, Any]:
        """Whether those who follow have come; without any they always have."""
        return {"together": self.journey.together}

    def post_now(self, webhook_id: str = "") -> None:
        """What should have been delivered while nobody did it is due now: to one listener, or to all."""
        now = self.clock.now()
        for delivery in self.to_deliver.values():
            if delivery.due < now and webhook_id in ("", delivery.webhook_id):
                delivery.due = now
                self.deliveries.put(delivery.id, delivery)
        self.post_due.set()

    def reset(self) -> None:
        """No orders, no money, no events; client, tokens and listeners stay, the listeners delivering again."""
        super().reset()
        self.journey.begin(0.0)
        self._forget()
        self.invoices.clear()
        self.rules.clear()
        self.to_deliver.clear()
        for token in self.tokens:
            token.expires = min(token.expires, self.clock.after(TOKEN_LIFE))
            self.tokens.put(token.value, token)
        for webhook in self.webhooks:
            webhook.mode = Mode.DELIVER
            self.webhooks.put(webhook.id, webhook)
        self.post_due.set()

    def _forget(self) -> None:
        things: list[Table[Any]] = [self.orders, self.authorizations, self.captures, self.refunds, self.bills, self.wallets]
        for table in [*things, self.remembered, self.events, self.deliveries]:
            table.clear()
        self.accounts.clear()
        self.simulated.clear()
        self.held_back.clear()
        self.agenda.clear()
