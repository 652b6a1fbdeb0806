"""Chance played from the command line: seeds one after the other until so much is played, or a law is broken."""

import argparse
import asyncio
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tests.model.play import Failed
from tests.model.stage import Providers
from tests.servers import Running, Servers


class Played(Protocol):
    """What a seed came to."""

    told: Counter[str]


@dataclass(frozen=True)
class Soak:
    """What is played: so many of ``what``, in seeds of ``each`` at most. ``play`` is told which seed, how many, and whether it is deaf."""

    program: str
    what: str
    number: int
    each: int
    play: Callable[[Servers, Providers, int, int, bool], Awaitable[Played]]


def main(soak: Soak) -> None:
    """Read the command line, start what is needed, play; ends with the story of the law that was broken."""
    parser = argparse.ArgumentParser(prog=f"python -m {soak.program}", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(f"--{soak.what}", dest="number", type=int, default=soak.number)
    parser.add_argument("--deaf", action="store_true", help="no notice of PayPal's ever comes, and its list of events is not read")
    chosen = parser.parse_args()
    logging.lastResort = None  # refusals and faults by the thousand
    running, providers = Running(), Providers()
    try:
        told = asyncio.run(_play_on(soak, running.start(), providers, chosen))
    except Failed as failed:
        sys.exit(f"\n{failed}")
    finally:
        providers.stop()
        running.stop()
    _say("\n".join(f"{times:8} {what}" for what, times in sorted(told.items())))
    _say(f"{_cpu():.0f} s of processor in all, the servers' among it")


async def _play_on(soak: Soak, servers: Servers, providers: Providers, chosen: argparse.Namespace) -> Counter[str]:
    """Tells of each seed that was survived."""
    told: Counter[str] = Counter()
    seed, done, begun = chosen.seed, 0, time.monotonic()
    while done < chosen.number:
        now = min(soak.each, chosen.number - done)
        told += (await soak.play(servers, providers, seed, now, chosen.deaf)).told
        done += now
        _say(f"seed {seed}: {now} {soak.what}; {done} in all, {(time.monotonic() - begun) / done:.3f} s each, 0 laws broken")
        seed += 1
    return told


def _cpu() -> float:
    """Seconds of processor that this process and those it started used."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
