"""Papers as PDF: for archives, readable, the same bytes for the same paper, and never missing because of a name."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from pypdf import PdfReader

from exodrive.receipts.model import Content, Receipt, ReceiptKind, TaxShare
from exodrive.receipts.pdf import pdf

CONTENT = Content(
    title="Receipt",
    number_label="Number",
    date_label="Date of issue",
    company="Aurora Cars LLC",
    sender=("1 Harbour Way, Miami", "Tax number: 12-345"),
    about="Thank you.",
    facts=(("Renter", "Ada Renter"), ("Booking", "7K3M9QXD")),
    rows=(("3 days × $1,000", "$3,000.00"), ("Sales tax, 7%", "$210.00")),
    sums=(("Total", "$3,210.00"),),
    amount_label="Paid",
    amount="$3,210.00",
    taxes_label="Contained in this amount",
    taxes=(TaxShare("Sales tax, 7%", Decimal("210.00"), "$210.00"),),
    notes=(),
)
PAPER = Receipt(
    kind=ReceiptKind.RECEIPT,
    code="R-2026-000041",
    amount=Decimal("3210.00"),
    currency="USD",
    language="en_US",
    content=CONTENT,
    issued_at=datetime(2026, 11, 22, 23, 30, 1, 234567, tzinfo=UTC),
    issued_on=date(2026, 11, 23),
)


def with_name(name: str) -> Receipt:
    return msgspec.structs.replace(PAPER, content=msgspec.structs.replace(CONTENT, facts=(("Renter", name),)))


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def test_a_paper_says_everything_on_one_page_and_is_for_archives() -> None:
    reader = PdfReader(io.BytesIO(pdf(PAPER)))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    for told in (
        "Receipt",
        "R-2026-000041",
        "November 23, 2026",
        "Aurora Cars LLC",
        "Ada Renter",
        "$3,000.00",
        "$3,210.00",
        "Tax number: 12-345",
    ):
        assert told in text, told
    assert reader.xmp_metadata is not None
    xmp = reader.xmp_metadata.rdf_root.toxml()
    assert "pdfaid" in xmp
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Receipt R-2026-000041", "Aurora Cars LLC")


def test_the_same_paper_is_the_same_bytes() -> None:
    assert pdf(PAPER) == pdf(PAPER)
    assert pdf(PAPER) != pdf(with_name("Grace"))


@pytest.mark.parametrize("name", ["#evil $x$ *b* @ref <tag>", '#read("/etc/passwd")', "\\", "// x", '"'])
def test_nothing_a_renter_types_is_read_as_markup(name: str) -> None:
    assert name in text_of(pdf(with_name(name)))


@pytest.mark.parametrize("name", ["Zoë Ångström", "Łukasz Źdźbło", "Дмитрий", "Ελένη", "日本 太郎", "😀", "\u0007", "a" * 400])
def test_no_name_keeps_a_paper_from_being_written(name: str) -> None:
    assert pdf(with_name(name)).startswith(b"%PDF-")


def test_dates_and_direction_follow_the_language() -> None:
    german = msgspec.structs.replace(PAPER, language="de_DE")
    assert "23. November 2026" in text_of(pdf(german))
    assert pdf(msgspec.structs.replace(PAPER, language="ar_AE@pseudo")).startswith(b"%PDF-")


def test_a_long_price_goes_on_over_pages() -> None:
    rows = tuple((f"Extra {number}", "$1.00") for number in range(120))
    long = msgspec.structs.replace(PAPER, content=msgspec.structs.replace(CONTENT, rows=rows))
    reader = PdfReader(io.BytesIO(pdf(long)))
    assert len(reader.pages) > 1
    assert "Extra 119" in text_of(pdf(long))
