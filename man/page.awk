# SPDX-License-Identifier: BSD-3-Clause
# Writes one page of the manual of the program.  man/README.md describes its sources.
#   awk -v folder=SRC/man -v commands=SRC/src/cli/commands.def -v page=odetape-train.1 \
#       -v version=0.1.0 -v date='November 30, 2026' -f page.awk

function fail(text) {
    print "page.awk: " text >"/dev/stderr"
    exit 1
}

# Adds the lines of a file to lines[]; those of a group of options go to block[group] instead.
function read(file, home,    line, group, got) {
    while ((got = (getline line <file)) > 0) {
        if (line ~ /^@group /) {
            group = tolower(substr(line, 8))
            title[group] = substr(line, 8) " options"
            block[group] = ""
            if (home != "") at_home[group] = 1
            continue
        }
        if (line ~ /^@home /) {
            if (substr(line, 7) == page_name) at_home[group] = 1
            home_of[group] = substr(line, 7)
            continue
        }
        if (line ~ /^(@|\.Sh)/) group = ""
        if (group != "") block[group] = block[group] line "\n"
        else if (home != "") lines[++length_of_page] = line
    }
    if (got < 0) fail(file " cannot be read")
    close(file)
}

# Splits "scheme show NAME|FILE -- print a scheme" into name, operands and summary.
function split_command(text,    i) {
    i = index(text, " -- ")
    if (!i) fail("no ' -- ' in " text)
    summary = substr(text, i + 4)
    name = substr(text, 1, i - 1)
    operands = match(name, / [A-Z].*/) ? substr(name, RSTART + 1) : ""
    sub(/ [A-Z].*/, "", name)
}

function with_operands() {
    return name (operands == "" ? "" : " Ar " operands)
}

function header(what,    i, text) {
    print ".Dd " date "\n.Dt " toupper(page_name) " " section "\n.Os odetape " version
    print ".Sh NAME\n.Nm " page_name "\n.Nd " what "\n.Sh SYNOPSIS"
    for (i = 1; i <= length_of_page; i++) {
        if (lines[i] !~ /^@command /) continue
        text = substr(lines[i], 10)
        split_command(text)
        print ".Nm odetape " name "\n.Op Ar option ..."
        if (operands != "") print ".Ar " operands
    }
}

# "The page's options" are those of all its commands, each group once, in the order of --help.
function take(groups,    n, i, each) {
    n = split(groups, each, /, /)
    for (i = 1; i <= n; i++) {
        if (!(each[i] in block)) fail("no @group " each[i])
        if (!(each[i] in taken)) order[++number_of_groups] = each[i]
        taken[each[i]] = 1
    }
    if (!several) return
    sub(/, [^,]*$/, " and " each[n], groups)
    print "Takes the " groups " options."
}

# The first sentence of each option of a group that another page describes in full.
function print_brief(group,    all, n, i, depth, inside) {
    print "In full in\n.Xr " home_of[group] " 1 :\n.Bl -tag -width Ds -compact"
    n = split(block[group], all, "\n")
    for (i = 1; i <= n; i++) {
        if (all[i] ~ /^\.Bl/) depth++
        if (all[i] ~ /^\.El/) depth--
        if (depth == 1 && all[i] ~ /^\.It /) inside = 1
        if (!inside) continue
        print all[i]
        if (all[i] ~ /\.$/) inside = 0
    }
    print ".El"
}

function print_group(group) {
    print ".Ss " title[group]
    if (!(group in home_of) || group in at_home) printf "%s", block[group]
    else print_brief(group)
}

# A page's own groups come first.
function print_options(    i) {
    for (i = 1; i <= number_of_groups; i++)
        if (order[i] in at_home) print_group(order[i])
    for (i = 1; i <= number_of_groups; i++)
        if (!(order[i] in at_home)) print_group(order[i])
    if (page_name != "odetape") print_group("common")
}

# The table of all commands, from their pages.
function print_commands(    line, word, file, found) {
    print ".Bl -tag -width \"scheme integrate\" -compact"
    while ((getline line <commands) > 0) {
        if (line !~ /^COMMAND\(/) continue
        gsub(/^COMMAND\(|\)$/, "", line)
        gsub(/_/, " ", line)
        word = line
        sub(/ .*/, "", word)
        file = folder "/commands/" word ".mdoc"
        found = 0
        while ((getline word <file) > 0) {
            if (index(word, "@command " line " ") != 1) continue
            split_command(substr(word, 10))
            if (name != line) continue
            print ".It Cm " name "\n" summary
            found = 1
        }
        close(file)
        if (!found) fail(file " has no @command " line)
    }
    print ".El"
}

BEGIN {
    page_name = page
    sub(/\.[0-9]$/, "", page_name)
    section = substr(page, length(page))
    source = page_name
    sub(/^odetape-/, "", source)
    read(folder "/options.mdoc", "")
    read(folder "/commands/" source ".mdoc", page_name)
    for (i = 1; i <= length_of_page; i++) {
        line = lines[i]
        if (line ~ /^@page /) {
            several = 1
            header(substr(line, index(line, " -- ") + 4))
        } else if (line ~ /^@command /) {
            split_command(substr(line, 10))
            if (several) print ".Ss odetape " with_operands()
            else header(summary)
        } else if (line ~ /^@takes /) {
            take(substr(line, 8))
        } else if (line == "@options") {
            print_options()
        } else if (line == "@commands") {
            print_commands()
        } else if (line ~ /^@/) {
            fail("unknown directive " line)
        } else {
            print line
        }
    }
}
