# SPDX-License-Identifier: BSD-3-Clause
"""Which branches of src/ the tests reach: coverage.py DIRECTORY-OF-THE-SOURCE < GCOVR'S-JSON

Prints a table by directory, the branches that are missing (with --missing), and the two figures
that have targets: all of src/, and what reads and writes files and records the tape.  Exits with 1
when one is below its target."""
import collections
import json
import os
import sys

TARGETS = [
    ("src/", 90.0, lambda name: True),
    (
        "parsers, checkpoints and tape",
        95.0,
        lambda name: name
        in {
            "src/autograd/shape.c",
            "src/autograd/tape.c",
            "src/base/file.c",
            "src/base/text.c",
            "src/cli/sweep/experiment.c",
            "src/base/decimal.c",
            "src/base/option.c",
            "src/data/cifar.c",
            "src/models/blocks.c",
            "src/schemes/tableau/expr.c",
            "src/schemes/tableau/source.c",
            "src/schemes/tableau/tableau.c",
            "src/schemes/tableau/tableau_rows.c",
            "src/schemes/tableau/tableau_text.c",
            "src/train/checkpoint.c",
            "src/store/journal_reopen.c",
            "src/store/params_load.c",
            "src/store/params_save.c",
            "src/store/run.c",
            "src/store/safetensors_checksum.c",
            "src/store/safetensors_file.c",
            "src/store/safetensors_header.c",
            "src/store/safetensors_write.c",
            "src/train/saving.c",
            "src/store/tensors.c",
        },
    ),
]


def read(root):
    """{file: {line: [times that each branch was taken]}}, and {file: (lines, reached)}."""
    branches, lines = {}, {}
    for entry in json.load(sys.stdin)["files"]:
        name = os.path.relpath(os.path.join(root, entry["file"]), root)
        code = [line for line in entry["lines"] if not line.get("gcovr/noncode")]
        branches[name] = {
            line["line_number"]: [b["count"] for b in line["branches"]] for line in code
        }
        lines[name] = (len(code), sum(line["count"] > 0 for line in code))
    return branches, lines


def count(files, branches):
    """How many branches there are, and how many were taken."""
    taken = [n > 0 for f in files for counts in branches[f].values() for n in counts]
    return len(taken), sum(taken)


def percent(all_of_it, part):
    return 100.0 * part / all_of_it if all_of_it else 100.0


def main():
    root = sys.argv[1]
    branches, lines = read(root)
    folders = collections.defaultdict(list)
    for name in sorted(branches):
        folders[os.path.dirname(name)].append(name)
    if "--missing" in sys.argv:
        for name in sorted(branches):
            for line, counts in branches[name].items():
                if 0 in counts:
                    print(f"{name}:{line}: {counts.count(0)} of {len(counts)} never taken")
    print(f"{'folder':<24}{'branches':>10}{'taken':>8}{'%':>8}{'lines':>10}{'reached':>9}{'%':>8}")
    for folder, files in sorted(folders.items()):
        b, taken = count(files, branches)
        n, reached = (sum(lines[f][i] for f in files) for i in (0, 1))
        print(
            f"{folder:<24}{b:>10}{taken:>8}{percent(b, taken):>8.1f}"
            f"{n:>10}{reached:>9}{percent(n, reached):>8.1f}"
        )
    short = False
    for title, target, belongs in TARGETS:
        files = [f for f in branches if belongs(f)]
        b, taken = count(files, branches)
        short |= percent(b, taken) < target
        print(
            f"{title}: {percent(b, taken):.1f} % of {b} branches in {len(files)} files; "
            f"the target is {target:.0f} %"
        )
    return short


sys.exit(main())
