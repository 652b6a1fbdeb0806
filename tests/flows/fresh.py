"""A database and a PayPal without a past, for a file of tests that looks at everything there is: else it looks at what all before left.

A booking that an earlier test left half done would fail such a file, or be failed by it, and only where one worker happens to run both.
"""

import inspect
import re
from types import ModuleType

#: The verbs of the clock and of the worker that choose by themselves what they work on.
_LOOKERS = re.compile(r"\.(settle_open|expire_dead|drop_lapsed|catch_up|settle_due|look_at_all|begin_due|remind|promise_held)\(")


def looks_at_everything(module: ModuleType) -> bool:
    """Whether a file of tests needs a database and a PayPal of its own: one that is quiet has them for each test, one may say so itself."""
    if hasattr(module, "quiet"):
        return False
    return getattr(module, "LOOKS_AT_EVERYTHING", False) or bool(_LOOKERS.search(inspect.getsource(module)))
