"""What kinds of price rules, their fields and the lines of a price are called in the back office."""

from collections.abc import Callable

from exodrive.kit.words import _
from exodrive.pricing.kinds import RuleKind
from exodrive.pricing.model import LineKind

_KINDS: dict[RuleKind, Callable[[], tuple[str, str]]] = {
    RuleKind.SEASON: lambda: (_("Season"), _("What a day costs on some dates, or how short or long a rental may be then.")),
    RuleKind.LENGTH: lambda: (_("Length discount"), _("Longer rentals cost less; of all that are reached the best counts.")),
    RuleKind.NOTICE: lambda: (_("Notice"), _("How long before the pick-up a booking is made at the latest.")),
    RuleKind.DELIVERY: lambda: (_("Delivery"), _("Bringing the car to an address, by zone.")),
    RuleKind.COLLECTION: lambda: (_("Collection"), _("Fetching the car from an address, by zone.")),
    RuleKind.AFTER_HOURS: lambda: (_("After hours"), _("Handing over at an hour outside the usual ones.")),
    RuleKind.ONE_WAY: lambda: (_("One way"), _("Bringing the car back to another of our places.")),
    RuleKind.ADDITIONAL_DRIVER: lambda: (_("Additional driver"), _("Somebody else drives as well.")),
    RuleKind.YOUNG_DRIVER: lambda: (_("Young driver"), _("Drivers of some ages on the day of the pick-up.")),
    RuleKind.EXTRA: lambda: (_("Extra"), _("Something to take along, with how many there are.")),
    RuleKind.FEE: lambda: (_("Mandatory fee"), _("Part of every rental.")),
    RuleKind.WAIVER: lambda: (_("Cover"), _("Insurance or damage waiver, with what the renter bears of a damage.")),
    RuleKind.TAX: lambda: (_("Tax"), _("A percentage of the taxable lines, or an amount for each day.")),
    RuleKind.PART_PAYMENT: lambda: (_("Part payment"), _("A part is paid with the booking, the rest before the pick-up.")),
    RuleKind.DISTANCE: lambda: (_("Distance"), _("What driving a rental includes, and what each further mile or kilometre costs.")),
}
_LINES: dict[LineKind, Callable[[], str]] = {
    LineKind.DAYS: lambda: _("days"),
    LineKind.WEEKEND: lambda: _("weekend packages"),
    LineKind.FEE: lambda: _("mandatory fees"),
    LineKind.DELIVERY: lambda: _("delivery"),
    LineKind.COLLECTION: lambda: _("collection"),
    LineKind.AFTER_HOURS: lambda: _("after hours"),
    LineKind.ONE_WAY: lambda: _("one way"),
    LineKind.ADDITIONAL_DRIVER: lambda: _("additional drivers"),
    LineKind.YOUNG_DRIVER: lambda: _("young drivers"),
    LineKind.EXTRA: lambda: _("extras"),
    LineKind.WAIVER: lambda: _("cover"),
}


def kind_name(kind: RuleKind) -> str:
    """Return what a kind is called."""
    return _KINDS[kind]()[0]


def kind_about(kind: RuleKind) -> str:
    """Return what rules of a kind are for."""
    return _KINDS[kind]()[1]


def line_name(kind: LineKind) -> str:
    """Return what lines of a kind are called where a tax is taken of them."""
    return _LINES[kind]()
