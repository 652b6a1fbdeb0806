"""How much of what is tried in all combinations one run tries: an eighth, always the same, and with TEST_SHARE=1 all of it.

``make test`` has to end within minutes; ``make test-all`` tries everything.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
SHARE = int(os.environ.get("TEST_SHARE", "8"))


def some(all_of_them: Sequence[T]) -> Sequence[T]:
    """Every eighth."""
    return all_of_them[::SHARE]
