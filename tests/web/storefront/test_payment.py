"""Coming back from PayPal."""

import httpx
import pytest

from exodrive.flows.checkout.model import Outcome, Step
from exodrive.flows.home import Home
from exodrive.kit.ids import BookingId, new_id
from exodrive.web.storefront.payment import message_of
from tests.builders import Build
from tests.web.storefront.conftest import NewVisitor, as_holder


@pytest.mark.parametrize("is_change", [False, True])
@pytest.mark.parametrize("step", list(Step))
def test_every_outcome_has_a_message_that_names_nobody(step: Step, is_change: bool) -> None:
    page = message_of(Home(Outcome(step, BookingId(new_id()), "ABCDEFGH"), is_change))
    assert page.title
    assert page.text
    assert "ABCDEFGH" not in page.title + page.text
    if step in (Step.NOT_PAID, Step.DECLINED, Step.GONE):
        assert "othing was charged" in page.title + page.text


@pytest.mark.parametrize("path", ["/paypal/return", "/paypal/cancel"])
@pytest.mark.parametrize("token", ["", "UNKNOWN", "a" * 65, "../..", "<script>"])
async def test_an_order_that_is_not_ours_is_not_found(http: httpx.AsyncClient, path: str, token: str) -> None:
    answer = await http.get(path, params={"token": token})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


async def test_turning_back_brings_the_holder_to_their_booking_and_nobody_else(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    order = await build.opened(made)
    holder = await as_holder(visitor(), made).get("/paypal/cancel", params={"token": order})
    assert (holder.status_code, holder.headers["location"]) == (303, f"/booking/{made.reference}?told=stopped")
    stranger = await visitor().get("/paypal/cancel", params={"token": order})
    assert stranger.status_code == 200
    assert "nothing was charged" in stranger.text
    assert made.reference not in stranger.text


async def test_a_payment_is_begun_by_the_holder_alone(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    assert (await visitor().post(f"/booking/{made.reference}/payment")).status_code == 404
    answer = await as_holder(visitor(), made).post(f"/booking/{made.reference}/payment")
    assert answer.status_code == 303
    assert "/checkoutnow?token=" in answer.headers["location"]


async def test_a_payment_that_cannot_begin_is_explained_on_the_page(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    await build.lapse(made)
    http = as_holder(visitor(), made)
    answer = await http.post(f"/booking/{made.reference}/payment")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=hold-over")
    assert "The days are no longer held for you, and nothing was charged." in (await http.get(answer.headers["location"])).text
