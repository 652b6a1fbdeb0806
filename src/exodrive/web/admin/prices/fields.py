"""The fields of a price rule's form: which a kind has, what they are called, and how they are typed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from exodrive.kit.words import _
from exodrive.overview.staff_prices import Targets
from exodrive.pricing.kinds import RuleKind
from exodrive.pricing.model import LineKind
from exodrive.web.admin.prices.names import line_name

Control = Literal["text", "number", "decimal", "date", "time", "select", "check", "checks", "notes"]
Choices = tuple[tuple[str, str], ...]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the form shows it: what was typed, what is wrong with it, and what can be chosen."""

    name: str
    label: str
    control: Control
    value: str = ""
    error: str = ""
    hint: str = ""
    required: bool = False
    choices: Choices = ()
    chosen: tuple[str, ...] = ()


_MONEY = ("amount", "currency")
_COUNTED = (*_MONEY, "per", "capped_days")
_OWN: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.SEASON: ("amount", "weekend", "currency", "percent", "minimum_days", "maximum_days"),
    RuleKind.LENGTH: ("days", "percent"),
    RuleKind.NOTICE: ("hours", "cutoff"),
    RuleKind.DELIVERY: ("code", "areas", *_MONEY, "taxable"),
    RuleKind.COLLECTION: ("code", "areas", *_MONEY, "taxable"),
    RuleKind.AFTER_HOURS: ("side", "since", "until", *_MONEY, "taxable"),
    RuleKind.ONE_WAY: ("pickup", "dropoff", *_MONEY, "taxable"),
    RuleKind.ADDITIONAL_DRIVER: (*_COUNTED, "most", "taxable"),
    RuleKind.YOUNG_DRIVER: ("from_age", "below_age", *_COUNTED, "taxable"),
    RuleKind.EXTRA: ("code", "description", *_COUNTED, "most", "stock", "taxable"),
    RuleKind.FEE: ("code", *_COUNTED, "taxable"),
    RuleKind.WAIVER: ("code", "description", "excess", *_COUNTED, "taxable"),
    RuleKind.TAX: ("code", "percent", "on", *_MONEY, "capped_days", "taxable"),
    RuleKind.PART_PAYMENT: ("percent", "days_before"),
    RuleKind.DISTANCE: ("per_day", "per_rental", *_MONEY),
}
_REQUIRED: dict[RuleKind, frozenset[str]] = {
    kind: frozenset({"name"} | set(_OWN[kind]) & {"days", "since", "until", "below_age", "excess", "days_before"})
    | ({"amount", "currency"} if kind not in (RuleKind.SEASON, RuleKind.TAX, RuleKind.DISTANCE) and "amount" in _OWN[kind] else set())
    | ({"percent"} if kind in (RuleKind.LENGTH, RuleKind.PART_PAYMENT) else set())
    | ({"code"} if kind in (RuleKind.EXTRA, RuleKind.WAIVER) else set())
    for kind in RuleKind
}
_CONTROLS: dict[str, Control] = {
    **dict.fromkeys(("amount", "weekend", "excess", "percent"), "decimal"),
    **dict.fromkeys(
        ("priority", "minimum_days", "maximum_days", "days", "hours", "capped_days", "most", "stock", "from_age", "below_age",
         "days_before", "per_day", "per_rental"),
        "number",
    ),
    **dict.fromkeys(("first", "last"), "date"),
    **dict.fromkeys(("since", "until", "cutoff"), "time"),
    **dict.fromkeys(("scope", "per", "side", "pickup", "dropoff"), "select"),
    **dict.fromkeys(("areas", "description"), "notes"),
    "taxable": "check",
    "on": "checks",
}  # fmt: skip
_LABELS: dict[str, Callable[[], tuple[str, str]]] = {
    "name": lambda: (_("Name"), _("Renters read it beside the price.")),
    "scope": lambda: (_("Which cars"), ""),
    "first": lambda: (_("First day"), _("Empty: always.")),
    "last": lambda: (_("Last day"), _("Empty: always.")),
    "priority": lambda: (_("Priority"), _("Of two rules about the same the higher one counts; then the car’s own, then its category’s.")),
    "code": lambda: (_("Code"), _("A short word of small letters that stays when the price changes, such as child-seat.")),
    "amount": lambda: (_("Price"), ""),
    "weekend": lambda: (_("Full Friday to Sunday together"), ""),
    "currency": lambda: (_("Currency"), _("Three letters; the rule counts for cars priced in it.")),
    "percent": lambda: (_("Percent"), ""),
    "minimum_days": lambda: (_("Days at least"), ""),
    "maximum_days": lambda: (_("Days at most"), ""),
    "days": lambda: (_("From how many days on"), ""),
    "hours": lambda: (_("Hours before the pick-up"), ""),
    "cutoff": lambda: (_("For the same day until"), _("By the clock of the car’s home. Empty: no cut-off.")),
    "areas": lambda: (_("Areas"), _("One a line: a country, and postal codes or a city, such as US 331 or AE Dubai. Empty: elsewhere.")),
    "side": lambda: (_("Which way"), ""),
    "since": lambda: (_("From"), ""),
    "until": lambda: (_("Until"), ""),
    "pickup": lambda: (_("Collected at"), ""),
    "dropoff": lambda: (_("Brought back to"), ""),
    "per": lambda: (_("Charged"), ""),
    "capped_days": lambda: (_("Days charged at most"), _("Empty: every day.")),
    "most": lambda: (_("How many at most"), ""),
    "stock": lambda: (_("In stock"), _("How many there are on any day. Empty: never too few.")),
    "description": lambda: (_("Description"), ""),
    "excess": lambda: (_("The renter bears at most"), ""),
    "from_age": lambda: (_("From age"), ""),
    "below_age": lambda: (_("Younger than"), ""),
    "on": lambda: (_("Taken of"), _("None: of everything taxable.")),
    "taxable": lambda: (_("Taxed"), ""),
    "days_before": lambda: (_("The rest so many days before the pick-up"), ""),
    "per_day": lambda: (_("Included a day"), _("Empty in both: no limit.")),
    "per_rental": lambda: (_("Included in a rental"), ""),
}  # fmt: skip
_OF_KIND: dict[tuple[RuleKind, str], Callable[[], tuple[str, str]]] = {
    (RuleKind.SEASON, "amount"): lambda: (_("A day costs"), _("Give prices, or a percentage, or only how short and long a rental may be.")),
    (RuleKind.SEASON, "percent"): lambda: (_("Percent of the usual price"), _("130 makes every day dearer by 30 %, 80 cheaper by 20 %.")),
    (RuleKind.LENGTH, "percent"): lambda: (_("Percent less"), ""),
    (RuleKind.PART_PAYMENT, "percent"): lambda: (_("Percent with the booking"), ""),
    (RuleKind.TAX, "amount"): lambda: (_("Or an amount for each day"), ""),
    (RuleKind.TAX, "taxable"): lambda: (_("The percentages are taken of this amount too"), ""),
    (RuleKind.DISTANCE, "amount"): lambda: (_("Each further one costs"), ""),
    (RuleKind.ADDITIONAL_DRIVER, "amount"): lambda: (_("Price of each driver"), ""),
    (RuleKind.DELIVERY, "code"): lambda: (_("Code of the zone"), _("Empty only for everywhere else.")),
    (RuleKind.COLLECTION, "code"): lambda: (_("Code of the zone"), _("Empty only for everywhere else.")),
}  # fmt: skip


def names_of(kind: RuleKind) -> tuple[str, ...]:
    """Return the fields of a kind's form in their order."""
    return ("name", *_OWN[kind], "scope", "first", "last", "priority")


def fields_of(kind: RuleKind, targets: Targets, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Field, ...]:
    """Return a kind's form with what was typed and what is wrong."""
    return tuple(_field(kind, name, targets, values, errors) for name in names_of(kind))


def _field(kind: RuleKind, name: str, targets: Targets, values: Mapping[str, str], errors: Mapping[str, str]) -> Field:
    label, hint = _OF_KIND.get((kind, name), _LABELS[name])()
    return Field(
        name=name,
        label=label,
        control=_CONTROLS.get(name, "text"),
        value=values.get(name, ""),
        error=errors.get(name, ""),
        hint=hint,
        required=name in _REQUIRED[kind],
        choices=_choices(name, targets),
        chosen=tuple(values.get(name, "").split()) if name == "on" else (),
    )


def _choices(name: str, targets: Targets) -> Choices:
    if name == "scope":
        return _scopes(targets)
    if name == "on":
        return tuple((kind.value, line_name(kind)) for kind in LineKind)
    if name in ("pickup", "dropoff"):
        return ("", _("Any place")), *((str(place.id), place.name) for place in targets.places)
    if name == "per":
        return ("rental", _("per rental")), ("day", _("per day"))
    if name == "side":
        return ("both", _("Pick-up and return")), ("pickup", _("Pick-up")), ("return", _("Return"))
    return ()


def _scopes(targets: Targets) -> Choices:
    cars: Iterable[tuple[str, str]] = ((f"car:{car.id}", car.name) for car in targets.cars)
    categories = ((f"category:{name}", _("Category {name}").format(name=name)) for name in targets.categories)
    return ("", _("All cars")), *categories, *cars
