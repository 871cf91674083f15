#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The pages of the manual have exactly the commands and options of the program, and their examples work.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
sources=$srcdir/man/commands
pages=$built/man
odetape --dump-options >dump

same() { # what the program says, what the manual says
    [ -s "$1" ] && diff "$1" "$2"
}

# Pages in the order of the first words of commands.def, which examples rely on.
words=$(sed -n 's/^COMMAND(\([a-z]*\).*/\1/p' "$srcdir/src/cli/commands.def" | uniq)
each_source() { # COMMAND...: with the sources of all pages, in order
    for word in $words; do
        set -- "$@" "$sources/$word.mdoc"
    done
    "$@"
}

# ---- commands and options ----

awk -F '\t' '$1 == "command"' dump | LC_ALL=C sort >commands.program
each_source awk '/^@command / {
        text = substr($0, 10)
        i = index(text, " -- ")
        name = substr(text, 1, i - 1)
        operands = match(name, / [A-Z].*/) ? substr(name, RSTART + 1) : ""
        sub(/ [A-Z].*/, "", name)
        print "command\t" name "\t" operands "\t" substr(text, i + 4)
    }' | LC_ALL=C sort >commands.manual
check "the manual has every command with its operands and its summary" \
    same commands.program commands.manual

# Groups of a command as lines: name, "network, size, tape, machine".
awk -F '\t' '
    function finish() {
        if (titles != "") print name "\t" titles
        titles = ""
        last = ""
    }
    $1 == "command" { finish(); name = $2; next }
    $1 == "Common options" { exit }
    {
        sub(/ options$/, "", $1)
        if (tolower($1) != last) titles = titles (titles == "" ? "" : ", ") tolower($1)
        last = tolower($1)
    }
    END { finish() }' dump | LC_ALL=C sort >groups.program
each_source awk '/^@command / { name = substr($0, 10); sub(/ (--|[A-Z]).*/, "", name) }
    /^@takes / { print name "\t" substr($0, 8) }' | LC_ALL=C sort >groups.manual
check "the manual has the groups of options of every command" same groups.program groups.manual

# Options of program and manual as lines: title, letter, --name, argument.
grep -v '^command' dump | LC_ALL=C sort -u >options.program
each_source awk '
    /^@group / { title = substr($0, 8) " options"; next }
    /^(@|\.Sh)/ && !/^@home/ { title = "" }
    title != "" && /^\.It Fl/ {
        gsub(/\\-/, "-")
        letter = "-"
        name = ""
        argument = ""
        for (i = 2; i <= NF; i++) {
            if ($i == "Fl" && length($(i + 1)) == 1) letter = $(i + 1)
            if ($i == "Fl" && length($(i + 1)) > 1) name = $(i + 1)
            if ($i == "Ar") argument = $(i + 1)
        }
        print title "\t" letter "\t-" name "\t" argument
    }' "$srcdir/man/options.mdoc" | LC_ALL=C sort -u >options.manual
check "the manual has every option of the program, and no other" same options.program options.manual

# "64 by default" in the manual is the default that --help shows.
defaults_agree() {
    wrong=0
    for default in 'train --width 64' 'train --epochs 260' 'train --batch 128' 'train --lr 0.1' \
        'train --momentum 0.9' 'train --weight-decay 0.0001' 'train --decay 0.1' 'train --crop 4' \
        'train --augment standard' 'train --cutout 0' \
        'train --seed 1' 'eval --batch 128' 'tape --image 32' 'tape --batch 128' \
        'gradcheck --tolerance 1e-6' 'gradcheck --all-below 64' 'gradcheck --directions 4' \
        'gradcheck --width 4' 'gradcheck --image 8' 'gradcheck --batch 3'; do
        # shellcheck disable=SC2086
        set -- $default
        odetape "$1" --help | grep -Eq -- "$2 .*\[$3\]$" || {
            echo "$default is not the default"
            wrong=1
        }
    done
    return "$wrong"
}
check "defaults in the manual are those of the program" defaults_agree

# ---- pages ----

every_command_has_its_page() { # in SYNOPSIS, and its options
    awk -F '\t' -v pages="$pages" '
        function page_of(name) {
            sub(/ .*/, "", name)
            return pages "/odetape-" name ".1"
        }
        function read(page,    line, option) {
            while ((getline line <page) > 0) {
                gsub(/\\-/, "-", line)
                if (line ~ /^\.Nm odetape /) has[page, substr(line, 13)] = 1
                if (!match(line, /^\.It .*Fl -[a-z0-9-]+/)) continue
                option = substr(line, RSTART, RLENGTH)
                sub(/.*Fl /, "-", option)
                has[page, option] = 1
            }
            known[page] = 1
        }
        function wants(what) {
            if (!((page, what) in has)) print page " lacks " what
            else found++
        }
        $1 == "command" {
            page = page_of($2)
            if (!(page in known)) read(page)
            wants($2)
            next
        }
        $1 == "Common options" { exit }
        { wants($3) }
        END { if (found < 350) print "only " found " options" }' dump >lacking
    cat lacking
    [ ! -s lacking ]
}
check "every command is on its page, with all its options" every_command_has_its_page

pages_point_to_pages() {
    sed -n 's/\\-/-/g; s/^\.Xr \(odetape[a-z-]*\) \([1-7]\).*/\1.\2/p' "$pages"/*.[1-7] "$srcdir"/man/*.[1-7] |
        LC_ALL=C sort -u | while read -r page; do
        [ -e "$pages/$page" ] || [ -e "$srcdir/man/$page" ] || { echo "there is no $page"; exit 1; }
    done
}
check "pages that other pages name are there" pages_point_to_pages
three_screens() {
    [ "$(mandoc -Tascii -O width=80 "$pages/odetape.1" | wc -l)" -le 220 ]
}
fit_80_columns() {
    for page in "$pages"/*.[1-7] "$srcdir"/man/*.[1-7]; do
        mandoc -Tascii -O width=80 "$page" | col -b -x | grep -E '^.{81}' && echo "$page" && return 1
    done
    return 0
}
if command -v mandoc >/dev/null 2>&1; then
    check "odetape(1) stays short" three_screens
    check "pages fit 80 columns" fit_80_columns
else
    skip "odetape(1) stays short" "mandoc is not installed"
    skip "pages fit 80 columns" "mandoc is not installed"
fi

# ---- examples ----

# The literal blocks of EXAMPLES run in order in one directory, since later ones use what earlier ones
# made.  A reader trains on the built-in images, for some seconds each; here a program of the same name
# trains on a part of them.
check "a small data set is made" make_small
program=$built/odetape
[ ! -x "$built/.libs/odetape" ] || program=$built/.libs/odetape
mkdir bin
cat >bin/odetape <<END
#!/bin/sh
case \$1 in
train | sweep) set -- "\$@" --data "$PWD/small" ;;
esac
exec "$program" "\$@"
END
chmod +x bin/odetape
PATH=$PWD/bin:$PATH

each_source awk '/^\.Sh/ { inside = $2 == "EXAMPLES" }
    /^\.Ed/ { literal = 0 }
    inside && literal { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print }
    /^\.Bd -literal/ { literal = 1 }' "$sources/odetape.mdoc" >examples
# A line that ends with a backslash continues in the next.
sed -e ':a' -e '/\\$/N; s/\\\n */ /; ta' examples >lines
example_runs() { # LINE: 69 is that of a picture without gnuplot
    code=0
    sh -e -c "$1" </dev/null || code=$?
    [ "$code" -eq 0 ] || { [ "$code" -eq 69 ] && ! command -v gnuplot; }
}
check "the manual has examples" test "$(grep -c '^odetape' lines)" -ge 40
while IFS= read -r line; do
    check "example: $line" example_runs "$line"
done <lines
# Each literal block of the tutorial after the first, which is a formula, is a script.
sed 's/\\e/\\/g' "$srcdir/man/odetape-tutorial.7" | awk '
    /^\.Ed/ { literal = 0 }
    literal { print >"step" blocks }
    /^\.Bd -literal/ { literal = 1; blocks++ }'
step_runs() {
    code=0
    sh -e "$1" </dev/null || code=$?
    [ "$code" -eq 0 ] || { [ "$code" -eq 69 ] && ! command -v gnuplot; }
}
check "the tutorial has ten steps" test "$(grep -c '^\.Ss [0-9]' "$srcdir/man/odetape-tutorial.7")" -eq 10 -a -s step11
for number in 2 3 4 5 6 7 8 9 10 11; do
    check "step $((number - 1)) of the tutorial runs" step_runs "step$number"
done
check "the tutorial ends with a page" test -s ralston.html
check "examples leave what they say" \
    test -s runs/demo/final.safetensors -a -s tape.dot -a -s seen.png -a -s runs/first/report.html
finish
