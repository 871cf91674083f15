#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares odetape with PyTorch, and with itself, and prints a Markdown table of ratios.

    peer.py ./bench/step ./odetape [--rows euler8,rk4] [--rounds 3] [--steps 3] [--threads 2]
                                   [--settings start,kept] [--lock FILE]

On a machine that is shared or changes its clock rate, times drift, but those of successive runs
drift together.  So the programs run in turn, each in a process of its own, and each round gives one
ratio.  Least, median and most of these ratios are printed."""
import argparse
import contextlib
import fcntl
import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys
from typing import NamedTuple

# By default the C library maps and unmaps every large tensor of PyTorch, and each page faults
# again.  With its memory kept the comparison is fair, because odetape keeps its arena too.
SETTINGS = {
    "start": ("PyTorch as it starts", {}),
    "kept": ("PyTorch, memory kept", {"MALLOC_MMAP_MAX_": "0", "MALLOC_TOP_PAD_": "1073741824",
                                      "MALLOC_TRIM_THRESHOLD_": "100000000000"}),
}


class Run(NamedTuple):
    net: str
    width: int = 64
    stride: int = 1
    batch: int = 128
    threads: int = 0  # 0: --threads
    evaluate: bool = False
    environment: tuple = ()


class Row(NamedTuple):
    work: str
    ours: Run
    reach: dict  # quantity: (at least or at most, aim)
    ours_too: Run = None  # instead of PyTorch
    torch_environment: tuple = ()
    torch_too: Run = None  # compare PyTorch with the run `ours` and PyTorch with this one


# How a quantity's ratio is made of ours and the peer's, and how it is printed.
QUANTITIES = {
    "speed": (lambda mine, theirs: theirs["s"] / mine["s"], "s", "{:.3f} s"),
    "time": (lambda mine, theirs: mine["s"] / theirs["s"], "s", "{:.3f} s"),
    "memory": (lambda mine, theirs: mine["MiB"] / theirs["MiB"], "MiB", "{:.0f} MiB"),
}


def speed(work, run, least, aim, **more):
    return Row(work, run, {"speed": (f"≥ {least}", aim)}, **more)


EULER28 = Run("euler x28")
ROWS = {
    "euler8": speed("step, euler x8", Run("euler x8"), 4.0, 5),
    "midpoint4": speed("step, midpoint x4", Run("midpoint x4"), 4.0, 5),
    "rk4": speed("step, rk4 x2", Run("rk4 x2"), 4.0, 5),
    "verner89": speed("step, verner89 x1", Run("verner89 x1"), 3.5, 4.5),
    "euler14": speed("step, euler x14", Run("euler x14"), 3.5, 4.5),
    "small16": speed("step, rk4 x2, width 16, stride 2", Run("rk4 x2", 16, 2), 4.0, 6),
    "small32": speed("step, rk4 x2, width 32, stride 2", Run("rk4 x2", 32, 2), 4.0, 6),
    "deep-verner89": Row("step, verner89 x2 against euler x28", Run("verner89 x2"),
                         {"time": ("≤ 1.10", 1.05), "memory": ("≤ 1.10", 1.02)}, EULER28),
    "torch-verner89": Row("PyTorch, verner89 x2 against euler x28, batch 32",
                          Run("verner89 x2", batch=32),
                          {"time": ("paper 1.15-1.2", "-"), "memory": ("paper 7", "-")},
                          torch_too=Run("euler x28", batch=32)),
    "torch-rk4": Row("PyTorch, rk4 x7 against euler x28, batch 32", Run("rk4 x7", batch=32),
                     {"time": ("paper 1", "-"), "memory": ("paper 1.5", "-")},
                     torch_too=Run("euler x28", batch=32)),
    "deep-rk4": Row("step, rk4 x7 against euler x28", Run("rk4 x7"),
                    {"time": ("≤ 1.02", 1.0), "memory": ("≤ 1.02", 1.0)}, EULER28),
    "memory": Row("step, euler x28, batch 32", Run("euler x28", batch=32),
                  {"memory": ("≤ 0.40", 0.30)}),
    "eval-euler8": speed("evaluation, euler x8", Run("euler x8", evaluate=True), 4.0, 6),
    "eval-verner89": speed("evaluation, verner89 x1", Run("verner89 x1", evaluate=True), 4.0, 6),
    "threads": speed("step, euler x8, two threads against one", Run("euler x8", threads=2), 1.9,
                     1.97, ours_too=Run("euler x8", threads=1)),
    "avx2": speed("step, euler x8, both without AVX-512",
                  Run("euler x8", environment=(("ODETAPE_CPU", "avx2"),)), 2.5, 4,
                  torch_environment=(("ONEDNN_MAX_CPU_ISA", "AVX2"),)),
}


def measure(args, program, run, environment):
    """Seconds per step (the median) and growth of the peak memory of one process."""
    threads = run.threads or args.threads
    command = [*program, "--net", run.net, "--steps", str(args.steps), "--threads", str(threads)]
    for name in ("width", "stride", "batch"):
        command += ["--" + name, str(getattr(run, name))]
    if run.evaluate:
        command.append("--evaluate")
    environment = {**os.environ, **environment, "OMP_NUM_THREADS": str(threads)}
    *seconds, memory = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                                      env=environment).stdout.splitlines()
    return {"s": statistics.median(map(float, seconds)), "MiB": float(memory.split()[1])}


def contenders(args, row):
    """The runs that take turns: the first, normally odetape's, then the others by name."""
    step = [args.step, "--plain", "--memory"]
    torch = [sys.executable, str(pathlib.Path(__file__).with_name("peer_torch.py")), "--odetape",
             args.odetape]
    if row.torch_too:
        kept = SETTINGS["kept"][1]
        yield "PyTorch", (torch, row.ours, kept)
        yield "PyTorch, the other", (torch, row.torch_too, kept)
        return
    yield "odetape", (step, row.ours, dict(row.ours.environment))
    if row.ours_too:
        yield "odetape, the other", (step, row.ours_too, {})
        return
    for setting in args.settings:
        name, environment = SETTINGS[setting]
        yield name, (torch, row.ours, {**environment, **dict(row.torch_environment)})


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
            rounds.append({name: measure(args, *what) for name, what in contenders(args, row)})
    return rounds


def print_row(row, rounds):
    for quantity, (reach, aim) in row.reach.items():
        ratio, unit, form = QUANTITIES[quantity]
        first, *peers = rounds[0]
        for peer in peers:
            ratios = [ratio(r[first], r[peer]) for r in rounds]
            mine, theirs = (form.format(statistics.median(r[name][unit] for r in rounds))
                            for name in (first, peer))
            print(f"| {row.work} | {quantity} | {peer} | {mine} | {theirs} | {min(ratios):.2f} "
                  f"| **{statistics.median(ratios):.2f}** | {max(ratios):.2f} | {reach} | {aim} |",
                  flush=True)


def names(known):
    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is not one of: " + ", ".join(known))
        return chosen
    return parse


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("step", help="bench/step")
    parser.add_argument("odetape", help="the program, for the coefficients of the schemes")
    parser.add_argument("--rows", type=names(ROWS), default=list(ROWS), help=", ".join(ROWS))
    parser.add_argument("--settings", type=names(SETTINGS), default=list(SETTINGS),
                        help="how PyTorch is run: start, kept or both with a comma between")
    for name, default in ("rounds", 3), ("steps", 3), ("threads", 2):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--lock", help="a file to lock (flock) while a round of a row is measured")
    return parser.parse_args()


def main():
    args = arguments()
    torch_is_here = importlib.util.find_spec("torch") is not None
    print(f"{args.threads} threads, batch 128, width 64 where nothing else is said; medians of "
          f"{args.rounds} rounds of {args.steps} steps\n")
    print("| work | ratio of | beside | first | the other | least | median | most | reach | aim |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in args.rows:
        if ROWS[name].ours_too or torch_is_here:
            print_row(ROWS[name], measure_row(args, ROWS[name]))
    if not torch_is_here:
        print("\nRows with PyTorch are skipped, as it is not here; on Debian: "
              "apt install python3-torch")


if __name__ == "__main__":
    main()
