"""What staff do: each deed is the verb that a route of the back office calls."""

from decimal import Decimal

from exodrive.bookings.endings import How
from exodrive.flows import cancel, refund
from exodrive.flows.approval import answer
from exodrive.flows.instalment import waive
from exodrive.kit.money import Money
from tests.builders import new_key
from tests.model.scene import Deed, Group


class Staff(Group):
    """Somebody behind the desk."""

    def deeds(self) -> dict[Deed, int]:
        return {self.staff_cancel: 2, self.staff_give_back: 2, self.staff_accept: 3, self.staff_refuse: 1, self.staff_waive: 1}

    async def staff_cancel(self) -> str:
        (_rental, held), (door, actor) = self.scene.renter(), self.scene.behind_the_desk()
        how, percent = self.dice.choice(((How.COMPANY, None), (How.COMPANY, None), (How.TIERS, None), (How.PERCENT, 30)))
        await cancel.by_staff(self.town.world, door, held.booking_id, actor, "the car broke down", how=how, percent=percent)
        return f"{held.reference} {how}"

    async def staff_accept(self) -> str:
        (_rental, held), (door, actor) = self.scene.renter(), self.scene.behind_the_desk()
        await answer.accept(door, held.booking_id, actor, key=new_key())
        return held.reference

    async def staff_refuse(self) -> str:
        (_rental, held), (door, actor) = self.scene.renter(), self.scene.behind_the_desk()
        await answer.refuse(door, held.booking_id, actor, "the licence is too new", key=new_key())
        return held.reference

    async def staff_waive(self) -> str:
        (_rental, held), (door, actor) = self.scene.renter(), self.scene.behind_the_desk()
        await waive.by_staff(door, held.booking_id, actor, "a good customer", key=new_key())
        return held.reference

    async def staff_give_back(self) -> str:
        (_rental, held), (door, actor) = self.scene.renter(), self.scene.behind_the_desk()
        some = Money(Decimal(self.dice.choice((1, 50, 500, 5000))), "USD")
        await refund.by_staff(self.town.world, door, held.booking_id, some, actor, "the roof leaked", key=new_key())
        return f"{held.reference} {some.text}"
