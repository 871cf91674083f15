#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares odetape with PyTorch, and with itself, and prints a Markdown table of ratios.

    peer.py ./bench/step ./odetape [--rows euler8,rk4] [--rounds 3] [--steps 3] [--threads 2]
            [--settings kept,start] [--compiled] [--bf16] [--lock FILE]

PEER_PYTHON is the command that starts the Python interpreter with PyTorch, such as "chroot
/srv/trixie python3"; otherwise it is this interpreter, or /usr/bin/python3 if this one has no
PyTorch.

On a machine that is shared or changes its clock rate, times drift, but those of successive runs
drift together.  So the programs run in turn, each in a process of its own, and each round gives one
ratio.  Least, median and most of these ratios are printed."""
import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys

from peer_rows import FOOTNOTES, QUANTITIES, ROWS, SETTINGS
from peer_scheme import tableau

SCRIPT = pathlib.Path(__file__).with_name("peer_torch.py")
INSTALL = "on Debian: apt install python3-torch; bench/README.md has how to install a newer one"


# ---- the peer ----

def torch(command, arguments, variables=None):
    """Runs peer_torch.py, given as standard input, and returns what it prints."""
    command = [*command, "-", *arguments]
    with open(SCRIPT, encoding="utf-8") as script:
        done = subprocess.run(command, check=False, stdin=script, stdout=subprocess.PIPE,
                              text=True, env=variables)
    if done.returncode != 0:
        sys.exit(f"peer.py: {shlex.join(command)} failed with status {done.returncode}")
    return done.stdout


def has_torch(command):
    try:
        return subprocess.run([*command, "-c", "import torch"], check=False,
                              stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def find_peer():
    """The command of an interpreter that has PyTorch, or None."""
    given = os.environ.get("PEER_PYTHON")
    if given:
        if has_torch(shlex.split(given)):
            return shlex.split(given)
        sys.exit(f"peer.py: PEER_PYTHON, {given}, cannot import torch; {INSTALL}")
    return next(filter(has_torch, ([sys.executable], ["/usr/bin/python3"])), None)


# ---- measuring ----

def parse(output):
    """Seconds per step (the median) and growth of the peak memory in MiB."""
    *seconds, memory = output.splitlines()
    return {"s": statistics.median(map(float, seconds)), "MiB": float(memory.split()[1])}


def common(args, run):
    arguments = ["--steps", str(args.steps), "--threads", str(run.threads or args.threads),
                 "--batch", str(run.batch)]
    if run.system:
        arguments += ["--system", run.system]
    else:
        arguments += ["--width", str(run.width), "--stride", str(run.stride)]
    return arguments + ["--evaluate"] * run.evaluate


def environment(args, run, more):
    return {**os.environ, **dict(more), "OMP_NUM_THREADS": str(run.threads or args.threads)}


def measure_ours(args, run):
    net = [] if run.system else ["--net", run.net]
    command = [args.step, "--plain", "--memory", *common(args, run), *net]
    return parse(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                                env=environment(args, run, run.environment)).stdout)


def measure_torch(args, run, setting, more=()):
    arguments = [*common(args, run), *setting.options]
    if not run.system:
        scheme, blocks = re.fullmatch(r"(\w+?) *x *(\d+)", run.net).groups()
        arguments += ["--tableau", args.tableau(scheme), "--blocks", blocks]
    return parse(torch(args.peer, arguments, environment(args, run, {**setting.environment,
                                                                     **dict(more)})))


def contenders(args, row):
    """What takes turns, as (name, function): the first, normally odetape's."""
    if row.torch_too:
        for name, run in ("PyTorch", row.ours), ("PyTorch, the other", row.torch_too):
            yield name, lambda run=run: measure_torch(args, run, SETTINGS["kept"])
        return
    yield "odetape", lambda: measure_ours(args, row.ours)
    if row.ours_too:
        yield "odetape, the other", lambda: measure_ours(args, row.ours_too)
    if row.bound:
        yield row.bound[0], lambda: row.bound[1]
    if row.ours_too or not args.peer:
        return
    for name in row.settings or args.settings:
        setting = SETTINGS[name]
        yield setting.name, lambda s=setting: measure_torch(args, row.ours, s,
                                                            row.torch_environment)


@contextlib.contextmanager
def held(path):
    """An advisory lock, for a machine that others measure on too."""
    if not path:
        yield
        return
    with open(path, "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def measure_row(args, row):
    rounds = []
    for _ in range(args.rounds):
        with held(args.lock):
            rounds.append({name: measure() for name, measure in contenders(args, row)})
    return rounds


# ---- the table ----

def ratios_of(row, rounds):
    """For each quantity and peer: (quantity, peer, names and median values, sorted ratios)."""
    first, *peers = rounds[0]
    for quantity in row.reach:
        ratio, unit, form = QUANTITIES[quantity]
        for peer in peers:
            if unit not in rounds[0][peer]:
                continue
            values = [form.format(statistics.median(r[name][unit] for r in rounds))
                      for name in (first, peer)]
            yield quantity, peer, values, sorted(ratio(r[first], r[peer]) for r in rounds)


def print_row(row, rounds, notes):
    for quantity, peer, (mine, theirs), ratios in ratios_of(row, rounds):
        least, median, most = ratios[0], statistics.median(ratios), ratios[-1]
        if peer in FOOTNOTES and not row.settings:
            notes.setdefault(peer, []).append(f"{row.work}: {median:.2f} ({least:.2f} to "
                                              f"{most:.2f})")
            continue
        reach, aim = row.reach[quantity]
        print(f"| {row.work} | {quantity} | {peer} | {mine} | {theirs} | {least:.2f} "
              f"| **{median:.2f}** | {most:.2f} | {reach} | {aim} |", flush=True)


def print_heading(args):
    ours = subprocess.run([args.odetape, "--version"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.splitlines()[0]
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        cpu = re.search(r"model name\s*: (.*)", info.read())
    print(f"{ours}; {torch(args.peer, ['--versions']).strip() if args.peer else 'no PyTorch'}; "
          f"{cpu[1] if cpu else 'unknown CPU'}\n")
    print(f"{args.threads} threads, batch 128, width 64 where nothing else is said; medians of "
          f"{args.rounds} rounds of {args.steps} steps\n")
    print("| work | ratio of | beside | first | the other | least | median | most | reach | aim |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)


# ---- arguments ----

def names(known):
    def parse_names(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is not one of: " + ", ".join(known))
        return chosen
    return parse_names


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("step", help="bench/step")
    parser.add_argument("odetape", help="the program, for the coefficients of the schemes")
    parser.add_argument("--rows", type=names(ROWS),
                        default=[name for name, row in ROWS.items() if not row.optional],
                        help=", ".join(ROWS))
    parser.add_argument("--settings", type=names(SETTINGS), default=["kept"],
                        help="how PyTorch is run, with commas between: " + ", ".join(SETTINGS))
    for name in "compiled", "bf16":
        parser.add_argument("--" + name, action="append_const", dest="more", const=name,
                            help=f"also PyTorch {SETTINGS[name].what}")
    for name, default in ("rounds", 3), ("steps", 3), ("threads", 2):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--lock", help="a file to lock (flock) while a round of a row is measured")
    args = parser.parse_args()
    args.settings = list(dict.fromkeys(args.settings + (args.more or [])))
    return args


def main():
    args = arguments()
    args.peer = find_peer()
    args.tableau = lambda scheme: json.dumps(tableau(args.odetape, scheme))
    print_heading(args)
    notes = {}
    for name in args.rows:
        row = ROWS[name]
        if row.ours_too or row.bound or args.peer:
            print_row(row, measure_row(args, row), notes)
    for peer, lines in notes.items():
        print(f"\nBeside {peer}: " + "; ".join(lines) + ".")
    if not args.peer:
        print("\nRows with PyTorch are skipped, as no interpreter has it; " + INSTALL)


if __name__ == "__main__":
    main()
