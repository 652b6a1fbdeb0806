"""The contact page over HTTP: a message reaches staff once, and nobody else."""

import asyncio
import re
from datetime import time
from uuid import uuid4

import httpx
import pytest

from tests.builders import Build
from tests.garage import new_place
from tests.product import Stack
from tests.web.storefront.conftest import NewVisitor


def words(**changes: str) -> dict[str, str]:
    """A message that may be sent."""
    return {"name": "Ada Byron", "email": f"{uuid4().hex}@example.com", "text": "Is the roof open?"} | changes


async def test_a_message_reaches_staff_who_answer_its_writer_by_replying(stack: Stack, http: httpx.AsyncClient) -> None:
    sent = words(text=f"Does it rain in {uuid4().hex}?\n\n<b>Two</b> lines & more")
    answer = await http.post("/contact", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/contact/sent")
    after = await http.get("/contact/sent")
    assert "A person reads it and answers" in after.text
    assert sent["email"] not in after.text
    for _try in range(100):
        mails = [mail for mail in await stack.resend.control("GET", "mails") if sent["text"] in mail["text"]]
        if mails:
            break
        await asyncio.sleep(0.2)
    (mail,) = mails
    assert mail["to"] == ["hello@exodrive.example"]
    assert mail["reply_to"] in (sent["email"], [sent["email"]])
    assert mail["subject"] == "Message from Ada Byron"
    assert "&lt;b&gt;Two&lt;/b&gt; lines &amp; more" in mail["html"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("email", "nobody", "such as name@example.com"),
        ("email", "a@example.com, b@example.com", "such as name@example.com"),
        ("email", "a@example.com\r\nBcc: b@example.com", "such as name@example.com"),
        ("text", "  ", "Please fill this in."),
        ("text", "x" * 4001, "This is too long."),
        ("name", "x" * 101, "This is too long."),
    ],
)
async def test_what_cannot_be_sent_is_said_at_its_field_and_all_else_is_kept(
    http: httpx.AsyncClient, build: Build, field: str, value: str, said: str
) -> None:
    typed = words(**{field: value})
    answer = await http.post("/contact", data=typed)
    assert answer.status_code == 422
    error = answer.text.partition(f'id="{field}-error">')[2].partition("</p>")[0]
    assert said in error
    assert all(typed[name] in answer.text for name in typed if name != field)
    assert not await build.rows("select 1 from contact_messages where email = $1", typed["email"])


async def test_a_network_may_write_a_few_messages_an_hour_and_others_still_can(visitor: NewVisitor) -> None:
    one, other = visitor(), visitor()
    statuses = [(await one.post("/contact", data=words())).status_code for _ in range(7)]
    assert statuses == [303] * 5 + [429] * 2
    assert (await other.post("/contact", data=words())).status_code == 303


async def test_what_is_refused_does_not_count(visitor: NewVisitor) -> None:
    one = visitor()
    for _ in range(8):
        assert (await one.post("/contact", data=words(email="nobody"))).status_code == 422
    assert (await one.post("/contact", data=words())).status_code == 303


async def test_another_site_cannot_write_in_our_visitors_name(http: httpx.AsyncClient, build: Build) -> None:
    typed = words()
    answer = await http.post("/contact", data=typed, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert not await build.rows("select 1 from contact_messages where email = $1", typed["email"])


async def test_no_word_of_a_message_is_in_the_logs(stack: Stack, http: httpx.AsyncClient) -> None:
    typed = words(name=f"Name{uuid4().hex}", text=f"Text{uuid4().hex}")
    assert (await http.post("/contact", data=typed)).status_code == 303
    for _try in range(100):
        if [mail for mail in await stack.resend.control("GET", "mails") if typed["text"] in mail["text"]]:
            break
        await asyncio.sleep(0.2)
    logs = "".join(path.read_text() for path in (stack.wiring.folder / "logs").glob("*.log"))
    assert logs
    assert not [word for word in typed.values() if word in logs]


async def test_the_page_shows_our_places_with_their_hours(http: httpx.AsyncClient, build: Build) -> None:
    await build.place(name="Harbour House", city="Lisbon", country="PT")
    page = (await http.get("/contact", params={"new": uuid4().hex})).text
    assert "Harbour House" in page
    assert "8:00" in page
    assert '"@type": "AutoRental"' in page


async def test_days_in_a_row_with_the_same_hours_stand_together(http: httpx.AsyncClient, build: Build) -> None:
    early, late = (time(8), time(18)), (time(10), time(16))
    name = f"Harbour {uuid4().hex}"
    await new_place(build.doors, {**dict.fromkeys(range(1, 6), early), 6: late}, name=name)
    card = (await http.get(f"/contact?fresh={name}")).text.partition(f"<h3>{name}</h3>")[2].partition("</dl>")[0]
    week = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", card)
    assert week == [("Monday – Friday", "8:00\u202fAM – 6:00\u202fPM"), ("Saturday", "10:00\u202fAM – 4:00\u202fPM"), ("Sunday", "closed")]
