#!/bin/sh
# A test of tests/includes.sh: a copy of the sources passes, and fails with each error put in.
#
#   sh tests/includes_test.sh
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
copy=$folder

fresh() {
    rm -rf "$copy/src" "$copy/tests"
    mkdir "$copy/tests"
    cp -R src "$copy/src"
    cp tests/tower.txt "$copy/tests"
}

# FILE LINE: the line, put at the end of the file, is to be found.
planted() {
    fresh
    mkdir -p "$(dirname "$copy/src/$1")"
    echo "$2" >> "$copy/src/$1"
    if sh tests/includes.sh "$copy" > "$copy/said"; then
        echo "not found: $2 in src/$1"
        exit 1
    fi
    grep -q "src/${1%.*}" "$copy/said" || { echo "not named: src/$1"; cat "$copy/said"; exit 1; }
}

fresh
sh tests/includes.sh "$copy" > "$copy/said" || { cat "$copy/said"; exit 1; }
planted core/model.c '#include "train/run.h"'
planted screen/layout.h '#include "views/scene.h"'
planted session/history.c '#include "claims/claims.h"'
planted export/cast.c '#include "app/app.h"'
planted base/file.c '#include "unknown/file.h"'
planted attic/new.c '#include "base/file.h"'
planted views/scene.c '#include <ncurses.h>'
planted lab/lab.c '#include <mpi.h>'
planted claims/claims.c '#include <pthread.h>'
planted core/linear.c '#include <stdio.h>'
planted train/side.h '#include "train/settings.h"'
planted train/presets.c '#include "train/settings.h"'
echo "includes: every planted error was found"
