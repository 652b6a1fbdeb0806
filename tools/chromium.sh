#!/bin/sh
# See that there is a Chromium for the browser tests; a missing browser is a failure, never a skipped test.
set -eu
. "$(dirname "$0")/debian.sh"
for program in ${TEST_CHROMIUM:-chromium-headless-shell chromium chromium-browser google-chrome}; do
    if command -v "$program" >/dev/null; then exit 0; fi
done
need_package chromium chromium
