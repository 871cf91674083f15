#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes odetape.py of odetape.py.in and odetape.h.

    declare.py odetape.h odetape.py.in VERSION LIBTOOL_VERSION LIBDIR >odetape.py

The line "# @declarations@" of odetape.py.in becomes what odetape.h declares, as ctypes sees it:
structs, enums, constants, the types of all functions, and a Python function for every op, with the
comment of the header.  So a field, an option or an op that is added to odetape.h is in Python
without a second place to write it, and layouts cannot differ from those of the header."""
import keyword
import re
import sys
import textwrap

SCALARS = {
    "bool": "c_bool",
    "char": "c_char",
    "unsigned char": "c_ubyte",
    "int": "c_int",
    "unsigned": "c_uint",
    "long": "c_long",
    "long long": "c_longlong",
    "float": "c_float",
    "double": "c_double",
    "size_t": "c_size_t",
    "int32_t": "c_int32",
    "uint8_t": "c_uint8",
    "uint64_t": "c_uint64",
    "void": "None",
}
OPERANDS = {"ot_var": "Var", "int": "int", "double": "float", "bool": "bool"}


class Header:
    """What odetape.h declares."""

    def __init__(self, text):
        self.raw = text
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"\\\n", " ", text)
        self.constants = dict(re.findall(r"^#define (OT_\w+) ([\d.e-]+)$", text, flags=re.M))
        statuses = re.findall(r'\bX\((\w+), "', text)
        text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
        text = re.sub(r"__attribute__\(\(.*?\)\)\)?", "", text)
        self.text = text
        self.opaque = re.findall(r"typedef struct (\w+) \1;", text)
        self.enums = {}
        self._enum("statuses", ["OT_" + name for name in statuses])
        self.enums["ot_status"] = self.enums.pop("statuses")
        for body, name in re.findall(r"\benum(?: \w+)? \{([^{}]*)\}\s*(\w*);", text):
            self._enum(name, [part.strip() for part in body.split(",") if part.strip()])
        self.structs = {}
        self.callbacks = {}
        for result, name, of in re.findall(r"typedef ([\w ]+?)\(\*(\w+)\)\(([^;]*)\);", text):
            self.callbacks[name] = (result.strip(), split(of))
        # In the order of the text, because a struct may hold those before it.
        for body, name in re.findall(r"typedef struct \w+ \{([^{}]*)\} (\w+);", text):
            self.structs[name] = [field for part in body.split(";") for field in self._fields(part)]
        self.aliases = [(new, old) for old, new in re.findall(r"typedef (ot_\w+) (ot_\w+);", text)]
        self.functions = {}
        for result, name, of in re.findall(
            r"OT_API\s+(?:OT_NODISCARD )?([^;()]*?)(\w+)\(([^;]*)\)\s*;", text
        ):
            self.functions[name] = (result.strip(), split(of))

    def _enum(self, name, members):
        if name == "ot_status":  # made of a macro, which is read above
            return
        if name:
            self.enums[name] = members
        for i, member in enumerate(members):
            key, _, value = member.partition("=")
            self.constants[key.strip()] = value.strip() or str(i)

    def _fields(self, text):
        """The fields of one declaration: [(name, type)]."""
        text = " ".join(text.split())
        if not text:
            return []
        function = re.match(r"(.*?)\(\*(\w+)\)\((.*)\)$", text)
        if function:
            result, name, of = function.groups()
            return [(name, self.callback(result.strip(), split(of)))]
        array = re.match(r".*\(\*(\w+)\)\[\d+\]$", text)
        if array:
            return [(array[1], "c_void_p")]
        first, *more = text.split(",")
        base, name = re.match(r"(.*?)((?:\*(?:const )?)*\w+(?:\[.*\])?)$", first).groups()
        return [self._field(base, part.strip()) for part in [name] + more]

    def _field(self, base, name):
        stars, name, size = re.match(r"((?:\*(?:const )?)*)(\w+)(?:\[(.*)\])?$", name).groups()
        kind = pointer(self.type(base + stars))
        return name, "%s * (%s)" % (kind, size) if size else kind

    def type(self, text):
        """The ctypes type of a C type without its name."""
        plain = " ".join(re.sub(r"\b(const|volatile|extern|struct)\b|\*", " ", text).split())
        if text.count("*") == 1 and plain == "char":
            return "c_char_p"
        if text.count("*") == 1 and plain in self.opaque:
            return '"%s"' % plain
        if "*" in text or "[" in text:
            return "c_void_p"
        return SCALARS.get(plain, plain)

    def parameter(self, text):
        """(type, name) of a parameter."""
        if "(*" in text:
            return "c_void_p", re.search(r"\(\*(\w+)\)", text)[1]
        kind, name, size = re.match(r"(.*?)(\w+)((?:\[\w*\])*)$", text).groups()
        if kind.strip() in self.callbacks:
            return "c_void_p", name
        if size:
            return "c_void_p", name
        return self.type(kind), name

    def callback(self, result, parameters):
        """ctypes has no callbacks that return a struct.  A var is a struct of one int, which the
        64-bit calling conventions return in the register of an int."""
        kind = {"ot_var": "c_int32"}.get(result) or self.type(result)
        if kind in self.structs:
            return "c_void_p"
        kinds = [kind] + [self.parameter(of)[0] for of in parameters]
        return "CFUNCTYPE(%s)" % ", ".join(pointer(kind) for kind in kinds)


def pointer(kind):
    """An object of the library, "ot_tape" in quotes, is a pointer in structs and callbacks."""
    return "c_void_p" if kind.startswith('"') else kind


def split(parameters):
    """The parameters of a function, at the commas outside of parentheses."""
    parts, depth = [""], 0
    for letter in " ".join(parameters.split()):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    parts = [part.strip() for part in parts]
    return [] if parts == ["void"] else [part for part in parts if part != "..."]


def words(members):
    """OT_TIER_BEST of OT_TIER_... is "best"."""
    names = [member.split("=")[0].strip() for member in members]
    shared = names[0]
    while not all(name.startswith(shared) for name in names):
        shared = shared[:-1]
    shared = shared[: shared.rfind("_") + 1]
    return tuple(name[len(shared) :].lower() for name in names)


def comments(raw):
    """The comment before the declarations of functions, by the name of each."""
    found = {}
    for comment, declarations in re.findall(
        r"/\*((?:(?!\*/).)*)\*/\s*((?:OT_API[^;]*;\s*)+)", raw, flags=re.S
    ):
        lines = [re.sub(r"^ \* ?", "", line) for line in comment.strip().split("\n")]
        for name in re.findall(r"(\w+)\([^;]*;", declarations):
            found[name] = "\n".join(lines)
    return found


def ops(header):
    """A function for each op whose parameters are a tape, vars and numbers."""
    described = comments(header.raw)
    for name, (result, parameters) in header.functions.items():
        if result != "ot_var" or not parameters or parameters[0] != "ot_tape *t":
            continue
        kinds = [part.rsplit(" ", 1) for part in parameters[1:]]
        if any(kind not in OPERANDS for kind, _ in kinds) or "ot_var" not in dict(kinds):
            continue
        kinds = [(kind, word + "_" * keyword.iskeyword(word)) for kind, word in kinds]
        signature = ", ".join("%s: %s" % (word, OPERANDS[kind]) for kind, word in kinds)
        yield 'def %s(%s) -> Var:\n    """%s"""\n    return _op("%s", %s)\n' % (
            name[3:],
            signature,
            textwrap.indent(described[name], "    ").strip(),
            name,
            ", ".join(word for _, word in kinds),
        )


def declarations(header):
    for name, value in header.constants.items():
        yield "%s = %s" % (name, value)
    for name, members in header.enums.items():
        yield "class %s(_Enum):\n    words = %r\n" % (name, words(members))
    for name, fields in header.structs.items():
        yield "class %s(ctypes.Structure):\n    _fields_ = [\n%s    ]\n" % (
            name,
            "".join('        ("%s", %s),\n' % field for field in fields),
        )
        for new, old in header.aliases:
            if old == name:
                yield "%s = %s" % (new, old)
    for name, (result, parameters) in header.callbacks.items():
        yield "%s = %s" % (name, header.callback(result, parameters))
    yield "# The result and the parameters of each function; objects of the library by their names."
    yield "_FUNCTIONS = {"
    for name, (result, parameters) in sorted(header.functions.items()):
        kinds = [header.parameter(of)[0] for of in parameters]
        # A text that is not const is the caller's to free.
        owned = header.type(result) == "c_char_p" and "const" not in result
        yield '    "%s": (%s, (%s)),' % (
            name,
            "c_void_p" if owned else header.type(result),
            "".join(kind + ", " for kind in kinds).rstrip(" "),
        )
    yield "}\n"
    yield from ops(header)


def main(path, template, version, libtool, libdir):
    with open(path, encoding="utf-8") as file:
        header = Header(file.read())
    with open(template, encoding="utf-8") as file:
        text = file.read()
    current, _, age = map(int, libtool.split(":"))
    for key, value in (("version", version), ("soversion", str(current - age)), ("libdir", libdir)):
        text = text.replace("@%s@" % key, value.replace("\\", "\\\\").replace('"', '\\"'))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text.replace("# @declarations@\n", "\n".join(declarations(header))))


if __name__ == "__main__":
    main(*sys.argv[1:])
