# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes are exceptions: wrong types and shapes, objects that are closed, of another tape or in use
by another thread, and exceptions in callbacks.  Then random wrong arguments for every method, in a
process of its own, which no signal may end."""
import gc
import inspect
import os
import subprocess
import sys
import threading
import time

import numpy as np

import odetape as ot
import tap


def _tape():
    tape = ot.Tape()
    x = tape.input("x", (4, 3))
    return tape, x, ot.linear(x, tape.param("w", (2, 3), ot.he(3)), None)


def wrong_shapes_are_refused():
    tape, x, y = _tape()
    p = tape.compile(y)
    with tap.refuses(ValueError):
        p.input(x)[:] = np.zeros((5, 3))
    with tap.refuses(ot.Status.ESHAPE, "seed"):
        p.forward().backward(np.zeros(2))
    with tap.refuses(ot.Status.ESHAPE):
        ot.Dataset.of(np.zeros((2, 3, 3), np.uint8), [0, 1], 2)
    with tap.refuses(ot.Status.ESHAPE):
        ot.Dataset.of(np.zeros((2, 3, 3, 3), np.uint8), [0], 2)
    for shape in ((0, 3), (-1,), (2**31 - 1, 2**31 - 1), (1, 1, 1, 1, 1)):
        with tap.refuses(ot.Status.ESHAPE):
            ot.Tape().input("x", shape)
    with tap.refuses(ot.Status.ESHAPE, "linear"):
        ot.linear(x, tape.param("v", (2, 4)), None)
    with tap.refuses(ot.Status.ESHAPE, "linear"):  # a failed tape stays failed
        ot.relu(x)


def wrong_types_are_refused():
    tape, x, y = _tape()
    p = tape.compile(y)
    for wrong in ("int32", "complex128", None, object):
        with tap.refuses(ot.Status.EINVAL, "float32"):
            p.params.value("w", wrong)
    with tap.refuses(TypeError, "uint8"):
        ot.Dataset.of(np.zeros((2, 3, 3, 3)), [0, 1], 2)
    with tap.refuses(TypeError, "whole"):
        ot.Dataset.of(np.zeros((2, 3, 3, 3), np.uint8), [0.5, 1], 2)
    with tap.refuses(ot.Status.EINVAL):
        ot.Dataset.of(np.zeros((2, 3, 3, 3), np.uint8), [2**40, 1], 2)
    with tap.refuses(TypeError, "dtype"):
        p.forward().backward(np.zeros((4, 2), complex))
    for call in (
            lambda: ot.relu(None), lambda: ot.relu(3), lambda: tape.input(None, (1,)) and None,
            lambda: tape.input(b"x", (1,)), lambda: tape.input("x", None), lambda: tape.input("x", 3),
            lambda: tape.compile(None), lambda: tape.compile("x"), lambda: tape.compile(y, keep=3),
            lambda: tape.compile(y, params=tape), lambda: ot.Optimiser(tape), lambda: ot.Params(None),
            lambda: ot.train(tape, p.params, None, None, epochs=1), lambda: p.input(None),
            lambda: ot.Scheme("rk4").step(x, None), lambda: ot.Net("rk4 x1", nowidth=3),
            lambda: ot.Net("rk4 x1", width="3"), lambda: ot.Net("rk4 x1", block_relu=1),
            lambda: ot.Program(), lambda: ot.map(x, 1, 2), lambda: x + 1, lambda: x @ x):
        try:
            call()
        except (TypeError, ot.Error):
            continue
        raise AssertionError(inspect.getsource(call))


def wrong_values_are_refused():
    tape, x, y = _tape()
    for call, part in (
            (lambda: tape.compile(y, tier="worst"), "portable"),
            (lambda: tape.compile(y, batch=2**31), "batch"),
            (lambda: tape.compile(y, memory_limit=-1), "memory_limit"),
            (lambda: ot.set_threads(10**30), "argument"),
            (lambda: ot.set_threads(0), "thread"),
            (lambda: ot.Net("rk4 x1", width=-1), "width"),
            (lambda: ot.Net("rk4\0 x1"), "zero byte"),
            (lambda: ot.Net("rk4 x1", image=8).params(seed=-1), "seed"),
            (lambda: ot.Dataset("builtin", "both"), "train"),
            (lambda: ot.Scheme("\udcff\ud800"), ""),
            (lambda: tape.param("v", (2,), float("nan")), "initial")):
        with tap.refuses(ot.Status.EINVAL, part):
            call()


def objects_of_another_tape_are_refused():
    tape, x, y = _tape()
    other, z, v = _tape()
    p = tape.compile(y)
    for call in (
            lambda: ot.mul(x, z), lambda: ot.lincomb((1, x), (1, z)), lambda: ot.concat(x, z), lambda: x * z,
            lambda: tape.compile(v), lambda: tape.compile(y, keep=[v]), lambda: p.value(v),
            lambda: p.input(z), lambda: p.grad(v), lambda: ot.gradcheck(y, ot.Params(other)),
            lambda: tape.compile(y, params=ot.Params(other)), lambda: ot.fill(x, z),
            lambda: ot.Scheme("rk4").step(x, lambda a, i: ot.relu(z)),
            lambda: ot.Scheme("rk4").step(x, lambda a, i: a, h=z)):
        with tap.refuses(ot.Status.EINVAL):
            call()
    net = ot.Net("euler x1", width=2, image=8)
    data = ot.Dataset.of(np.zeros((2, 8, 8, 3), np.uint8), [0, 1], 10)
    with tap.refuses(ot.Status.EINVAL):
        ot.evaluate(net, ot.Params(other), data)
    with tap.refuses(ot.Status.EINVAL):
        net.compile(params=p.params)
    with tap.refuses(ot.Status.ESHAPE):
        ot.Direction.towards(net.params(), p.params)
    with tap.refuses(ot.Status.EINVAL, "belongs to a network"):
        ot.relu(net.images)


def a_var_that_was_made_by_hand_cannot_reach_other_memory():
    net = ot.Net("euler x1", width=2, image=8, batch=2)
    p = net.tape.compile(net.loss, dtype="float64")
    assert p.input(net.labels).dtype == np.int32
    for i in range(-3, 300):
        var = ot.Var(net.tape, i)
        for read in (p.input, p.value, p.grad, ot.gradcheck if i < 0 else p.value):
            try:
                array = read(var)
                if isinstance(array, np.ndarray):
                    assert array.dtype == (np.int32 if i == net.labels.id else np.float64)
                    array.sum()
            except (ot.Error, TypeError):
                pass


def closed_objects_are_refused():
    data = ot.Dataset("builtin", "test")
    net = ot.Net("euler x1", width=2, image=8, batch=2)
    params, e, loader = net.params(), net.compile(), ot.Loader(data)
    for thing, call in ((data, lambda: len(data)), (data, lambda: data.images),
                        (loader, lambda: loader[0]), (params, lambda: params.names),
                        (params, lambda: ot.Optimiser(params)), (e, lambda: e.forward()),
                        (net, lambda: net.describe()), (net, lambda: net.compile()),
                        (net, lambda: ot.Params(net))):
        thing.close()
        thing.close()
        with tap.refuses(ot.Status.EINVAL, "closed"):
            call()
    tape, x, y = _tape()
    p = tape.compile(y)
    tape.close()
    assert p.forward().describe().calls > 0
    for call in (lambda: ot.relu(x), lambda: x.shape, lambda: p.value(), lambda: tape.compile(y)):
        with tap.refuses(ot.Status.EINVAL, "closed"):
            call()
    assert "closed" in repr(x)
    with tap.refuses(TypeError, "copied"):
        __import__("copy").copy(p)
    with tap.refuses(TypeError, "pickled"):
        __import__("pickle").dumps(p)


def exceptions_in_sub_nets_are_raised_after_the_call():
    class Mine(BaseException):
        pass

    for error in (Mine("mine"), KeyboardInterrupt("mine"), SystemExit("mine"), ZeroDivisionError("mine")):
        tape = ot.Tape()
        x = tape.input("x", (2, 3))
        calls = []

        def f(x, i):
            calls.append(i)
            if i == 1:
                raise error
            return ot.relu(x)

        with tap.refuses(type(error), "mine"):
            ot.Scheme("rk4").step(x, f)
        assert calls == [0, 1]
        with tap.refuses(ot.Status.EINVAL, type(error).__name__):
            ot.relu(x)
    for wrong in (None, 3, "x", [], object()):
        tape = ot.Tape()
        with tap.refuses(TypeError, "Var"):
            ot.Scheme("rk4").step(tape.input("x", (2, 3)), lambda x, i: wrong)


def a_sub_net_may_do_strange_things():
    tape = ot.Tape()
    x = tape.input("x", (2, 3))

    def deep(x, i):
        return ot.Scheme("euler").step(x, deep)

    with tap.refuses(RecursionError):
        ot.Scheme("euler").step(x, deep)
    tape = ot.Tape()
    x = tape.input("x", (2, 3))

    def closes(x, i):
        tape.close()
        gc.collect()
        return x

    with tap.refuses(ot.Status.EINVAL, "closed"):
        ot.Scheme("euler").step(x, closes)


def exceptions_in_functions_of_map_are_raised():
    tape = ot.Tape()
    x = tape.input("x", (64, 64))
    calls = []

    def value(v):
        calls.append(v)
        raise OverflowError("mine")

    p = tape.compile(ot.map(x, value, lambda v: 1.0), dtype="float64")
    with tap.refuses(OverflowError, "mine"):
        p.forward()
    with tap.refuses(ot.Status.EINVAL, "map"):
        q = tape.compile(ot.map(x, lambda v: ot.Tape() and len(tape) and 0.0, lambda v: 1.0))
        q.forward()
    with tap.refuses(TypeError):
        tape.compile(ot.map(x, lambda v: "a word" and None, lambda v: 1.0)).forward()


def threads_do_not_use_one_object_at_once():
    tape = ot.Tape()
    x = tape.input("x", (2, 2))
    started, end = threading.Event(), threading.Event()

    def value(v):
        started.set()
        end.wait(10)
        return v

    p = tape.compile(ot.map(x, value, lambda v: 1.0), dtype="float64")
    thread = threading.Thread(target=p.forward)
    thread.start()
    started.wait(10)
    for call in (lambda: p.forward(), lambda: ot.relu(x), lambda: p.params.init(1), lambda: p.value()):
        with tap.refuses(ot.Status.EBUSY, "thread"):
            call()
    assert len(ot.Tape()) == 0  # other objects are free
    p.close()
    del p
    gc.collect()
    end.set()
    thread.join()
    assert ot.relu(x).shape == (2, 2)


def many_threads_with_objects_of_their_own_work():
    errors = []

    def work():
        try:
            for _ in range(10):
                tape, x, y = _tape()
                p = tape.compile(y)
                p.input(x)[:] = 1
                p.forward().backward()
                gc.collect()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def the_library_of_another_version_is_refused():
    code = ("import odetape, sys; sys.exit(0)")
    env = dict(os.environ, ODETAPE_LIBRARY="/nonexistent/libodetape.so.0")
    run = subprocess.run([sys.executable, "-c", code], env=env, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1 and "ImportError" in run.stderr and "ODETAPE_LIBRARY" in run.stderr
    run = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 0 and not run.stderr, run.stderr


def _fuzz(seed):
    fuzz = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz.py")
    with tap.folder() as folder:
        run = subprocess.run([sys.executable, fuzz, str(seed)], cwd=folder, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, check=False)
        assert run.returncode == 0, f"seed {seed}: {run.returncode}\n{run.stdout[-2000:]}"


def random_wrong_arguments_never_end_the_process():
    start, seed = time.monotonic(), int(os.environ.get("SEED", "1"))
    seconds = float(os.environ.get("FUZZ_SECONDS", "12"))
    while time.monotonic() - start < seconds:
        _fuzz(seed)
        seed += 1


tap.run(globals())
