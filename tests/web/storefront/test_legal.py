"""Policies over HTTP."""

import httpx
import pytest

from exodrive.bookings.model import Rules
from exodrive.web.storefront.legal import policies


@pytest.mark.parametrize("name", [policy.name for policy in policies()])
async def test_a_policy_has_the_version_that_checkouts_accept(http: httpx.AsyncClient, name: str) -> None:
    page = await http.get(f"/policies/{name}")
    assert page.status_code == 200
    assert f"Version {Rules().terms_version}" in page.text
    assert "adapts it to its own business" in page.text


async def test_all_policies_are_listed(http: httpx.AsyncClient) -> None:
    page = (await http.get("/policies")).text
    assert all(f'href="/policies/{policy.name}"' in page for policy in policies())


async def test_an_unknown_policy_is_not_found(http: httpx.AsyncClient) -> None:
    assert (await http.get("/policies/nonsense")).status_code == 404
