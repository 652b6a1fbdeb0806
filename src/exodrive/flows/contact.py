"""A message through the contact page: kept and promised to staff in one transaction, sent by the worker."""

from uuid import UUID

from exodrive.flows import letters
from exodrive.flows.world import World
from exodrive.kit import outbox, words
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import new_id
from exodrive.kit.limits import Rule
from exodrive.kit.words import _
from exodrive.mail import render, store
from exodrive.mail.model import Message, NotOneAddress, one_address

_NETWORK = Rule(hits=5, seconds=3600)
_ALL = Rule(hits=200, seconds=3600)  # a crowd of networks must not bury what renters write


async def write(world: World, message: Message, network: str) -> None:
    """Keep a message and promise it to staff. Raises BadInput for an address we could not answer to, and TooMany."""
    try:
        one_address(message.email)
    except NotOneAddress:
        wrong = _("Please give an e-mail address, such as name@example.com.")
        raise BadInput(wrong, fields={"email": wrong}) from None
    await world.limits.hit("contact from", network, _NETWORK)
    await world.limits.hit("contact", "all", _ALL)
    message_id = new_id()
    async with world.door.scope() as db:
        await store.keep_message(db, message_id, message)
        await outbox.enqueue(db, "mail.contact", message_id=message_id)


async def send(world: World, outbox_id: UUID, message_id: UUID) -> None:
    """Send a kept message to staff, who answer its writer by replying; nothing is sent when it was deleted meanwhile."""
    async with world.door.scope() as db:
        message = await store.message(db, message_id)
    if message is None:
        return
    words.use(words.DEFAULT)
    letter = render.contact(message, world.house)
    provider_id = await letters.send_once(world, letter, outbox_id)
    async with world.door.scope() as db:
        await outbox.done(db, outbox_id)
        await store.record(db, outbox_id, None, letter="contact", recipient=letter.to, subject=letter.subject, provider_id=provider_id)
