"""What the worker does: promised work in any order, and what is due by the clock."""

from typing import Any

from exodrive.flows import catch_up, comparison, no_show, tidy, unheard
from exodrive.flows.approval import due
from exodrive.flows.checkout import settling
from exodrive.flows.claiming import answer as claims
from exodrive.flows.daily import money
from exodrive.flows.deposit import look as deposits
from exodrive.flows.hearing import NotYet
from exodrive.flows.instalment import reminding
from exodrive.flows.invoicing import look as invoices
from exodrive.flows.jobs import JOBS
from exodrive.flows.overdue import claim as overdue
from exodrive.flows.rental import begin
from exodrive.flows.resume import letter
from exodrive.flows.wallet import looking as wallets
from exodrive.gateways.errors import GatewayError
from exodrive.kit.errors import Problem
from exodrive.kit.jobs import Job
from exodrive.kit.outbox.jobs import Runner
from tests.model.scene import Deed, Group, Nobody, Scene

PIECES = 20


class Worker(Group):
    """The worker's process, with the queue's order left to chance."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._runner = Runner(self.town.desk.door, self.town.desk, JOBS)

    def deeds(self) -> dict[Deed, int]:
        return {
            self.the_worker_works: 16, self.the_worker_settles: 4, self.the_worker_tidies: 2, self.the_worker_catches_up: 1,
            self.the_worker_checks: 1, self.the_worker_writes: 1, self.the_worker_looks_after_approvals: 2,
            self.the_worker_looks_at_orders: 2, self.the_worker_looks_after_deposits: 2, self.the_worker_makes_no_shows: 1,
            self.the_worker_compares: 1, self.the_worker_begins_rentals: 2, self.the_worker_looks_after_wallets: 2,
            self.the_worker_looks_after_claims: 3, self.the_worker_looks_after_invoices: 2,
        }  # fmt: skip

    async def the_worker_works(self) -> str:
        """A piece of promised work, in any order."""
        waiting = await self.town.look.fetch("select id, topic from outbox where done_at is null order by created_at, id limit 8")
        if not waiting:
            raise Nobody
        return await self.work(*self.dice.choice(waiting))

    async def work(self, outbox_id: Any, topic: str) -> str:
        """One try of a job; one that fails is tried again some time."""
        try:
            await self._runner.run(Job(str(outbox_id), topic, {}, 1))
        except (Problem, GatewayError, NotYet) as away:
            return f"{topic}: {away!r}"
        return topic

    async def the_worker_settles(self) -> str:
        return str(await settling.settle_open(self.town.desk))

    async def the_worker_tidies(self) -> str:
        await tidy.drop_lapsed(self.town.desk)
        return str(await tidy.expire_dead(self.town.desk))

    async def the_worker_looks_after_approvals(self) -> str:
        return f"{await due.settle_due(self.town.desk)}, {await due.remind(self.town.desk)}"

    async def the_worker_looks_at_orders(self) -> str:
        return str(await unheard.look_at_due(self.town.desk))

    async def the_worker_looks_after_deposits(self) -> str:
        return str(await deposits.look_at_all(self.town.desk))

    async def the_worker_looks_after_wallets(self) -> str:
        return str(await wallets.look_at_all(self.town.desk))

    async def the_worker_looks_after_claims(self) -> str:
        return str(await claims.settle_due(self.town.desk))

    async def the_worker_looks_after_invoices(self) -> str:
        return str(await invoices.look_at_all(self.town.desk))

    async def the_worker_makes_no_shows(self) -> str:
        return str(await no_show.settle_due(self.town.desk))

    async def the_worker_begins_rentals(self) -> str:
        return f"{await begin.begin_due(self.town.desk)}, {await overdue.look_at_all(self.town.desk)} late"

    async def the_worker_compares(self) -> str:
        await comparison.go_on(self.town.desk)
        return ""

    async def compare_to_the_end(self) -> None:
        """Piece by piece."""
        for _ in range(PIECES):
            await comparison.go_on(self.town.desk)
            if not await self.town.look.fetchval("select count(*) from money_comparisons where finished_at is null"):
                return

    async def the_worker_catches_up(self) -> str:
        return str(await catch_up.catch_up(self.town.desk))

    async def the_worker_checks(self) -> str:
        await money.daily(self.town.desk)
        return ""

    async def the_worker_writes(self) -> str:
        return f"{await letter.promise(self.town.desk)}, {await reminding.remind_due(self.town.desk)}"
