# SPDX-License-Identifier: BSD-3-Clause
"""What declare.py reads from odetape.h is what a C compiler reads from it."""
import ctypes
import os
import re
import shlex
import subprocess

import odetape as ot
import tap

HEADER = os.path.join(tap.SOURCES, "src", "odetape.h")
KINDS = {  # what _Generic says of a field
    "c_bool": "bool", "c_char": "char", "c_ubyte": "unsigned char", "c_int": "int",
    "c_uint": "unsigned", "c_float": "float", "c_double": "double",
}
PROGRAM = """
#include <stdbool.h>
#include "odetape.h"
#define KIND(x) _Generic((x), bool: "bool", char: "char", unsigned char: "unsigned char", \\
    int: "int", unsigned: "unsigned", long: "long", long long: "long", \\
    unsigned long: "unsigned long", unsigned long long: "unsigned long", \\
    float: "float", double: "double", char *: "text", const char *: "text", default: "other")
/* -Wmissing-field-initializers finds a struct that has more fields, and errors one with fewer. */
%s
int main(void)
{
%s
    return 0;
}
"""


def _structs():
    return [
        value
        for name, value in vars(ot).items()
        if name.startswith("ot_") and isinstance(value, type)
        and issubclass(value, ctypes.Structure) and value.__name__ == name
    ]


def _kind(kind):
    """The kind that the C program prints, of a field or of the elements of an array."""
    if issubclass(kind, ctypes.Array):
        return _kind(kind._type_)
    if issubclass(kind, ot._Enum):
        return "enum"
    if kind in (ctypes.c_size_t, ctypes.c_uint64):
        return "unsigned long"
    if kind in (ctypes.c_long, ctypes.c_longlong):
        return "long"
    if kind is ctypes.c_char_p:
        return "text"
    return KINDS.get(kind.__name__, "other")


def _zeros(kind):
    """An initialiser with a number for each field."""
    if issubclass(kind, ctypes.Structure):
        return "{ " + ", ".join(_zeros(of) for _, of in kind._fields_) + " }"
    return f"{{ {_zeros(kind._type_)} }}" if issubclass(kind, ctypes.Array) else "0"


def _lines_of_c():
    compiler = shlex.split(os.environ.get("CC", "cc"))
    checks, prints = [], []
    for struct in _structs():
        name = struct.__name__
        checks.append(f"const {name} {name}_whole = {_zeros(struct)};")
        prints.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        for field, kind in struct._fields_:
            at = f"(({name} *)0)->{field}"
            while issubclass(kind, ctypes.Array):
                kind, at = kind._type_, at + "[0]"
            prints.append(f'    printf("{name}.{field} %zu %zu %s\\n", offsetof({name}, {field}), '
                          f"sizeof((({name} *)0)->{field}), KIND({at}));")
    with tap.folder() as folder:
        source, program = os.path.join(folder, "layouts.c"), os.path.join(folder, "layouts")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM % ("\n".join(checks), "\n".join(prints)))
        subprocess.run(
            compiler + ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-missing-braces",
                        "-I" + os.path.dirname(HEADER), source, "-o", program],
            check=True)
        return subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout


def structs_have_the_sizes_offsets_and_kinds_that_c_gives_them():
    expected = {}
    for line in _lines_of_c().splitlines():
        name, *rest = line.split(" ", 3)
        expected[name] = rest
    found = 0
    for struct in _structs():
        name = struct.__name__
        assert expected[name] == [str(ctypes.sizeof(struct))], name
        for field, kind in struct._fields_:
            place = getattr(struct, field)
            offset, size, said = expected[f"{name}.{field}"]
            assert (offset, size) == (str(place.offset), str(place.size)), f"{name}.{field}"
            wanted = _kind(kind)
            if wanted == "enum":  # its type is the compiler's choice
                assert said in ("int", "unsigned"), f"{name}.{field} is {said}"
            else:
                assert said == wanted, f"{name}.{field} is {said}, not {wanted}"
            found += 1
    assert found > 500 and len(_structs()) > 60, (found, len(_structs()))


def every_struct_and_function_of_the_header_is_declared():
    with open(HEADER, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for name in re.findall(r"^\} (ot_\w+);", text, flags=re.M):
        assert hasattr(ot, name), name
    declared = set(re.findall(r"^OT_API [^;(]*?\b(ot_\w+)\(", text, flags=re.M))
    assert declared == set(ot._FUNCTIONS) and len(declared) > 300, declared ^ set(ot._FUNCTIONS)


def every_function_that_is_declared_is_in_the_library_and_in_its_map():
    with open(os.path.join(tap.SOURCES, "src", "odetape.map"), encoding="utf-8") as file:
        exported = re.search(r"ODETAPE_0\.1 \{\s*global: (\S+);", file.read())[1]
    pattern = re.compile(exported.replace("[!_]", "[^_]").replace("*", ".*") + "$")
    for name in ot._FUNCTIONS:
        assert pattern.match(name), name
        assert getattr(ot._lib, name), name


def every_op_of_the_library_is_a_function():
    count = ot._lib.ot_op_count()
    names = [ot._lib.ot_op_name(i).decode() for i in range(count)]
    assert len(names) > 20
    for name in names:
        function = getattr(ot, name)
        assert callable(function) and len(function.__doc__) > 20, name


def enums_and_constants_have_the_numbers_of_the_header():
    lines = [f'    printf("%d\\n", {name});' for name in sorted(vars(ot)) if name.startswith("OT_")
             and isinstance(getattr(ot, name), int)]
    with tap.folder() as folder:
        program = os.path.join(folder, "numbers")
        subprocess.run(
            shlex.split(os.environ.get("CC", "cc")) + [
                "-std=gnu11", "-I" + os.path.dirname(HEADER), "-x", "c", "-", "-o", program],
            input='#include "odetape.h"\nint main(void)\n{\n' + "\n".join(lines) + "\n}\n",
            text=True, check=True)
        found = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout
    names = [name for name in sorted(vars(ot)) if name.startswith("OT_")
             and isinstance(getattr(ot, name), int)]
    assert [int(line) for line in found.split()] == [getattr(ot, name) for name in names]
    assert ot.Status.ENUMERIC == ot.OT_ENUMERIC and len(names) > 80


tap.run(globals())
