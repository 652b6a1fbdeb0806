"""A town of its own for each seed: a fresh database, a PayPal and a mail service that remember nothing, and one clock for all."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import msgspec

from exodrive.deposits.model import DepositRules
from exodrive.flows.world import World
from exodrive.gateways.line import Patience
from exodrive.gateways.mailer import Resend
from exodrive.gateways.paypal import Event
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.operate.clock import store as clocks
from tests.builders import Build, make_world
from tests.emulators.running import Running
from tests.model.chance import Ajar, Between, Line
from tests.servers import Database, Servers, drop_database, make_database

_EVENTS = "/v1/notifications/webhooks-events?page_size=300"
CLIENT, SECRET, KEY = "client", "secret", "re_model"
HASTE = Patience(connect=2, answer=1.0, budget=60, pause=0.0)  # a second is a timeout here; whoever comes in between takes their time


class Provider:
    """An emulator, asked without waiting for anything but its answer."""

    def __init__(self, running: Running) -> None:
        self.running, self.url = running, running.url
        self._http = httpx.AsyncClient(base_url=running.url, timeout=30, verify=False)
        self._token = "none"

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control call; None when it is refused, as by an order that is paid already."""
        answer = await self._http.request(method, f"/control/{path}", json=body)
        return answer.json() if answer.is_success and answer.content else None

    async def events(self, since: datetime | None = None) -> list[Event]:
        """All that PayPal published, or since a moment, the oldest first."""
        fit = _EVENTS + (f"&start_time={since:%Y-%m-%dT%H:%M:%SZ}" if since else "")
        while (answer := await self._http.get(fit, headers={"authorization": f"Bearer {self._token}"})).status_code == 401:
            with suppress(httpx.HTTPError, KeyError, ValueError):  # what was ordered to break may break here too
                told = await self._http.post("/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=(CLIENT, SECRET))
                self._token = told.json()["access_token"]
        return [msgspec.convert(event, Event) for event in reversed(answer.json()["events"])]

    async def desk(self, deed: str, thing: str, **form: str) -> None:
        """Press a button of PayPal's own site; it may refuse."""
        await self._http.post(f"/desk/{deed}/{thing}", data={"back": f"/{thing}", **form})

    async def close(self) -> None:
        await self._http.aclose()


@dataclass
class Town:
    """Everything a seed plays with. ``world`` is the web's, ``desk`` the worker's; ``look`` sees all rows."""

    dice: random.Random
    between: Between
    world: World
    desk: World
    build: Build
    paypal: Provider
    mail: Provider
    look: Any
    _owner: Any
    elsewhere: set[str] = field(default_factory=set)  # what moved at PayPal's own site

    async def wait(self, span: timedelta) -> None:
        """Let time pass everywhere at once."""
        shift = clock.shift() + span
        await clocks.move(self._owner, shift)
        clock.move_to_shift(shift)
        for provider in (self.paypal, self.mail):
            await provider.control("POST", "clock", {"shift": shift.total_seconds()})


class Providers:
    """Both emulators, which every town of a run uses after the other."""

    def __init__(self) -> None:
        nothing = ("--state", "none")
        self.paypal = Running("paypal", "--client-id", CLIENT, "--client-secret", SECRET, *nothing)
        self.mail = Running("resend", "--api-key", KEY, *nothing)

    def stop(self) -> None:
        self.paypal.stop()
        self.mail.stop()


@asynccontextmanager
async def town(servers: Servers, providers: Providers, name: str, seed: int) -> AsyncIterator[Town]:
    """Build a town; its database is gone with it."""
    database = await make_database(servers, name)
    dice = random.Random(seed)
    between, paypal, mail = Between(dice), Provider(providers.paypal), Provider(providers.mail)
    for provider in (paypal, mail):
        await provider.control("POST", "reset")
    await mail.control("POST", "rate", {"per_second": 0})
    await paypal.control("POST", "account", {"vaulting": True, "vault_delay": 600})
    rules = DepositRules(one_order=seed % 4 == 0, wallet=True)
    async with _connections(database) as (doors, look, owner), _world(doors, servers, between, paypal, mail, deposits=rules) as world:
        try:
            desk = replace(world, door=Ajar(doors.service(), between))
            yield Town(dice, between, world, desk, Build(world, database.url("superuser")), paypal, mail, look, owner)
        finally:
            clock.move_to_shift(timedelta())
            await paypal.close()
            await mail.close()
    await drop_database(database)


@asynccontextmanager
async def _connections(database: Database) -> AsyncIterator[tuple[Doors, Any, Any]]:
    urls = {login: database.url(login) for login in ("web", "checkout", "staff", "worker")}
    doors = await Doors.open(**urls, pooler=database.servers.pooler)
    look, owner = await asyncpg.connect(database.url("superuser")), await asyncpg.connect(database.url("owner"))
    await look.set_type_codec("jsonb", encoder=_text, decoder=msgspec.json.decode, schema="pg_catalog")
    try:
        yield doors, look, owner
    finally:
        await look.close()
        await owner.close()
        await doors.close()


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@asynccontextmanager
async def _world(doors: Doors, servers: Servers, between: Between, paypal: Provider, mail: Provider, **more: Any) -> AsyncIterator[World]:
    line = Line(paypal.url, CLIENT, SECRET, patience=HASTE)
    line.between = between
    mailer = Resend(mail.url, KEY, sender="Exodrive <hello@shop.test>", patience=HASTE)
    door = Ajar(doors.checkout(), between)
    world = make_world(doors, servers.redis(63), paypal=line, mailer=mailer, door=door, public_url="http://shop.test", **more)
    try:
        yield world
    finally:
        with suppress(httpx.HTTPError):
            await line.close()
        await mailer.close()
        await world.locks._courtesy.close()
