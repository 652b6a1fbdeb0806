"""What is called a disagreement between our book of money and PayPal's."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from tests.ledger import Intent, Movement, disagreements

ONE, CHANGE = UUID(int=1), UUID(int=7)
TAKEN = Intent(UUID(int=2), ONE, None, "capture", 1, "order", Decimal(100), "USD", "succeeded", "C1")
GIVEN = Intent(UUID(int=3), ONE, None, "refund", 1, "C1", Decimal(40), "USD", "succeeded", "R1")
C1 = Movement("C1", "capture", "order", str(ONE), Decimal(100), "USD", "PARTIALLY_REFUNDED")
R1 = Movement("R1", "refund", "C1", str(ONE), Decimal(40), "USD", "COMPLETED")
SUMS = {ONE: (Decimal(100), Decimal(40))}


def test_two_books_that_tell_the_same_agree() -> None:
    assert disagreements([TAKEN, GIVEN], SUMS, [C1, R1]) == []


def test_what_is_open_may_be_done_or_not() -> None:
    open_refund = replace(GIVEN, outcome="unknown", provider_id=None)
    for movements in ([C1], [C1, R1]):
        assert disagreements([TAKEN, open_refund], {ONE: (Decimal(100), Decimal(0))}, movements) == []


def test_bookings_that_nobody_asked_for_do_not_count() -> None:
    other = replace(C1, id="C9", booking_id=str(UUID(int=9)))
    assert disagreements([TAKEN, GIVEN], SUMS, [C1, R1, other]) == []


@pytest.mark.parametrize(
    ("intents", "sums", "movements", "word"),
    [
        ([TAKEN, GIVEN], SUMS, [R1], "PayPal has None"),
        ([TAKEN, GIVEN], SUMS, [replace(C1, status="PENDING"), R1], "PayPal has PENDING"),
        ([TAKEN, GIVEN], SUMS, [replace(C1, amount=Decimal("100.01")), R1], "PayPal moved 100.01"),
        ([TAKEN, GIVEN], SUMS, [replace(C1, currency="EUR"), R1], "PayPal moved 100 EUR"),
        ([replace(TAKEN, outcome="failed", provider_id=None)], {ONE: (Decimal(0), Decimal(0))}, [C1], "nowhere in our book"),
        ([TAKEN, GIVEN], SUMS, [C1, R1, replace(R1, id="R2")], "nowhere in our book"),
        ([TAKEN, GIVEN], SUMS, [C1, R1, replace(R1, id="R2", amount=Decimal(1))], "nowhere in our book"),
        (
            [TAKEN, replace(TAKEN, id=UUID(int=4), attempt=2, target_id="again", provider_id="C2"), GIVEN],
            {ONE: (Decimal(200), Decimal(40))},
            [C1, replace(C1, id="C2", target_id="again"), R1],
            "captured 2 times",
        ),
        ([TAKEN, GIVEN], {ONE: (Decimal(100), Decimal(0))}, [C1, R1], "the summary of"),
        ([TAKEN, replace(GIVEN, amount=Decimal(140))], {ONE: (Decimal(100), Decimal(140))}, [C1], "the summary of"),
        ([TAKEN], {ONE: (Decimal(100), Decimal(0))}, [C1, R1], "by PayPal's"),
    ],
)  # fmt: skip
def test_each_way_to_disagree_is_named(intents: list[Intent], sums: dict[UUID, tuple[Decimal, Decimal]], movements: list[Movement],
                                       word: str) -> None:  # fmt: skip
    assert any(word in one for one in disagreements(intents, sums, movements))


def test_a_rest_is_paid_once_unless_what_came_for_it_first_goes_back() -> None:
    first = Intent(UUID(int=6), ONE, None, "capture", 2, "rest", Decimal(5), "USD", "succeeded", "C2", CHANGE)
    second = Intent(UUID(int=7), ONE, None, "capture", 3, "again", Decimal(5), "USD", "succeeded", "C3", CHANGE)
    given = Intent(UUID(int=8), ONE, None, "refund", 2, "C2", Decimal(5), "USD", "succeeded", "R2")
    came = [Movement(f"C{n}", "capture", order, str(ONE), Decimal(5), "USD", "COMPLETED") for n, order in ((2, "rest"), (3, "again"))]
    went = Movement("R2", "refund", "C2", str(ONE), Decimal(5), "USD", "COMPLETED")
    paid = [TAKEN, GIVEN, first, second]
    assert disagreements([*paid, given], {ONE: (Decimal(110), Decimal(45))}, [C1, R1, *came, went]) == []
    [wrong] = disagreements(paid, {ONE: (Decimal(110), Decimal(40))}, [C1, R1, *came])
    assert "captured 2 times" in wrong


def test_a_change_is_paid_beside_its_booking() -> None:
    dearer = Intent(UUID(int=5), ONE, CHANGE, "capture", 2, "more", Decimal(5), "USD", "succeeded", "C2")
    more = Movement("C2", "capture", "more", str(ONE), Decimal(5), "USD", "COMPLETED")
    assert disagreements([TAKEN, GIVEN, dearer], {ONE: (Decimal(105), Decimal(40))}, [C1, R1, more]) == []
