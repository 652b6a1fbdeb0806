"""Other days for a rental that is sold: more of them while the car is out, others or another car before."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from exodrive.flows.change import make, propose
from exodrive.flows.change.model import Wish
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from exodrive.kit.links import hash_of
from exodrive.kit.locks import LockBusy
from tests.crash.stories import order_in

if TYPE_CHECKING:
    from tests.trips.trip import Trip

DAY = timedelta(days=1)


async def extend(trip: "Trip") -> None:
    """Ask for more days, and pay for them."""
    end = await trip.value("select end_date from bookings where id = $1")
    await _change(trip, "more days", end=end + trip.dice.choice((1, 1, 2, 3, 7, 20)) * DAY)


async def rearrange(trip: "Trip") -> None:
    """Come a day later, stay a day less, or take another car."""
    start, end = await trip.value("select (start_date, end_date) from bookings where id = $1")
    others = [car for car in trip.yard.cars if car.id != trip.car.id]
    wishes: list[tuple[str, dict[str, Any]]] = [("days moved", {"start": start + DAY, "end": end + DAY})]
    if end > start:
        wishes.append(("fewer days", {"end": end - DAY}))
    if others:
        wishes.append(("another car", {"car_id": trip.dice.choice(others).id}))
    what, wish = trip.dice.choice(wishes)
    await _change(trip, what, **wish)


async def _change(trip: "Trip", what: str, **wish: Any) -> None:
    assert trip.held
    world, reference = trip.yard.world, trip.held.reference
    wanted = Wish(terms=world.rules.terms_version, **wish)
    holder = world.doors.token(hash_of(trip.held.token))
    try:
        proposal = await propose.preview(world, holder, reference, wanted)
        made = await make.make(world, holder, reference, wanted, world.quotes.sign(proposal.price, clock.now()))
    except (Problem, LockBusy) as no:
        trip.meets(f"{what}: {no.code}")
        return
    step = await trip.approves(order_in(made.approve_url), (10, 1, 1)) if made.approve_url else "at once"
    trip.meets(f"{what}: {step or 'did not come home'}")
