"""What happened at PayPal, in plain words."""

import pytest

from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.web.storefront.stories import story_of

HELD = ("declined", "not-paid", "stopped", "checking", "yours", PayPalAway.code)
OVER = ("declined", "not-paid", "stopped", "gone", "hold-over")


@pytest.mark.parametrize("code", HELD)
def test_while_the_car_is_held_each_story_says_that_nothing_was_charged_and_what_to_do(code: str) -> None:
    story = story_of(code, is_held=True, is_over=False)
    assert story is not None
    assert "othing was charged" in story.title + story.text
    assert story.todo


@pytest.mark.parametrize("code", OVER)
def test_once_the_time_is_over_each_story_says_that_nothing_was_charged_and_what_to_do(code: str) -> None:
    story = story_of(code, is_held=False, is_over=True)
    assert story is not None
    assert "othing was charged" in story.title + story.text
    assert "hold the same days once more" in story.todo


def test_every_way_back_from_paypal_has_its_story() -> None:
    told = {Step.PAID, Step.CHECKING}  # of these the page says more
    assert {step.value for step in set(Step) - told} <= set(HELD) | set(OVER)


def test_who_has_paid_is_thanked_as_long_as_the_booking_stands() -> None:
    thanks = story_of(Step.PAID.value, is_held=False, is_over=False, is_paid=True)
    assert thanks is not None
    assert thanks.is_good
    waits = story_of(Step.PAID.value, is_held=False, is_over=False, is_paid=False)
    assert waits is not None
    assert "car is yours" not in waits.title + waits.text
    assert story_of(Step.PAID.value, is_held=False, is_over=False) is None


def test_every_way_back_from_paying_for_a_change_has_its_story() -> None:
    for step in Step:
        story = story_of(f"change-{step.value}", is_held=False, is_over=False)
        assert story is not None, step
        assert story.is_good is (step is Step.PAID)


def test_unknown_news_is_no_news() -> None:
    assert story_of("anything else", is_held=True, is_over=False) is None
    assert story_of("declined", is_held=False, is_over=False) is None
