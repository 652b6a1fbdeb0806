"""``python -m tests.model --seed N --steps M``: play seeds one after the other until so many steps are done, or a law is broken."""

import argparse
import asyncio
import logging
import sys
import time
from collections import Counter

from tests.model.play import Failed, play
from tests.model.stage import Providers
from tests.servers import Running, Servers

EACH = 500  # steps of one seed: then its town has come to an end, and the next one begins


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def soak(servers: Servers, providers: Providers, seed: int, steps: int, *, is_deaf: bool) -> Counter[str]:
    """Play on; tells of each seed that was survived."""
    told: Counter[str] = Counter()
    done, begun = 0, time.monotonic()
    while done < steps:
        played = await play(servers, providers, seed, min(EACH, steps - done), "exodrive_model", is_deaf=is_deaf)
        done, told = done + played.steps, told + played.told
        say(f"seed {seed}: {played.steps} steps; {done} in all, {done / (time.monotonic() - begun):.1f} a second")
        seed += 1
    return told


def main() -> None:
    """Read the command line, start what is needed, play."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--deaf", action="store_true", help="no notice of PayPal's ever comes, and its list of events is not read")
    chosen = parser.parse_args()
    logging.lastResort = None  # refusals and faults by the thousand
    running, providers = Running(), Providers()
    try:
        told = asyncio.run(soak(running.start(), providers, chosen.seed, chosen.steps, is_deaf=chosen.deaf))
    except Failed as failed:
        sys.exit(f"\n{failed}")
    finally:
        providers.stop()
        running.stop()
    say("\n".join(f"{times:8} {what}" for what, times in sorted(told.items())))


if __name__ == "__main__":
    main()
