"""Every state here and every legal move between them; a move that is not listed is answered with its issue."""

from enum import StrEnum


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


class Funding(StrEnum):
    """What the payer's funding source will do when the order is captured."""

    INSTANT = "instant"
    DECLINED = "declined"
    PENDING = "pending"


class Mode(StrEnum):
    """What happens to deliveries to a listener."""

    DELIVER = "deliver"
    PAUSE = "pause"
    DUPLICATE = "duplicate"
    DROP = "drop"


class DeliveryStatus(StrEnum):
    """A delivery's life."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


class Act(StrEnum):
    """What somebody does to an order or a capture."""

    APPROVE = "approve"
    CAPTURE = "capture"
    REFUND_PART = "refund_part"
    REFUND_REST = "refund_rest"
    COMPLETE = "complete"
    DECLINE = "decline"


ORDER_MOVES: dict[tuple[OrderStatus, Act], OrderStatus | str] = {
    (OrderStatus.CREATED, Act.APPROVE): OrderStatus.APPROVED,
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.APPROVE): OrderStatus.APPROVED,
    (OrderStatus.APPROVED, Act.APPROVE): OrderStatus.APPROVED,  # another funding source after a decline
    (OrderStatus.COMPLETED, Act.APPROVE): "ORDER_ALREADY_CAPTURED",
    (OrderStatus.CREATED, Act.CAPTURE): "ORDER_NOT_APPROVED",
    (OrderStatus.PAYER_ACTION_REQUIRED, Act.CAPTURE): "ORDER_NOT_APPROVED",
    (OrderStatus.APPROVED, Act.CAPTURE): OrderStatus.COMPLETED,
    (OrderStatus.COMPLETED, Act.CAPTURE): "ORDER_ALREADY_CAPTURED",
}

CAPTURE_MOVES: dict[tuple[CaptureStatus, Act], CaptureStatus | str] = {
    (CaptureStatus.PENDING, Act.COMPLETE): CaptureStatus.COMPLETED,
    (CaptureStatus.PENDING, Act.DECLINE): CaptureStatus.DECLINED,
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
