"""OAuth and the token every call needs."""

import pytest

from tests.emulators.merchant import Merchant, issue


def test_the_client_gets_a_token_that_lives_nine_hours(merchant: Merchant):
    answer = merchant.sign_in()
    assert answer.status_code == 200
    assert set(answer.json()) == {"scope", "access_token", "token_type", "app_id", "expires_in", "nonce"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 32_400)


@pytest.mark.parametrize(("user", "password"), [("client", "wrong"), ("nobody", "secret"), ("", "")])
def test_a_wrong_client_is_refused_in_the_shape_of_oauth(merchant: Merchant, user: str, password: str):
    answer = merchant.sign_in(user, password)
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_client", "error_description": "Client Authentication failed"}


def test_another_grant_is_refused(merchant: Merchant):
    answer = merchant.sign_in(grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic Y2xpZW50OnNlY3JldA=="])
def test_a_call_without_a_good_token_is_refused_in_paypals_shape(merchant: Merchant, header: str):
    answer = merchant.call("GET", "/v2/checkout/orders/X", Authorization=header)
    assert answer.status_code == 401
    assert answer.json()["name"] == "AUTHENTICATION_FAILURE"
    assert answer.headers["paypal-debug-id"] == answer.json()["debug_id"]


def test_a_token_ends_with_its_time(merchant: Merchant):
    merchant.token = ""
    order_id = merchant.order()["id"]
    old = f"Bearer {merchant.token}"
    merchant.paypal.advance(seconds=32_399)
    assert issue(merchant.call("GET", f"/v2/checkout/orders/{order_id}", Authorization=old))[0] != 401
    merchant.paypal.advance(seconds=2)
    assert merchant.call("GET", f"/v2/checkout/orders/{order_id}", Authorization=old).status_code == 401
