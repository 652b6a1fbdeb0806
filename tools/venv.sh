#!/bin/sh
# Make a virtual environment in folder $1 with the first Python that is new enough.
set -eu
enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$python" >/dev/null && "$python" -c "$enough"; then
        echo "Making a virtual environment in $1 with $("$python" --version)"
        if "$python" -m venv "$1"; then exit 0; fi
        rm -rf "$1"
        echo "Python's own venv module is incomplete here. On Debian: apt-get install python3-venv" >&2
        exit 1
    fi
done
echo "Exodrive needs Python 3.11 or newer; none was found. Name one with PYTHON=/path/to/python3." >&2
exit 1
