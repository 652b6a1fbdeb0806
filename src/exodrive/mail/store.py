"""All SQL of letters: the book of those that left, one row per piece of promised work, and messages on their way to staff."""

from datetime import datetime
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id
from exodrive.mail.model import Message


async def record(
    db: Db, outbox_id: UUID, booking_id: BookingId | None, *, letter: str, recipient: str, subject: str, provider_id: str | None
) -> None:
    """Write down a letter that left, once; ``provider_id`` is the mail service's, None where it did not tell."""
    await db.execute(
        """
        insert into public.inbox_emails (id, booking_id, outbox_id, letter, recipient_email, subject, resend_email_id)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (outbox_id) do nothing""",
        new_id(),
        booking_id,
        outbox_id,
        letter,
        recipient,
        subject,
        provider_id,
    )


async def keep_message(db: Db, message_id: UUID, message: Message) -> None:
    """Keep what somebody wrote to us."""
    await db.execute(
        "insert into public.contact_messages (id, name, email, message) values ($1, $2, $3, $4)",
        message_id,
        message.name,
        message.email,
        message.text,
    )


async def message(db: Db, message_id: UUID) -> Message | None:
    """Return a kept message, or None when it was deleted."""
    row = await db.fetchrow("select name, email, message from public.contact_messages where id = $1", message_id)
    return Message(*row) if row else None


async def forget_messages(db: Db, before: datetime) -> int:
    """Delete messages older than this moment; return how many."""
    status = await db.execute("delete from public.contact_messages where created_at < $1", before)
    return int(status.rpartition(" ")[2])
