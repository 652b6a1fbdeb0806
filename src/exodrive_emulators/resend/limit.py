"""The rate limit: so many calls in each second of real time, told by headers."""

import time


class Limit:
    """A window of one second, for the whole account."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second  # 0: no limit
        self._second, self._used = 0, 0

    def use(self) -> tuple[bool, dict[str, str]]:
        """Whether this call may pass, and the headers that go with its answer."""
        if not self.per_second:
            return True, {}
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._used = second, 0
        self._used += 1
        headers = {
            "ratelimit-limit": str(self.per_second),
            "ratelimit-remaining": str(max(0, self.per_second - self._used)),
            "ratelimit-reset": "1",
        }
        if self._used > self.per_second:
            return False, {**headers, "retry-after": "1"}
        return True, headers
