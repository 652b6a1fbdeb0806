"""What compares the books after each test sees when they differ, and looks at nothing else."""

import pytest

from exodrive.flows.world import World
from tests.agreement import Books
from tests.builders import Build
from tests.flows.conftest import Payer
from tests.flows.ending import paid_at_paypal
from tests.site import Site


@pytest.mark.books_differ("what was paid back at PayPal's own site is not heard of")
async def test_books_that_differ_are_seen(build: Build, payer: Payer, world: World, two_books: Books) -> None:
    since = await two_books.newest()
    made = await paid_at_paypal(build, payer, world)
    assert await two_books.told_since(since) == {made.id}
    assert await two_books.disagreements({made.id}) == []
    [(capture_id,)] = await build.rows("select paypal_capture_id from payments where booking_id = $1", made.id)
    await Site(payer.paypal).refund(capture_id, "1")
    assert len(await two_books.disagreements({made.id})) == 2, "a refund without an intent, and another sum"


async def test_what_paypal_never_heard_of_is_not_looked_at(build: Build, two_books: Books) -> None:
    since = await two_books.newest()
    await build.paid()
    assert await two_books.told_since(since) == set()
