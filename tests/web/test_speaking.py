"""The shop in a made-up language that runs from right to left."""

from collections.abc import Callable

import httpx
import pytest

from tests.product import Foreign, Stack


@pytest.mark.parametrize("path", ["/", "/cars", "/policies", "/contact"])
async def test_a_page_runs_from_right_to_left_in_the_house_language(
    stack: Stack, speaking: Callable[[str], Foreign], client: Callable[..., httpx.AsyncClient], path: str
) -> None:
    shop = speaking("ar_AE@pseudo")
    page = (await client(shop.url).get(path)).text
    assert '<html lang="ar-AE" dir="rtl">' in page
    assert shop.say("Good to know") in page
    assert ">Good to know<" not in page
    assert '<html lang="en-US">' in (await client().get(path)).text
