"""What the verbs need of the world: doors, gateways, locks, keys and rules. Built once per process by app or worker."""

import asyncio
from dataclasses import dataclass, field

from exodrive.bookings.model import Rules
from exodrive.charges.model import Tariffs
from exodrive.deposits.model import DepositRules
from exodrive.gateways.mailer import Mailer
from exodrive.gateways.paypal import PayPal
from exodrive.gateways.paypal.invoicing import Invoices
from exodrive.kit.db import Door, Doors
from exodrive.kit.limits import Limits
from exodrive.kit.links import LinkKeys
from exodrive.kit.locks import DayLocks
from exodrive.mail.model import House
from exodrive.pricing.quotes import Quotes
from exodrive.receipts.model import Books


@dataclass(frozen=True, kw_only=True)
class World:
    """All a verb may use. ``door`` is the one that keeps the money's book here: the checkout's in web, the service's in the worker.

    ``payee`` is the merchant id of our account at PayPal; where it is not set, the one counts that an order names when it is opened.
    ``ending`` is set once this process was told to end: whatever walks from one thing to the next stops there, and is gone on with later.
    """

    doors: Doors
    door: Door
    paypal: PayPal
    mailer: Mailer | None
    locks: DayLocks
    limits: Limits
    links: LinkKeys
    quotes: Quotes
    rules: Rules
    public_url: str
    payee: str = ""
    house: House = field(default_factory=House)
    deposits: DepositRules = field(default_factory=DepositRules)
    tariffs: Tariffs = field(default_factory=Tariffs)
    books: Books = field(default_factory=Books)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def invoices(self) -> Invoices:
        """PayPal's invoices."""
        return Invoices(self.paypal)

    def url(self, path: str) -> str:
        """Return the full address of one of our paths."""
        return self.public_url.rstrip("/") + path
