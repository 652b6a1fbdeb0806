"""Inputs from our own rows, read as the roles that need them; rules saved, replaced and withdrawn."""

import asyncio
from datetime import date
from decimal import Decimal

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, new_id
from exodrive.operate.seed.rules import RULES
from exodrive.pricing import engine, service, store
from exodrive.pricing.choices import Choices
from exodrive.pricing.clashes import RulesOverlap
from exodrive.pricing.kinds import AnyRule, Extra, LengthDiscount, MandatoryFee, Notice, Season
from exodrive.pricing.model import Charge, LineKind, Rates, Reason
from tests.garage import house_rules, insert, new_car
from tests.pricing.rental import any_rule

DAYS = Days.parse("2026-06-01..03")
USD = {"currency": "USD"}


@pytest.fixture(scope="module")
async def house(doors):
    return await house_rules(doors)


@pytest.mark.parametrize("role", ["anon", "checkout", "service"])
async def test_a_price_comes_from_our_rows(doors, house, role):
    fees = [
        {"name": "Cleaning", "amount": Decimal("145.50"), "per": "rental"},
        {"name": "Tolls", "amount": Decimal("12.50"), "per": "day", "is_taxable": False},
        {"name": "Child seat", "amount": Decimal(30), "is_optional": True},
    ]
    price = {"base_price": Decimal("1290.10"), "weekend_price": Decimal(2990), "deposit_amount": Decimal(7500)}
    car = await new_car(doors, price=price, fees=fees, included_distance_per_day=120, price_per_extra_distance=Decimal("4.5"))
    async with getattr(doors, role)().scope() as db:
        found = await service.inputs_for(db, car.id, DAYS, delivery=True)
    (rate,) = found.rates
    assert (rate.base, rate.weekend, found.deposit) == (Decimal("1290.10"), Decimal(2990), Decimal(7500))
    mandatory = {"kind": LineKind.FEE, "reason": Reason.MANDATORY_FEE}
    assert found.charges[:2] == (
        Charge(name="Cleaning", amount=Decimal("145.50"), **mandatory),
        Charge(name="Tolls", amount=Decimal("12.50"), per="day", taxable=False, **mandatory),
    )
    assert (found.delivery_fee, found.collection_fee, found.taxes[0].percent) == (house["delivery"], None, house["tax"])
    assert (found.car_id, found.days, found.included_distance) == (car.id, DAYS, 360)
    assert engine.price(found).lines


async def test_a_currency_without_decimals_is_priced_without(doors, house):
    car = await new_car(doors, price={"currency": "JPY", "base_price": Decimal(150000)})
    async with doors.anon().scope() as db:
        found = engine.price(await service.inputs_for(db, car.id, DAYS))
    assert str(found.lines[0].amount) == "450000"
    assert found.total == found.total.to_integral_value()


async def test_a_car_that_is_unknown_or_hidden_has_no_price(doors):
    hidden = await new_car(doors, hidden=True)
    for car_id in (hidden.id, CarId(new_id())):
        async with doors.anon().scope() as db:
            with pytest.raises(service.NoPrice):
                await service.inputs_for(db, car_id, DAYS)


def test_each_day_costs_the_base_price_by_itself():
    rates = Rates("USD", Decimal(1000), Decimal(2400), Decimal(0), 1)
    assert service.day_prices(rates, DAYS) == dict.fromkeys(DAYS, Decimal(1000))


async def put(doors, rule):
    async with doors.admin(new_id()).scope() as db:
        return await service.save_rule(db, rule)


async def read(doors, car, role="anon"):
    async with getattr(doors, role)().scope() as db:
        return await store.rules_in_force(db, car.id)


@pytest.mark.parametrize("role", ["anon", "checkout"])
async def test_a_saved_rule_counts_for_its_car_and_no_other(doors, role):
    car, other = await new_car(doors), await new_car(doors)
    fee = MandatoryFee(name="Own", code="own", amount=Decimal("12.50"), per="day", car_id=car.id, **USD)
    await put(doors, fee)
    assert (await read(doors, car, role))[0].own.of(MandatoryFee) == (fee,)
    assert (await read(doors, other, role))[0].own.of(MandatoryFee) == ()


async def test_a_rule_of_a_category_counts_for_its_cars(doors):
    car = await new_car(doors, category=f"Category {new_id()}")
    async with doors.anon().scope() as db:
        category = await db.fetchval("select category from cars where id = $1", car.id)
    discount = LengthDiscount(name="Three", days=3, percent=Decimal(10), category=category)
    await put(doors, discount)
    async with doors.anon().scope() as db:
        inputs = await service.inputs_for(db, car.id, DAYS)
    assert (inputs.discount.name, inputs.discount.percent) == ("Three", Decimal(10))


async def test_choices_reach_the_price(doors):
    car = await new_car(doors)
    await put(doors, Extra(name="Seat", code="seat", amount=Decimal(18), most=2, stock=3, car_id=car.id, **USD))
    async with doors.checkout().scope() as db:
        inputs = await service.inputs_for(db, car.id, DAYS, choices=Choices(extras={"seat": 2}))
    assert [(line.text, line.quantity) for line in engine.price(inputs).lines if line.kind is LineKind.EXTRA] == [("Seat", 2)]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=name) for name, rule in RULES.items()])
async def test_every_kind_of_rule_comes_back_as_it_was_saved(doors, rule):
    car = await new_car(doors)
    own = msgspec.structs.replace(rule, car_id=car.id)
    await put(doors, own)
    (found,) = (await read(doors, car))[0].own.all()
    assert found == msgspec.structs.replace(own, code=own.key)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=any_rule("USD", date(2026, 6, 1)))
def test_every_rule_survives_its_row(rule):
    """The columns and terms of a row, put together as the query does."""
    row = store.columns_of(rule)
    names = {"is_taxable": "taxable", "first_day": "first", "last_day": "last"}
    told = {names.get(name, name): value for name, value in row.items() if name != "terms" and value is not None} | row["terms"]
    found = msgspec.json.decode(msgspec.json.encode(told), type=AnyRule)
    assert found == msgspec.structs.replace(rule, code=rule.key)


async def test_a_rule_that_overlaps_without_an_order_is_refused_with_an_explanation(doors):
    car = await new_car(doors)
    summer = Season(name="Summer", first=date(2026, 6, 1), last=date(2026, 8, 31), amount=Decimal(5), car_id=car.id, **USD)
    await put(doors, summer)
    fair = msgspec.structs.replace(summer, name="Fair", first=date(2026, 8, 31), last=None)
    with pytest.raises(RulesOverlap, match="“Fair” and “Summer” would both count from Aug 31, 2026 to Aug 31, 2026"):
        await put(doors, fair)
    await put(doors, msgspec.structs.replace(fair, priority=1))


async def test_a_wrong_rule_is_refused_at_its_fields(doors):
    with pytest.raises(BadInput) as refused:
        await put(doors, Season(name=""))
    assert set(refused.value.fields) == {"name", "amount"}


async def test_of_two_staff_who_save_at_the_same_time_one_is_refused(doors):
    car = await new_car(doors)
    notices = [Notice(name=f"Notice {number}", hours=number, car_id=car.id) for number in range(5)]
    done = await asyncio.gather(*(put(doors, notice) for notice in notices), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["RulesOverlap"] * 4 + ["UUID"]


async def test_a_replaced_rule_stays_readable_and_counts_no_more(doors):
    car = await new_car(doors)
    old = MandatoryFee(name="Old", code="fee", amount=Decimal(1), car_id=car.id, **USD)
    new = msgspec.structs.replace(old, name="New", amount=Decimal(2))
    old_id = await put(doors, old)
    async with doors.admin(new_id()).scope() as db:
        new_one = await service.supersede(db, old_id, new)
    assert (await read(doors, car))[0].own.of(MandatoryFee) == (new,)
    async with doors.service().scope() as db:
        rows = await db.fetch(
            "select id, name, amount, superseded_at is null, supersedes from price_rules where car_id = $1 order by id", car.id
        )
    assert [tuple(row) for row in rows] == [(old_id, "Old", Decimal("1.00"), False, None), (new_one, "New", Decimal("2.00"), True, old_id)]


async def test_a_withdrawn_rule_counts_no_more_and_cannot_be_replaced(doors):
    car = await new_car(doors)
    rule = MandatoryFee(name="Fee", code="fee", amount=Decimal(1), car_id=car.id, **USD)
    rule_id = await put(doors, rule)
    async with doors.admin(new_id()).scope() as db:
        assert await service.supersede(db, rule_id, None) is None
    assert (await read(doors, car))[0].own.of(MandatoryFee) == ()
    for gone in (rule_id, new_id()):
        async with doors.admin(new_id()).scope() as db:
            with pytest.raises(service.RuleGone):
                await service.supersede(db, gone, rule)


async def test_a_refused_replacement_leaves_the_old_rule_in_force(doors):
    car = await new_car(doors)
    fees = [MandatoryFee(name=code, code=code, amount=Decimal(1), car_id=car.id, **USD) for code in ("a", "b")]
    first, _ = [await put(doors, fee) for fee in fees]
    with pytest.raises(RulesOverlap):
        async with doors.admin(new_id()).scope() as db:
            await service.supersede(db, first, msgspec.structs.replace(fees[1], name="Again"))
    assert (await read(doors, car))[0].own.of(MandatoryFee) == tuple(fees)


# The database judges too: what no verb of ours would write is refused there.
async def write(doors, **columns):
    async with doors.service().scope() as db:
        await insert(db, "price_rules", id=new_id(), name="x", **columns)


async def test_the_database_refuses_two_rules_of_the_same_rank_on_the_same_days(doors):
    car = await new_car(doors)
    june = {"kind": "season", "percent": Decimal(120), "car_id": car.id, "first_day": date(2026, 6, 1), "last_day": date(2026, 6, 30)}
    await write(doors, **june)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await write(doors, **june)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await write(doors, **(june | {"first_day": None, "last_day": date(2026, 6, 1)}))
    for other in (
        {"priority": 1},
        {"first_day": date(2026, 7, 1), "last_day": None},
        {"kind": "length", "terms": {"days": 7}},
        {"code": "x"},
    ):
        await write(doors, **(june | {"percent": Decimal(20)} | other))


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "length"},
        {"kind": "length", "percent": Decimal(0)},
        {"kind": "length", "percent": Decimal(101)},
        {"kind": "tax"},
        {"kind": "tax", "percent": Decimal(1), "amount": Decimal(1), "currency": "USD"},
        {"kind": "season", "percent": Decimal(1), "amount": Decimal(1), "currency": "USD"},
        {"kind": "notice", "percent": Decimal(1)},
        {"kind": "distance", "percent": Decimal(1)},
        {"kind": "fee"},
        {"kind": "fee", "amount": Decimal(1)},
        {"kind": "fee", "amount": Decimal(-1), "currency": "USD"},
        {"kind": "fee", "amount": Decimal(1), "currency": "USD", "code": "Ü"},
        {"kind": "notice", "currency": "USD"},
        {"kind": "notice", "first_day": date(2026, 6, 2), "last_day": date(2026, 6, 1)},
        {"kind": "notice", "terms": []},
        {"kind": "whim"},
    ],
    ids=str,
)
async def test_the_database_refuses_figures_that_a_kind_does_not_have(doors, columns):
    with pytest.raises(asyncpg.CheckViolationError):
        await write(doors, **columns)


async def test_a_rule_is_for_a_car_or_a_category(doors):
    car = await new_car(doors)
    with pytest.raises(asyncpg.CheckViolationError):
        await write(doors, kind="notice", car_id=car.id, category="Coupe")
