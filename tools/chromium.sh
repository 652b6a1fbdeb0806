#!/bin/sh
# See that there is a Chromium for the browser tests; a missing browser is a failure, never a skipped test. The headless shell takes half
# the processor time of a whole browser, so it is fetched where that may be done; a browser that is there will do.
set -eu
. "$(dirname "$0")/debian.sh"
for program in ${TEST_CHROMIUM:-chromium-headless-shell}; do
    if command -v "$program" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && need_package chromium-headless-shell chromium-headless-shell 2>/dev/null; then exit 0; fi
for program in chromium chromium-browser google-chrome; do
    if command -v "$program" >/dev/null; then exit 0; fi
done
need_package chromium chromium
