"""A worker process to be killed: notes each start of a job in a Redis list, works for a while, notes the end."""

import asyncio
import sys

from redis.asyncio import Redis

from exodrive.kit.jobs import Job, Worker


async def main(url: str, name: str, seconds: float) -> None:
    notes = Redis.from_url(url, protocol=2)

    async def handle(job: Job) -> None:
        await notes.rpush("notes", f"{name} begins {job.topic} {job.attempt}")
        await asyncio.sleep(seconds)
        await notes.rpush("notes", f"{name} ends {job.topic}")

    async def bury(job: Job, why: str) -> None:
        await notes.rpush("notes", f"{name} buries {job.topic}")

    worker = Worker(url, handle, on_dead=bury)
    worker.start()
    await asyncio.sleep(120)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
