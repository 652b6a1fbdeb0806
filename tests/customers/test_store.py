"""Customers: one row per address, never overwritten by a checkout."""

import asyncio

from tests.builders import new_key


async def test_a_known_customer_is_met_again_and_not_overwritten(build):
    email = f"{new_key()}@example.com"
    first = await build.held(email=email, first_name="Ada")
    await build.held(email=f" {email.upper()} ", first_name="Mallory")
    assert await build.rows("select first_name from customers where email = $1", email) == [("Ada",)]
    assert await build.rows("select contact_first_name from bookings where contact_email = $1 order by created_at", email) == [
        ("Ada",),
        ("Mallory",),
    ]
    assert await build.status(first) == "pending"


async def test_two_first_orders_at_once_make_one_customer(build):
    email = f"{new_key()}@example.com"
    await asyncio.gather(build.held(email=email), build.held(email=email))
    assert await build.value("select count(*) from customers where email = $1", email) == 1
