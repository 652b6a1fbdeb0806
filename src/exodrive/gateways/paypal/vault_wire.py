"""PayPal's JSON of kept wallets on the way in: by themselves, and in the order that has one kept."""

import msgspec

from exodrive.gateways.paypal.model import Wallet
from exodrive.gateways.paypal.states import WalletStatus


class Owner(msgspec.Struct, frozen=True):
    """Whose wallet it is, as we call them."""

    merchant_customer_id: str = ""


class WalletIn(msgspec.Struct, frozen=True):
    """A kept wallet; what keeps it tells its state, by itself it has none."""

    id: str = ""
    status: str = "VAULTED"
    customer: Owner = Owner()

    def wallet(self) -> Wallet:
        """Our own wallet."""
        return Wallet(id=self.id, owner=self.customer.merchant_customer_id, status=WalletStatus(self.status))


class WalletAttributes(msgspec.Struct, frozen=True):
    """What an order says beside the wallet that paid."""

    vault: WalletIn | None = None


class PayingWallet(msgspec.Struct, frozen=True):
    """The wallet that paid."""

    attributes: WalletAttributes = WalletAttributes()


class Source(msgspec.Struct, frozen=True):
    """What paid."""

    paypal: PayingWallet = PayingWallet()


def read_wallet(body: bytes) -> Wallet:
    """Read a kept wallet; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=WalletIn).wallet()


def read_nothing(_body: bytes) -> None:
    """An answer that needs no words."""
