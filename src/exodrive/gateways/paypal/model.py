"""The words we use with PayPal: what we ask for, what we are told, and the protocol between."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from exodrive.gateways.paypal.states import AuthorizationStatus, CaptureStatus, Intent, OrderStatus, RefundStatus, WalletStatus
from exodrive.kit.money import Money

T = TypeVar("T")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A line the payer sees. The sum of all lines must be the order's amount without tax."""

    name: str
    unit_price: Money
    quantity: int = 1


class Keep(msgspec.Struct, frozen=True):
    """That PayPal is to keep the payer's wallet once it has paid: ``owner`` is our name of whose it is, ``text`` what the payer reads."""

    owner: str
    text: str


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to be paid at once, or to be held: ``amount`` is everything, ``tax`` the part of it that is tax.

    ``takes_now``: a part of what is held is taken at once, and the payer presses "pay".
    ``invoice_id`` is our own number for this payment and guards against charging twice; ``custom_id`` comes back in
    captures, notices and disputes. ``locale`` is ours (``en_US``). By a kept wallet, ``wallet_id``, it is paid, or held, as it is made, and
    nobody is asked; ``keep`` has the payer's wallet kept for that.
    """

    amount: Money
    intent: Intent = Intent.CAPTURE
    takes_now: bool = False
    tax: Money | None = None
    reference_id: str
    invoice_id: str
    custom_id: str
    description: str
    items: tuple[Item, ...] = ()
    return_url: str
    cancel_url: str
    brand_name: str
    locale: str = "en_US"
    keep: Keep | None = None
    wallet_id: str = ""


class NewRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money to give back: ``amount``, or all that is left of the capture."""

    amount: Money | None = None
    invoice_id: str
    custom_id: str
    note: str = ""


class NewClaim(msgspec.Struct, frozen=True, kw_only=True):
    """Money to take out of a hold. After a ``final`` claim nothing is left of the hold."""

    amount: Money
    invoice_id: str
    note: str = ""
    final: bool = True


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, as PayPal tells it: ``expires_at`` is the end of its 29 days."""

    id: str
    status: AuthorizationStatus
    amount: Money
    order_id: str = ""
    merchant_id: str = ""
    invoice_id: str = ""
    custom_id: str = ""
    reason: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """Money taken from an order, as PayPal tells it."""

    id: str
    status: CaptureStatus
    amount: Money
    order_id: str = ""
    merchant_id: str = ""
    invoice_id: str = ""
    custom_id: str = ""
    reason: str = ""
    created_at: datetime | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money given back from a capture, as PayPal tells it."""

    id: str
    status: RefundStatus
    amount: Money
    capture_id: str = ""
    merchant_id: str = ""
    invoice_id: str = ""
    custom_id: str = ""
    reason: str = ""
    created_at: datetime | None = None


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that PayPal keeps for us; ``id`` is empty while it is not ready to pay, ``owner`` is our name of whose it is."""

    id: str = ""
    owner: str = ""
    status: WalletStatus = WalletStatus.VAULTED


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order with what was taken and given back on it. ``approve_url`` is where the payer approves it, if they may."""

    id: str
    status: OrderStatus
    amount: Money
    approve_url: str | None = None
    merchant_id: str = ""
    reference_id: str = ""
    invoice_id: str = ""
    custom_id: str = ""
    authorizations: tuple[Authorization, ...] = ()
    captures: tuple[Capture, ...] = ()
    refunds: tuple[Refund, ...] = ()
    wallet: Wallet | None = None

    @property
    def capture(self) -> Capture | None:
        """The capture: an order has one at most that counts; one that was declined may stand before it."""
        return self.captures[-1] if self.captures else None

    @property
    def authorization(self) -> Authorization | None:
        """The newest hold: the first and one that renewed it may stand side by side."""
        return self.authorizations[-1] if self.authorizations else None


class Event(msgspec.Struct, frozen=True):
    """What happened, as PayPal tells it: the envelope, and the resource as it was then."""

    id: str
    event_type: str
    resource_type: str = ""
    create_time: datetime | None = None
    resource: dict[str, Any] = {}


class PayPal(Protocol):
    """What we ask of PayPal.

    Writes carry a request id that the caller made and stored first: the same id with the same values asks for the
    same thing, however often. Every call may raise Declined, Refused, Unknown, Unreachable and Busy, and must not be
    made inside a database scope.
    """

    async def create_order(self, order: NewOrder, *, request_id: str) -> Order:
        """Open an order for the payer to approve."""
        ...

    async def get_order(self, order_id: str) -> Order:
        """Read an order."""
        ...

    async def capture_order(self, order_id: str, *, request_id: str) -> Capture:
        """Take the money of an approved order; one taken already is read back. Look at the capture's status."""
        ...

    async def get_capture(self, capture_id: str) -> Capture:
        """Read a capture."""
        ...

    async def refund_capture(self, capture_id: str, refund: NewRefund, *, request_id: str) -> Refund:
        """Give money back; of a capture given back in full already, the refund with our invoice id is read back."""
        ...

    async def get_refund(self, refund_id: str) -> Refund:
        """Read a refund."""
        ...

    async def authorize_order(self, order_id: str, *, request_id: str) -> Authorization:
        """Place the hold of an approved order; one placed already is read back. Look at its status."""
        ...

    async def get_authorization(self, authorization_id: str) -> Authorization:
        """Read a hold."""
        ...

    async def renew_authorization(self, authorization_id: str, amount: Money, *, request_id: str) -> Authorization:
        """Renew a hold, once and from its fourth day on: a new hold with a new id, guaranteed for three more days."""
        ...

    async def claim(self, authorization_id: str, claim: NewClaim, *, request_id: str) -> Capture:
        """Take money out of a hold. Look at the capture's status."""
        ...

    async def void_authorization(self, authorization_id: str, *, request_id: str) -> Authorization:
        """Give a hold back: the first one, of which a renewed one is the child; one given back already is read."""
        ...

    async def get_wallet(self, wallet_id: str) -> Wallet:
        """Read a kept wallet; Refused with 404 when there is none any more."""
        ...

    async def delete_wallet(self, wallet_id: str) -> None:
        """Have a wallet kept no longer; one that is gone already is fine."""
        ...

    async def get_event(self, event_id: str) -> Event:
        """Read what happened, by the event's id."""
        ...

    async def event_page(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """Read the newest of what happened between two moments, a page of it, the newest first."""
        ...

    async def events(self, start: datetime, end: datetime) -> list[Event]:
        """Read all that happened between two moments, oldest first."""
        ...

    async def ask(self, kind: Callable[[bytes], T], method: str, path: str, body: Any = None) -> T:
        """Ask something that PayPal keeps no request id for; asked twice, it must do no harm."""
        ...

    async def ask_full(self, kind: Callable[[bytes], T], path: str, body: Any) -> T:
        """The same for something that is made, with all of it in the answer."""
        ...

    async def ask_once(self, kind: Callable[[bytes], T], method: str, path: str, body: Any) -> T:
        """Ask for what would be done twice if it were asked twice: one attempt, whose outcome may be Unknown."""
        ...
