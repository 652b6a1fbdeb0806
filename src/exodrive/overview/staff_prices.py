"""Price rules as staff see them: those in force and those that were, who made and ended each, and what a rule can be for."""

from datetime import datetime
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import CarId, LocationId
from exodrive.kit.words import _
from exodrive.pricing.book import rule as read_rule
from exodrive.pricing.kinds import Rule

PAGE = 50
# Whoever made the rule that took its place ended it, or whoever withdrew it.
_KEPT = """
    select r.id, r.said, r.valid_from, r.superseded_at, n.id, coalesce(m.name, ''), coalesce(ended.name, '')
    from price_rules r left join price_rules n on n.supersedes = r.id
    left join audit_log a on a.subject_type = 'price_rule' and a.subject_id = r.id::text and a.action = 'price_rule_saved'
    left join staff m on m.id = a.staff_id
    left join lateral (select s.name from audit_log e join staff s on s.id = e.staff_id
        where e.subject_type = 'price_rule' and ((e.subject_id = n.id::text and e.action = 'price_rule_saved')
              or (e.subject_id = r.id::text and e.action = 'price_rule_withdrawn')) order by e.id limit 1) ended on true"""
_IN_FORCE = f"{_KEPT} where r.superseded_at is null order by r.priority desc, r.first_day nulls first, r.name, r.id"
_PAST = f"""{_KEPT} where r.superseded_at is not null and ($1::timestamptz is null or (r.superseded_at, r.id) < ($1, $2::uuid))
    order by r.superseded_at desc, r.id desc limit $3"""
_ONE = f"{_KEPT} where r.id = $1"
_TARGETS = """
    select array(select row (c.id, c.slug, c.name, c.category, l.time_zone) from cars c join car_pricing p on p.car_id = c.id
                 join locations l on l.id = c.home_location_id order by c.name, c.id),
           array(select row (l.id, l.name) from locations l where l.is_active order by l.sort_order, l.id),
           (select p.currency from car_pricing p group by 1 order by count(*) desc, 1 limit 1)"""


class KeptRule(msgspec.Struct, frozen=True):
    """A rule with its story: since when and by whom, until when and by whom, and which rule took its place."""

    id: UUID
    rule: Rule
    since: datetime
    until: datetime | None
    replaced_by: UUID | None
    made_by: str
    ended_by: str


class Past(msgspec.Struct, frozen=True):
    """One page of rules that are no longer in force, the last ended first, and the key of the next."""

    rules: tuple[KeptRule, ...]
    next: str | None


class TargetCar(msgspec.Struct, frozen=True):
    """A car with a price that a rule can be for; ``zone`` is its home's."""

    id: CarId
    slug: str
    name: str
    category: str
    zone: str


class Place(msgspec.Struct, frozen=True):
    """A place of ours in use."""

    id: LocationId
    name: str


class Targets(msgspec.Struct, frozen=True):
    """What rules can be for; ``currency`` is the one most cars are priced in."""

    cars: tuple[TargetCar, ...]
    places: tuple[Place, ...]
    currency: str

    @property
    def categories(self) -> list[str]:
        """The categories, by name."""
        return sorted({car.category for car in self.cars})


async def in_force(db: Db) -> list[KeptRule]:
    """Return the rules in force, the highest priority first."""
    return [_kept(*row) for row in await db.fetch(_IN_FORCE)]


async def past(db: Db, *, before: tuple[datetime, UUID] | None) -> Past:
    """Return up to PAGE rules that were in force, ended before the rule ``before``."""
    rows = await db.fetch(_PAST, *(before or (None, None)), PAGE + 1)
    rules = tuple(_kept(*row) for row in rows[:PAGE])
    last = rules[-1] if len(rows) > PAGE else None
    return Past(rules, f"{last.until.isoformat()}_{last.id}" if last and last.until else None)


async def find(db: Db, rule_id: UUID) -> KeptRule:
    """Return one rule, in force or not; raises NotFound."""
    row = await db.fetchrow(_ONE, rule_id)
    if row is None:
        raise NotFound(_("There is no such rule."))
    return _kept(*row)


async def targets(db: Db) -> Targets:
    """Return what a rule can be for. One round trip."""
    cars, places, currency = (await db.fetch(_TARGETS))[0]
    return Targets(tuple(TargetCar(*car) for car in cars), tuple(Place(*place) for place in places), currency or "USD")


def _kept(rule_id: UUID, said: str, since: datetime, until: datetime | None, replaced_by: UUID | None, made: str, ended: str) -> KeptRule:
    return KeptRule(rule_id, read_rule(said), since, until, replaced_by, made, ended)
