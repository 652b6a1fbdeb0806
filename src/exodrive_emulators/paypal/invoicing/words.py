"""What PayPal says to a field it cannot take: the sentences of its document, by field. Other fields are refused without a word."""

import re

Sentences = list[tuple[str, str, str]]  # end of the field's path, issue, sentence
LENGTH, MAX, SYNTAX = "INVALID_STRING_LENGTH", "INVALID_STRING_MAX_LENGTH", "INVALID_PARAMETER_SYNTAX"
OF_INVOICES: Sentences = [
    (r"detail\.reference", MAX, "Reference field length should be less than 120 characters."),
    (r"detail\.note", MAX, "Invoice note length should be less than 4000 characters."),
    (r"detail\.terms_and_conditions", MAX, "Terms and Conditions length should be less than 4000 characters."),
    (r"detail\.memo", MAX, "Memo length should be less than 4000 characters."),
    (r"detail\.invoice_number", MAX, "Invoice number length should be less than 25 characters."),
    (r"detail\.invoice_date", LENGTH, "Invoice date is invalid."),
    (r"detail\.invoice_date", SYNTAX, "Invoice date is invalid."),
    (r"due_date", SYNTAX, "Due date is invalid."),
    (r"item_date", SYNTAX, "Item Date is invalid."),
    (r"attachments\.id", LENGTH, "Attachment id length should be between 1 and 255."),
    (r"attachments\.reference_url", LENGTH, "Attachment reference url length should be between 1 and 2000."),
    (r"currency_code", LENGTH, "Currency code length should be 3 characters."),
    (r"phones\.country_code", LENGTH, "country code length should be between 1 and 3."),
    (r"phones\.national_number", LENGTH, "National Number length should be between 1 and 14."),
    (r"phones\.national_number", SYNTAX, "National Number is not valid."),
    (r"address\.country_code", LENGTH, "Country code length should be 2 characters."),
    (r"address\.country_code", SYNTAX, "Country code is invalid."),
    (r"address\.address_line_1", MAX, "Address line1 length should be less than 300 characters."),
    (r"address\.address_line_2", MAX, "Address line2 length should be less than 300 characters."),
    (r"address\.admin_area_1", MAX, "Admin area1 length should be less than 300 characters."),
    (r"address\.admin_area_2", MAX, "Admin area2 length should be less than 300 characters."),
    (r"address\.postal_code", MAX, "Postal code length should be less than 60 characters."),
    (r"given_name", MAX, "Given name length should be less than 140 characters."),
    (r"surname", MAX, "Surname length should be less than 140 characters."),
    (r"business_name", MAX, "Business name length should be less than 300 characters."),
    (r"website", MAX, "Website url length should be less than 2048 characters."),
    (r"logo_url", MAX, "Logo url length should be less than 4000 characters."),
    (r"tax_id", MAX, "Tax id length should be less than 100 characters."),
    (r"additional_notes", MAX, "Additional data length should be less than 4000."),
    (r"additional_info", MAX, "Additional information value length should be less than 40 characters."),
    (r"email_address", LENGTH, "Email address length should be between 3 and 254."),
    (r"language", LENGTH, "Language is invalid."),
    (r"items\.name", MAX, "Item name length should be less than 200 characters."),
    (r"items\.description", MAX, "Item description length should be less than 1000 characters."),
    (r"items\.quantity", LENGTH, "Item quantity length should be 1 and 14."),
    (r"shipping\.tax\.name", MAX, "Shipping Tax name length should be less than 100 characters."),
    (r"tax\.name", MAX, "Tax name length should be less than 100."),
    (r"custom\.label", MAX, "Custom label length should be less than 50 characters."),
    (r"minimum_amount_due\.value", MAX, "Minimum due amount length should be less than 32 characters."),
    (r"template_id", MAX, "Template Id length should be less than 22 characters."),
]
OF_SEARCHES: Sentences = [
    ("", LENGTH, "the value of a field is either too short or too long."),
    ("", MAX, "the value of a field is too long."),
    ("", SYNTAX, "the value of a field does not conform to the expected format."),
]
_AT = re.compile(r" - at `\$\.?(.*)`$")


def sentence(path: str, *issues: str, known: Sentences = OF_INVOICES) -> dict[str, str] | None:
    """The detail of a refusal of the field at `path`, with the first of `issues` that `known` has words for."""
    plain = re.sub(r"\[[^]]*\]", "", path)
    for issue in issues:
        for end, its, text in known:
            if its == issue and re.search(rf"(?:^|\.){end}$" if end else "", plain):
                return {"field": "/" + path.replace(".", "/"), "location": "body", "issue": issue, "description": text}
    return None


def explain(wrong: str, known: Sentences) -> dict[str, str] | None:
    """The same from what msgspec says to a body that does not fit its shape."""
    found = _AT.search(wrong)
    if not found:
        return None
    if "length <=" in wrong:
        return sentence(found[1], MAX, LENGTH, known=known)
    return sentence(found[1], LENGTH if "length >=" in wrong else SYNTAX, known=known)
