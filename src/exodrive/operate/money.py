"""The look at the money that an operator takes by hand: our book by itself, and where it was seen to differ from PayPal's."""

from collections.abc import Iterator

import msgspec

from exodrive.operate.asking import service_door
from exodrive.overview import money_differences
from exodrive.overview.money_check import Difference, differences
from exodrive.overview.money_differences import Comparison
from exodrive.payments.differences.model import Difference as Gap
from exodrive.payments.differences.words import advice, gap_words


class Checked(msgspec.Struct, frozen=True):
    """What was found: in our book by itself, and by the newest comparison with PayPal's (None before the first)."""

    book: list[Difference]
    paypal: list[Gap]
    newest: Comparison | None

    @property
    def is_well(self) -> bool:
        """Whether nothing differs."""
        return not (self.book or self.paypal)


async def check(worker_url: str, reference: str | None = None) -> Checked:
    """Return what differs between payments and their book, and between that and PayPal's, of all bookings or of one."""
    async with service_door(worker_url) as door, door.scope() as db:
        found = await differences(db, reference)
        return Checked(found, await money_differences.still_open(db, reference), await money_differences.newest(db))


def lines_of(checked: Checked) -> Iterator[str]:
    """Yield what was found, line by line, with what to do about it."""
    for one in checked.book:
        yield str(one)
    for gap in checked.paypal:
        yield f"{gap.reference or 'no booking'}: {gap.thing} {gap.object_id}: {gap_words(gap.gap)}"
        yield f"    our book says {gap.ours or 'nothing'}, PayPal says {gap.theirs or 'nothing'}"
        yield f"    {advice(gap.gap)}"
    if not checked.book:
        yield "Every payment is what its book says."
    yield _compared(checked)


def _compared(checked: Checked) -> str:
    newest = checked.newest
    if newest is None:
        return "Our book was not compared with PayPal's yet; the worker does it once a day."
    if newest.finished_at is None:
        why = " It rests until PayPal answers again." if newest.paused_by else ""
        return f"The comparison with PayPal that began {newest.began_at:%Y-%m-%d %H:%M} UTC is not finished.{why}"
    told = "something differs" if checked.paypal else "nothing differs"
    return f"Compared with PayPal {newest.finished_at:%Y-%m-%d %H:%M} UTC: {told}."
