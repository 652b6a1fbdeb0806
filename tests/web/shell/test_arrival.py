"""A request that is refused before all of it has come is heard out, so that the refusal arrives; within bounds."""

import asyncio

import httpx
import pytest

from tests.product import Stack

HEAD = "POST /booking/open HTTP/1.1\r\nhost: x\r\nsec-fetch-site: cross-site\r\ncontent-type: application/x-www-form-urlencoded\r\n"


async def test_a_refusal_waits_for_a_body_that_is_still_on_its_way(stack: Stack) -> None:
    """Another site's request is refused before its body is read; a slow sender hears so all the same."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(stack.url).port)
    writer.write(f"{HEAD}content-length: 400000\r\n\r\n".encode())
    for _ in range(4):
        writer.write(b"x" * 100_000)
        await writer.drain()
        await asyncio.sleep(0.15)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert answer.startswith(b"HTTP/1.1 403")
    writer.close()


@pytest.mark.parametrize("measure", ["content-length: 5000", "content-length: 900000000", "transfer-encoding: chunked"])
async def test_who_announces_a_body_and_sends_none_is_answered_all_the_same(stack: Stack, measure: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(stack.url).port)
    writer.write(f"{HEAD}{measure}\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert answer.startswith(b"HTTP/1.1 403")
    writer.close()


async def test_a_connection_serves_on_after_a_refusal(stack: Stack) -> None:
    one, from_elsewhere = httpx.Limits(max_connections=1), {"sec-fetch-site": "cross-site"}
    async with httpx.AsyncClient(base_url=stack.url, verify=False, limits=one, headers=from_elsewhere) as http:
        for _ in range(30):
            assert (await http.post("/booking/open", data={"token": "x" * 170_000})).status_code == 403
