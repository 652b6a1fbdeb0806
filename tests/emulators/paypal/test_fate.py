"""What happens to money by itself: reviews that end, disputes, and all of it in order as time goes on."""

import pytest

from tests.emulators.merchant import Merchant, issue, link, money, rels
from tests.emulators.running import Running


def status(merchant: Merchant, kind: str, thing: str) -> str:
    return str(merchant.show(f"/v2/payments/{kind}/{thing}").json()["status"])


def events(merchant: Merchant) -> list[tuple[str, str]]:
    """Type and time of all events, oldest first."""
    listed = merchant.show("/v1/notifications/webhooks-events?page_size=100").json()["events"]
    return [(event["event_type"], event["create_time"][:16]) for event in reversed(listed)]


def test_what_was_put_off_happens_when_its_time_has_come(merchant: Merchant):
    taken = merchant.paid(funding="pending")["id"]
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "deny", "after": 7200})
    merchant.paypal.advance(hours=1)
    assert status(merchant, "captures", taken) == "PENDING"
    merchant.paypal.advance(hours=1)
    assert status(merchant, "captures", taken) == "DECLINED"


def test_one_long_step_does_all_of_it_in_order_and_each_at_its_time(merchant: Merchant):
    merchant.paypal.control("clock", {"now": "2027-03-01T10:00:00Z"})
    merchant.held()
    late, soon = (merchant.paid(funding="pending")["id"] for _ in range(2))
    merchant.paypal.control(f"captures/{late}/settle", {"act": "complete", "after": 30 * 86_400})
    merchant.paypal.control(f"captures/{soon}/settle", {"act": "complete", "after": 3600})
    merchant.paypal.advance(days=40)
    assert events(merchant)[-3:] == [
        ("PAYMENT.CAPTURE.COMPLETED", "2027-03-01T11:00"),
        ("PAYMENT.AUTHORIZATION.VOIDED", "2027-03-30T10:00"),
        ("PAYMENT.CAPTURE.COMPLETED", "2027-03-31T10:00"),
    ]


def test_what_ended_otherwise_meanwhile_stays_as_it_is(merchant: Merchant):
    taken = merchant.paid(funding="pending")["id"]
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "deny", "after": 60})
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "complete"})
    merchant.paypal.advance(hours=1)
    assert status(merchant, "captures", taken) == "COMPLETED"


def test_what_is_due_survives_a_restart(tmp_path):
    options = ("--client-id", "client", "--client-secret", "secret", "--state", str(tmp_path))
    first = Running("paypal", *options)
    held = Merchant(first).held()["id"]
    first.stop()
    second = Running("paypal", *options)
    second.advance(days=29)
    assert Merchant(second).hold(held)["status"] == "VOIDED"
    second.stop()


def test_a_denied_capture_goes_by_the_other_of_paypals_names(merchant: Merchant):
    taken = merchant.paid(funding="pending")["id"]
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "deny"})
    assert events(merchant)[-1][0] == "PAYMENT.CAPTURE.DENIED"


def test_a_disputed_capture_is_refunded_whole_or_not_at_all(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.control(f"captures/{taken}/case", {"case": "dispute"})
    assert issue(merchant.refund(taken, {"amount": money("1.00")})) == (422, "TRANSACTION_DISPUTED")
    assert merchant.refund(taken).status_code == 201


def test_a_chargeback_forbids_refunds_until_it_is_taken_back(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.control(f"captures/{taken}/case", {"case": "chargeback"})
    assert rels(merchant.show(f"/v2/payments/captures/{taken}").json()) == ["self", "up"]
    assert issue(merchant.refund(taken)) == (422, "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK")
    merchant.paypal.control(f"captures/{taken}/case", {"case": ""})
    assert merchant.refund(taken, {"amount": money("1.00")}).status_code == 201


def test_a_chargeback_is_told_as_a_reversal_that_looks_like_a_refund_of_the_rest(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.refund(taken, {"amount": money("200.00")})
    merchant.paypal.control(f"captures/{taken}/case", {"case": "chargeback"})
    event = merchant.show("/v1/notifications/webhooks-events").json()["events"][0]
    reversal = event["resource"]
    assert (event["event_type"], event["resource_type"]) == ("PAYMENT.CAPTURE.REVERSED", "refund")
    assert link(reversal, "up").endswith(f"/v2/payments/captures/{taken}")
    assert (reversal["amount"], reversal["note_to_payer"], reversal["status"]) == (money("1000.00"), "Payment reversed", "COMPLETED")
    assert merchant.show(link(reversal, "self").removeprefix(merchant.paypal.url)).json() == reversal
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "200.00"


def test_a_pending_refund_completes_or_gives_the_capture_its_money_again(merchant: Merchant):
    merchant.paypal.control("account", {"refunds_pending": True})
    taken = merchant.paid()["id"]
    first = merchant.refund(taken, {"amount": money("200.00")}).json()
    second = merchant.refund(taken).json()
    assert (first["status"], second["status"], second["amount"]) == ("PENDING", "PENDING", money("1000.00"))
    merchant.paypal.advance(hours=5)
    merchant.paypal.control(f"refunds/{first['id']}/settle", {"act": "complete"})
    merchant.paypal.control(f"refunds/{second['id']}/settle", {"act": "fail"})
    assert (status(merchant, "refunds", first["id"]), status(merchant, "refunds", second["id"])) == ("COMPLETED", "FAILED")
    shown = merchant.show(f"/v2/payments/refunds/{first['id']}").json()
    assert shown["create_time"] == first["update_time"] < shown["update_time"]
    assert status(merchant, "captures", taken) == "PARTIALLY_REFUNDED"
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "200.00"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("captures/NONE/settle", {"act": "complete"}, 404),
        ("authorizations/NONE/settle", {"act": "complete"}, 404),
        ("refunds/NONE/settle", {"act": "complete"}, 404),
        ("authorizations/NONE/funds", {"funds": "gone"}, 404),
        ("captures/NONE/case", {"case": "dispute"}, 404),
        ("captures/{taken}/settle", {"act": "complete"}, 409),
        ("captures/{taken}/settle", {"act": "fail"}, 422),
        ("captures/{taken}/settle", {"act": "wait"}, 422),
        ("captures/{taken}/settle", {"act": "complete", "after": 1e30}, 422),
        ("clock", {"advance": 1e30}, 422),
        ("webhook-rules", {"trick": "delay", "delay": 1e30}, 422),
        ("faults", {"kind": "slow", "delay": -1}, 422),
        ("account", {"captures_per_hold": "many"}, 422),
        ("webhooks", {"url": ""}, 422),
    ],
)
def test_what_cannot_be_is_told(merchant: Merchant, path: str, body: dict[str, object], code: int):
    taken = merchant.paid()["id"]
    answer = merchant.paypal.http.post(f"/control/{path.format(taken=taken)}", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (code, True)
