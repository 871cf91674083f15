#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The examples of odetape-python(3), each of which runs in a process of its own, and the landscape of
python/examples where matplotlib is."""
import importlib.util
import os
import re
import subprocess
import sys

import tap

_PAGE = os.path.join(tap.SOURCES, "man", "odetape-python.3")
with open(_PAGE, encoding="utf-8") as _page:
    _TEXT = _page.read().replace("\\-", "-")
_EXAMPLES = re.findall(r"\.Bd -literal -offset indent\n(.*?)\.Ed\n", _TEXT, re.S)


def _printed(i):
    done = subprocess.run([sys.executable, "-c", _EXAMPLES[i]], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def the_page_has_five_examples():
    assert len(_EXAMPLES) == 5


def the_example_of_a_proof_reports_order_two():
    assert "order=2" in _printed(0), _printed(0)


def the_example_of_a_block_passes_the_gradient_check():
    assert _printed(1) == "True\n"


def the_example_of_a_program_prints_a_loss_and_a_gradient():
    assert "[[" in _printed(2)


def the_example_of_a_training_prints_an_epoch_and_the_loss():
    lines = _printed(3).splitlines()
    assert lines[0].startswith("1 0.") and float(lines[1]) > 0


def the_example_of_a_data_set_prints_the_shape_of_its_images():
    assert "(2000, 32, 32, 3)" in _printed(4), _printed(4)


def the_landscape_is_drawn():
    if not importlib.util.find_spec("matplotlib"):
        return "there is no matplotlib"
    with tap.folder() as place:
        picture = os.path.join(place, "l.png")
        script = os.path.join(tap.SOURCES, "python", "examples", "landscape.py")
        subprocess.run([sys.executable, script, picture, "3", "1"], check=True, capture_output=True)
        with open(picture, "rb") as png:
            assert png.read(8) == b"\x89PNG\r\n\x1a\n"
    return None


tap.run(globals())
