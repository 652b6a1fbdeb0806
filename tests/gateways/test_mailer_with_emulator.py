"""The mailer and Resend's stand-in as two real processes: one letter a key, whatever is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest

from exodrive.gateways.errors import Refused, Unknown
from exodrive.gateways.line import Patience
from exodrive.gateways.mailer import Letter, Resend
from exodrive.operate.wiring import Wiring
from tests.product import Emulator

NUMBERS = count(1)
PATIENCE = Patience(connect=1, answer=2, budget=10, attempts=4, pause=0.05)


@pytest.fixture
async def mailer(resend: Emulator, _beside: Wiring) -> AsyncIterator[Resend]:
    await resend.reset()
    mailer = Resend(resend.url, _beside.keys.resend_key, sender="Exodrive <hello@exodrive.example>", patience=PATIENCE)
    yield mailer
    await mailer.close()


def a_letter(**changed: str) -> Letter:
    number = next(NUMBERS)
    values = {"to": f"renter-{number}@example.com", "subject": f"Booking {number}", "text": "Hello", "html": "<p>Hello</p>"}
    return Letter(**{**values, **changed}, tags={"topic": "confirmation"}, headers={"X-Entity-Ref-ID": str(number)})


async def mails(resend: Emulator) -> list[dict[str, object]]:
    return list(await resend.control("GET", "mails"))


async def test_a_letter_arrives_as_it_was_written(resend: Emulator, mailer: Resend) -> None:
    letter = a_letter(subject="Ihre Buchung – bestätigt")
    letter_id = await mailer.send(letter, idempotency_key="arrives")
    [mail] = await mails(resend)
    assert (mail["id"], mail["to"], mail["subject"]) == (letter_id, [letter.to], "Ihre Buchung – bestätigt")
    assert (mail["text"], mail["html"]) == ("Hello", "<p>Hello</p>")


async def test_one_key_sends_one_letter(resend: Emulator, mailer: Resend) -> None:
    letter = a_letter()
    assert len({await mailer.send(letter, idempotency_key="once") for _ in range(3)}) == 1
    assert len(await mails(resend)) == 1


async def test_one_key_with_other_words_is_refused(resend: Emulator, mailer: Resend) -> None:
    await mailer.send(a_letter(), idempotency_key="words")
    with pytest.raises(Refused) as refused:
        await mailer.send(a_letter(), idempotency_key="words")
    assert (refused.value.issue, refused.value.status) == ("invalid_idempotent_request", 409)


async def test_an_answer_lost_after_sending_sends_no_second_letter(resend: Emulator, mailer: Resend) -> None:
    await resend.fault(kind="lost_after_commit", match={"method": "POST"}, times=2)
    assert await mailer.send(a_letter(), idempotency_key="lost")
    assert len(await mails(resend)) == 1


async def test_a_letter_whose_fate_is_unknown_is_sent_once_in_the_end(resend: Emulator, mailer: Resend) -> None:
    letter = a_letter()
    await resend.fault(kind="lost_after_commit", match={"method": "POST"}, times=4)
    with pytest.raises(Unknown):
        await mailer.send(letter, idempotency_key="unknown")
    assert await mailer.send(letter, idempotency_key="unknown")
    assert len(await mails(resend)) == 1


async def test_a_crowd_of_letters_waits_its_turn(resend: Emulator, mailer: Resend) -> None:
    await resend.control("POST", "rate", {"per_second": 5})
    letters = [a_letter() for _ in range(8)]
    await asyncio.gather(*(mailer.send(letter, idempotency_key=letter.to) for letter in letters))
    assert sorted(mail["to"][0] for mail in await mails(resend)) == sorted(letter.to for letter in letters)


async def test_a_wrong_key_is_refused(resend: Emulator) -> None:
    mailer = Resend(resend.url, "re_wrong", sender="a@example.com")
    with pytest.raises(Refused) as refused:
        await mailer.send(a_letter(), idempotency_key="wrong")
    assert refused.value.status in {400, 401, 403}
    await mailer.close()
