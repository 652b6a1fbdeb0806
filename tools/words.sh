#!/bin/sh
# Collect every sentence into locale/exodrive.pot, bring the catalogues up to date with it, and compile them; $1 begins a language.
set -eu
domain=exodrive
folder=src/exodrive/locale
pot=$folder/$domain.pot
babel=".venv/bin/pybabel --quiet"
mkdir -p "$folder"
(cd src/exodrive && "../../.venv/bin/pybabel" --quiet extract --mapping-file ../../pyproject.toml --add-location file \
    --project Exodrive --output-file "locale/$domain.pot" .)
if [ -n "${1:-}" ] && [ ! -e "$folder/$1/LC_MESSAGES/$domain.po" ]; then
    $babel init --input-file "$pot" --output-dir "$folder" --domain "$domain" --locale "$1"
    echo "Translate $folder/$1/LC_MESSAGES/$domain.po, then run make words again"
fi
if ls "$folder"/*/LC_MESSAGES/$domain.po >/dev/null 2>&1; then
    $babel update --input-file "$pot" --output-dir "$folder" --domain "$domain" --ignore-pot-creation-date
    $babel compile --directory "$folder" --domain "$domain" --statistics
fi
echo "$(grep -c '^msgid ' "$pot") sentences in $pot"
