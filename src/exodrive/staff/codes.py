"""The six digits of an authenticator app (RFC 6238, 30-second steps): each code is taken once."""

import hmac

import pyotp
import segno

from exodrive.kit import clock

STEP = 30


def new_secret() -> str:
    """Return a fresh secret for an authenticator app."""
    return pyotp.random_base32()


def address(secret: str, *, email: str, company: str) -> str:
    """Return the otpauth address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=company)


def picture(text: str) -> str:
    """Return the QR code of a text as an SVG element without styles, ready for a page with a strict policy."""
    return str(
        segno.make(text, error="m").svg_inline(
            scale=5, border=2, svgclass="qr", lineclass=None, omitsize=True, dark="#16171a", light="#fff"
        )
    )


def accepted_step(secret: str, code: str, *, after: int) -> int | None:
    """Return the time step a code belongs to, or None.

    The present step and its neighbours count, for clocks that are a little off; steps up to ``after`` were used before.
    """
    present = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None
