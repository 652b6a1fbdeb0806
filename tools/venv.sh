#!/bin/sh
# Make a virtual environment in folder $1 with the first Python that is new enough, or with the system's own where that is much faster:
# one that a version manager built is often built without optimisations, and takes a third more for whatever we do.
set -eu
enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }
complete() { enough "$1" && "$1" -c 'import ensurepip' 2>/dev/null; }
pace() { # microseconds for some plain work
    "$1" -c '
from time import perf_counter

def work():
    begun = perf_counter()
    for number in range(20000):
        str(number).isdigit()
    return perf_counter() - begun

print(int(min(work() for _ in range(20)) * 1e6))'
}
chosen= system=/usr/bin/python3
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if enough "$python"; then
        chosen=$python
        break
    fi
done
if [ -z "$chosen" ]; then
    echo "Exodrive needs Python 3.11 or newer; none was found. Name one with PYTHON=/path/to/python3." >&2
    exit 1
fi
if [ -z "${PYTHON:-}" ] && complete "$system" && [ "$(pace "$chosen")" -gt "$(($(pace "$system") * 115 / 100))" ]; then
    echo "Taking $system, which is much faster than $chosen here (PYTHON=$chosen takes that one all the same)"
    chosen=$system
fi
echo "Making a virtual environment in $1 with $("$chosen" --version)"
if "$chosen" -m venv "$1"; then exit 0; fi
rm -rf "$1"
echo "Python's own venv module is incomplete here. On Debian: apt-get install python3-venv" >&2
exit 1
