"""Every setting, read once from EXODRIVE_* variables. Only app, worker, operate and the command line see it."""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec

from exodrive.settings.checks import PREFIX, contradictions
from exodrive.settings.model import LIVE, LIVE_WEB, NO_SHOW, SANDBOX, SANDBOX_WEB, Settings

__all__ = ["LIVE", "LIVE_WEB", "NEEDS", "NO_SHOW", "PREFIX", "SANDBOX", "SANDBOX_WEB", "Settings", "WrongSettings", "described", "load"]


class WrongSettings(Exception):
    """Settings are missing or wrong; each line names one and says what to do."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("these settings need your attention:\n" + "\n".join(f"  {line}" for line in lines))
        self.lines = lines


#: What each program cannot run without.
NEEDS = {
    "web": ("database_web_url", "database_checkout_url", "database_staff_url", "redis_url", "link_key", "secret_key", "paypal_client_id",
            "paypal_client_secret", "paypal_webhook_id"),
    "worker": ("database_worker_url", "redis_url", "link_key", "secret_key", "paypal_client_id", "paypal_client_secret", "resend_key",
               "mail_from"),
    "command": ("database_worker_url",),
    "queue command": ("redis_url",),
    "webhooks command": ("database_worker_url", "paypal_client_id", "paypal_client_secret"),
    "owner": ("database_owner_url",),
}  # fmt: skip


def load(program: str, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings for one of NEEDS; raise WrongSettings naming all that is missing or wrong."""
    given = os.environ if environment is None else environment
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        text = given.get(PREFIX + field.name.upper(), "").strip()
        if text:
            values[field.name] = _read(field, text, wrong)
        elif field.required:
            wrong.append(f"{PREFIX}{field.name.upper()} is missing: {_description(field.type)}")
    wrong += [f"{line}" for line in _unknown(given)]
    if wrong:
        raise WrongSettings(wrong)
    settings = Settings(**values)
    wrong = [f"{PREFIX}{name.upper()} is missing; the {program} needs it" for name in NEEDS[program] if not getattr(settings, name)]
    wrong += list(contradictions(settings))
    if wrong:
        raise WrongSettings(wrong)
    return settings


def described() -> Iterable[tuple[str, str, Any]]:
    """Yield each setting as (variable, description, default or msgspec.NODEFAULT), for docs and their check."""
    for field in msgspec.structs.fields(Settings):
        yield PREFIX + field.name.upper(), _description(field.type), field.default


def _read(field: msgspec.structs.FieldInfo, text: str, wrong: list[str]) -> Any:
    try:
        return msgspec.convert(text, field.type, strict=False)
    except msgspec.ValidationError as error:
        wrong.append(f"{PREFIX}{field.name.upper()} is {text!r}: {error}. {_description(field.type)}")
        return None


def _unknown(given: Mapping[str, str]) -> Iterable[str]:
    known = {variable for variable, _, _ in described()} | {f"{PREFIX}CONTRACTS"}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting; is it misspelled?"


def _description(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return next((m.description for m in get_args(kind)[1:] if isinstance(m, msgspec.Meta) and m.description), "")
    return ""
