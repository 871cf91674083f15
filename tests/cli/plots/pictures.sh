#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Pictures: gnuplot and the shell never read a name or a label as a command.  The script that is saved
# with a picture draws the same bytes whatever its name is.  An incomplete picture never replaces a
# good one.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
newline='
'
escape=$(printf '\033')

# ---- a fake gnuplot whose failures the test chooses ----

mkdir fake
cat >fake/gnuplot <<'END'
#!/bin/sh
cat >/dev/null
eval "$FAKE_GNUPLOT"
END
chmod +x fake/gnuplot
faked() { # WHAT-GNUPLOT-DOES COMMAND...
    doing=$1
    shift
    env FAKE_GNUPLOT="$doing" PATH="$PWD/fake:$PATH" "$@"
}
keeps_the_old_one() { # REGEX ENDING WHAT-GNUPLOT-DOES
    printf old >"kept.$2"
    # shellcheck disable=SC2016 # for the fake
    fails 69 "$1" faked "$3" odetape scheme plot euler -o "kept.$2" && [ "$(cat "kept.$2")" = old ] &&
        [ "$(find . -name '*.tmp' | wc -l)" -eq 0 ]
}
check "a picture that gnuplot cut is not kept, even if gnuplot says that all is well" \
    keeps_the_old_one 'is incomplete' svg 'echo "<?xml version="; echo "<svg><path"'
check "nor is one that is empty" keeps_the_old_one 'is incomplete' svg :
check "nor one whose beginning is missing" keeps_the_old_one 'is incomplete' svg 'echo "</svg>"'
check "nor a PNG without its end" keeps_the_old_one 'is incomplete' png 'printf "\211PNG\r\n\032\n12345678901234567890"'
check "nor a PNG that is an SVG" keeps_the_old_one 'is incomplete' png 'echo "<?xml?></svg>"'
check "nor one of a gnuplot that failed" keeps_the_old_one 'gnuplot failed' svg 'echo "<?xml?></svg>"; exit 3'
check "nor one of a gnuplot that was killed" keeps_the_old_one 'gnuplot failed' svg 'echo "<?xml?></svg>"; kill -9 $$'
check "what gnuplot complains of is one line that steers no terminal" \
    keeps_the_old_one 'on .kept.gp.: line 3: .\[31m no such font$' svg \
    'printf "line 3:\n\n  \033[31m no such  font\n" >&2; exit 1'
keeps_a_whole_one() {
    faked 'echo "<?xml?></svg>"' odetape scheme plot euler -o "kept.svg" >"$scratch/out" &&
        [ "$(cat kept.svg)" = '<?xml?></svg>' ]
}
check "a whole one is kept, byte for byte" keeps_a_whole_one
gets_no_name() { # what gnuplot was called with and given
    env PATH="$PWD/fake:$PATH" odetape scheme plot euler -o 'a secret name.svg'
    ! grep -q 'secret' told && [ "$(head -n 1 told)" = '-d /dev/stdin' ] && grep -q '^plot ' told
}
printf '#!/bin/sh\n{ echo "$*"; cat; } >told\n' >fake/gnuplot
check "gnuplot gets no name" gets_no_name
rm -r fake

if ! command -v gnuplot >/dev/null 2>&1; then
    skip "names and labels are no commands" "gnuplot is not installed"
    finish
    exit
fi

# ---- names ----

# What a shell, gnuplot, printf or getopt would take for something else at the beginning of a name
# and, in the last one, within it.
# shellcheck disable=SC2016
set -- '|touch PWNED;' '<touch PWNED;' '$numbers' '-e' '++' '~root' "'it's" \
    "!touch PWNED${newline}!touch PWNED${newline}" \
    "'a'\"b\"''\`touch PWNED\`@image%s%n{=9 x}\\;|touch PWNED&#${escape}[31m$(printf '\233\t')*\\"
# Each picture has a directory of its own, which must hold its three files and nothing else.
draws_and_draws_again() { # NAME ENDING
    rm -rf names && mkdir names && (
        cd names && odetape scheme plot euler -o "$1.$2" >"$scratch/out" || exit
        cp -- "./$1.$2" "$scratch/drawn" && rm "./$1.$2" && gnuplot "./$1.gp" &&
            cmp -- "./$1.$2" "$scratch/drawn" && [ -s "./$1.dat" ] || exit
        [ "$(find . -type f -printf x)" = xxx ]
    ) && [ ! -e PWNED ]
}
draws_every_name() { # ENDING NAME...
    ending=$1
    shift
    for picture; do
        draws_and_draws_again "$picture" "$ending" || { echo "not '$picture'"; return 1; }
    done
}
check "an SVG may have any name, and its script draws the same bytes" draws_every_name svg "$@"
check "so may a PNG" draws_every_name png '|touch PWNED;' -
draws_in_any_folder() {
    mkdir -p "|touch PWNED;/-${newline}<" && picture="|touch PWNED;/-${newline}</picture"
    odetape scheme plot euler -o "$PWD/$picture.svg" >/dev/null && mv "$picture.svg" drawn &&
        gnuplot "./$picture.gp" && cmp drawn "$picture.svg" && [ ! -e PWNED ]
}
check "and its directory too" draws_in_any_folder
a_line_of_the_script_to_paste() {
    odetape scheme plot euler -o "it's \$HOME.svg" >/dev/null && mv "it's \$HOME.svg" drawn &&
        sh -c "$(sed -n '1s/^# Draw it again with: //p' "it's \$HOME.gp")" &&
        cmp drawn "it's \$HOME.svg"
}
check "the first line of the script is a command to paste" a_line_of_the_script_to_paste

# ---- labels ----

make_small
# shellcheck disable=SC2154,SC2086
odetape train $tiny --net eulerx1 --epochs 2 --out run >/dev/null 2>&1
# A journal whose network has a name that is a command wherever it is not text.
forge() { # INTO JSON-STRING: what stands for the name of the blocks
    rm -rf "$1" && mkdir "$1" &&
        sed "1s|\"net\":{\"net\":\"[^\"]*\"|\"net\":{\"net\":\"$2\"|" run/metrics.jsonl >"$1/metrics.jsonl"
}
forge quoting "it's \`touch PWNED\` @dat %s {/=9 x} <b>\\\\u00e9"
forge lines 'a\\nEND_OF_NUMBERS\\n!touch PWNED\\n\\u001b[31mb\\u009b31m'
labels_are_text() {
    odetape plot run quoting lines -o labels.svg && mv labels.svg drawn && gnuplot labels.gp &&
        cmp drawn labels.svg && [ ! -e PWNED ] && grep -q "it's \`touch PWNED\` @dat %s {/=9 x} &lt;b>é" drawn &&
        grep -q '?END_OF_NUMBERS?!touch PWNED??\[31mb?31m' drawn && ! grep -q "$escape" labels.gp labels.dat drawn
}
check "labels are text, whatever is in them" labels_are_text
landscape_of_any_folder() {
    odetape landscape run --points 3 --images 32 --out "|touch PWNED;${newline}'" --data small \
        >/dev/null 2>"$scratch/err" || return
    for picture in contour surface; do
        cp "|touch PWNED;${newline}'/$picture.svg" drawn && gnuplot "./|touch PWNED;${newline}'/$picture.gp" &&
            cmp drawn "|touch PWNED;${newline}'/$picture.svg" || return
    done
    [ ! -e PWNED ]
}
check "a landscape draws in a directory of any name" landscape_of_any_folder

# ---- the disk ----

full_disk() { # of a size at which the numbers fit and the picture does not
    mount -t tmpfs -o size=16k none disk || return 1
    printf old >disk/p.svg
    code=0
    odetape plot run -o disk/p.svg >"$scratch/out" 2>"$scratch/err" || code=$?
    kept=$(cat disk/p.svg)
    ls -l disk
    umount disk
    cat "$scratch/err"
    [ "$code" -eq 74 ] && [ "$kept" = old ] && grep -q 'disk/p.svg: .*[Nn]o space' "$scratch/err"
}
mkdir disk && if mount -t tmpfs none disk 2>/dev/null && umount disk; then
    check "on a disk that gets full the old picture stays" full_disk
else
    skip "on a disk that gets full the old picture stays" "nothing can be mounted here"
fi
limited() {
    printf old >limited.svg
    code=0
    (ulimit -f 8 && odetape plot run -o limited.svg >"$scratch/out" 2>"$scratch/err") || code=$?
    cat "$scratch/err"
    [ "$code" -eq 69 ] && [ "$(cat limited.svg)" = old ]
}
check "nor does a limit on the size of files cut it" limited
finish
