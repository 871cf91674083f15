#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# quickstart itself, in a tree of its own with a make that only leaves results.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

tree="$scratch/a clone with spaces"
mkdir -p "$tree/build/tests" "$tree/build-aux" "$scratch/bin"
cp "$srcdir/quickstart" "$tree"
touch "$tree/configure" "$tree/build-aux/tap-driver.sh" "$tree/build/Makefile"

stub() { # NAME: a command whose text is on stdin
    { echo '#!/bin/sh' && cat; } >"$scratch/bin/$1" && chmod +x "$scratch/bin/$1"
}
for name in gcc g++ pkg-config sudo apt-get; do echo 'exit 0' | stub $name; done
echo 'echo 1000' | stub id # nobody who installs packages
# What each kind of call does is told by files: `broken` makes a build fail, `failing` a test.
stub make <<'END'
case "$*" in
*installcheck*) echo "ok 1 - an installed thing" ;;
*" install "*)
    for word; do case $word in DESTDIR=*) installed=${word#DESTDIR=} ;; esac; done
    case $installed in *[[:space:]]*) exit 1 ;; esac
    [ -d "$installed" ] && echo "$installed" >"$STUBS/installed"
    ;;
*" check "*)
    case "$*" in *TESTS_ENVIRONMENT=date*began*) ;; *) exit 1 ;; esac
    echo 0 >build/tests/one.began
    {
        echo ":global-test-result: $([ -e "$STUBS/failing" ] && echo FAIL || echo PASS)"
        echo ":test-result: PASS 1 - first"
        echo ":test-result: SKIP"
        [ ! -e "$STUBS/failing" ] || echo ":test-result: FAIL 3 - third"
    } >build/tests/one.trs
    printf 'ok 2 - second # SKIP there is no moon\nnot ok 3 - third\n' >build/tests/one.log
    [ ! -e "$STUBS/failing" ]
    ;;
*)
    [ ! -e "$STUBS/broken" ] || { seq 1 50; exit 1; }
    ;;
esac
END
STUBS=$scratch
PATH=$scratch/bin:$PATH
export STUBS PATH

quickstart() { # CODE ARGUMENTS
    want=$1
    shift
    code=0
    "$tree/quickstart" "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq "$want" ]
}

passes() {
    quickstart 0 check && [ "$(tail -n 1 "$scratch/out")" = "2 passed, 0 failed, 1 skipped" ]
}
check "a clone in a path with spaces passes, with the totals in the last line" passes
says() { # REGEX of the last output
    cat "$scratch/out"
    grep -Eq "$1" "$scratch/out"
}
check "it says at the start how long it takes" says 'about [0-9]+ minutes'
check "there is a line for each test program, with its count and time" \
    says '^tests/one +1 passed, 0 failed, 1 skipped, [0-9]+ s$'
check "what was skipped is listed with its reason" says '^ +tests/one: .*second.*no moon'
removed() {
    installed=$(cat "$scratch/installed")
    [ -n "$installed" ] && [ ! -e "$installed" ]
}
check "the installation that was tested is removed" removed

fails_and_keeps() {
    touch "$scratch/failing"
    quickstart 1 check || return
    [ "$(tail -n 1 "$scratch/out")" = "2 passed, 1 failed, 1 skipped" ] || return
    rm "$scratch/failing"
    quickstart 0 check || return
    grep -q 'quickstart.log.1' "$scratch/out" && grep 'not ok 3 - third' "$tree/build/quickstart.log.1"
}
check "the log of a failed check is kept by the next start" fails_and_keeps
kept_once() {
    quickstart 0 check && [ ! -e "$tree/build/quickstart.log.2" ]
}
check "the log of a check that passed is not" kept_once

shows_the_end() {
    touch "$scratch/broken"
    quickstart 1 check || return
    rm "$scratch/broken"
    [ "$(grep -Ec '^[0-9]+$' "$scratch/err")" -eq 20 ] && grep -qx 50 "$scratch/err" &&
        ! grep -qx 30 "$scratch/err"
}
check "a step that fails shows the last 20 lines of its output" shows_the_end

cannot_write() {
    rm -rf "$tree/build" && touch "$tree/build"
    quickstart 1 check || return
    [ ! -s "$scratch/out" ] && grep -q '^quickstart: .*cannot be written to' "$scratch/err" &&
        ! grep -Eq 'Permission|Read-only|cannot create' "$scratch/err"
}
check "a directory that cannot be written to is refused with a sentence" cannot_write
finish
