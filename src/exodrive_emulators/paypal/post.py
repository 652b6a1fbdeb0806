"""The postman: signs and delivers events, tries again on a schedule, all by the movable clock."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec

from exodrive_emulators.paypal.events import certificate_url
from exodrive_emulators.paypal.model import Delivery, Try
from exodrive_emulators.paypal.signing import ALGORITHM
from exodrive_emulators.paypal.states import DeliveryStatus, Mode, Trick
from exodrive_emulators.paypal.world import PayPal

# Seconds between the 25 tries: short ones first, so that a receiver that restarts is soon served; three days in all.
PAUSES = (1, 2, 5, 15, 30, 60, 120, 300, 600, 1800) + 14 * (18_250,)
PATIENCE = 10.0  # seconds a receiver has to answer
OTHER_WEBHOOK = "0EH40505U7160970P"  # whose events a misled sender would sign
TAMPERED = (b'"event_version":"1.0"', b'"event_version":"1.1"')
LONGEST_SLEEP = 5.0  # seconds between two looks at the queue when nothing wakes the postman


class Postman:
    """Delivers what is due until it is cancelled: to each listener one thing at a time, in the order in which they fell due.

    What a jump of the clock made due is drained like that too, retries included, as if it had happened on the way.
    """

    def __init__(self, world: PayPal) -> None:
        self._world = world
        self._under_way: dict[str, asyncio.Task[None]] = {}  # by listener
        self._http: Any = None

    async def run(self) -> None:
        """Look, send, sleep until something is due or somebody rings."""
        self._world.post_now()  # nobody delivered while this process was not there
        while True:
            self._world.post_due.clear()
            self._world.happen()
            self._world.store.commit()
            for delivery in self._due() if self._world.journey.together else []:
                self._under_way[_to(delivery)] = asyncio.create_task(self._deliver(delivery))
            if not self._under_way and self._world.journey.stride(self._soonest()):
                continue
            try:
                await asyncio.wait_for(self._world.post_due.wait(), self._sleep())
            except TimeoutError:
                continue

    def _waiting(self) -> list[Delivery]:
        """What is not done, to listeners who are not being spoken to, in the order in which it is due and was made."""
        free = (it for it in self._world.to_deliver.values() if _to(it) not in self._under_way and self._may_go(it))
        return sorted(free, key=lambda it: it.due)

    def _may_go(self, it: Delivery) -> bool:
        """Whether it is held back neither by its listener's switch nor behind another."""
        first = self._world.deliveries.get(it.behind)
        if first and first.status is DeliveryStatus.PENDING and not first.tries:
            return False
        to = self._world.webhooks.get(it.webhook_id)
        return bool(it.url) or (to is not None and to.mode is not Mode.PAUSE)

    def _due(self) -> list[Delivery]:
        """For each listener the first thing that is due."""
        now = self._world.clock.now()
        return list({_to(it): it for it in reversed(self._waiting()) if it.due <= now}.values())

    def _soonest(self) -> datetime:
        """When the next thing happens or is to be delivered."""
        return min([self._world.agenda.soonest(), *(it.due for it in self._waiting())])

    def _sleep(self) -> float:
        if not self._world.journey.together:
            return LONGEST_SLEEP  # until somebody rings
        wait = (self._soonest() - self._world.clock.now()).total_seconds()
        return max(0.01, min(LONGEST_SLEEP, wait))

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            self._note(delivery, await self._outcome(delivery))
        finally:
            self._under_way.pop(_to(delivery), None)
            self._world.post_due.set()

    async def _outcome(self, delivery: Delivery) -> str:
        """The status of the receiver's answer as text, or the name of what went wrong, whatever that may be: a try that is
        not noted would be made again at once, for ever."""
        try:
            return await self._send(delivery)
        except Exception as wrong:
            return type(wrong).__name__

    async def _send(self, delivery: Delivery) -> str:
        """The status of the receiver's answer as text."""
        import httpx  # noqa: PLC0415  0.1 s of start-up that only a first delivery has to pay

        world = self._world
        webhook = world.webhooks.get(delivery.webhook_id)
        url = delivery.url or (webhook.url if webhook else "")
        event = world.events.get(delivery.event_id) or world.simulated.get(delivery.event_id)
        if event is None:
            raise LookupError(delivery.event_id)

        if self._http is None:
            self._http = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        trick = None if delivery.tries else delivery.trick
        body = msgspec.json.encode(event.body)
        headers = self._headers(delivery, trick, body)
        sent = body.replace(*TAMPERED, 1) if trick is Trick.TAMPER else body
        answer = await self._http.post(url, content=sent, headers=headers)
        return str(answer.status_code)

    def _headers(self, delivery: Delivery, trick: Trick | None, body: bytes) -> dict[str, str]:
        chain = self._world.chains.foreign if trick is Trick.FOREIGN else self._world.chain
        name = chain.expired_name if trick is Trick.EXPIRED else chain.name
        webhook_id = OTHER_WEBHOOK if trick is Trick.WRONG_ID else delivery.webhook_id
        signature = chain.sign(transmission_id=delivery.id, time=delivery.sent_time, webhook_id=webhook_id, body=body)
        return {
            "content-type": "application/json",
            "user-agent": "PayPal/AUHR-214.0-56941234",
            "paypal-transmission-id": delivery.id,
            "paypal-transmission-time": delivery.sent_time,
            "paypal-transmission-sig": signature,
            "paypal-auth-version": "v2",
            "paypal-auth-algo": ALGORITHM,
            "paypal-cert-url": certificate_url(self._world, name),
        }

    def _note(self, delivery: Delivery, outcome: str) -> None:
        """Book one try, and when the next one is due: by plan, however late this one was."""
        world, tries = self._world, len(delivery.tries)
        if world.deliveries.get(delivery.id) is None:
            return  # everything was reset while this one was on its way
        delivery.tries.append(Try(delivery.due, outcome))
        if outcome.startswith("2"):
            delivery.status = DeliveryStatus.SUCCESS
        elif delivery.event_id in world.simulated or tries >= len(PAUSES):
            delivery.status = DeliveryStatus.FAILED
        else:
            delivery.due += timedelta(seconds=PAUSES[tries])
        if delivery.status is not DeliveryStatus.PENDING:
            world.to_deliver.pop(delivery.id, None)
        world.deliveries.put(delivery.id, delivery)
        world.store.commit()


def _to(delivery: Delivery) -> str:
    """Who is spoken to, one thing at a time."""
    return delivery.url or delivery.webhook_id
