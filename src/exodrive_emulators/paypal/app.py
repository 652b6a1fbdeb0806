"""Puts this PayPal together."""

from functools import partial
from pathlib import Path

from exodrive_emulators.kit import control as shared
from exodrive_emulators.kit.app import App
from exodrive_emulators.kit.routes import Line, Routes
from exodrive_emulators.kit.run import Emulator
from exodrive_emulators.kit.store import Store
from exodrive_emulators.paypal import adoption, api, control, due, events_api, fate, holds_api, payer, signing, vault_api, webhooks_api
from exodrive_emulators.paypal.control import Listener, register
from exodrive_emulators.paypal.desk import bills, deeds, looks
from exodrive_emulators.paypal.errors import error, in_progress
from exodrive_emulators.paypal.invoicing import api as invoices_api
from exodrive_emulators.paypal.invoicing import control as invoices_control
from exodrive_emulators.paypal.invoicing import page as invoices_page
from exodrive_emulators.paypal.invoicing import payments
from exodrive_emulators.paypal.post import Postman
from exodrive_emulators.paypal.world import Client, PayPal

API = ("/v1/", "/v2/", "/v3/")


def build(*, url: str, state: Path | None, client: Client, listener: Listener | None, followed: bool = False) -> Emulator:
    """Everything, ready to be served; `url` is how browsers and the product reach it, `followed` whether others follow its clock."""
    store = Store(state)
    world = PayPal(store, client=client, url=url.rstrip("/"), chains=signing.Chains(state), followed=followed)
    world.deed, world.money_moved = partial(due.happen, world), partial(payments.money_moved, world)
    if listener:
        register(world, listener)
    controls: list[Line[PayPal]] = [
        *shared.LINES,
        *control.LINES,
        *fate.LINES,
        *adoption.LINES,
        *invoices_control.LINES,
        *vault_api.CONTROL,
    ]
    calls = [*api.LINES, *invoices_api.LINES, *vault_api.LINES, *holds_api.LINES, *events_api.LINES, *webhooks_api.LINES]
    lines = [*calls, *map(shared.guarded, controls), *payer.LINES, *invoices_page.LINES, *looks.LINES, *bills.LINES, *deeds.LINES]
    app = App(world, Routes(lines), api=API, failure=error, busy=in_progress().answer)
    return Emulator(app, store, Postman(world).run())
