"""The calls of Invoicing v2: each reads, does one thing, answers."""

import base64
from typing import Any
from uuid import uuid4

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal.door import door, full_wanted
from exodrive_emulators.paypal.invoicing import payments, picture, reading, search, service, telling
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.replay import flight
from exodrive_emulators.paypal.world import PayPal

Json = dict[str, Any]
BASE = telling.BASE
ONE = f"{BASE}/{{invoice_id}}"


def body_of(request: Request) -> Json:
    """The JSON object of a call, {} when the body is empty; raises Refused."""
    return reading.parsed(request.body) if request.body.strip() else {}


def show(world: PayPal, request: Request, status: int, it: Invoice) -> Answer:
    """The invoice in full where that was asked for, else only where it is."""
    return json_answer(status, telling.invoice(world, it) if full_wanted(request) else telling.self_link(world, it))


async def create(world: PayPal, request: Request) -> Answer:
    """POST /v2/invoicing/invoices."""
    await request.take_time()
    return show(world, request, 201, service.create(world, body_of(request)))


async def list_all(world: PayPal, request: Request) -> Answer:
    """GET /v2/invoicing/invoices: page, page_size, total_required, fields."""
    return json_answer(200, search.listed(world, request))


async def find(world: PayPal, request: Request) -> Answer:
    """POST /v2/invoicing/search-invoices."""
    return json_answer(200, search.found(world, request, body_of(request)))


async def next_number(world: PayPal, request: Request) -> Answer:
    """POST /v2/invoicing/generate-next-invoice-number."""
    wants_id = body_of(request).get("fetch_id", False)
    if not isinstance(wants_id, bool):
        raise reading.bad()
    return json_answer(200, {"invoice_number": service.next_number(world), **({"invoice_id": service.new_id()} if wants_id else {})})


async def get(world: PayPal, request: Request) -> Answer:
    """GET …/{id}."""
    return json_answer(200, telling.invoice(world, _one(world, request)))


async def replace(world: PayPal, request: Request) -> Answer:
    """PUT …/{id}: all of it."""
    for name in ("send_to_recipient", "send_to_invoicer"):
        if request.query.get(name, "true") not in ("true", "false"):
            raise reading.bad()
    it = _one(world, request)
    async with flight(world, request, request.path):
        return show(world, request, 200, service.replace(world, it, body_of(request)))


async def delete(world: PayPal, request: Request) -> Answer:
    """DELETE …/{id}: one that was never sent."""
    service.delete(world, _one(world, request))
    return Answer(204)


async def send(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/send: 200, or 202 when its day is yet to come."""
    told, it = reading.notification(body_of(request)), _one(world, request)
    async with flight(world, request, request.path):
        now = service.send(world, it, told)
    link = telling.self_link if told.send_to_recipient else telling.payer_link
    return json_answer(200 if now else 202, link(world, it))


async def remind(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/remind."""
    reading.notification(body_of(request))
    it = _one(world, request)
    async with flight(world, request, request.path):
        service.remind(world, it)
    return Answer(204)


async def cancel(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/cancel."""
    reading.notification(body_of(request))
    it = _one(world, request)
    async with flight(world, request, request.path):
        service.cancel(world, it)
    return Answer(204)


async def record_payment(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/payments."""
    it = _one(world, request)
    async with flight(world, request, request.path):
        return json_answer(200, {"payment_id": payments.record(world, it, body_of(request)).id})


async def forget_payment(world: PayPal, request: Request) -> Answer:
    """DELETE …/{id}/payments/{transaction_id}."""
    payments.forget_payment(world, _one(world, request), request.params["transaction_id"])
    return Answer(204)


async def record_refund(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/refunds."""
    it = _one(world, request)
    async with flight(world, request, request.path):
        return json_answer(200, {"refund_id": payments.record_refund(world, it, body_of(request)).id})


async def forget_refund(world: PayPal, request: Request) -> Answer:
    """DELETE …/{id}/refunds/{transaction_id}."""
    payments.forget_refund(world, _one(world, request), request.params["transaction_id"])
    return Answer(204)


async def picture_of(world: PayPal, request: Request) -> Answer:
    """POST …/{id}/generate-qr-code: a PNG in Base64, as the one part `image` of a form."""
    wanted, it = reading.picture(body_of(request)), _one(world, request)
    png = base64.b64encode(picture.code(telling.payer_page(world, it), wanted.width, wanted.height))
    line = uuid4().hex
    head = f'--{line}\r\nContent-Disposition: form-data; name="image"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = head.encode() + png + f"\r\n--{line}--\r\n".encode()
    return Answer(200, body, {"content-type": f"multipart/form-data; boundary={line}"})


def _one(world: PayPal, request: Request) -> Invoice:
    return service.find(world, request.params["invoice_id"])


LINES: list[Line[PayPal]] = [
    ("POST", BASE, door("invoices.create", create)),
    ("GET", BASE, door("invoices.list", list_all)),
    ("POST", "/v2/invoicing/search-invoices", door("invoices.search-invoices", find)),
    ("POST", "/v2/invoicing/generate-next-invoice-number", door("invoicing.generate-next-invoice-number", next_number)),
    ("GET", ONE, door("invoices.get", get)),
    ("PUT", ONE, door("invoices.update", replace)),
    ("DELETE", ONE, door("invoices.delete", delete)),
    ("POST", f"{ONE}/send", door("invoices.send", send)),
    ("POST", f"{ONE}/remind", door("invoices.remind", remind)),
    ("POST", f"{ONE}/cancel", door("invoices.cancel", cancel)),
    ("POST", f"{ONE}/payments", door(payments.PAY, record_payment)),
    ("DELETE", f"{ONE}/payments/{{transaction_id}}", door(payments.FORGET, forget_payment)),
    ("POST", f"{ONE}/refunds", door(payments.GIVE_BACK, record_refund)),
    ("DELETE", f"{ONE}/refunds/{{transaction_id}}", door("invoices.refunds-delete", forget_refund)),
    ("POST", f"{ONE}/generate-qr-code", door("invoices.generate-qr-code", picture_of)),
]
