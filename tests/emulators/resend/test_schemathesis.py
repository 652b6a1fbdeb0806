"""Whatever is sent to this Resend is answered as the official document describes."""

from tests.emulators.fuzz import check_answers, document, know
from tests.emulators.resend.test_api import MAIL, send
from tests.emulators.running import Running

SERVED = {("post", "/emails"), ("get", "/emails/{email_id}")}
ADDRESSES = "from", "to", "cc", "bcc", "reply_to"
# The document leaves out what is wrong with a request; this is how Resend says it.
REFUSAL = {
    "description": "Refused",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["statusCode", "name", "message"],
                "properties": {"statusCode": {"type": "integer"}, "name": {"type": "string"}, "message": {"type": "string"}},
                "additionalProperties": False,
            }
        }
    },
}


def test_random_requests_are_answered_as_documented(resend: Running):
    whole = document("resend/resend.json", lambda method, path: (method, path) in SERVED)
    del whole["security"], whole["components"]["securitySchemes"]  # else keys are made up, too
    mail = whole["components"]["schemas"]["SendEmailRequest"]
    mail["required"] += ["text"]  # or html, or a template, which the document does not say
    mail["properties"] |= {name: {"type": "string", "format": "email"} for name in ADDRESSES}
    for path in whole["paths"].values():
        for call in path.values():
            call["responses"] |= {str(status): REFUSAL for status in (400, 404, 409, 422)}
    know(whole, {"email_id": send(resend, MAIL).json()["id"]})
    headers = {"Authorization": "Bearer re_key", "User-Agent": "tests"}
    check_answers(whole, resend.url, headers, examples=12, wanted={200, 404, 422})
