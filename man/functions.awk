# SPDX-License-Identifier: BSD-3-Clause
# Writes a page of functions from the comments of odetape.h.  man/README.md describes it.
#   awk -v header=src/odetape.h -v list=man/functions.list -v page=ot_tape.3 -v version=0.1.0 \
#       -v date='November 30, 2026' -f functions.awk
# With page=links it writes "name page" for each function and type instead.

function fail(text) {
    print "functions.awk: " text >"/dev/stderr"
    exit 1
}

function trim(text) {
    gsub(/^ +| +$/, "", text)
    return text
}

# ---- which section belongs to which page ----

function read_list(    line, got, part, n, i) {
    while ((got = (getline line <list)) > 0) {
        if (line ~ /^#/) continue
        n = split(line, part, "|")
        about[part[1]] = part[2]
        for (i = 3; i <= n; i++) page_of[part[i]] = part[1]
    }
    if (got < 0) fail(list " cannot be read")
}

# ---- the header as items: a comment and the declarations after it ----

function flush_item() {
    if (comment != "" || declared) {
        item_section[++items] = section
        item_comment[items] = comment
        item_declared[items] = declared
        for (i = 1; i <= declared; i++) {
            item_declaration[items, i] = declaration[i]
            if (name_of(declaration[i]) != "") page_by_name[name_of(declaration[i])] = page_of[section]
        }
    }
    comment = ""
    declared = 0
}

function declare(text) {
    declaration[++declared] = text
}

# A comment that begins in the first column, without its marks.
function comment_text(text,    line) {
    line = text
    sub(/^(\/\*| \*\/| \*) ?/, "", line)
    sub(/ *\*\/$/, "", line)
    return line
}

# Reads until the text is a whole declaration.
function read_declaration(text,    line) {
    while (!is_whole(text) && (getline line <header) > 0) text = text "\n" line
    return text
}

function count(text, what,    copy) {
    copy = text
    return gsub(what, "", copy)
}

function is_whole(text,    bare) {
    if (text ~ /^#define/) return text !~ /\\$/
    if (count(text, "/[*]") > count(text, "[*]/")) return 0
    bare = text
    gsub(/\/\*[^*]*(\*[^\/][^*]*)*\*\//, "", bare)
    if (count(bare, "[{]") > count(bare, "[}]")) return 0
    return bare ~ /;[ \n]*$/
}

function read_header(    line, got) {
    while ((got = (getline line <header)) > 0) {
        if (line ~ /^\/\* ---- /) {
            flush_item()
            section = line
            sub(/^\/\* ---- /, "", section)
            sub(/ -----*.*$/, "", section)
            if (!(section in page_of)) fail("the section '" section "' is on no page of " list)
            if (line !~ /\*\/$/) {
                while ((getline line <header) > 0) {
                    comment = comment comment_text(line) "\n"
                    if (line ~ /\*\/$/) break
                }
                flush_item()
            }
        } else if (line == "#ifdef __cplusplus") { # the C branch is enough
            while ((getline line <header) > 0 && line !~ /^#(else|endif)/) { }
        } else if (line ~ /^#define OT__/) {
            read_declaration(line)
        } else if (section == "" || line ~ /^(#undef|#if|#else|#endif|}|extern "C")/) {
            continue
        } else if (line == "") {
            flush_item()
        } else if (line ~ /^\/\*/) {
            flush_item()
            comment = comment_text(line) "\n"
            while (line !~ /\*\/$/ && (getline line <header) > 0) comment = comment comment_text(line) "\n"
        } else if (line ~ /^(OT_API|typedef|struct|enum|#define)/) {
            declare(read_declaration(line))
        }
    }
    if (got < 0) fail(header " cannot be read")
    flush_item()
}

# ---- declarations ----

function without_comments(text) {
    gsub(/\/\*[^*]*(\*[^\/][^*]*)*\*\//, "", text)
    return text
}

# The comments of a declaration, joined.
function comments_in(text,    all, one) {
    while (match(text, /\/\*[^*]*(\*[^\/][^*]*)*\*\//)) {
        one = substr(text, RSTART + 2, RLENGTH - 4)
        text = substr(text, RSTART + RLENGTH)
        gsub(/\.\n[ *]*/, ".  ", one)
        gsub(/\n[ *]*/, " ", one)
        all = all (all == "" ? "" : "  ") trim(one)
    }
    return all
}

function plain(text) {
    text = without_comments(text)
    gsub(/OT_API|OT_NODISCARD/, "", text)
    sub(/__attribute__.*$/, "", text)
    gsub(/[ \n]+/, " ", text)
    sub(/; *$/, "", text)
    return trim(text)
}

function kind_of(text) {
    if (text ~ /^#define/) return "macro"
    if (text ~ /^OT_API extern/) return "variable"
    if (text ~ /^OT_API/) return "function"
    return text ~ /^(typedef )?enum/ ? "enum" : "type"
}

function name_of(text,    bare) {
    bare = plain(text)
    if (text ~ /^#define/) {
        sub(/^#define /, "", bare)
        sub(/[ (].*/, "", bare)
    } else if (text ~ /^OT_API extern/) {
        sub(/(\[\])+$/, "", bare)
        sub(/.*[ *]/, "", bare)
    } else if (text ~ /^OT_API/) {
        sub(/\(.*/, "", bare)
        sub(/.*[ *]/, "", bare)
    } else if (match(bare, /\} [a-z_0-9]+$/)) {
        bare = substr(bare, RSTART + 2)
    } else if (match(bare, /\(\*[a-z_0-9]+\)\(/)) {
        bare = substr(bare, RSTART + 2, RLENGTH - 4)
    } else if (bare ~ /\)$/) { # a type of function
        sub(/\(.*/, "", bare)
        sub(/.*[ *]/, "", bare)
    } else if (bare ~ /\}/) {
        bare = "" # an enum without a name
    } else {
        sub(/.*[ *]/, "", bare)
    }
    return bare
}

# ---- mdoc ----

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/\(\)/, "\\\\\\&()", text) # no function of this page
    if (text ~ /^[.']/) text = "\\&" text
    return text
}

function quoted(text) {
    gsub(/"/, "\"\"", text)
    return "\"" escaped(text) "\""
}

# Sentences end where the header has two blanks, and begin a line.
function print_sentences(text,    each, n, i, at) {
    n = split(text, each, /  +/)
    for (i = 1; i <= n; i++) {
        while (length(each[i]) > 78) {
            for (at = 78; at > 1 && substr(each[i], at, 1) != " "; at--) { }
            if (at == 1) break
            print escaped(substr(each[i], 1, at - 1))
            each[i] = substr(each[i], at + 1)
        }
        if (each[i] != "") print escaped(each[i])
    }
}

# Lines of a table or a formula keep their breaks.  If one is too long, columns move together; what is
# still too long continues further in.
function print_block(block, width,    each, n, i, long) {
    n = split(block, each, "\n")
    for (i = 1; i <= n; i++)
        if (length(each[i]) > width) long = 1
    if (long) { # the second line of a row joins the first
        gsub(/\n       +/, " ", block)
        n = split(block, each, "\n")
    }
    print ".Bd -literal -compact"
    for (i = 1; i <= n; i++) {
        while (long && match(each[i], /[^ ]    +/))
            each[i] = substr(each[i], 1, RSTART) "   " substr(each[i], RSTART + RLENGTH)
        print_literal(each[i], width)
    }
    print ".Ed"
}

function print_literal(line, width,    lead, at) {
    match(line, /^ */)
    lead = RLENGTH
    while (length(line) > width) {
        for (at = width; at > lead && substr(line, at, 1) != " "; at--) { }
        if (at <= lead) break
        print escaped(trim_end(substr(line, 1, at - 1)))
        line = substr("                                        ", 1, lead + 4) trim(substr(line, at))
    }
    print escaped(line)
}

function print_text(text, width,    each, n, i, filled, literal, block) {
    n = split(text, each, "\n")
    for (i = 1; i <= n + 1; i++) {
        if (i <= n && each[i] ~ /^  / && each[i] !~ /^  [A-Z][a-z ]/) {
            if (filled != "") print_sentences(filled)
            filled = ""
            block = block (literal ? "\n" : "") substr(each[i], 3)
            literal = 1
            continue
        }
        if (literal) print_block(block, width)
        literal = 0
        block = ""
        if (i > n) break
        if (each[i] == "" || each[i] ~ /^  /) {
            if (filled != "") print_sentences(filled)
            if (filled != "" && i < n && each[i + 1] != "") print ".Pp"
            filled = trim(each[i])
        } else if (filled == "") {
            filled = each[i]
        } else {
            filled = filled (filled ~ /[.:?]$/ ? "  " : " ") trim_end(each[i])
        }
    }
    if (filled != "") print_sentences(filled)
}

function trim_end(text) {
    sub(/ +$/, "", text)
    return text
}

function print_prototype(text,    bare, type, name, args, i, depth, c, arg) {
    bare = plain(text)
    i = index(bare, "(")
    name = name_of(text)
    type = trim(substr(bare, 1, index(bare, name "(") - 1))
    args = substr(bare, i + 1, length(bare) - i - 1)
    print ".Ft " quoted(type)
    print ".Fo " name
    for (i = 1; i <= length(args) + 1; i++) {
        c = substr(args, i, 1)
        if ((c == "," || c == "") && depth == 0) {
            print ".Fa " quoted(trim(arg))
            arg = ""
            continue
        }
        if (c == "(" || c == "{") depth++
        if (c == ")" || c == "}") depth--
        arg = arg c
    }
    print ".Fc"
}

# Fields and values, each with its comment.
function print_members(text,    inner, line, each, n, i, before, what, said, open, sep) {
    inner = substr(text, index(text, "{") + 1)
    sub(/\}[^}]*$/, "", inner)
    if (inner ~ /\n#/) return # made by a macro
    sep = kind_of(text) == "enum" ? "," : ";"
    print ".Bl -tag -width 2n -compact"
    n = split(inner, each, "\n")
    for (i = 1; i <= n; i++) {
        line = trim(each[i])
        if (line == "") continue
        while (i < n && (count(line, "/[*]") > count(line, "[*]/") ||
               (line !~ /^\/\*/ && without_comments(line) !~ sep " *$" && more_follows(each, i, n))))
            line = line "\n" trim(each[++i])
        said = comments_in(line)
        what = without_comments(line)
        gsub(/[ \n]+/, " ", what)
        what = trim(what)
        if (what == "") {
            before = before (before == "" ? "" : "  ") said
            continue
        }
        sub("[;,]$", "", what)
        print ".It Li " quoted(what)
        said = before (before == "" ? "" : "  ") said
        before = ""
        if (said != "") print_sentences(said)
    }
    print ".El"
}

function more_follows(each, i, n,    k) {
    for (k = i + 1; k <= n; k++)
        if (trim(each[k]) != "") return 1
    return 0
}

function tag_of(text,    kind, name) {
    kind = kind_of(text)
    name = name_of(text)
    if (name == "") return ""
    return (kind == "function" ? "Fn " : kind == "macro" ? "Dv " : "Vt ") name
}

# Macros and types of functions are shown as they are.
function print_definition(text) {
    if (kind_of(text) == "macro") {
        if (text ~ /OT__|ot__/) return
        sub(/^#define /, "", text)
        gsub(/ *\\\n/, "\n", text)
    } else if (kind_of(text) == "type" && text !~ /\{/ && text ~ /\(/) {
        text = plain(text)
    } else {
        return
    }
    print_block(without_comments(text), 68)
}

function print_item(k,    i, tags, tag, said, n) {
    n = item_declared[k]
    for (i = 1; i <= n; i++) {
        tag = tag_of(item_declaration[k, i])
        if (tag != "") tags = tags (tags == "" ? "" : " , ") tag
    }
    if (n == 0 || tags == "") {
        if (listing) print ".El"
        listing = 0
        if (described) print ".Pp"
        print_text(item_comment[k], 72)
    } else {
        if (!listing) print ".Bl -tag -width 4n"
        listing = 1
        print ".It " tags
        print_text(item_comment[k], 68)
    }
    described = 1
    for (i = 1; i <= n; i++) {
        print_definition(item_declaration[k, i])
        if (kind_of(item_declaration[k, i]) ~ /type|enum/ && item_declaration[k, i] ~ /\{/) {
            if (n > 1 && tag_of(item_declaration[k, i]) != "") print "." tag_of(item_declaration[k, i]) " :"
            print_members(item_declaration[k, i])
        } else {
            said = comments_in(item_declaration[k, i])
            if (said == "") continue
            if (n > 1) print "." tag_of(item_declaration[k, i]) " :"
            print_sentences(said)
        }
    }
}

# Pages that this one names by their functions and types.
function print_see_also(name,    k, i, words, n, w, named, first) {
    for (k = 1; k <= items; k++) {
        if (page_of[item_section[k]] != name) continue
        words = item_comment[k]
        for (i = 1; i <= item_declared[k]; i++) words = words " " item_declaration[k, i]
        gsub(/[^a-z_0-9]+/, " ", words)
        n = split(words, w, " ")
        for (i = 1; i <= n; i++)
            if (w[i] in page_by_name && page_by_name[w[i]] != name) named[page_by_name[w[i]]] = 1
    }
    printf ".Sh SEE ALSO\n.Xr odetape 3"
    while ((first = next_page(named)) != "") {
        printf " ,\n.Xr %s 3", first
        delete named[first]
    }
    print ""
}

# The first of these names in the order of the alphabet, "" if none is left.
function next_page(named,    name, first) {
    for (name in named)
        if (first == "" || name < first) first = name
    return first
}

function print_page(name,    k, i, names, any) {
    print ".\\\" Written by man/functions.awk from the comments of odetape.h."
    print ".Dd " date "\n.Dt " toupper(name) " 3\n.Os odetape " version "\n.Sh NAME"
    for (k = 1; k <= items; k++) {
        if (page_of[item_section[k]] != name) continue
        for (i = 1; i <= item_declared[k]; i++)
            if (kind_of(item_declaration[k, i]) == "function")
                names = names (names == "" ? "" : " ,\n") ".Nm " name_of(item_declaration[k, i])
    }
    if (names == "") names = ".Nm " name
    print names "\n.Nd " about[name] "\n.Sh SYNOPSIS\n.In odetape.h"
    for (k = 1; k <= items; k++) {
        if (page_of[item_section[k]] != name) continue
        for (i = 1; i <= item_declared[k]; i++) {
            if (kind_of(item_declaration[k, i]) == "function") print_prototype(item_declaration[k, i])
            if (kind_of(item_declaration[k, i]) == "variable")
                print ".Vt " quoted(plain(item_declaration[k, i]) ";")
        }
    }
    print ".Sh DESCRIPTION"
    for (k = 1; k <= items; k++)
        if (page_of[item_section[k]] == name) print_item(k)
    if (listing) print ".El"
    print_see_also(name)
}

function print_links(    k, i, text) {
    for (k = 1; k <= items; k++)
        for (i = 1; i <= item_declared[k]; i++) {
            text = item_declaration[k, i]
            if (kind_of(text) == "macro" || name_of(text) == "" ||
                name_of(text) == page_of[item_section[k]]) continue
            print name_of(text) " " page_of[item_section[k]]
        }
}

BEGIN {
    read_list()
    read_header()
    if (page == "links") print_links()
    else {
        sub(/\.3$/, "", page)
        if (!(page in about)) fail("no page " page " in " list)
        print_page(page)
    }
}
