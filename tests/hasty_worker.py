"""The worker with one constant changed: what the queue forgot is handed over again after three seconds instead of ninety."""

from datetime import timedelta
from functools import partial

from exodrive import worker

if __name__ == "__main__":
    worker.Relay = partial(worker.Relay, again_after=timedelta(seconds=3))
    worker.main()
