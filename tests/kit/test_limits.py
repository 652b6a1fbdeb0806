"""Rate limits, exact over processes with Valkey there, and per process without."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from exodrive.kit.errors import TooMany
from exodrive.kit.limits import Limits, Rule, network_of
from exodrive.kit.redis import Courtesy
from exodrive.operate.valkey import Valkey
from tests.kit.conftest import freeze, kill

FIVE = Rule(hits=5, seconds=60)


@pytest.fixture
def limits(courtesy: Courtesy) -> Limits:
    return Limits(courtesy)


async def passes(limits: Limits, key: str = "somebody", rule: Rule = FIVE, name: str = "checkout") -> bool:
    try:
        await limits.hit(name, key, rule)
    except TooMany:
        return False
    return True


async def test_five_pass_and_the_sixth_waits_until_the_first_is_a_minute_old(limits: Limits) -> None:
    assert [await passes(limits) for _ in range(5)] == [True] * 5
    with pytest.raises(TooMany) as refused:
        await limits.hit("checkout", "somebody", FIVE)
    assert 58 <= refused.value.retry_after <= 60


async def test_people_and_limits_are_counted_apart(limits: Limits) -> None:
    assert [await passes(limits, rule=Rule(1, 60)) for _ in range(2)] == [True, False]
    assert await passes(limits, key="somebody else", rule=Rule(1, 60))
    assert await passes(limits, name="sign-in", rule=Rule(1, 60))


async def test_the_window_moves(limits: Limits) -> None:
    rule = Rule(hits=2, seconds=1)
    assert [await passes(limits, rule=rule) for _ in range(3)] == [True, True, False]
    await asyncio.sleep(1.1)
    assert [await passes(limits, rule=rule) for _ in range(3)] == [True, True, False]


async def test_a_refused_hit_does_not_lengthen_the_wait(limits: Limits) -> None:
    rule = Rule(hits=1, seconds=1)
    answers = []
    for _ in range(4):
        answers.append(await passes(limits, rule=rule))
        await asyncio.sleep(0.28)
    assert answers == [True, False, False, False]
    assert await passes(limits, rule=rule)


async def test_of_a_hundred_at_once_from_two_processes_exactly_twenty_pass(valkey: Valkey) -> None:
    # Patient on purpose: a busy machine must not turn this into a test of the windows of each process.
    pools = [Redis.from_url(valkey.url(), protocol=2, max_connections=16) for _ in range(2)]
    two = [Limits(Courtesy(redis, patience=5)) for redis in pools]
    rule = Rule(hits=20, seconds=60)
    answers = await asyncio.gather(*(passes(two[n % 2], rule=rule) for n in range(100)))
    assert sum(answers) == 20
    for redis in pools:
        await redis.aclose()


async def test_what_is_stored_names_nobody(limits: Limits, courtesy: Courtesy) -> None:
    await limits.hit("e-mail", "renter@example.com", FIVE)
    keys = await courtesy.redis.keys("*")
    assert len(keys) == 1
    assert b"renter" not in keys[0]


async def test_a_window_dies_by_itself(limits: Limits, courtesy: Courtesy) -> None:
    await limits.hit("checkout", "somebody", FIVE)
    [key] = await courtesy.redis.keys("*")
    assert 0 < await courtesy.redis.ttl(key) <= 60


@pytest.mark.parametrize("trouble", [freeze, kill])
async def test_without_redis_each_process_counts_for_itself(valkey: Valkey, hurried: Courtesy, trouble: object) -> None:
    limits = Limits(hurried)
    trouble(valkey)
    begun = time.monotonic()
    assert [await passes(limits) for _ in range(7)] == [True] * 5 + [False] * 2
    with pytest.raises(TooMany) as refused:
        await limits.hit("checkout", "somebody", FIVE)
    assert 58 <= refused.value.retry_after <= 60
    assert time.monotonic() - begun < 4, "each of eight hits would wait for itself otherwise, or for the client's own five seconds"


async def test_what_passed_before_redis_went_away_still_counts(valkey: Valkey, limits: Limits) -> None:
    assert [await passes(limits) for _ in range(3)] == [True] * 3
    kill(valkey)
    assert [await passes(limits) for _ in range(4)] == [True] * 2 + [False] * 2


async def test_what_passed_while_redis_was_away_still_counts_when_it_is_back(limits: Limits, courtesy: Courtesy) -> None:
    courtesy._resting_until = time.monotonic() + 3600
    assert [await passes(limits) for _ in range(4)] == [True] * 4
    courtesy._resting_until = 0
    assert [await passes(limits) for _ in range(3)] == [True] + [False] * 2


async def test_the_windows_of_a_process_are_exact_under_a_crowd(valkey: Valkey, limits: Limits) -> None:
    kill(valkey)
    answers = await asyncio.gather(*(passes(limits) for _ in range(50)))
    assert sum(answers) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_no_subscriber_gains_by_changing_the_lower_half_of_an_address(address: object, lower: int) -> None:
    if address.ipv4_mapped is None:
        other = address.__class__(int(address) >> 64 << 64 | lower)
        if other.ipv4_mapped is None:
            assert network_of(str(address)) == network_of(str(other))
