"""Quotes: a price we promise for some minutes. Nothing is stored; the form carries it, and the signature says it is ours."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.signing import Signer, Tampered
from exodrive.kit.words import _
from exodrive.pricing import engine
from exodrive.pricing.model import AnyInputs, Price

PURPOSE = "quote"


class QuoteExpired(Conflict):
    """The promise has run out: show today's price and ask again."""

    code = "quote-expired"

    def __init__(self) -> None:
        super().__init__(_("This price has expired. Please check the new one and try again."))


class QuoteForged(BadInput):
    """The text is not a quote of ours, or was changed on the way."""

    code = "quote-forged"

    def __init__(self) -> None:
        message = _("This price did not come from us. Please choose your days again.")
        super().__init__(message, fields={"quote": message})


class _Quote(msgspec.Struct, frozen=True):
    inputs: AnyInputs
    total: Decimal
    expires: datetime


_decoder = msgspec.json.Decoder(_Quote)


class Quotes:
    """Signs and opens quotes. The signer is made for this purpose: ``Signer(key, quotes.PURPOSE)``."""

    def __init__(self, signer: Signer, minutes: int = 30) -> None:
        self._signer = signer
        self._life = timedelta(minutes=minutes)

    def sign(self, price: Price, now: datetime) -> str:
        """Return a url-safe text that promises this price for the quotes' minutes from ``now`` (aware)."""
        return self._signer.sign(msgspec.json.encode(_Quote(price.inputs, price.total, now + self._life)))

    def open(self, text: str, now: datetime) -> Price:
        """Return the price that was promised; raises QuoteForged, or QuoteExpired when its time is over."""
        try:
            quote = _read(self._signer.open(text))
        except (Tampered, msgspec.DecodeError, ValueError):
            raise QuoteForged from None
        except engine.UnknownEngine:
            raise QuoteExpired from None
        if now >= quote.expires:
            raise QuoteExpired
        price = engine.price(quote.inputs)
        # A promise that this program cannot keep to the cent counts as run out, as one of a newer release does.
        if price.total != quote.total:
            raise QuoteExpired
        return price


def _read(promise: bytes) -> _Quote:
    try:
        return _decoder.decode(promise)
    except msgspec.ValidationError:
        engine.check_known(msgspec.json.decode(promise))
        raise
