"""Keys of repeated requests."""

import msgspec
import pytest

from exodrive.kit import idempotency
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused


class Body(msgspec.Struct):
    a: int
    b: str = ""


async def test_a_new_request_has_no_answer_and_another_body_is_refused(build, doors):
    made = await build.held()
    async with doors.checkout().scope() as db:
        assert await idempotency.answered(db, idempotency.request("checkout", "never used before", Body(1))) is None
        with pytest.raises(KeyReused):
            await idempotency.answered(db, idempotency.request("checkout", made.key, Body(1)))
        assert await idempotency.answered(db, idempotency.request("elsewhere", made.key, Body(1))) is None
        stored = await idempotency.answered(db, idempotency.request("checkout", made.key, made.order))
    assert stored["reference"] == made.reference
    assert made.token not in str(stored)


def test_equal_bodies_are_one_request():
    assert idempotency.request("s", "k" * 8, Body(1, "x")) == idempotency.request("s", "k" * 8, Body(1, "x"))
    assert idempotency.request("s", "k" * 8, Body(1, "x")) != idempotency.request("s", "k" * 8, Body(1, "y"))


@pytest.mark.parametrize("key", ["", "1234567", "x" * 201, "new\nline", "ключ-ключ"])
def test_a_key_is_plain_and_of_fair_length(key):
    with pytest.raises(BadInput):
        idempotency.request("s", key, Body(1))
