#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape report: the page is complete, refers to no other file, and has the numbers of the runs.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
# shellcheck disable=SC2154,SC2086 # tiny is options
odetape train $tiny --epochs 2 --net rk4x1 --out run >/dev/null 2>run.err || cat run.err
cat >small.ini <<'END'
[experiment]
title = Euler & RK4
note = Two <small> networks.
[train]
net = euler x4 | rk4x1
width = 4
stem-stride = 2
batch = 32
epochs = 2
seed = 1 | 2
END
odetape sweep small.ini --data small --out sweep >/dev/null 2>sweep.err || cat sweep.err
mkdir land && echo '<svg>1</svg>' >land/contour.svg && echo '<svg>2</svg>' >land/surface.svg

# Every tag is closed in its order, every attribute has its quotes, every & begins an entity, and
# nothing comes from elsewhere.
is_whole() { # PAGE
    ! grep -En '&([^a-z#]|[a-z]+[^a-z;])' "$1" &&
        ! grep -Ein '<script|[^a-z](src|href)="([^d#]|d[^a])|url\(|@import|https?:' "$1" &&
        awk 'BEGIN { RS = "<" }
            NR == 1 || /^!DOCTYPE html>/ { next }
            {
                if (!match($0, /^[^>]*>/)) { print "no end: " $0; bad = 1; next }
                tag = substr($0, 1, RLENGTH - 1)
                name = tag
                sub(/[ \n].*/, "", name)
                if (substr($0, RLENGTH + 1) ~ />/) { print "a lone >: " $0; bad = 1 }
                if (tag ~ /^\//) {
                    if (depth == 0 || open[depth] != substr(tag, 2)) { print "wrong: " tag; bad = 1 }
                    depth--
                } else if (tag !~ /\/$/) open[++depth] = name
                gsub(/ [a-zA-Z-]+="[^"]*"/, "", tag)
                if (tag ~ /["= ]/) { print "attributes: " tag; bad = 1 }
            }
            END { exit bad || depth != 0 || NR < 40 }' "$1"
}
writes() { # PAGE COMMAND...
    page=$1
    shift
    "$@" && [ -s "$page" ]
}
check "a run has a page in its directory" writes run/report.html odetape report run
check "it is well-formed and needs nothing else" is_whole run/report.html
check "a run, its images and landscapes have a page" writes full.html \
    odetape report run/ --data small --landscape land -l land -o full.html
check "that is well-formed and needs nothing else" is_whole full.html
check "a sweep has a page" writes sweep/report.html odetape report sweep --data small
check "that is well-formed and needs nothing else" is_whole sweep/report.html

same_bytes() {
    odetape report run --data small -l land -l land --threads 2 -o again.html &&
        odetape report run --data small -l land -l land --threads 1 --output - >out.html &&
        cmp full.html again.html && cmp out.html again.html
}
check "the same run gives the same bytes at any number of threads, also on stdout" same_bytes

has() { # PAGE TEXT...
    page=$1
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$page" || { echo "$page has no $text"; return 1; }
    done
}
check "the page has every section" has full.html '>Results<' '>Runs<' '>Curves<' \
    '>Tableaux and regions of stability<' '>Loss landscape<' '>Confusion matrix<' \
    '>Augmented samples<' '>Configuration<' '>Environment<' '>Commands to reproduce<'
# The headings of compare are separated by two or more blanks, or follow a short heading.  On the page
# a heading has the unit of its column.
tables_agree() {
    odetape compare --wide sweep --unequal | head -n 1 >headings &&
        sed -n '/<table class="results">/,/<\/tr>/s/.*<th>\(.*\)<\/th>.*/\1/p' sweep/report.html |
        sed '/^run$/,$d; s/^[kMGT]*FLOP$/per image/; s/^memory, .*/memory/' >columns &&
        [ "$(wc -l <columns)" -ge 14 ] &&
        [ "$(tr -s ' ' <headings)" = "$(paste -s -d ' ' columns)" ]
}
check "the page of a sweep has the title and the note of the experiment" \
    has sweep/report.html '<h1>Euler &amp; RK4</h1>' '<p>Two &lt;small&gt; networks.</p>'
damaged_about() {
    cp -r sweep untitled && echo '[' >untitled/experiment.json &&
        fails 65 'experiment.json: it is not the object of JSON' odetape report untitled
}
check "a damaged title is an error with its file" damaged_about
# Of the two runs of the row the first has not finished, and is best in another epoch.
best_in() { # EPOCH JOURNAL
    sed -i "/\"event\":\"epoch\",\"epoch\":$1,/s/\"test_accuracy\":[0-9.e-]*/\"test_accuracy\":0.5/" "$2"
}
headline_of_the_finished() {
    mkdir seeds && cp -r run seeds/b && cp -r run seeds/a && rm seeds/a/*.safetensors &&
        sed -i '/"event":"end"/d; s/"seed":1/"seed":2/' seeds/a/metrics.jsonl &&
        best_in 2 seeds/a/metrics.jsonl && best_in 1 seeds/b/metrics.jsonl &&
        odetape report seeds --no-images -o seeds.html && grep 'class="lead"' seeds.html &&
        has seeds.html 'in epoch 1 of 2'
}
check "the epoch of the headline is that of the run that finished" headline_of_the_finished

refreshes() { # PAGE
    grep -q 'http-equiv="refresh"' "$1"
}
watched() { # the page refreshes itself until the training has ended
    # shellcheck disable=SC2086
    odetape train $tiny --epochs 100000 --net euler --out live >/dev/null 2>&1 &
    training=$!
    for _ in $(seq 100); do
        grep -qs '"epoch":2' live/metrics.jsonl && break
        sleep 0.1
    done
    odetape report --watch live --no-images >watch.out &
    for _ in $(seq 100); do
        [ -s live/report.html ] && break
        sleep 0.1
    done
    refreshes live/report.html || return
    kill "$training"
    wait
    cat watch.out
    ! refreshes live/report.html && [ "$(wc -l <watch.out)" = 1 ]
}
check "a page that is watched refreshes itself until the training has ended" watched
check "the results have the columns of odetape compare, in its words" tables_agree
check "curves have titles, axes and units" has full.html '>Test accuracy<' '>Training loss<' \
    '>accuracy, %<' '>loss (cross-entropy, nats)<' '>epoch<'
check "the tableau is exact" has full.html '<td>1/2</td>' '<td>1/6</td><td>1/3</td>' \
    '1 + <var>z</var> + 1/2 <var>z</var><sup>2</sup> + 1/6 <var>z</var><sup>3</sup>' '4, all conditions hold exactly'

# The journal has the accuracy of the network that was saved.
counts_images() {
    wanted=$(sed -n 's/.*"epoch":2,.*"test_accuracy":\([0-9.e-]*\).*/\1/p' run/metrics.jsonl |
        awk '{ printf "%d of 128 test images are classified correctly, %.2f %%", 128 * $1 + 0.5,
            100 * $1 }')
    has full.html "$wanted" &&
        sed -n '/class="matrix"/,/<\/table>/p' full.html | grep -o 'background:[^>]*>[0-9]*' |
        awk -F '>' '{ n += $2; cells++ } END { exit n != 128 || cells != 100 }'
}
check "the confusion matrix has every test image, and the accuracy of the journal" counts_images

# From where the page has its axes and the left end; the right end is at 0.
is_a_circle() {
    sed -n '/>euler: /,/>rk4: /p' sweep/report.html >euler
    axes=$(sed -n 's/.*stroke="#606060" d="M\([0-9.]*\) 0v[0-9.]*M0 \([0-9.]*\)h.*/\1 \2/p' euler)
    sed -n 's/.*stroke-linecap="round" d="\([^"]*\)".*/\1/p' euler | tr 'ML' '\n\n' |
        awk -v axes="$axes" 'NF == 2 { x[++n] = $1; y[n] = $2; if (n == 1 || $1 < left) left = $1 }
            END { split(axes, o, " "); r = (o[1] - left) / 2
                for (i in x) { d = sqrt((x[i] - o[1] + r) ^ 2 + (y[i] - o[2]) ^ 2) - r
                    if (d > 0.3 || d < -0.3) bad = 1 }
                exit bad || n < 200 || r < 100 }'
}
check "the region of Euler's scheme is the circle |1 + z| = 1" is_a_circle

embeds() { # FILE TYPE
    printf 'src="data:%s;base64,%s"' "$2" "$(base64 -w 0 "$1")" >pattern
    grep -qF -f pattern full.html
}
pictures_are_embedded() {
    embeds land/contour.svg image/svg+xml && embeds land/surface.svg image/svg+xml &&
        [ "$(grep -c 'image/svg+xml' full.html)" -eq 4 ] &&
        odetape data sheet --data small --split train --augment standard stored.png >/dev/null &&
        embeds stored.png image/png
}
check "landscapes and augmented images are in it, bit for bit" pictures_are_embedded
policy_is_seen() {
    odetape train $tiny --epochs 1 --net eulerx1 --augment autoaugment --cutout 8 --out policy \
        >policy.out 2>&1 &&
        odetape report policy --data small -o full.policy.html &&
        odetape data sheet --data small --split train --augment autoaugment --cutout 8 \
            policy.png >/dev/null &&
        printf 'src="data:image/png;base64,%s"' "$(base64 -w 0 policy.png)" >pattern &&
        grep -qF -f pattern full.policy.html
}
check "images are augmented as the run had them" policy_is_seen
leaves_nothing() {
    mkdir temporary && TMPDIR=$PWD/temporary odetape report run --data small -o x.html &&
        [ -z "$(ls temporary)" ]
}
check "no picture stays in TMPDIR" leaves_nothing

reproduces() {
    sed -n 's/^<pre>\(odetape train .*\)<\/pre>$/\1/p' full.html | sed "s/&#39;/'/g" >command.sh
    echo ' --out anew' >rest && paste -d ' ' command.sh rest >anew.sh && cat anew.sh &&
        sh anew.sh >/dev/null 2>&1 && cmp run/final.safetensors anew/final.safetensors
}
check "the command on the page trains the same network, bit for bit" reproduces

# Mean and deviation of the last accuracies of two seeds, by awk.
averages() {
    cat sweep/euler-*/metrics.jsonl |
        sed -n 's/.*"epoch":2,.*"test_accuracy":\([0-9.e-]*\).*/\1/p' |
        awk '{ v[NR] = 100 * $1 } END { printf ">%.2f +- %.2f<", (v[1] + v[2]) / 2,
            (v[1] > v[2] ? v[1] - v[2] : v[2] - v[1]) / sqrt(2) }' >expected
    has sweep/report.html "$(cat expected)" '4 runs: 4 finished' 'mean and range of 2 seeds' \
        'euler x4 | rk4 x1' &&
        [ "$(grep -c '^<pre>odetape train ' sweep/report.html)" -eq 4 ]
}
check "a sweep has means, deviations, all its runs and their commands" averages

# h of each block as odetape inspect has it; the mean of channels lies within their range.
learned_steps() {
    ! grep -q 'Learned step sizes' sweep/report.html || return
    for kind in learned channel; do
        # shellcheck disable=SC2086
        odetape train $tiny --epochs 1 --net rk4x2 --step $kind --out $kind >$kind.out 2>&1 &&
            odetape report $kind -o $kind.html && is_whole $kind.html &&
            has $kind.html '>Learned step sizes<' || return
    done
    steps=$(odetape inspect learned/final.safetensors |
        awk '$1 ~ /^blocks.[01].h$/ { printf "%s%.4g", between, $NF; between = ", " }')
    has learned.html "<td class=\"path\">$steps</td>" && [ "$steps" != '1, 1' ] &&
        sed -n 's/.*class="path">\([0-9., to()]*\)<.*/\1/p' channel.html | tr -d '(),' |
        awk '{ exit !(NF == 8 && $2 < $1 && $1 < $4 && $6 < $5 && $5 < $8) }'
}
check "learned steps are on it, block by block" learned_steps

# A browser is asked by a script that the page itself does not have.
fits() { # PAGE WIDTH MEDIUM
    sed "s/@media $3/@media all/" "$1" >asked.html
    cat >>asked.html <<'END'
<script>
const wide = [...document.querySelectorAll('.wide, body')].filter(e => e.scrollWidth > e.clientWidth);
document.title = wide.length + ' are too wide of ' + innerWidth;
</script>
END
    "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$PWD/browser" \
        --window-size="$2,900" --dump-dom "file://$PWD/asked.html" 2>browser.err |
        grep -o '<title>[^<]*' >title
    cat title
    grep -q "0 are too wide of $2" title
}
for candidate in chromium chromium-browser google-chrome; do
    if command -v "$candidate" >/dev/null; then browser=$candidate; break; fi
done
if [ -n "${browser-}" ]; then
    check "a page fits on a screen of 1200 pixels" fits sweep/report.html 1200 screen
    check "it fits on paper, A4 within margins of a centimetre" fits sweep/report.html 718 print
else
    skip "a page fits on a screen of 1200 pixels" "there is no chromium"
    skip "it fits on paper, A4 within margins of a centimetre" "there is no chromium"
fi

# Runs that lack something, with names that could break a page.
mkdir "un<finished>&'\"" "begun" none
grep -v '"end"' run/metrics.jsonl >"un<finished>&'\"/metrics.jsonl"
: >begun/metrics.jsonl
head -n 1 run/metrics.jsonl >none/metrics.jsonl
unfinished() {
    odetape report "un<finished>&'\"" --data small -o part.html && is_whole part.html &&
        has part.html '1 run: 1 unfinished' 'un&lt;finished&gt;&amp;&#39;&quot;' \
            'There is no confusion matrix: no run has' 'There is no landscape:' \
            'There is no command: neither final.safetensors nor a checkpoint is there yet'
}
check "an unfinished run has a page that says what is missing and why" unfinished
without_epochs() {
    odetape report begun -o part.html && is_whole part.html &&
        has part.html 'has only just begun' 'There is no curve' 'There is no result' &&
        odetape report none -o part.html && is_whole part.html &&
        has part.html 'There is no curve' '1 run: 1 unfinished' '>1,382<'
}
check "so has one without an epoch, and one without a line" without_epochs
check "bytes that are not UTF-8 do not break the page" sh -c 'name=$(printf "a\377b\001"); cp -r run \
    "$name" && odetape report "$name" -o odd.html >/dev/null && grep -q "a&#xFFFD;b&#xFFFD;" odd.html'

mkdir empty damaged
sed '2s/.*/{"event":"epo/' run/metrics.jsonl >damaged/metrics.jsonl
check "no run is refused" fails 64 "RUN" odetape report
check "a directory that is not there is refused" fails 66 "nowhere" odetape report nowhere
check "a file is refused" fails 66 "not the directory" odetape report run/metrics.jsonl
check "a directory without runs is refused" fails 66 "holds no run" odetape report empty
check "a damaged journal is refused" fails 65 "damaged/metrics.jsonl" odetape report damaged -o x
check "a page that cannot be written is refused" fails 73 "no/page.html" \
    odetape report run -o no/page.html
check "a landscape without pictures is refused" fails 66 "no pictures" odetape report run -l empty
check "images that are not there are refused" fails 66 "nowhere" odetape report run --data nowhere
full_stdout() {
    code=0
    odetape report run -o - >/dev/full 2>err || code=$?
    [ "$code" -eq 74 ] && [ "$(wc -l <err)" -eq 1 ]
}
if [ -e /dev/full ]; then
    check "a full standard output is an error" full_stdout
else
    skip "a full standard output is an error" "there is no /dev/full"
fi
finish
