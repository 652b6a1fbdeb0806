"""Two prices of the same days side by side: the lines and taxes that are not the same, each with its reason."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator

import msgspec

from exodrive.pricing.model import Price
from exodrive.pricing.words import coded_lines, line_words, money, tax_rows, tax_why, why


class Difference(msgspec.Struct, frozen=True):
    """One line of a price that is not what it was: ``before`` or ``after`` is empty where it was not or will not be there."""

    words: str
    before: str
    after: str
    why: str


class _Row(msgspec.Struct, frozen=True):
    """A line as it is shown. ``subject`` is what it charges for, whatever it comes to."""

    subject: Hashable
    words: str
    amount: str
    why: str


def differences(old: Price, new: Price) -> Iterator[Difference]:
    """Yield the lines and taxes that are not what they were: what is taken off first, taxes last."""
    before, after = list(_rows(old)), list(_rows(new))
    was, comes = _beyond(before, after), _beyond(after, before)
    pairs: dict[Hashable, list[_Row]] = defaultdict(list)
    for row in was:
        pairs[row.subject].append(row)
    changed = [(pairs[row.subject].pop(0) if pairs[row.subject] else None, row) for row in comes]
    left = [row for rows in pairs.values() for row in rows]
    yield from (Difference(row.words, row.amount, "", row.why) for row in left)
    yield from (Difference(row.words, known.amount if known else "", row.amount, row.why) for known, row in changed)


def _beyond(rows: list[_Row], others: list[_Row]) -> list[_Row]:
    """The rows without those that others have too, each as often as it is there."""
    same = Counter(others)
    same.subtract(rows)
    beyond = []
    for row in reversed(rows):
        if same[row] < 0:
            beyond.append(row)
            same[row] += 1
    return beyond[::-1]


def _rows(price: Price) -> Iterator[_Row]:
    currency = price.inputs.currency
    for line, code in coded_lines(price):
        subject = (line.kind, code or line.text, line.first)
        yield _Row(subject, line_words(line, currency, code), money(line.amount, currency), why(line))
    for words, amount in tax_rows(price):
        yield _Row(words, words, amount, tax_why())
