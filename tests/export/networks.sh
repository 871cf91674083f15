# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# Makes the networks that exports are tested with, after tests/tap.sh was sourced: a folder for each in
# "$scratch/networks".  A python3 with some modules is found by `python_with MODULES`.
make_networks() {
    mkdir "${scratch:?}/networks"
    "${top_builddir:?}/tests/export/fixtures" "$scratch/networks" >"$scratch/refused"
    cat "$scratch/refused"
    # The gate of VoVNet is a function of the caller's (ot_map), of which only the machine code is known.
    rm -rf "$scratch/networks/vovnet"
    [ "$(wc -l <"$scratch/refused")" -eq 1 ] &&
        grep -q "^vovnet: pytorch: the op 'map' in the scope 'blocks\.0\..*' cannot be exported" "$scratch/refused"
}

python_with() { # MODULE,MODULE
    for candidate in python3 /usr/bin/python3; do
        ! $candidate -c "import $1" 2>/dev/null || { echo "$candidate" && return; }
    done
}
