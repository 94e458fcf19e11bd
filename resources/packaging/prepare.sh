#!/bin/sh
# Makes a fresh machine ready for `make run` and `make test`, and costs a blink
# when it is ready already.
#
#   prepare.sh run    what the program needs
#   prepare.sh test   what the tests and the other checks need as well
#
# 1. On Debian-like Linux: the few system packages that are missing. As root they
#    are installed, else the line that installs them is printed.
# 2. Everywhere: the virtual environment .venv with the tested versions. It is made
#    when missing, and brought up to date when the two files that name its
#    contents have changed.
#
# PYTHON=... chooses the interpreter that .venv is made with.
set -eu

purpose=$1
venv=.venv
contents="pyproject.toml constraints.txt" # the files that name what .venv holds

# What Qt opens and its wheels do not bring, as library:package.
drawing="
libEGL.so.1:libegl1
libGL.so.1:libgl1
libdbus-1.so.3:libdbus-1-3
libfontconfig.so.1:libfontconfig1
libfreetype.so.6:libfreetype6
libglib-2.0.so.0:libglib2.0-0
libxkbcommon.so.0:libxkbcommon0"
window="
libX11-xcb.so.1:libx11-xcb1
libwayland-cursor.so.0:libwayland-cursor0
libwayland-egl.so.1:libwayland-egl1
libxcb-cursor.so.0:libxcb-cursor0
libxcb-icccm.so.4:libxcb-icccm4
libxcb-image.so.0:libxcb-image0
libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-randr.so.0:libxcb-randr0
libxcb-render-util.so.0:libxcb-render-util0
libxcb-shape.so.0:libxcb-shape0
libxcb-sync.so.1:libxcb-sync1
libxcb-xfixes.so.0:libxcb-xfixes0
libxcb-xkb.so.1:libxcb-xkb1
libxkbcommon-x11.so.0:libxkbcommon-x11-0"

say() {
    echo "tarn: $*" >&2
}

venv_works() {
    [ -x $venv/bin/python ] && $venv/bin/python -c "import pip" 2>/dev/null
}

# The first interpreter that is new enough; fails when there is none.
find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null
        then
            echo "$name"
            return
        fi
    done
    return 1
}

missing_packages() {
    if [ ! -e $venv/made-for-$purpose ]; then
        if ! python=$(find_python); then
            echo python3 python3-venv
        elif ! "$python" -c "import ensurepip" 2>/dev/null; then
            echo "$(basename "$python")-venv"
        fi
    fi
    wanted=$drawing
    if [ "$purpose" = run ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        wanted="$drawing $window"
    fi
    present=$(/sbin/ldconfig -p)
    for pair in $wanted; do
        case $present in
        *"${pair%%:*} "*) ;;
        *) echo "${pair#*:}" ;;
        esac
    done
}

add_system_packages() {
    packages=$(missing_packages | xargs)
    [ -n "$packages" ] || return 0
    install="apt-get install --yes --no-install-recommends $packages"
    if [ "$(id -u)" -ne 0 ]; then
        say "some system packages are missing. Please run this line, then try again:"
        echo "sudo apt-get update && sudo $install" >&2
        exit 1
    fi
    say "installing the missing system packages: $packages"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if ! { apt-get update && $install; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        say "that failed; the whole output is in $log."
        exit 1
    fi
    rm "$log"
}

# The lists of pyproject.toml, one requirement a line: Tarn itself is no package.
requirements() {
    $venv/bin/python - "$purpose" <<'END'
import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
wanted = list(project["dependencies"])
if sys.argv[1] == "test":
    wanted += project["optional-dependencies"]["dev"]
print("\n".join(wanted))
END
}

fill_venv() {
    if ! venv_works; then
        if ! python=$(find_python); then
            say "Python 3.11 or newer is needed (PYTHON=/path/to/python chooses one)."
            exit 1
        fi
        "$python" -m venv --clear $venv
    fi
    say "installing the Python packages into $venv; this takes a minute or two, once."
    requirements >$venv/requirements.txt
    $venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --requirement $venv/requirements.txt
    cat $contents >$venv/made-for-run
    [ "$purpose" = run ] || cp $venv/made-for-run $venv/made-for-test
}

if [ -x /usr/bin/apt-get ]; then
    add_system_packages
fi
if ! { cat $contents | cmp -s - $venv/made-for-$purpose && [ -x $venv/bin/python ]; }
then
    fill_venv
fi
