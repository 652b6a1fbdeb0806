"""The passwords of our logins, as the settings' URLs hold them."""

from urllib.parse import unquote, urlsplit

from exodrive.operate.logins import LOGINS
from exodrive.settings import Settings, WrongSettings


def passwords_in(settings: Settings) -> dict[str, str]:
    """Login name to password, for each URL that is set. Raises WrongSettings when a URL is for another login."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for part, login in LOGINS.items():
        url = urlsplit(getattr(settings, f"database_{part}_url"))
        if url.username == login and url.password:
            found[login] = unquote(url.password)
        elif url.netloc:
            wrong.append(f"EXODRIVE_DATABASE_{part.upper()}_URL must be for {login}, with a password")
    if wrong:
        raise WrongSettings(wrong)
    return found
