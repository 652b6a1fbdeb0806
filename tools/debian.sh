# To be read by other scripts: `need_package program package...` installs Debian packages when a program is missing and
# we are allowed to; otherwise it prints the exact command and fails.
need_package() {
    program=$1
    shift
    command -v "$program" >/dev/null && return 0
    [ -x "$program" ] && return 0
    install="apt-get install --yes --no-install-recommends $*"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing from Debian: $*"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && $install -qq </dev/null >/dev/null; } || {
            echo "That did not work. The command was: $install" >&2
            return 1
        }
        return 0
    fi
    echo "$program is missing. Install it with:" >&2
    echo "    sudo $install" >&2
    return 1
}
