"""All SQL of letters: the book of those that left, one row per piece of promised work."""

from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id


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
