"""A price rule as the texts of its form, and back: what a form sends becomes what the JSON API takes, and both become a rule."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import msgspec

from exodrive.kit.errors import BadInput
from exodrive.kit.words import _
from exodrive.pricing.kinds import AnyRule, Area, Rule, RuleKind
from exodrive.web.admin.prices.fields import names_of
from exodrive.web.shell import forms

_TYPES: dict[RuleKind, type[Rule]] = {RuleKind(str(kind.__struct_config__.tag)): kind for kind in get_args(AnyRule)}


def rule_of(kind: RuleKind, values: Mapping[str, Any]) -> Rule:
    """Read a rule from named values; raises BadInput naming every field that cannot be read."""
    rule = forms.fill({name: value for name, value in values.items() if name != "kind"}, _TYPES[kind])
    strange = [name for name in rule.__struct_fields__ if _is_no_number(getattr(rule, name))]
    if strange:
        raise BadInput(_("Please check the rule."), fields=dict.fromkeys(strange, _("Please give a number.")))
    return rule


def _is_no_number(value: object) -> bool:
    return isinstance(value, Decimal) and not value.is_finite()


def rule_from_form(kind: RuleKind, texts: Mapping[str, str], on: list[str]) -> Rule:
    """Read a rule from what a form sent; raises BadInput naming the form's fields."""
    values: dict[str, Any] = {name: texts[name] for name in names_of(kind) if texts.get(name)}
    if "taxable" in names_of(kind):
        values["taxable"] = bool(texts.get("taxable"))
    if not values.get("amount"):
        values.pop("currency", None)  # it is filled in beforehand, and means nothing by itself
    elif "currency" in values:
        values["currency"] = values["currency"].upper()
    scope, _colon, chosen = values.pop("scope", "").partition(":")
    if chosen:
        values["car_id" if scope == "car" else "category"] = chosen
    if "areas" in values:
        values["areas"] = [_area(line) for line in values["areas"].replace(",", "\n").splitlines() if line.strip()]
    if on:
        values["on"] = on
    return rule_of(kind, values)


def errors_in_form(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by the names of the form's fields."""
    return {"scope" if name in ("car_id", "category") else name: sentence for name, sentence in fields.items()}


def texts_of(rule: Rule) -> dict[str, str]:
    """Return a rule as its form shows it."""
    plain: dict[str, Any] = msgspec.to_builtins(rule)
    texts = {name: _text(name, value) for name, value in plain.items()}
    texts["taxable"] = "yes" if rule.taxable else ""
    texts["scope"] = f"car:{rule.car_id}" if rule.car_id else f"category:{rule.category}" if rule.category else ""
    return {name: texts[name] for name in (*names_of(rule.kind), "priority") if texts.get(name)}


def _text(name: str, value: Any) -> str:
    if name == "areas":
        return "\n".join(_area_text(Area(**area)) for area in value)
    if name == "on":
        return " ".join(value)
    if name == "percent":
        return format(Decimal(value).normalize(), "f")
    return value[:5] if name in ("since", "until", "cutoff") else str(value)


def _area(line: str) -> dict[str, str]:
    """Read ``US 331``, ``AE Dubai`` or ``MC``: what has a digit, or ends with a star, begins a postal code."""
    country, _space, rest = line.strip().partition(" ")
    rest = rest.strip()
    is_code = rest.endswith(("*", "…")) or any(letter.isdigit() for letter in rest)
    return {"country": country.upper(), "code" if is_code else "city": rest.rstrip("*…")}


def _area_text(area: Area) -> str:
    if area.code:
        return f"{area.country} {area.code}{'' if any(letter.isdigit() for letter in area.code) else '*'}"
    return f"{area.country} {area.city}".strip()
