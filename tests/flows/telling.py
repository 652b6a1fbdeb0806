"""A PayPal some of whose words are changed on the way, as a broken or tampered answer would have them."""

from typing import Any

import msgspec

from exodrive.gateways.paypal import Capture, NewClaim, NewRefund, Order, PayPal, Refund


class Telling:
    """The same PayPal, with fields of its orders, captures or refunds changed."""

    def __init__(self, paypal: PayPal, *, order: Any = None, capture: Any = None, refund: Any = None) -> None:
        self.paypal = paypal
        self.order, self.capture, self.refund = order or {}, capture or {}, refund or {}

    async def get_order(self, order_id: str) -> Order:
        order = await self.paypal.get_order(order_id)
        captures = tuple(msgspec.structs.replace(one, **self.capture) for one in order.captures)
        refunds = tuple(msgspec.structs.replace(one, **self.refund) for one in order.refunds)
        return msgspec.structs.replace(order, captures=captures, refunds=refunds, **self.order)

    async def capture_order(self, order_id: str, *, request_id: str) -> Capture:
        return msgspec.structs.replace(await self.paypal.capture_order(order_id, request_id=request_id), **self.capture)

    async def claim(self, authorization_id: str, claim: NewClaim, *, request_id: str) -> Capture:
        return msgspec.structs.replace(await self.paypal.claim(authorization_id, claim, request_id=request_id), **self.capture)

    async def refund_capture(self, capture_id: str, refund: NewRefund, *, request_id: str) -> Refund:
        return msgspec.structs.replace(await self.paypal.refund_capture(capture_id, refund, request_id=request_id), **self.refund)

    async def get_capture(self, capture_id: str) -> Capture:
        return msgspec.structs.replace(await self.paypal.get_capture(capture_id), **self.capture)

    async def get_refund(self, refund_id: str) -> Refund:
        return msgspec.structs.replace(await self.paypal.get_refund(refund_id), **self.refund)
