"""The states of things at PayPal, as PayPal names them."""

from enum import StrEnum


class _Status(StrEnum):
    """A state as PayPal names it. It adds states as it likes: one we do not know is UNKNOWN, never an error."""

    @classmethod
    def _missing_(cls, value: object) -> "_Status":
        return cls("UNKNOWN")


class OrderStatus(_Status):
    """State of an order. COMPLETED does not mean paid: the capture's own state tells."""

    CREATED = "CREATED"
    SAVED = "SAVED"
    APPROVED = "APPROVED"
    PAYER_ACTION_REQUIRED = "PAYER_ACTION_REQUIRED"
    COMPLETED = "COMPLETED"
    VOIDED = "VOIDED"
    UNKNOWN = "UNKNOWN"


class CaptureStatus(_Status):
    """State of a capture. Money is ours in COMPLETED, may still come in PENDING, and never came in DECLINED and FAILED."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    FAILED = "FAILED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    UNKNOWN = "UNKNOWN"


class Intent(StrEnum):
    """What an order is for: to be paid at once, or to be held."""

    CAPTURE = "CAPTURE"
    AUTHORIZE = "AUTHORIZE"


class AuthorizationStatus(_Status):
    """State of a hold. One that ran out is VOIDED, as one that was given back; its ``expires_at`` tells them apart."""

    CREATED = "CREATED"
    PENDING = "PENDING"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    DENIED = "DENIED"
    VOIDED = "VOIDED"
    UNKNOWN = "UNKNOWN"


class WalletStatus(_Status):
    """State of a wallet that PayPal was asked to keep. Only in VAULTED it has an id, and can pay."""

    APPROVED = "APPROVED"
    CREATED = "CREATED"
    VAULTED = "VAULTED"
    UNKNOWN = "UNKNOWN"


class RefundStatus(_Status):
    """State of a refund. Only COMPLETED means that the payer has the money."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"
