# SPDX-License-Identifier: BSD-3-Clause
"""Calls every public function and method of odetape with random arguments, right and wrong ones:
    fuzz.py SEED
Exceptions are what is expected; a signal is not."""
import contextlib
import faulthandler
import gc
import inspect
import random
import resource
import signal
import sys

import numpy as np

import odetape as ot

LEFT_OUT = {"load_plugin", "peak_rss", "set_threads", "check_system"}  # slow, or for the whole process


class Late(BaseException):
    """A call took too long, which is no fault."""


def late(*_):
    raise Late


def public(thing):
    return [name for name in vars(thing) if not name.startswith("_") and name not in LEFT_OUT
            and not name.lower().startswith("ot_")]


def things(rng):
    """Objects of every class, and values of every type that an argument may have."""
    tape = ot.Tape()
    x = tape.input("x", (2, 8, 8, 3))
    labels = tape.labels("labels", 2)
    w = tape.param("w", (4, 3, 3, 3), ot.he(27))
    y = ot.global_avg_pool(ot.relu(ot.conv2d(x, w, 1, 1)))
    loss = ot.softmax_xent(y, labels)
    program = tape.compile(loss, keep=[y], dtype=rng.choice(["float32", "float64"]))
    net = ot.Net(rng.choice(["rk4 x1", "lm x2", "revnet x1"]), width=2, image=8, batch=4)
    params = net.params(1)
    images = np.random.default_rng(1).integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    data = ot.Dataset.of(images, np.arange(6) % 10, 10)
    tape2 = ot.Tape()
    y2 = tape2.input("y", (1, 2))
    stepper = ot.Stepper(ot.Scheme("rk4"), y2, lambda y, i: ot.tanh(y))
    params.save("w.safetensors")
    objects = [
        tape, x, labels, w, y, loss, program, program.params, net, net.tape, net.loss, params, data,
        net.compile(), ot.Loader(data, batch=2), ot.Scheme("rk4"), ot.Scheme("rk4").tableau, y2, stepper,
        ot.Direction.random(params), ot.Safetensors("w.safetensors"), ot.he(3),
        (ot.Direction.random(params), -1, 1, 2),
    ]
    with contextlib.suppress(Exception):
        objects.append(ot.Optimiser(program.params, dtype=program.dtype))
    plain = [
        None, True, False, 0, 1, 2, 3, -1, 7, 2**31, -2**31, 2**63, 10**30, 0.5, -1.0, 1e-3, 1e300,
        float("nan"), float("inf"), "", "x", "w", "rk4", "rk4 x1", "stem.conv.weight", "train", "test", "text",
        "float32", "float64", "filter", "builtin", "w.safetensors", "/", "a\0b", "\udcff", "%s%n%s", "x" * 2000,
        b"bytes", (), (2, 3), [1, 2], [[0.5]], {}, {"a": "b"}, object(), np.float64(1), np.int64(2), 1j,
        np.zeros((2, 8, 8, 3), np.float32), np.zeros((1, 2)), np.ones((1, 2)).T, np.zeros(0), np.zeros(()),
        np.zeros(3, "U4"), np.zeros(2, object), images, images[::2, ::-1], np.arange(6), np.array([2**40]),
        np.ma.zeros(2), [0, 1, 2], [-1.0, 1.0], [object()], lambda *a: a[0] if a else None,
        lambda *a: 1 / 0, lambda x: x, abs, int, ot, ot.Tape, "json", "dot", "sgd", "batch",
    ]
    return objects, plain


def arguments(rng, function, objects, plain):
    """Some for the parameters, some too many, too few or by wrong names."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    pick = lambda: rng.choice(objects if rng.random() < 0.45 else plain)
    free, named = [], {}
    for parameter in parameters:
        if parameter.kind == parameter.VAR_POSITIONAL:
            free += [pick() for _ in range(rng.randrange(3))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            if parameter.default is parameter.empty or rng.random() < 0.5:
                free.append(pick())
            else:
                break
        elif parameter.kind == parameter.KEYWORD_ONLY:
            if parameter.default is parameter.empty or rng.random() < 0.2:
                named[parameter.name] = pick()
    if rng.random() < 0.05:
        free.append(pick())
    if rng.random() < 0.1:
        named[rng.choice(["width", "batch", "lr", "images", "tier", "points", "none"])] = pick()
    return free, named


def touch(value):
    """Reads what was returned, and writes what may be written."""
    if isinstance(value, np.ndarray) and value.size and value.dtype.kind in "fiu":
        value.sum()
        if value.flags.writeable:
            value[...] = value
    elif isinstance(value, (tuple, list)):
        for item in value[:3]:
            touch(item)
    elif value is not None:
        repr(value)


def call(rng, objects, plain):
    if rng.random() < 0.5:
        owner = ot
        name = rng.choice(public(ot))
    else:
        owner = rng.choice(objects)
        name = rng.choice([name for name in dir(owner) if not name.startswith("__") and name[0] != "_"]
                          + ["__len__", "__iter__", "__getitem__", "__contains__", "__add__", "__mul__"])
    function = getattr(owner, name, None)
    if inspect.ismodule(function) or not callable(function):
        return touch(function)
    free, named = arguments(rng, function, objects, plain)
    if name == "train":
        named["epochs"] = rng.choice([1, 2, "x", -1])
    return touch(function(*free, **named))


def main(seed):
    faulthandler.enable()
    rng = random.Random(seed)
    signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    objects, plain = things(rng)
    calls = refused = 0
    for _ in range(1500):
        signal.setitimer(signal.ITIMER_REAL, 2)
        try:
            call(rng, objects, plain)
        except Late:
            pass
        except Exception as error:
            refused += 1
            if isinstance(error, ot.Error) and error.status == ot.Status.EBUG:
                raise
        except (SystemExit, GeneratorExit):
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        calls += 1
        if rng.random() < 0.005:  # later calls meet closed and collected objects
            victim = rng.randrange(len(objects))
            with contextlib.suppress(Exception):
                objects[victim].close()
            gc.collect()
    print(calls, "calls,", refused, "refused")


main(int(sys.argv[1]))
