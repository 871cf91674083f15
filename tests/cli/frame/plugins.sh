#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A plugin gives its parts to every command: what a file is told that is no plugin, what files of runs
# say of plugins, and the sources that odetape new writes.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

build() { # SOURCE PLUGIN [FLAG...]
    source=$1
    plugin=$2
    shift 2
    # shellcheck disable=SC2086 # a compiler may be several words
    ${CC:?} -shared -fPIC -Wall -Wextra -Werror -I"$srcdir/src" ${CFLAGS-} "$@" "$source" -o "$plugin"
}
momentum=$srcdir/examples/new_scheme.c

# ---- what is refused ----
printf 'this is text\n' >text.so
printf 'int answer;\n' >library.c
printf '#include <odetape.h>\n#undef OT_INTERFACE\n#define OT_INTERFACE 77\n%s\n' \
    'OT_PLUGIN { return OT_OK; }' >later.c
printf '#include <odetape.h>\nint nowhere(void);\nOT_PLUGIN { return nowhere() ? OT_EIO : OT_OK; }\n' >lost.c
printf '#include <odetape.h>\n%s\n' \
    'static const ot_scheme_kind rk4 = { .about.name = "rk4" };
     OT_PLUGIN { return ot_register_scheme(&rk4); }' >empty.c
printf '#include <odetape.h>\n%s\n' \
    'static ot_state step(ot_block *b, ot_state in) { (void)b; return in; }
     static const ot_scheme_kind revnet = { .about.name = "revnet", .evaluations = 1, .step = step };
     OT_PLUGIN { return ot_register_scheme(&revnet); }' >twice.c
printf '#include <odetape.h>\nOT_PLUGIN { return ot_plugin_load("./momentum.so"); }\n' >nested.c
builds_all() {
    for file in library later lost empty twice nested; do
        build $file.c $file.so || return
    done
    build "$momentum" momentum.so
}
check "plugins build with the compiler alone" builds_all

refuses() { # CODE FILE REGEX
    fails "$1" "$3" odetape scheme show euler --plugin "$2"
}
check "a plugin that is missing is refused" refuses 66 ./none.so 'none\.so: .*No such file'
check "a directory is refused as a plugin" refuses 66 . 'not a regular file'
check "a text is refused as a plugin" refuses 65 text.so 'text\.so is no plugin: .*ELF|too short'
check "a device is refused as a plugin" refuses 66 /dev/null 'null'
check "a shared library without OT_PLUGIN is refused" refuses 65 library.so 'without OT_PLUGIN'
check "a plugin of another interface is refused with both numbers" \
    refuses 65 later.so 'compiled for interface 77 .* has interface [0-9]+; compile it again'
check "a plugin that calls what is not there is refused" refuses 65 lost.so 'is no plugin: .*nowhere'
check "a scheme without its function is refused" refuses 64 empty.so 'the function step is missing'
check "a plugin whose scheme has a name that is taken is refused" \
    refuses 64 twice.so 'twice\.so: there is a scheme called revnet already'
check "a plugin cannot load another one" refuses 64 nested.so 'a plugin cannot load another plugin'
same_name_twice() {
    mkdir -p other && build "$momentum" other/momentum.so -DOTHER &&
        printf '\n' >>other/momentum.so &&
        fails 64 'a plugin called momentum already' \
            odetape scheme show euler --plugin momentum.so --plugin other/momentum.so
}
check "two plugins of one name are refused" same_name_twice
check "the same file may be given twice" odetape scheme show momentum --plugin momentum.so --plugin ./momentum.so
hostile_name() {
    file=$(printf 'a\033[31mb;$(touch gone).so')
    cp text.so "$file" && fails 65 'a\?\[31mb;\$\(touch gone\)\.so is no plugin' \
        odetape scheme show euler --plugin "$file" && [ ! -e gone ]
}
check "the name of a plugin reaches no shell and no terminal" hostile_name

# ---- every command ----
every_command_takes_it() {
    odetape --dump-options | sed -n 's/^command\t\([^\t]*\).*/\1/p' >commands
    [ -s commands ] || return
    while read -r command; do
        # shellcheck disable=SC2086 # a command has two words
        odetape $command --help | grep -q -e '--plugin FILE' || return
        # shellcheck disable=SC2086
        odetape $command --plugin ./none.so a b c d >/dev/null 2>err </dev/null
        case $? in 64 | 66) ;; *) echo "$command"; cat err; return 1 ;; esac
    done <commands
}
check "every command has --plugin" every_command_takes_it
net="--net momentum:x2 $tiny"
# shellcheck disable=SC2086
{
    check "a plugin's scheme is shown" odetape scheme show momentum --plugin momentum.so
    check "a plugin's scheme is listed" sh -c 'odetape scheme list --plugin momentum.so | grep "^momentum "'
    check "the gradients of a plugin's scheme pass the check" \
        odetape gradcheck --net 'momentum x2' --width 2 --image 8 --batch 2 --plugin momentum.so
    check "the tape of a plugin's scheme is listed" \
        odetape tape --net 'momentum x2' --width 2 --image 8 --plugin momentum.so
    check "the plan of a plugin's scheme is printed" \
        odetape plan --net 'momentum x2' --width 2 --image 8 --plugin momentum.so
    check "a network of a plugin's scheme is trained" \
        odetape train $net --epochs 3 --keep 9 -o run --plugin momentum.so
}
check "its weights are evaluated" odetape eval run --plugin momentum.so
check "its run is reported" odetape report run --plugin momentum.so
check "its landscape is computed" \
    odetape landscape run --points 3 --images 32 --no-plot --out land --plugin momentum.so
check "its run is compared without the plugin" odetape compare run

prints_commands_with_it() {
    odetape train --net 'momentum x1' $tiny --epochs 1 -o printed --plugin momentum.so >out &&
        grep "odetape eval printed/final.safetensors --plugin $PWD/momentum.so" out &&
        grep "odetape report printed --plugin $PWD/momentum.so" out
}
check "the commands that a training prints have the plugin" prints_commands_with_it

# ---- what files say ----
records() {
    odetape inspect run >out && cat out && grep 'plugin\.0 .*momentum' out &&
        grep "plugin\.0\.path .*$PWD/momentum.so" out && grep -E 'plugin\.0\.hash .*[0-9a-f]{32}' out &&
        head -n 1 run/metrics.jsonl | grep -F '"plugins":[{"name":"momentum","path":"'
}
check "weights and journal name the plugin" records
says_nothing_unused() {
    odetape train --net euler:x1 $tiny --epochs 1 -o plain >/dev/null &&
        odetape train --net euler:x1 $tiny --epochs 1 -o unused --plugin momentum.so >/dev/null &&
        cmp plain/final.safetensors unused/final.safetensors && ! grep plugin unused/metrics.jsonl
}
check "a plugin that a network does not use changes no byte of its files" says_nothing_unused
asks_for_it() {
    for command in 'eval run' 'report run' 'landscape run --points 3 --no-plot --out land2'; do
        # shellcheck disable=SC2086
        fails 65 "no scheme .momentum.*made with the plugin momentum \($PWD/momentum.so\).*--plugin loads it" \
            odetape $command || return
    done
}
check "without the plugin a command says which one the file needs" asks_for_it

# ---- another version of it ----
mkdir -p new && sed 's/one = 1;/one = 1.5;/' "$momentum" >new/momentum.c
check "another version of the plugin builds" build new/momentum.c new/momentum.so
warns() { # COMMAND...
    "$@" >out 2>err
    code=$?
    cat err
    [ $code -eq 0 ] && grep "made with another version of the plugin momentum: its hash is" err
}
check "eval warns of another version" warns odetape eval run --plugin new/momentum.so
check "report warns of another version" warns odetape report run --plugin new/momentum.so
check "compare warns of another version" warns odetape compare run --plugin new/momentum.so
another_landscape() {
    head -n 1 land/points.jsonl | grep -F '"plugins":[{"name":"momentum","path":"' &&
        head -n 1 land/points.jsonl | grep -E '"hash":"[0-9a-f]{32}"' || return
    odetape landscape run --points 3 --images 32 --no-plot --out land --plugin new/momentum.so 2>err
    code=$?
    cat err
    [ $code -eq 78 ] && grep -E 'another plugin momentum: .*hash [0-9a-f]{8}, .*hash [0-9a-f]{8}; ' err
}
check "a landscape of another version is another landscape" another_landscape
moved_plugin() {
    mkdir -p moved && cp momentum.so moved && cp land/points.jsonl before &&
        odetape landscape run --points 3 --images 32 --no-plot --out land --plugin moved/momentum.so &&
        cmp before land/points.jsonl
}
check "a landscape of the same plugin in another place continues" moved_plugin
two_versions() {
    odetape train $net --epochs 3 -o run2 --plugin new/momentum.so >/dev/null &&
        warns odetape compare run run2 && [ "$(grep -c momentum out)" -eq 2 ]
}
check "compare keeps runs of two versions apart, and says so" two_versions

interrupted() { # the run as it was after the first of its three epochs
    rm -rf again && mkdir again && cp run/metrics.jsonl again && cp run/checkpoint-*8.safetensors again &&
        rm -f again/checkpoint-*18.safetensors && [ "$(ls again | wc -l)" -eq 2 ]
}
resumes() {
    interrupted && odetape train --resume again --plugin momentum.so &&
        cmp run/final.safetensors again/final.safetensors
}
check "a resumed training has the same bits" resumes
resume_refuses() {
    interrupted &&
        fails 78 'the plugin momentum is another one: .*hash [0-9a-f]{8}, .*hash [0-9a-f]{8}; .*--accept-plugin' \
            odetape train --resume again --plugin new/momentum.so
}
check "a resume refuses another version" resume_refuses
resume_accepts() {
    interrupted && odetape train --resume again --plugin new/momentum.so --accept-plugin &&
        grep '"event":"resume".*"accepted_plugins":\[{"name":"momentum"' again/metrics.jsonl &&
        odetape eval again --plugin new/momentum.so 2>err && ! grep another err
}
check "a resume accepts another version if asked, and the journal says so" resume_accepts
resume_asks() {
    interrupted && fails 65 'made with the plugin momentum' odetape train --resume again
}
check "a resume without the plugin says which one it needs" resume_asks
sweeps() {
    printf '%s\n' '[train]' 'data = small' 'width = 4' 'stem-stride = 2' 'batch = 32' \
        'net = momentum x1 | euler x1' 'epochs = 1' >x.ini
    odetape sweep x.ini --plugin momentum.so >out && odetape compare runs/x &&
        grep -c -- "--plugin $PWD/momentum.so" runs/x/results.jsonl
}
check "a sweep trains with a plugin" sweeps

# ---- new sources ----
written() { # WHAT NAME: it builds as its command says, and names the command that trains
    rm -f "$2.c"
    odetape new "$1" "$2" >out && cat out || return
    [ "$(sed -n 's/^build  *//p' out)" = "cc -shared -fPIC $2.c \$(pkg-config --cflags odetape) -o $2.so" ] &&
        build "$2.c" "$2.so" -std=c11 || return
    train=$(sed -n 's/^train  *odetape train//p' out)
    [ -n "$train" ] && grep -F "odetape train$train" "$2.c"
}
new_source() { # WHAT NAME OPTION...: it builds and trains as its commands say
    what=$1
    part=$2
    shift 2
    written "$what" "$part" && eval "odetape train $train --data small --epochs 1 --width 4 -o $part" &&
        odetape gradcheck "$@" --width 2 --image 8 --batch 2 --plugin "./$part.so"
}
for name in mine two-step order title; do # functions of odetape.h are called ot_scheme_order, ...
    check "odetape new scheme $name writes a scheme that builds and trains" \
        new_source scheme $name --net "$name(a=0.9) x2"
done
attribute_is_kept() { # and its point does not make the description one of a file
    # shellcheck disable=SC2086
    odetape train --net 'mine(a=0.25) x2' $tiny --epochs 1 -o attribute --plugin mine.so &&
        odetape inspect attribute | grep -F 'mine(a=0.25) x2' && odetape eval attribute --plugin mine.so
}
check "files keep an attribute of a plugin's scheme" attribute_is_kept
check "odetape new subnet writes a sub-net that builds and trains" \
    new_source subnet mine2 --net 'rk4 x1' --subnet mine2
check "odetape new branch writes a branch that builds and trains" \
    new_source branch mine3 --net 'rk4 x1' --branch mine3
new_down() {
    written down mine4 && eval "odetape train $train --data small --epochs 1 -o mine4" &&
        odetape inspect mine4 | grep 'levels.1.conv.weight' &&
        eval "$(sed -n 's/^ \*  *\(odetape gradcheck .*\)/\1/p' mine4.c)"
}
check "odetape new down writes a way down that builds and trains" new_down

# ---- a plugin's source of data sets ----
new_data() { # its training is the printed one, with fewer images
    written source stripes &&
        few=$(echo "$train" | sed 's/--data stripes/--data "stripes(images=64)"/') &&
        eval "odetape train $few --width 4 -o striped" &&
        eval "$(sed -n 's/^ \*  *\(odetape data info .*\)/\1/p' stripes.c)" >out && cat out &&
        grep '2000 training and 2000 test images' out && grep -E '^ +3 .* 500 ' out
}
check "odetape new source writes a source of data sets that builds and trains" new_data
check "what was trained on it is evaluated on it" odetape eval striped --plugin stripes.so
data_records() {
    odetape inspect striped >out && cat out && grep 'plugin\.0 .*stripes' out &&
        grep -F 'stripes(images=64)' out &&
        head -n 1 striped/metrics.jsonl | grep -F '"plugins":[{"name":"stripes","path":"'
}
check "weights and journal name the plugin of the images" data_records
data_asks_for_it() {
    odetape eval striped >out 2>err
    [ $? -eq 66 ] && cat err && [ ! -s out ] &&
        grep -F "made with the plugin stripes ($PWD/stripes.so), which is not loaded; --plugin loads it" err
}
check "without it eval says which plugin the images need" data_asks_for_it
check "an attribute that its source does not have is refused" \
    fails 64 "stripes has no attribute 'image'; did you mean 'images'" \
    odetape data info --data 'stripes(image=64)' --plugin stripes.so
check "a place that its source does not have is refused" \
    fails 66 'stripes:here: stripes computes its images' \
    odetape data info --data stripes:here --plugin stripes.so
check "its sheet is drawn" odetape data sheet stripes.png --data 'stripes(images=64)' --plugin stripes.so
check "a place that no source opens is refused with those of plugins" \
    fails 66 'or stripes is expected' odetape data info --data none --plugin stripes.so
data_resume_refuses() {
    mkdir -p new && sed 's/2654435761u/2654435769u/' stripes.c >new/stripes.c &&
        build new/stripes.c new/stripes.so && rm -rf halted && mkdir halted &&
        cp striped/metrics.jsonl halted && cp striped/checkpoint-*.safetensors halted &&
        fails 78 'are not those that .* was trained with' \
            odetape train --resume halted --plugin new/stripes.so
}
check "a resume refuses other images of another version" data_resume_refuses
check "odetape new scheme refuses a file that exists" fails 73 'mine\.c exists already' odetape new scheme mine
for name in Mine 2mine minex2 a/b ../a 'a b' '' rk4 revnet; do
    check "odetape new scheme refuses the name '$name'" \
        fails 64 'cannot be called|called (rk4|revnet) already' odetape new scheme "$name"
done
check "odetape new subnet refuses a name that is taken" fails 64 'called vgg already' odetape new subnet vgg
check "odetape new branch refuses a name that is taken" fails 64 'called rezero already' odetape new branch rezero
check "odetape new down refuses a name that is taken" fails 64 'called maxpool already' odetape new down maxpool
check "odetape new source refuses a name that is taken" fails 64 'called builtin already' odetape new source builtin
finish
