#!/bin/sh
# See that there is a Chromium for the browser tests; a missing browser is a failure, never a skipped test.
set -eu
. "$(dirname "$0")/debian.sh"
for program in ${TEST_CHROMIUM:-chromium-headless-shell chromium chromium-browser google-chrome}; do
    if command -v "$program" >/dev/null; then exit 0; fi
done
# The shell is the same engine without a window, at two thirds of the cost; not every release of Debian has it.
need_package chromium-headless-shell chromium-headless-shell || need_package chromium chromium
