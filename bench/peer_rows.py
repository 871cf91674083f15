# SPDX-License-Identifier: BSD-3-Clause
"""What peer.py measures: the rows of its table, and how PyTorch is run beside them."""
from typing import NamedTuple


# ---- how PyTorch is run ----

class Setting(NamedTuple):
    name: str
    what: str
    environment: dict
    options: tuple = ()


# By default the C library maps and unmaps every large tensor of PyTorch, and each page faults
# again.  With its memory kept the comparison is fair, because odetape keeps its arena too.
KEPT = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TOP_PAD_": "1073741824",
        "MALLOC_TRIM_THRESHOLD_": "100000000000"}
SETTINGS = {
    "kept": Setting("PyTorch", "with its memory kept", KEPT),
    "start": Setting("PyTorch as it starts", "as it starts", {}),
    "compiled": Setting("PyTorch, compiled", "compiled by torch.compile", KEPT, ("--compiled",)),
    "bf16": Setting("PyTorch in bfloat16, a foreign precision",
                    "in bfloat16 (autocast), a foreign precision", KEPT, ("--bf16",)),
}
FOOTNOTES = {SETTINGS["start"].name}  # below the table


# ---- rows ----

class Run(NamedTuple):
    net: str = ""
    width: int = 64
    stride: int = 1
    batch: int = 128
    threads: int = 0  # 0: --threads
    evaluate: bool = False
    environment: tuple = ()
    system: str = ""  # instead of net, width and stride


class Row(NamedTuple):
    work: str
    ours: Run
    reach: dict  # quantity: (at least or at most, aim)
    ours_too: Run = None  # instead of PyTorch
    bound: tuple = None  # (name, numbers) that need no measuring, beside PyTorch
    settings: tuple = ()  # of PyTorch, whatever --settings says
    torch_environment: tuple = ()
    torch_too: Run = None  # compare PyTorch with the run `ours` and PyTorch with this one
    optional: bool = False  # only with --rows


# How a quantity's ratio is made of ours and the peer's, and how it is printed.
QUANTITIES = {
    "speed": (lambda mine, theirs: theirs["s"] / mine["s"], "s", "{:.3f} s"),
    "time": (lambda mine, theirs: mine["s"] / theirs["s"], "s", "{:.3f} s"),
    "memory": (lambda mine, theirs: mine["MiB"] / theirs["MiB"], "MiB", "{:.0f} MiB"),
}


def speed(work, run, least, aim, **more):
    return Row(work, run, {"speed": (f"≥ {least}", aim)}, **more)


def time(work, run, other, most, aim, **more):
    return Row(work, run, {"time": (f"≤ {most}", aim)}, ours_too=other, **more)


def system(name, **more):
    return speed(f"step, {name}", Run(system=name), 2.5, 3.5, **more)


def kept_tensors(evaluations, batch):
    """MiB of two tensors of 64 channels an evaluation."""
    return {"MiB": 2 * evaluations * batch * 32 * 32 * 64 * 4 / (1 << 20)}


EULER28 = Run("euler x28")
ROWS = {
    "euler8": speed("step, euler x8", Run("euler x8"), 3.5, 4.5),
    "midpoint4": speed("step, midpoint x4", Run("midpoint x4"), 3.5, 4.5, optional=True),
    "rk4": speed("step, rk4 x2", Run("rk4 x2"), 3.5, 4.5),
    "verner89": speed("step, verner89 x1", Run("verner89 x1"), 3.5, 4.5),
    "euler14": speed("step, euler x14", Run("euler x14"), 3.5, 4.5, optional=True),
    "small16": speed("step, rk4 x2, width 16, stride 2", Run("rk4 x2", 16, 2), 3.5, 5),
    "small32": speed("step, rk4 x2, width 32, stride 2", Run("rk4 x2", 32, 2), 3.5, 5),
    "eval-euler8": speed("evaluation, euler x8", Run("euler x8", evaluate=True), 4.0, 5),
    "eval-verner89": speed("evaluation, verner89 x1", Run("verner89 x1", evaluate=True), 4.0, 5),
    "deep-verner89": time("step, verner89 x2 against euler x28", Run("verner89 x2"), EULER28, 1.07,
                          1.03),
    "deep-rk4": time("step, rk4 x7 against euler x28", Run("rk4 x7"), EULER28, 1.01, 1.0),
    "threads": speed("step, euler x8, two threads against one", Run("euler x8", threads=2), 1.92,
                     1.97, ours_too=Run("euler x8", threads=1)),
    "depth": time("step, 84 convolutions (euler x42) against 16 (euler x8)", Run("euler x42"),
                  Run("euler x8"), round(1.02 * 84 / 16, 2), 84 / 16),
    "memory": Row("step, euler x28, batch 32", Run("euler x28", batch=32),
                  {"memory": ("≤ 1.08 of the tensors", 1.03)}, settings=("start",),
                  bound=("two kept tensors an evaluation", kept_tensors(28, 32))),
    "revnet": system("revnet-38"),
    "leapfrog": system("leapfrog-net"),
    "dense": system("densenet-40-12"),
    "dense-bc": system("densenet-bc-100-12", optional=True),
    "attention": system("vit-tiny-cifar"),
    "resnet20": system("resnet20-v1"),
    "avx2": speed("step, euler x8, both without AVX-512",
                  Run("euler x8", environment=(("ODETAPE_CPU", "avx2"),)), 3.5, 4.5,
                  torch_environment=(("ONEDNN_MAX_CPU_ISA", "AVX2"),
                                     ("ATEN_CPU_CAPABILITY", "avx2"))),
    "torch-verner89": Row("PyTorch, verner89 x2 against euler x28, batch 32",
                          Run("verner89 x2", batch=32),
                          {"time": ("paper 1.15-1.2", "-"), "memory": ("paper 7", "-")},
                          torch_too=Run("euler x28", batch=32), optional=True),
    "torch-rk4": Row("PyTorch, rk4 x7 against euler x28, batch 32", Run("rk4 x7", batch=32),
                     {"time": ("paper 1", "-"), "memory": ("paper 1.5", "-")},
                     torch_too=Run("euler x28", batch=32), optional=True),
}
