"""The client: each call is sent with its own request id until PayPal gives a usable answer."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from exodrive.gateways.breaker import Breaker
from exodrive.gateways.errors import Declined, Refused, Unknown
from exodrive.gateways.line import Answer, Line, Patience, T
from exodrive.gateways.paypal import bodies
from exodrive.gateways.paypal.model import Authorization, Capture, Event, NewClaim, NewOrder, NewRefund, Order, Refund, Wallet
from exodrive.gateways.paypal.tokens import Tokens
from exodrive.gateways.paypal.vault_wire import read_nothing, read_wallet
from exodrive.gateways.paypal.verdict import debug_id, judge
from exodrive.gateways.paypal.wire import read_authorization, read_capture, read_event, read_events, read_order, read_refund
from exodrive.kit import failpoints
from exodrive.kit.db import outside_scope
from exodrive.kit.failpoints import Kind, Side
from exodrive.kit.money import Money

_EVENTS = "/v1/notifications/webhooks-events"
_WALLETS = "/v3/vault/payment-tokens"
_PAGE = 100
_NOT_THERE = 404

_log = logging.getLogger(__name__)


class PayPalClient:
    """PayPal over HTTP: one per process, closed at its end. It keeps the protocol ``PayPal``."""

    def __init__(self, url: str, client_id: str, secret: str, *, patience: Patience | None = None, breaker: Breaker | None = None) -> None:
        self._line = Line(url, patience=patience or Patience(), breaker=breaker)
        self._tokens = Tokens(self._line, client_id, secret)

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def create_order(self, order: NewOrder, *, request_id: str) -> Order:
        """Open an order for the payer to approve."""
        return await self._write(read_order, "/v2/checkout/orders", bodies.order(order), request_id)

    async def get_order(self, order_id: str) -> Order:
        """Read an order."""
        return await self._read(read_order, _path("/v2/checkout/orders", order_id))

    async def capture_order(self, order_id: str, *, request_id: str) -> Capture:
        """Take the money of an approved order; one taken already is read back."""
        try:
            order = await self._write(read_order, _path("/v2/checkout/orders", order_id, "capture"), {}, request_id)
        except Refused as refusal:
            if refusal.issue != "ORDER_ALREADY_CAPTURED":
                raise
            order = await _read_what_is_done(self.get_order(order_id))
        if order.capture is None:
            raise Unknown("a captured order without a capture")
        return order.capture

    async def get_capture(self, capture_id: str) -> Capture:
        """Read a capture."""
        return await self._read(read_capture, _path("/v2/payments/captures", capture_id))

    async def refund_capture(self, capture_id: str, refund: NewRefund, *, request_id: str) -> Refund:
        """Give money back; of a capture given back in full already, our own refund is read back."""
        path = _path("/v2/payments/captures", capture_id, "refund")
        try:
            return await self._write(read_refund, path, bodies.refund(refund), request_id)
        except Refused as refusal:
            if refusal.issue != "CAPTURE_FULLY_REFUNDED":
                raise
            return await self._refund_made(capture_id, refund.invoice_id, refusal)

    async def get_refund(self, refund_id: str) -> Refund:
        """Read a refund."""
        return await self._read(read_refund, _path("/v2/payments/refunds", refund_id))

    async def authorize_order(self, order_id: str, *, request_id: str) -> Authorization:
        """Place the hold of an approved order; one placed already is read back."""
        try:
            order = await self._write(read_order, _path("/v2/checkout/orders", order_id, "authorize"), {}, request_id)
        except Refused as refusal:
            if refusal.issue != "ORDER_ALREADY_AUTHORIZED":
                raise
            order = await _read_what_is_done(self.get_order(order_id))
        if order.authorization is None:
            raise Unknown("an authorized order without an authorization")
        return order.authorization

    async def get_authorization(self, authorization_id: str) -> Authorization:
        """Read a hold."""
        return await self._read(read_authorization, _path("/v2/payments/authorizations", authorization_id))

    async def renew_authorization(self, authorization_id: str, amount: Money, *, request_id: str) -> Authorization:
        """Renew a hold under a new id."""
        path = _path("/v2/payments/authorizations", authorization_id, "reauthorize")
        return await self._write(read_authorization, path, {"amount": bodies.amount(amount)}, request_id)

    async def claim(self, authorization_id: str, claim: NewClaim, *, request_id: str) -> Capture:
        """Take money out of a hold."""
        path = _path("/v2/payments/authorizations", authorization_id, "capture")
        return await self._write(read_capture, path, bodies.claim(claim), request_id)

    async def void_authorization(self, authorization_id: str, *, request_id: str) -> Authorization:
        """Give a hold back; one given back already is read."""
        path = _path("/v2/payments/authorizations", authorization_id, "void")
        try:
            return await self._write(read_authorization, path, {}, request_id)
        except Refused as refusal:
            if refusal.issue != "PREVIOUSLY_VOIDED":
                raise
            return await _read_what_is_done(self.get_authorization(authorization_id))

    async def get_wallet(self, wallet_id: str) -> Wallet:
        """Read a kept wallet."""
        return await self._read(read_wallet, _path(_WALLETS, wallet_id))

    async def delete_wallet(self, wallet_id: str) -> None:
        """Have a wallet kept no longer; deleting twice does no harm."""
        try:
            await self._ask_until_told(read_nothing, "DELETE", _path(_WALLETS, wallet_id), {}, b"")
        except Refused as refusal:
            if refusal.status != _NOT_THERE:
                raise

    async def get_event(self, event_id: str) -> Event:
        """Read what happened, by the event's id."""
        return await self._read(read_event, _path(_EVENTS, event_id))

    async def event_page(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """Read the newest of what happened between two moments, a page of it, the newest first."""
        times = {"start_time": start, "end_time": end}
        query = urlencode({name: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name, at in times.items()})
        return await self._read(read_events, f"{_EVENTS}?page_size={_PAGE}&{query}")

    async def events(self, start: datetime, end: datetime) -> list[Event]:
        """Read all that happened between two moments, oldest first: pages go backwards until one brings nothing new."""
        found: dict[str, Event] = {}
        while True:
            new = {event.id: event for event in await self.event_page(start, end) if event.id not in found}
            found |= new
            moments = [event.create_time for event in new.values() if event.create_time]
            if not moments:
                return sorted(found.values(), key=lambda event: event.create_time or start)
            end = min(moments)

    async def ask(self, kind: Callable[[bytes], T], method: str, path: str, body: Any = None) -> T:
        """Ask something that PayPal keeps no request id for; asked twice, it must do no harm."""
        content = b"" if body is None else msgspec.json.encode(body)
        return await self._ask_until_told(kind, method, path, {"content-type": "application/json"} if content else {}, content)

    async def ask_full(self, kind: Callable[[bytes], T], path: str, body: Any) -> T:
        """The same for something that is made, with all of it in the answer."""
        headers = {"content-type": "application/json", "prefer": "return=representation"}
        return await self._ask_until_told(kind, "POST", path, headers, msgspec.json.encode(body))

    async def ask_once(self, kind: Callable[[bytes], T], method: str, path: str, body: Any) -> T:
        """Ask for what would be done twice if it were asked twice: one attempt, whose outcome may be Unknown."""
        return await self._attempt(kind, method, path, {"content-type": "application/json"}, msgspec.json.encode(body))

    async def _refund_made(self, capture_id: str, invoice_id: str, refusal: Refused) -> Refund:
        """Find the refund with our invoice id; one made by hand at PayPal's own site is not ours: still refused."""
        capture = await _read_what_is_done(self.get_capture(capture_id))
        order = await _read_what_is_done(self.get_order(capture.order_id))
        for refund in order.refunds:
            if refund.invoice_id == invoice_id and refund.capture_id == capture_id:
                return refund
        raise refusal

    async def _read(self, kind: Callable[[bytes], T], path: str) -> T:
        return await self._ask_until_told(kind, "GET", path, {}, b"")

    async def _write(self, kind: Callable[[bytes], T], path: str, body: dict[str, Any], request_id: str) -> T:
        headers = {
            "content-type": "application/json",
            "paypal-request-id": request_id,
            "prefer": "return=representation",
        }
        return await self._ask_until_told(kind, "POST", path, headers, msgspec.json.encode(body))

    async def _ask_until_told(self, kind: Callable[[bytes], T], method: str, path: str, headers: dict[str, str], content: bytes) -> T:
        """Ask until there is a usable answer of this kind; every attempt sends the very same bytes."""
        return await self._line.persist(lambda: self._attempt(kind, method, path, headers, content))

    async def _attempt(self, kind: Callable[[bytes], T], method: str, path: str, headers: dict[str, str], content: bytes) -> T:
        outside_scope()
        answer = await self._authorised(method, path, headers, content)
        judge(answer)
        try:
            return kind(answer.body)
        except msgspec.MsgspecError as garbled:
            raise Unknown("a garbled answer", debug_id=debug_id(answer)) from garbled

    async def _authorised(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Ask with the token; one that PayPal no longer takes is renewed once."""
        token = await self._tokens.current()
        answer = await self._ask(method, path, {**headers, "authorization": f"Bearer {token}"}, content)
        if answer.status != 401:
            return answer
        self._tokens.forget(token)
        token = await self._tokens.current()
        return await self._ask(method, path, {**headers, "authorization": f"Bearer {token}"}, content)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        begun = time.monotonic()
        failpoints.hit(Kind.CALL, Side.BEFORE)
        answer = await self._line.once(method, path, headers=headers, content=content)
        failpoints.hit(Kind.CALL, Side.AFTER)
        told = {"status": answer.status, "debug_id": debug_id(answer), "ms": round((time.monotonic() - begun) * 1000)}
        _log.info("PayPal answered %s %s", method, path, extra=told)
        return answer


async def _read_what_is_done(reading: Awaitable[T]) -> T:
    """Read what PayPal said was done before; turned away from reading it, nobody knows what that was."""
    try:
        return await reading
    except (Declined, Refused) as refusal:
        raise Unknown(refusal.issue, debug_id=refusal.debug_id) from refusal


def _path(collection: str, thing: str, verb: str = "") -> str:
    return "/".join(part for part in (collection, quote(thing, safe=""), verb) if part)
