"""``python -m tests.trips --seed N --trips M``: play seeds one after the other until so many trips are over, or a law is broken."""

import argparse
import asyncio
import logging
import resource
import sys
import time
from collections import Counter

from tests.model.stage import Providers
from tests.servers import Running, Servers
from tests.trips.play import Failed, play

EACH = 300  # trips of one seed


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def soak(servers: Servers, providers: Providers, seed: int, trips: int, *, is_deaf: bool) -> Counter[str]:
    """Play on; tells of each seed that was survived. Each third is deaf."""
    told: Counter[str] = Counter()
    done, begun = 0, time.monotonic()
    while done < trips:
        played = await play(servers, providers, seed, min(EACH, trips - done), "exodrive_trips", is_deaf=is_deaf or seed % 3 == 0)
        done, told = done + played.trips, told + played.told
        say(f"seed {seed}: {played.trips} trips; {done} in all, {(time.monotonic() - begun) / done:.3f} s each, 0 laws broken")
        seed += 1
    return told


def _cpu() -> float:
    """Seconds of processor this process used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the command line, start what is needed, play."""
    parser = argparse.ArgumentParser(prog="python -m tests.trips", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trips", type=int, default=300)
    parser.add_argument("--deaf", action="store_true", help="no notice of PayPal's ever comes, and its list of events is not read")
    chosen = parser.parse_args()
    logging.lastResort = None  # refusals and faults by the thousand
    running, providers = Running(), Providers()
    try:
        told = asyncio.run(soak(running.start(), providers, chosen.seed, chosen.trips, is_deaf=chosen.deaf))
    except Failed as failed:
        sys.exit(f"\n{failed}")
    finally:
        providers.stop()
        running.stop()
    say("\n".join(f"{times:8} {what}" for what, times in sorted(told.items())))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    say(f"{_cpu() + children.ru_utime + children.ru_stime:.0f} s of processor in all, the servers' among it")


if __name__ == "__main__":
    main()
