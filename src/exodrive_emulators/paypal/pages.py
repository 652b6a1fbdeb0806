"""The pages of this PayPal: its templates, and how amounts and moments are written for people."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from exodrive_emulators.kit.pages import Pages
from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.model import Amount

HERE = Path(__file__).parent
PAGES = Pages(HERE)


def grouped(value: Decimal, currency: str) -> str:
    """For people: 2,480.00."""
    whole, point, rest = money.text(value, currency).partition(".")
    return f"{int(whole):,}{point}{rest}"


def priced(amount: Amount) -> str:
    """For people, with its currency."""
    return f"{grouped(amount.value, amount.currency)} {amount.currency}"


def when(moment: datetime) -> str:
    """Day and minute."""
    return moment.strftime("%Y-%m-%d %H:%M")


def duration(seconds: float) -> str:
    """For people: 2 days 3 h, or 45 s when it is less than a minute."""
    whole = timedelta(seconds=round(abs(seconds)))
    hours, minutes = divmod(whole.seconds // 60, 60)
    parts = [(whole.days, "days" if whole.days != 1 else "day"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or f"{whole.seconds} s"


def span(seconds: float) -> str:
    """For people: 2 days 3 h ahead of; empty below a minute."""
    return f"{duration(seconds)} {'ahead of' if seconds > 0 else 'behind'}" if abs(seconds) >= 60 else ""


PAGES.add_filters(grouped=grouped, priced=priced, when=when, duration=duration, span=span)
