"""All SQL of the home page as staff keep it."""

from exodrive.fleet.front.model import USUAL, Front, FrontCar, Picture, Section
from exodrive.kit.db import Db
from exodrive.kit.ids import new_id

_HERO = """badge_text, title, subtitle, primary_button_text, primary_button_link, secondary_button_text, secondary_button_link,
           background_type, background_src"""
_NAMES = tuple(name.strip() for name in _HERO.split(","))


async def read(db: Db) -> Front:
    """Return what is kept: the top that is shown, or the last that was, and the settings; our own where there is nothing."""
    hero = await db.fetchrow(f"select is_active, {_HERO} from hero_content order by is_active desc, updated_at desc limit 1")  # noqa: S608
    rest = await db.fetchrow("select featured_car_id, sections, note_title, note_text from homepage_settings")
    top = dict(zip(("is_active", *_NAMES), hero, strict=True)) if hero else {}
    car_id, sections, title, text = rest or (None, USUAL, "", "")
    return Front(**top, featured_car_id=car_id, sections=tuple(map(Section, sections)), note_title=title, note_text=text)


async def write(db: Db, front: Front) -> None:
    """Keep it all."""
    await _write_top(db, front)
    await db.execute(
        """
        insert into homepage_settings (id, featured_car_id, sections, note_title, note_text) values ($1, $2, $3, $4, $5)
        on conflict ((true)) do update set featured_car_id = excluded.featured_car_id, sections = excluded.sections,
            note_title = excluded.note_title, note_text = excluded.note_text, updated_at = (select exodrive_private.now())""",
        new_id(),
        front.featured_car_id,
        [section.value for section in front.sections],
        front.note_title,
        front.note_text,
    )


async def _write_top(db: Db, front: Front) -> None:
    values = [getattr(front, name) for name in _NAMES]
    kept = await db.fetchval("select id from hero_content order by is_active desc, updated_at desc limit 1 for update")
    if not front.title:  # nobody wrote a top, or it was emptied: the page begins with our own words again
        await db.execute("delete from hero_content where id = $1", kept)
        return
    if kept is None:
        places = ", ".join(f"${number}" for number in range(3, 3 + len(values)))
        insert = f"insert into hero_content (id, is_active, {_HERO}) values ($1, $2, {places})"  # noqa: S608
        await db.execute(insert, new_id(), front.is_active, *values)
        return
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(_NAMES, start=3))
    update = f"update hero_content set is_active = $2, {changes}, updated_at = (select exodrive_private.now()) where id = $1"  # noqa: S608
    await db.execute(update, kept, front.is_active, *values)


async def pictures(db: Db) -> list[Picture]:
    """Return the pictures of cars that are shown, the wide ones."""
    rows = await db.fetch(
        """
        select i.path, i.alt, c.name from car_images i join cars c on c.id = i.car_id
        where not c.hidden and not i.transparent order by c.sort_order, c.id, i.sort_order, i.id"""
    )
    return [Picture(*row) for row in rows]


async def cars(db: Db) -> list[FrontCar]:
    """Return the cars that can lead: those that are shown and have a price."""
    rows = await db.fetch(
        """
        select c.id, c.name from cars c join car_pricing p on p.car_id = c.id where not c.hidden order by c.sort_order, c.id"""
    )
    return [FrontCar(*row) for row in rows]
