"""Every state here and every legal move between them; a move that is not listed is answered with its issue."""

from enum import StrEnum


class Intent(StrEnum):
    """What an order is for."""

    CAPTURE = "CAPTURE"
    AUTHORIZE = "AUTHORIZE"


class OrderStatus(StrEnum):
    """An order's life."""

    CREATED = "CREATED"
    PAYER_ACTION_REQUIRED = "PAYER_ACTION_REQUIRED"
    APPROVED = "APPROVED"
    COMPLETED = "COMPLETED"


class CaptureStatus(StrEnum):
    """A capture's life."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


class AuthorizationStatus(StrEnum):
    """The life of a hold on the payer's money."""

    PENDING = "PENDING"
    CREATED = "CREATED"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    DENIED = "DENIED"
    VOIDED = "VOIDED"


class RefundStatus(StrEnum):
    """A refund's life."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Funds(StrEnum):
    """What a hold's captures will meet."""

    READY = "ready"
    PENDING = "pending"  # every capture stays pending
    GONE = "gone"  # once the honor period is over, nothing can be taken any more


class Case(StrEnum):
    """What the payer has opened against a capture."""

    NONE = ""
    DISPUTE = "dispute"
    CHARGEBACK = "chargeback"


class Funding(StrEnum):
    """What the payer's funding source will do when the order is captured or authorized."""

    INSTANT = "instant"
    DECLINED = "declined"
    PENDING = "pending"


class Mode(StrEnum):
    """What happens to deliveries to a listener."""

    DELIVER = "deliver"
    PAUSE = "pause"
    DUPLICATE = "duplicate"
    DROP = "drop"


class Trick(StrEnum):
    """What a rule does to the next deliveries it fits."""

    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"  # goes out after the next event for the same listener
    DROP = "drop"
    TAMPER = "tamper"  # one byte changed after signing
    WRONG_ID = "wrong_id"  # signed for another webhook
    EXPIRED = "expired_certificate"
    FOREIGN = "foreign_certificate"  # a chain under another root


class DeliveryStatus(StrEnum):
    """A delivery's life."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


class Act(StrEnum):
    """What somebody does to an order, a hold, a capture or a refund."""

    APPROVE = "approve"
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    CAPTURE_REST = "capture_rest"
    REAUTHORIZE = "reauthorize"
    VOID = "void"
    PATCH = "patch"
    REFUND_PART = "refund_part"
    REFUND_REST = "refund_rest"
    COMPLETE = "complete"
    DECLINE = "decline"
    DENY = "deny"  # the same under the other of PayPal's two names for the event
    FAIL = "fail"
    SEND = "send"


ORDER_MOVES: dict[tuple[OrderStatus, Act], OrderStatus | str] = {
    (OrderStatus.CREATED, Act.APPROVE): OrderStatus.APPROVED,
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.APPROVE): OrderStatus.APPROVED,
    (OrderStatus.APPROVED, Act.APPROVE): OrderStatus.APPROVED,  # another funding source after a decline
    (OrderStatus.COMPLETED, Act.APPROVE): "ORDER_ALREADY_CAPTURED",
    (OrderStatus.CREATED, Act.CAPTURE): "ORDER_NOT_APPROVED",
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.CAPTURE): "ORDER_NOT_APPROVED",
    (OrderStatus.APPROVED, Act.CAPTURE): OrderStatus.COMPLETED,
    (OrderStatus.COMPLETED, Act.CAPTURE): "ORDER_ALREADY_CAPTURED",
    (OrderStatus.CREATED, Act.AUTHORIZE): "ORDER_NOT_APPROVED",
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.AUTHORIZE): "ORDER_NOT_APPROVED",
    (OrderStatus.APPROVED, Act.AUTHORIZE): OrderStatus.COMPLETED,
    (OrderStatus.COMPLETED, Act.AUTHORIZE): "ORDER_ALREADY_AUTHORIZED",
    (OrderStatus.CREATED, Act.PATCH): OrderStatus.CREATED,
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.PATCH): OrderStatus.PAYER_ACTION_REQUIRED,
    (OrderStatus.APPROVED, Act.PATCH): OrderStatus.APPROVED,
    (OrderStatus.COMPLETED, Act.PATCH): "ORDER_ALREADY_COMPLETED",
}

_OPEN, _PART = AuthorizationStatus.CREATED, AuthorizationStatus.PARTIALLY_CAPTURED
AUTHORIZATION_MOVES: dict[tuple[AuthorizationStatus, Act], AuthorizationStatus | str] = {
    (AuthorizationStatus.PENDING, Act.COMPLETE): _OPEN,
    (AuthorizationStatus.PENDING, Act.DENY): AuthorizationStatus.DENIED,
    (AuthorizationStatus.PENDING, Act.DECLINE): AuthorizationStatus.DENIED,
    (AuthorizationStatus.PENDING, Act.CAPTURE): "TRANSACTION_REFUSED",
    (AuthorizationStatus.PENDING, Act.CAPTURE_REST): "TRANSACTION_REFUSED",
    (AuthorizationStatus.PENDING, Act.REAUTHORIZE): "TRANSACTION_REFUSED",
    (AuthorizationStatus.PENDING, Act.VOID): AuthorizationStatus.VOIDED,
    (_OPEN, Act.CAPTURE): _PART,
    (_OPEN, Act.CAPTURE_REST): AuthorizationStatus.CAPTURED,
    (_OPEN, Act.REAUTHORIZE): _OPEN,
    (_OPEN, Act.VOID): AuthorizationStatus.VOIDED,
    (_PART, Act.CAPTURE): _PART,
    (_PART, Act.CAPTURE_REST): AuthorizationStatus.CAPTURED,
    (_PART, Act.REAUTHORIZE): "REAUTHORIZATION_NOT_SUPPORTED",
    (_PART, Act.VOID): AuthorizationStatus.VOIDED,
    (AuthorizationStatus.CAPTURED, Act.CAPTURE): "AUTHORIZATION_ALREADY_CAPTURED",
    (AuthorizationStatus.CAPTURED, Act.CAPTURE_REST): "AUTHORIZATION_ALREADY_CAPTURED",
    (AuthorizationStatus.CAPTURED, Act.REAUTHORIZE): "AUTHORIZATION_ALREADY_CAPTURED",
    (AuthorizationStatus.CAPTURED, Act.VOID): "PREVIOUSLY_CAPTURED",
    (AuthorizationStatus.DENIED, Act.CAPTURE): "AUTHORIZATION_DENIED",
    (AuthorizationStatus.DENIED, Act.CAPTURE_REST): "AUTHORIZATION_DENIED",
    (AuthorizationStatus.DENIED, Act.REAUTHORIZE): "TRANSACTION_REFUSED",
    (AuthorizationStatus.DENIED, Act.VOID): "PREVIOUSLY_VOIDED",
    (AuthorizationStatus.VOIDED, Act.CAPTURE): "AUTHORIZATION_VOIDED",
    (AuthorizationStatus.VOIDED, Act.CAPTURE_REST): "AUTHORIZATION_VOIDED",
    (AuthorizationStatus.VOIDED, Act.REAUTHORIZE): "AUTHORIZATION_VOIDED",
    (AuthorizationStatus.VOIDED, Act.VOID): "PREVIOUSLY_VOIDED",
}

CAPTURE_MOVES: dict[tuple[CaptureStatus, Act], CaptureStatus | str] = {
    (CaptureStatus.PENDING, Act.COMPLETE): CaptureStatus.COMPLETED,
    (CaptureStatus.PENDING, Act.DECLINE): CaptureStatus.DECLINED,
    (CaptureStatus.PENDING, Act.DENY): CaptureStatus.DECLINED,
    (CaptureStatus.PENDING, Act.REFUND_PART): "PENDING_CAPTURE",
    (CaptureStatus.PENDING, Act.REFUND_REST): "PENDING_CAPTURE",
    (CaptureStatus.COMPLETED, Act.REFUND_PART): CaptureStatus.PARTIALLY_REFUNDED,
    (CaptureStatus.COMPLETED, Act.REFUND_REST): CaptureStatus.REFUNDED,
    (CaptureStatus.PARTIALLY_REFUNDED, Act.REFUND_PART): CaptureStatus.PARTIALLY_REFUNDED,
    (CaptureStatus.PARTIALLY_REFUNDED, Act.REFUND_REST): CaptureStatus.REFUNDED,
    (CaptureStatus.REFUNDED, Act.REFUND_PART): "CAPTURE_FULLY_REFUNDED",
    (CaptureStatus.REFUNDED, Act.REFUND_REST): "CAPTURE_FULLY_REFUNDED",
    (CaptureStatus.DECLINED, Act.REFUND_PART): "REFUND_NOT_ALLOWED",
    (CaptureStatus.DECLINED, Act.REFUND_REST): "REFUND_NOT_ALLOWED",
}


class IllegalMove(Exception):
    """`issue` is PayPal's word for it, empty where PayPal has none."""

    def __init__(self, issue: str) -> None:
        super().__init__(issue or "This is not possible in its present state.")
        self.issue = issue


def order_after(status: OrderStatus, act: Act) -> OrderStatus:
    """The order's next state; raises IllegalMove."""
    after = ORDER_MOVES.get((status, act), "")
    if isinstance(after, OrderStatus):
        return after
    raise IllegalMove(after)


def capture_after(status: CaptureStatus, act: Act) -> CaptureStatus:
    """The capture's next state; raises IllegalMove."""
    after = CAPTURE_MOVES.get((status, act), "")
    if isinstance(after, CaptureStatus):
        return after
    raise IllegalMove(after)


def authorization_after(status: AuthorizationStatus, act: Act) -> AuthorizationStatus:
    """The hold's next state; raises IllegalMove."""
    after = AUTHORIZATION_MOVES.get((status, act), "")
    if isinstance(after, AuthorizationStatus):
        return after
    raise IllegalMove(after)
