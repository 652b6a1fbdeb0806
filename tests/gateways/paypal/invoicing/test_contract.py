"""Every request about invoices is one that PayPal's official document describes."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from exodrive.gateways.paypal import PayPalClient
from exodrive.gateways.paypal.invoicing import Invoices, Method, PaidElsewhere
from tests.gateways.contracts import check_request
from tests.gateways.odd_server import OddServer, answer
from tests.gateways.paypal.invoicing.values import INVOICE_ID, invoice_json, new_invoice
from tests.gateways.paypal.values import usd

NOTHING = answer(204, b"")
DOCUMENT, SERVER = "paypal/invoicing_v2.json", "https://api-m.sandbox.paypal.com"


@pytest.fixture
async def invoices(odd: OddServer) -> AsyncIterator[Invoices]:
    client = PayPalClient(odd.url, "client", "secret")
    yield Invoices(client)
    await client.close()
    for request in odd.asked:
        check_request(DOCUMENT, SERVER, request.method, request.path.partition("?")[0], request.headers, request.body)


@pytest.mark.parametrize("changed", [{}, {"note": "n" * 5000, "terms": "t" * 5000, "language": "pt_BR", "last_name": "ü" * 300}])
async def test_a_draft(odd: OddServer, invoices: Invoices, changed: dict[str, str]) -> None:
    odd.will(answer(200, {"items": []}), answer(201, invoice_json("DRAFT")))
    await invoices.draft(new_invoice(**changed))
    assert [request.path.partition("?")[0] for request in odd.asked] == ["/v2/invoicing/search-invoices", "/v2/invoicing/invoices"]


async def test_sent_reminded_of_and_cancelled(odd: OddServer, invoices: Invoices) -> None:
    told = answer(200, invoice_json())
    odd.will(answer(200, {}), told, NOTHING, told, NOTHING, told)
    await invoices.issue(INVOICE_ID, by_paypal=True)
    await invoices.remind(INVOICE_ID)
    await invoices.cancel(INVOICE_ID)
    assert len(odd.asked) == 6


async def test_a_payment_that_came_another_way(odd: OddServer, invoices: Invoices) -> None:
    told = answer(200, invoice_json())
    odd.will(told, answer(200, {"payment_id": "EXTR-1"}), told)
    await invoices.record(INVOICE_ID, PaidElsewhere(mark="op-1", amount=usd("287.50"), day=date(2030, 1, 2), method=Method.CASH))
    assert len(odd.asked) == 3
