#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Landscapes of runs and files: killed and continued, refused, and the files they leave.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

check "a small data set is made" make_small
# shellcheck disable=SC2086,SC2154 # words of options, from lib.sh
check "a run is trained" odetape train --net eulerx1 $tiny --epochs 3 --keep 9 --out run

grid='--points 5 --images 100 --no-plot'
# shellcheck disable=SC2086
landscape() {
    odetape landscape $grid "$@"
}

centre_is_evaluation() { # the loss at 0, 0 is what eval says
    landscape run --images 0 --out centre &&
        odetape eval run/final.safetensors --data small --split train --json >evaluation &&
        awk -F, '$1 == 0 && $2 == 0 { printf "%.9g %.9g\n", $3, $4 }' centre/landscape.csv >centre.txt &&
        sed 's/.*"loss": \([^,]*\), "accuracy": \([^,]*\),.*/\1 \2/' evaluation |
        awk '{ printf "%.9g %.9g\n", $1, $2 }' | diff - centre.txt
}
check "the centre of a landscape is the evaluation of the network" centre_is_evaluation

initial_is_checkpoint() { # epoch 0 of the run is the network made again from its seed
    landscape run --initial --out initial && landscape run/checkpoint-00000000.safetensors --out zero &&
        cmp initial/loss.npy zero/loss.npy && ! cmp -s initial/loss.npy centre/loss.npy &&
        grep -q '"batch_norm":"batch"' initial/points.jsonl
}
check "--initial is the run's first checkpoint, with statistics of batches" initial_is_checkpoint
net_is_initial() {
    landscape --net eulerx1 --width 4 --stem-stride 2 --data small --batch 128 --out net &&
        cmp net/loss.npy initial/loss.npy
}
check "--net is the network before training, too" net_is_initial

between_ends() {
    landscape --kind between run/checkpoint-00000000.safetensors run --range 0:1 --images 0 --out between &&
        odetape eval run/final.safetensors --data small --split train --json >evaluation &&
        tail -n 1 between/landscape.csv | awk -F, '{ printf "%.9g\n", $2 }' >end.txt &&
        sed 's/.*"loss": \([^,]*\),.*/\1/' evaluation | awk '{ printf "%.9g\n", $1 }' | diff - end.txt
}
check "a line between two networks ends with the loss of the second" between_ends

trajectory_ends() {
    landscape --kind trajectory run --out trajectory && [ "$(wc -l <trajectory/trajectory.csv)" -eq 5 ] &&
        tail -n 1 trajectory/trajectory.csv | grep -Eq '^-?0,-?0,run/checkpoint-[0-9]+\.safetensors$'
}
check "the plane of a run has its checkpoints, the last at 0, 0" trajectory_ends
check "a line is a line" landscape --kind line run --out line
check "a line has no second axis" test -s line/a.npy -a ! -e line/b.npy

# The command is killed many times while it computes.
killed() {
    rounds=0
    while ! timeout -s KILL 0.7 odetape landscape run --points 13 --images 256 --no-plot --out killed; do
        rounds=$((rounds + 1))
        [ "$rounds" -lt 100 ] || return 1
        [ ! -s killed/points.jsonl ] || tail -c 60 killed/points.jsonl
    done
    echo "$rounds kills"
}
same_as_uninterrupted() {
    odetape landscape run --points 13 --images 256 --no-plot --threads 2 --out whole || return
    for file in points.jsonl loss.npy accuracy.npy a.npy b.npy landscape.csv landscape.vtk; do
        cmp whole/$file killed/$file || return
    done
}
check "a landscape that is killed continues" killed
check "it ends with the same bytes as one that was not, at another number of threads" \
    same_as_uninterrupted

interrupted() { # when it has points; timeout takes back that the signal is ignored, as in background
    rm -f pid
    (
        for _ in $(seq 300); do
            [ -s stopped/points.jsonl ] && break
            sleep 0.1
        done
        kill -INT "$(cat pid)"
    ) &
    code=0
    # shellcheck disable=SC2016 # it is the inner shell's
    timeout -s INT 90 sh -c 'echo $$ >pid; exec odetape landscape run --points 300 --no-plot --out stopped' \
        2>err || code=$?
    wait
    cat err
    [ "$code" -eq 130 ] && grep -q 'the same command continues' err && [ -s stopped/points.jsonl ]
}
check "Ctrl-C ends it with what to do next" interrupted

check "neither a file nor --net is a usage error" fails 64 'missing' odetape landscape --out x
check "a file and --net are too much" fails 64 '\-\-net' odetape landscape run --net rk4x1 --out x
check "between wants two" fails 64 'two runs' odetape landscape --kind between run --out x
check "a range is checked" fails 64 'range' odetape landscape run --range 1:-1 --out x
check "a range has two ends" fails 64 'range' odetape landscape run --range 1 --out x
check "a run that is not there is reported" fails 66 nowhere odetape landscape nowhere --out x
check "two files are no trajectory" fails 65 'needs 3' odetape landscape --kind trajectory \
    run/checkpoint-00000000.safetensors run/final.safetensors --out x
: >file
check "a directory that cannot be made is reported" fails 73 'file/x' odetape landscape run --out file/x
check "another landscape in the directory is refused" fails 78 'axes' landscape run --seed 2 --out centre --images 0
check "--force starts over" landscape run --seed 2 --force --out centre --images 0
# Another process is computing: its directory is not touched, with or without --force.
is_locked() {
    odetape landscape run --points 9 --images 0 --no-plot --out busy >/dev/null 2>&1 &
    for _ in $(seq 300); do
        [ -s busy/points.jsonl ] && break
        sleep 0.1
    done
    landscape run --seed 2 --out busy --force >second 2>&1
    code=$?
    wait $! && cat second && [ "$code" -eq 75 ] && grep -q 'another process' second &&
        [ "$(wc -l <busy/points.jsonl)" -eq 82 ] && [ "$(wc -l <busy/landscape.csv)" -eq 82 ]
}
check "--force is refused while another process computes there" is_locked
keeps_points() { # a landscape that is refused has removed nothing
    cp centre/points.jsonl kept &&
        fails 64 'batch' odetape landscape run --batch 70000 --force --no-plot --out centre &&
        fails 71 'a batch of 65536 needs [0-9]+ MiB' sh -c 'ulimit -v 700000 &&
            OMP_NUM_THREADS=1 exec odetape landscape run \
            --seed 3 --batch 65536 --images 0 --force --no-plot --out centre' &&
        cmp kept centre/points.jsonl
}
check "what --force would replace stays when the new one is refused" keeps_points
sed '3s/point/paint/' line/points.jsonl >changed && cp changed line/points.jsonl
check "a journal that was changed is refused with its line" \
    fails 65 'line/points.jsonl:3' landscape --kind line run --out line

for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import numpy' 2>/dev/null; then python=$candidate; break; fi
done
if [ -n "${python-}" ]; then
    check "NumPy reads what CSV says" "$python" -c '
import numpy
loss, a, b = (numpy.load("whole/" + name + ".npy") for name in ("loss", "a", "b"))
table = numpy.genfromtxt("whole/landscape.csv", delimiter=",", names=True)
assert loss.shape == (13, 13) and loss.dtype == numpy.float64 and a.shape == b.shape == (13,)
assert (loss.ravel() == table["loss"]).all() and (numpy.repeat(a, 13) == table["a"]).all()
assert (numpy.tile(b, 13) == table["b"]).all()'
else
    skip "NumPy reads what CSV says" "numpy is not installed"
fi

pictures() {
    for kind in plane line trajectory; do
        # shellcheck disable=SC2086
        odetape landscape run --kind $kind --points 9 --images 100 --out pictures/$kind || return
    done
    for picture in plane/contour plane/surface line/line trajectory/contour; do
        head -c 8 pictures/$picture.png | grep -q PNG && grep -q '</svg>' pictures/$picture.svg &&
            [ -s pictures/$picture.dat ] && gnuplot pictures/$picture.gp || return
    done
    grep -q 'course of the training' pictures/trajectory/contour.svg
}
# The losses before training differ by less than a factor of ten, where gnuplot itself has no marks.
surface_numbers() {
    odetape landscape run --initial --points 5 --images 100 --out pictures/initial || return
    for picture in plane initial; do
        sed -n 's/^set cbtics (\(.*\))$/\1/p' pictures/$picture/surface.gp | tr ',' '\n' >numbers
        [ "$(wc -l <numbers)" -ge 3 ] || return
        for number in $(cat numbers); do
            awk -F, -v n="$number" 'FNR > 1 && $3 >= n { more++ } FNR > 1 && $3 <= n { less++ }
                END { exit !(more && less) }' pictures/$picture/landscape.csv || continue
            grep -q "<text> *$number</text>" pictures/$picture/surface.svg && echo "$number"
        done >drawn
        [ "$(wc -l <drawn)" -ge 3 ] || return
    done
}
if command -v gnuplot >/dev/null; then
    check "pictures are drawn, and their scripts draw them again" pictures
    check "the surface of a landscape has numbers on its loss" surface_numbers
else
    skip "pictures are drawn, and their scripts draw them again" "gnuplot is not installed"
    skip "the surface of a landscape has numbers on its loss" "gnuplot is not installed"
    check "without gnuplot everything but pictures is there" fails 69 gnuplot \
        odetape landscape run --points 5 --out none
fi
finish
