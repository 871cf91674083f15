# SPDX-License-Identifier: BSD-3-Clause
"""TAP for tests in Python: functions whose names are sentences.

    def a_closed_tape_is_refused(): ...
    tap.run(globals())

A function that returns a text was skipped, for this reason.  refuses() expects an error."""
import contextlib
import inspect
import os
import shutil
import sys
import tempfile
import traceback

import odetape as ot

SOURCES = os.path.abspath(os.environ.get("srcdir", "."))


@contextlib.contextmanager
def refuses(kind, part=""):
    """Expects an exception of this type, or an ot.Error of this status, with a part of its sentence."""
    wanted = kind if isinstance(kind, type) else ot.Error
    try:
        yield
    except wanted as error:
        if not isinstance(kind, type):
            assert error.status == kind, repr(error)
        assert part in str(error), f"{error} does not say {part}"
        return
    raise AssertionError(f"nothing was raised; {kind} was expected")


@contextlib.contextmanager
def folder():
    """A folder that is removed again."""
    path = tempfile.mkdtemp(prefix="odetape-test.")
    try:
        yield path
    finally:
        shutil.rmtree(path)


def run(names):
    tests = [
        value
        for name, value in names.items()
        if inspect.isfunction(value) and value.__module__ == "__main__" and not name.startswith("_")
    ]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for i, test in enumerate(tests):
        sentence = test.__name__.replace("_", " ")
        try:
            reason = test()
            print(f"ok {i + 1} - {sentence}" + (f" # SKIP {reason}" if reason else ""), flush=True)
        except BaseException:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {i + 1} - {sentence}")
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    sys.exit(failed > 0)
