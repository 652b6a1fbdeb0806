"""An invoice as it is sent to us: every field the official document has, with its limits. What is not there is not kept."""

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

AMOUNT = r"^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$"
URI = r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$"
EMAIL = r"^(?!\.)(?:[A-Za-z0-9!#$&'*\/=?^`{|}~_%+-]|\.(?!\.)){1,64}(?<!\.)@(?:[A-Za-z0-9-]|\.(?!\.))+\.[a-zA-Z]{2,}$"
# The document's pattern of an address, in its parts.
WORDS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
QUOTED = r'"(?:[\x01-\x08\x0b\x0c\x0e-\x1f\x21\x23-\x5b\x5d-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*"'
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
LITERAL = r"\[(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\]"
Nothing: TypeAlias = UnsetType
Text22 = Annotated[str, Meta(max_length=22)]
Text40 = Annotated[str, Meta(max_length=40)]
Text100 = Annotated[str, Meta(max_length=100)]
Text120 = Annotated[str, Meta(max_length=120)]
Text140 = Annotated[str, Meta(max_length=140)]
Text300 = Annotated[str, Meta(max_length=300)]
Text4000 = Annotated[str, Meta(max_length=4000)]
Address_ = Annotated[str, Meta(min_length=3, max_length=254, pattern=EMAIL)]
Anybody = Annotated[str, Meta(min_length=3, max_length=254, pattern=rf"^(?:{WORDS}|{QUOTED})@(?:{HOST}|{LITERAL})$")]
Day = Annotated[str, Meta(min_length=10, max_length=10, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])$")]
Percent = Annotated[str, Meta(pattern=AMOUNT)]
Currency = Annotated[str, Meta(min_length=3, max_length=3)]
Number = Annotated[str, Meta(max_length=25)]
Uri = Annotated[str, Meta(min_length=1, max_length=2000, pattern=URI)]


Term = Literal["DUE_ON_RECEIPT", "DUE_ON_DATE_SPECIFIED", "NO_DUE_DATE", "NET_10", "NET_15", "NET_30", "NET_45", "NET_60", "NET_90"]
Measure = Literal["QUANTITY", "HOURS", "AMOUNT"]
PhoneType = Literal["FAX", "HOME", "MOBILE", "OTHER", "PAGER"]
Language = Annotated[str, Meta(min_length=2, max_length=10, pattern=r"^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$")]


class Money(Struct):
    """An amount."""

    currency_code: Currency
    value: Annotated[str, Meta(max_length=32, pattern=AMOUNT)]


class Phone(Struct):
    """A phone number."""

    country_code: Annotated[str, Meta(min_length=1, max_length=3, pattern="^[0-9]+$")]
    national_number: Annotated[str, Meta(min_length=1, max_length=14, pattern="^[0-9]+$")]
    phone_type: PhoneType
    extension_number: Annotated[str, Meta(min_length=1, max_length=15, pattern="^[0-9]+$")] | Nothing = UNSET


class Address(Struct):
    """A postal address."""

    country_code: Annotated[str, Meta(min_length=2, max_length=2, pattern="^([A-Z]{2}|C2)$")]
    address_line_1: Text300 | Nothing = UNSET
    address_line_2: Text300 | Nothing = UNSET
    address_line_3: Text100 | Nothing = UNSET
    admin_area_4: Text100 | Nothing = UNSET
    admin_area_3: Text100 | Nothing = UNSET
    admin_area_2: Text120 | Nothing = UNSET
    admin_area_1: Text300 | Nothing = UNSET
    postal_code: Annotated[str, Meta(max_length=60)] | Nothing = UNSET


class Name(Struct):
    """A person's name."""

    prefix: Text140 | Nothing = UNSET
    given_name: Text140 | Nothing = UNSET
    surname: Text140 | Nothing = UNSET
    middle_name: Text140 | Nothing = UNSET
    suffix: Text140 | Nothing = UNSET
    full_name: Text300 | Nothing = UNSET


class Contact(Struct):
    """Somebody with an address."""

    business_name: Text300 | Nothing = UNSET
    name: Name | Nothing = UNSET
    address: Address | Nothing = UNSET


class Invoicer(Contact):
    """Whose invoice it is."""

    email_address: Address_ | Nothing = UNSET
    phones: list[Phone] | Nothing = UNSET
    website: Annotated[str, Meta(max_length=2048, pattern=URI)] | Nothing = UNSET
    tax_id: Text100 | Nothing = UNSET
    additional_notes: Annotated[str, Meta(max_length=400)] | Nothing = UNSET
    logo_url: Uri | Nothing = UNSET


class Billing(Contact):
    """Who shall pay."""

    email_address: Address_ | Nothing = UNSET
    phones: list[Phone] | Nothing = UNSET
    additional_info: Text40 | Nothing = UNSET
    language: Language | Nothing = UNSET


class Recipient(Struct):
    """Who gets the invoice."""

    billing_info: Billing | Nothing = UNSET
    shipping_info: Contact | Nothing = UNSET


class Tax(Struct):
    """A tax by its rate."""

    name: Text100
    percent: Percent
    tax_note: Text40 | Nothing = UNSET


class Discount(Struct):
    """By percent or by amount."""

    percent: Percent | Nothing = UNSET
    amount: Money | Nothing = UNSET


class Item(Struct):
    """A line."""

    name: Annotated[str, Meta(max_length=200)]
    quantity: Annotated[str, Meta(max_length=14, pattern=r"^\d+(\.\d{1,5})?$")]
    unit_amount: Money
    description: Annotated[str, Meta(max_length=1000)] | Nothing = UNSET
    tax: Tax | Nothing = UNSET
    item_date: Day | Nothing = UNSET
    discount: Discount | Nothing = UNSET
    unit_of_measure: Measure | Nothing = UNSET


class File(Struct):
    """An attachment by reference."""

    id: Annotated[str, Meta(min_length=1, max_length=255)] | Nothing = UNSET
    reference_url: Uri | Nothing = UNSET


class PaymentTerm(Struct):
    """By name or by date."""

    term_type: Term | Nothing = UNSET
    due_date: Day | Nothing = UNSET


class Detail(Struct):
    """Number, date, texts."""

    currency_code: Currency
    reference: Text120 | Nothing = UNSET
    note: Text4000 | Nothing = UNSET
    terms_and_conditions: Text4000 | Nothing = UNSET
    memo: Annotated[str, Meta(max_length=500)] | Nothing = UNSET
    attachments: list[File] | Nothing = UNSET
    invoice_number: Number | Nothing = UNSET
    invoice_date: Day | Nothing = UNSET
    payment_term: PaymentTerm | Nothing = UNSET


class PartialPayment(Struct):
    """Whether the payer may pay a part, and how much at least."""

    allow_partial_payment: bool = False
    minimum_amount_due: Money | Nothing = UNSET


class Configuration(Struct):
    """How it is reckoned and paid."""

    tax_calculated_after_discount: bool = True
    tax_inclusive: bool = False
    allow_tip: bool = False
    partial_payment: PartialPayment | Nothing = UNSET
    template_id: Annotated[str, Meta(max_length=30)] | Nothing = UNSET


class InvoiceDiscount(Struct):
    """On the whole invoice."""

    invoice_discount: Discount | Nothing = UNSET


class Shipping(Struct):
    """What bringing it costs."""

    amount: Money | Nothing = UNSET
    tax: Tax | Nothing = UNSET


class Custom(Struct):
    """An amount under a label of its own."""

    label: Annotated[str, Meta(max_length=50)]
    amount: Money | Nothing = UNSET


class Breakdown(Struct):
    """What comes on top of the items."""

    discount: InvoiceDiscount | Nothing = UNSET
    shipping: Shipping | Nothing = UNSET
    custom: Custom | Nothing = UNSET


class Summary(Struct):
    """The sum is ours to reckon; only what comes on top is read."""

    breakdown: Breakdown | Nothing = UNSET


class Draft(Struct):
    """The whole invoice."""

    detail: Detail
    items: Annotated[list[Item], Meta(min_length=1, max_length=100)]
    invoicer: Invoicer | Nothing = UNSET
    primary_recipients: Annotated[list[Recipient], Meta(max_length=100)] | Nothing = UNSET
    additional_recipients: Annotated[list[Anybody], Meta(max_length=100)] | Nothing = UNSET
    configuration: Configuration | Nothing = UNSET
    amount: Summary | Nothing = UNSET


class Notification(Struct):
    """What goes with sending, reminding and cancelling."""

    subject: Text4000 = ""
    note: Text4000 = ""
    send_to_invoicer: bool = False
    send_to_recipient: bool = True
    additional_recipients: Annotated[list[Anybody], Meta(max_length=100)] = []
