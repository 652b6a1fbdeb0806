"""Finding cars and places, and checking a time against opening hours."""

from datetime import date, time

import pytest

from exodrive.fleet import service
from exodrive.fleet.model import Hours
from exodrive.kit import words
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, LocationId, new_id
from tests.fleet.test_model import place
from tests.garage import new_car, new_place

FRIDAY, SUNDAY = date(2026, 6, 5), date(2026, 6, 7)
SHOWROOM = place(Hours(5, time(9), time(19)))


async def test_unknown_and_hidden_cars_answer_the_same(doors):
    shown, hidden = await new_car(doors), await new_car(doors, hidden=True)
    async with doors.service().scope() as db:
        assert (await service.find_car(db, shown.slug)).id == shown.id
        assert (await service.find_car_by_id(db, shown.id)).slug == shown.slug
        refusals = []
        for find in (
            service.find_car(db, hidden.slug),
            service.find_car(db, "no-such-car"),
            service.find_car_by_id(db, hidden.id),
            service.find_car_by_id(db, CarId(new_id())),
        ):
            with pytest.raises(service.UnknownCar) as refused:
                await find
            refusals.append((refused.value.status, refused.value.detail))
    assert len(set(refusals)) == 1
    assert refusals[0][0] == 404


@pytest.mark.parametrize("text", [None, "", "7", "averno-v10", "018f0000-0000-7000-8000-00000000000g"])
def test_a_car_id_that_is_none_names_its_field(text):
    with pytest.raises(BadInput) as refused:
        service.parse_car_id(text)
    assert refused.value.fields.keys() == {"car_id"}


def test_a_car_id_is_read():
    made = new_id()
    assert service.parse_car_id(str(made)) == made


async def test_a_place_that_is_unknown_or_out_of_use_names_its_field(doors):
    unused = await new_place(doors, is_active=False)
    async with doors.anon().scope() as db:
        for location_id in (unused, LocationId(new_id())):
            with pytest.raises(BadInput) as refused:
                await service.find_location(db, location_id, field="pickup_location_id")
            assert refused.value.fields.keys() == {"pickup_location_id"}


async def test_a_place_in_use_is_found(doors):
    used = await new_place(doors)
    async with doors.anon().scope() as db:
        assert (await service.find_location(db, used)).id == used


@pytest.mark.parametrize("at", [time(9), time(12, 30), time(19)])
def test_both_ends_of_the_opening_hours_count_as_open(at):
    service.check_hours(SHOWROOM, FRIDAY, at)


@pytest.mark.parametrize("at", [time(8, 59), time(19, 1), time(0)])
def test_outside_the_hours_the_sentence_names_them(at):
    with pytest.raises(BadInput) as refused:
        service.check_hours(SHOWROOM, FRIDAY, at, field="pickup_time")
    assert refused.value.status == 422
    assert refused.value.fields["pickup_time"] == (
        "Brickell Showroom is open from 9:00\u202fAM to 7:00\u202fPM on that day. Choose a time between."
    )


def test_a_closed_day_is_named_in_the_language_of_the_renter():
    with pytest.raises(BadInput) as refused:
        service.check_hours(SHOWROOM, SUNDAY, time(12))
    assert "closed on Sunday" in refused.value.fields["time"]
    words.use("de_DE")
    with pytest.raises(BadInput) as refused:
        service.check_hours(SHOWROOM, SUNDAY, time(12))
    words.use(words.DEFAULT)
    assert "Sonntag" in refused.value.fields["time"]
