"""What follows a return: charges, what is claimed of the deposit for them, what the renter says to that, and what of it goes back."""

from decimal import Decimal

from exodrive.charges.model import ChargeKind
from exodrive.flows.charging import decide as charging
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.claiming import answer, repaying
from exodrive.flows.claiming.make import claim
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from tests.builders import new_key
from tests.model.scene import Deed, Group

_DRIVEN = "select id from bookings where handed_over_at is not null order by coalesce(returned_at, handed_over_at) desc, id limit 5"
_CHARGES = "select booking_id, id, status from booking_charges where status in ('proposed', 'due') order by created_at desc, id limit 5"
_OWING = """
    select b.id from bookings b where b.returned_at is not null
    and exists (select from booking_charges g where g.booking_id = b.id and g.status = 'due')
    and exists (select from deposit_holds h where h.booking_id = b.id and h.status = 'held')
    and not exists (select from deposit_claims k where k.booking_id = b.id and (k.ended_at is null or k.status = 'settled'))
    order by b.returned_at desc, b.id limit 5"""
_ASKED = "select booking_id from deposit_claims where status = 'asked' order by created_at, id"
_DISPUTED = "select booking_id, id, status from deposit_claims where status in ('asked', 'objected') order by status desc, created_at, id"
_TAKEN = (
    "select booking_id, id, amount - repaid from deposit_claims where status = 'settled' and repaid < amount order by created_at desc, id"
)


class Claims(Group):
    """The renter who has brought a car back, and staff who look at it."""

    def deeds(self) -> dict[Deed, int]:
        return {
            self.staff_charge: 5, self.staff_decide_about_a_charge: 2, self.staff_claim: 10, self.the_renter_answers_a_claim: 6,
            self.staff_decide_about_a_claim: 4, self.claimed_money_goes_back: 5,
        }  # fmt: skip

    async def staff_charge(self) -> str:
        [booking_id], (door, actor) = await self.one_of(_DRIVEN), self.scene.behind_the_desk()
        kind = self.dice.choice((ChargeKind.DAMAGE, ChargeKind.DAMAGE, ChargeKind.CLEANING))
        entry = Entry(kind=kind, amount=Decimal(self.dice.choice((1, 40, 700, 6000))), reason="a scratch")
        made = await charge(self.town.world.tariffs, door, BookingId(booking_id), entry, actor, key=new_key())
        return f"{booking_id} {made.total}"

    async def staff_decide_about_a_charge(self) -> str:
        (booking_id, charge_id, status), (door, actor) = await self.one_of(_CHARGES), self.scene.behind_the_desk()
        if status == "proposed" and self.dice.random() < 0.8:
            await charging.confirm(door, BookingId(booking_id), charge_id, actor, key=new_key())
            return f"{booking_id} confirmed"
        await charging.withdraw(door, BookingId(booking_id), charge_id, actor, "a good customer", key=new_key())
        return f"{booking_id} withdrawn"

    async def staff_claim(self) -> str:
        [booking_id], (door, actor) = await self.one_of(_OWING), self.scene.behind_the_desk()
        made = await claim(self.town.world.deposits, door, BookingId(booking_id), actor, key=new_key())
        return f"{booking_id} {made.amount} of {made.asked}, until {made.answer_by}"

    async def the_renter_answers_a_claim(self) -> str:
        [booking_id] = await self.one_of(_ASKED)
        if self.dice.random() < 0.5:
            await answer.accept(self.town.world, BookingId(booking_id))
            return f"{booking_id} yes"
        await answer.object_to(self.town.world, BookingId(booking_id), "It was there before")
        return f"{booking_id} no"

    async def staff_decide_about_a_claim(self) -> str:
        (booking_id, claim_id, status), (door, actor) = await self.one_of(_DISPUTED), self.scene.behind_the_desk()
        uphold = self.dice.random() < (0.7 if status == "objected" else 0.1)
        await answer.decide(door, BookingId(booking_id), claim_id, actor, "We looked again", uphold=uphold, key=new_key())
        return f"{booking_id} {status} {'upheld' if uphold else 'withdrawn'}"

    async def claimed_money_goes_back(self) -> str:
        (booking_id, claim_id, left), (door, actor) = await self.one_of(_TAKEN), self.scene.behind_the_desk()
        some = Money(min(left, Decimal(self.dice.choice((1, 50, 500, 5000)))), "USD")
        await repaying.by_staff(door, BookingId(booking_id), claim_id, some, actor, "it cost less", key=new_key())
        return f"{booking_id} {some.text} of {left}"
