#!/bin/sh
# Write requirements/*.txt anew: newest allowed versions, hashes of every file, no index addresses.
set -eu
compile() {
    target=$1
    shift
    echo "Locking $target"
    .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" --output-file "requirements/$target" "$@"
}
compile dev.txt pyproject.toml --extra embedded --extra dev
compile run.txt pyproject.toml --extra embedded --constraints requirements/dev.txt --no-annotate
compile build.txt requirements/build.in --constraints requirements/dev.txt --no-annotate
compile node.txt requirements/node.in
compile postgres17.txt requirements/postgres17.in
