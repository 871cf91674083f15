# SPDX-License-Identifier: BSD-3-Clause
"""Tapes, sub-nets in Python, schemes, tableaux, gradient checks, integration."""
import math
import os

import numpy as np

import odetape as ot
import tap


def _conv(tape):
    def f(x, i):
        w = tape.param("weight", (x.shape[-1], x.shape[-1], 3, 3), ot.he(9 * x.shape[-1]))
        return ot.tanh(ot.conv2d(x, w, 1, 1))

    return f


def a_step_is_what_its_formula_says():
    for name in ("euler", "rk4", "verner89"):
        scheme = ot.Scheme(name)
        tape = ot.Tape()
        x = tape.input("x", (2, 3))
        seen = []

        def f(x, i):
            seen.append(i)
            w = tape.param("w", (3, 3), ot.he(3))
            return ot.tanh(ot.linear(x, w, None))

        y = scheme.step(x, f, h=0.5)
        p = tape.compile(y, dtype="float64")
        p.params.init(3)
        x0 = np.linspace(-1, 1, 6).reshape(2, 3)
        p.input(x)[:] = x0
        k = []
        for i in range(scheme.stages):
            if not any(f"stages.{i}." in name for name in p.params):
                k.append(None)  # y does not depend on it
                continue
            at = x0 + 0.5 * sum((scheme.a[i, j] * k[j] for j in range(i) if scheme.a[i, j]), np.zeros(1))
            k.append(np.tanh(at @ p.params.value(f"stages.{i}.w", "float64").T))
        expected = x0 + 0.5 * sum(b * ki for b, ki in zip(scheme.b, k) if b)
        np.testing.assert_allclose(p.forward().value(), expected, rtol=1e-12)
        assert len(seen) == scheme.evaluations and seen == sorted(seen)


def a_scheme_may_be_written_in_python():
    def heun(x, f):
        k1 = f(x, 0)
        k2 = f(x + k1, 1)
        return x + 0.5 * (k1 + k2)

    tape = ot.Tape()
    x = tape.input("x", (2, 6, 6, 2))
    scopes = []

    def f(x, i):
        with tape.scope(f"stages.{i}"):
            scopes.append(i)
            return _conv(tape)(x, i)

    y = heun(x, f)
    report = ot.gradcheck(ot.mean(y * y), seed=4)
    assert report.passed and report.checked > 50 and scopes == [0, 1], report


def gradients_pass_the_check_and_wrong_ones_do_not():
    tape = ot.Tape()
    x = tape.input("x", (2, 5))
    right = ot.map(x, math.sin, math.cos)
    assert ot.gradcheck(ot.mean(right), directions=2).passed
    wrong = ot.map(x, math.sin, math.sin)
    report = ot.gradcheck(ot.mean(wrong))
    assert report.decided and not report.passed and report.worst_tensor == "x"
    kinked = ot.map(x, abs, lambda v: 1.0 if v >= 0 else -1.0, kinks=[0.0])
    assert ot.gradcheck(ot.mean(kinked)).passed


def operators_are_linear_combinations_and_products():
    tape = ot.Tape()
    x, z = tape.input("x", (4,)), tape.input("z", (4,))
    s = tape.param("s", (), 3.0)
    y = ot.lincomb((2, x - z), ((0.5, s), x)) + -x / 2 + s * z + x * z + 1.5 * x * s
    p = tape.compile(y, dtype="float64")
    a, b = np.arange(4.0), np.array([3.0, 1, 4, 1])
    p.input(x)[:], p.input(z)[:] = a, b
    expected = 2 * (a - b) + 1.5 * a - a / 2 + 3 * b + a * b + 4.5 * a
    np.testing.assert_allclose(p.forward().value(), expected, rtol=1e-12)
    assert np.float64(2) * x is not None and (np.float32(2) * x).shape == (4,)


def ops_are_those_of_the_library():
    tape = ot.Tape()
    x = tape.input("x", (2, 4, 4, 3))
    like = ot.fill(x, 0.25)
    y = ot.concat(x, like)
    assert y.shape == (2, 4, 4, 4) and y.batched and not tape.param("w", (1,)).batched
    logits = ot.global_avg_pool(y)
    labels, second = tape.labels("l", 2), tape.labels("l2", 2)
    weight = tape.input("weight", (2,))
    loss = ot.softmax_xent_with(logits, labels, 0.1, second, weight)
    assert ot.gradcheck(loss).passed
    p = tape.compile(loss, dtype="float64", keep=[logits])
    p.input(x)[:] = np.arange(96).reshape(2, 4, 4, 3) / 96
    p.input(labels)[:], p.input(second)[:], p.input(weight)[:] = [1, 2], [3, 0], [0.5, 1]
    assert p.input(labels).dtype == np.int32
    z = p.forward().value(logits)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    q = np.full((2, 4), 0.1 / 4)
    q[0, 1] += 0.45
    q[0, 3] += 0.45
    q[1, 2] += 0.9
    np.testing.assert_allclose(p.value(), -(q * logp).sum(1).mean(), rtol=1e-12)


def orders_are_proved():
    proof = ot.Scheme("verner89").tableau.prove()
    assert [row.order for row in proof] == [8, 9][: len(proof)] or proof[0].order >= 8, proof
    wrong = ot.Tableau.parse("scheme = x\norder = 3\na2 = 1\nb = 1/2, 1/2\n")
    assert wrong.prove()[0].refuted and wrong.prove()[0].order == 2
    report = wrong.order()[0]
    assert report.failing and report.failing[0].expected and report.at[3].failed > 0
    assert wrong.rows == ("b",) and wrong.a(1, 0) == "1" and wrong.weight(0, 1) == "1/2"
    assert wrong.polynomial() == "1 + z + 1/2 z^2"
    np.testing.assert_array_equal(wrong.stability().r, [1, 1, 0.5])
    assert ot.Scheme.of(wrong).name == "x" and wrong.describe().stages == 2
    with tap.refuses(IndexError):
        wrong.a(0, 5)


def a_misprint_is_found():
    text = ot.Scheme("rk4").text.replace("1/6, 1/3, 1/3, 1/6", "1/6, 1/3, 1/3, 1/7")
    repair = ot.Tableau.parse(text).repair()
    assert repair.value == "1/6" and repair.j == 3 and repair.row == 0, repair
    assert ot.Scheme("rk4").tableau.repair() is None


def tableaux_come_from_files_floats_and_other_notations():
    midpoint = ot.Tableau.new("midpoint", [[0.5]], [0, 1])
    assert midpoint.prove()[0].order == 2
    assert ot.Tableau.new("euler", [], [1.0]).prove()[0].order == 1
    with tap.folder() as folder:
        path = os.path.join(folder, "mine.tableau")
        with open(path, "w", encoding="utf-8") as file:
            file.write("scheme = mine\norder = 2\na2 = 1/2\nb = 0, 1\n")
        assert ot.Tableau.read(path).prove()[0].order == 2
        assert ot.Scheme(path).evaluations == 2
        assert ot.Net(f"{path}:x1", width=2, image=8).describe().evaluations == 2
        loaded, notes = ot.Tableau.load("A = [[0, 0], [1, 0]]\nb = [0.5, 0.5]\n", "heun")
        assert loaded.prove()[0].order == 2 and isinstance(notes, str)
        with tap.refuses(ot.Status.EFORMAT, "2"):
            ot.Tableau.parse("scheme = x\norder = !\n")
        with tap.refuses(ot.Status.ENOENT, folder):
            ot.Tableau.read(os.path.join(folder, "none"))


def schemes_have_names_and_coefficients():
    assert "rk4" in ot.schemes() and len(ot.schemes()) > 20
    rk4 = ot.Scheme("rk4")
    np.testing.assert_array_equal(rk4.c, [0, 0.5, 0.5, 1])
    np.testing.assert_array_equal(rk4.a.sum(1), rk4.c)
    assert ot.Scheme("lm").tableau is None and ot.Scheme("lm").text is None
    with tap.refuses(ot.Status.EINVAL, "rk4"):
        ot.Scheme("rkk4")


def a_stepper_integrates_and_differentiates():
    tape = ot.Tape()
    x = tape.input("y", (1, 2))
    w = tape.param("w", (2, 2))
    stepper = ot.Stepper(ot.Scheme("dopri5"), x, lambda y, i: ot.linear(y, w, None))
    stepper.params.edit("w", "float64")[:] = [[0, 1], [-1, 0]]
    y, steps = stepper.controlled(np.array([[1.0, 0.0]]), math.pi, tolerance=1e-10)
    np.testing.assert_allclose(y, [[-1, 0]], atol=1e-8)
    assert steps.accepted > 5
    g = stepper.backward(np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(g, [[-1, 0]], atol=1e-8)
    start, g, _ = stepper.backsolve(y, np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(start, [[1, 0]], atol=1e-7)
    assert stepper.fixed(np.ones((1, 2)), 1.0, 3).shape == (1, 2)
    with tap.refuses(ot.Status.ESHAPE):
        stepper.fixed(np.ones(2), 1.0, 3)


def networks_have_the_options_of_the_header():
    net = ot.Net("rk4 x1 + euler x2", levels="4,8:2", image=8, step="learned-output", batch=3)
    assert net.options.step == "learned-output" and net.describe().n_blocks == 3
    assert net.images.shape == (3, 8, 8, 3) and net.logits.shape == (3, 10)
    mine = ot.Scheme.parse("scheme = mine\norder = 1\nb = 1\n")
    assert ot.Net("mine x1", schemes=[mine], width=2, image=8).describe().evaluations == 1
    controlled = ot.Net("dopri5 x1", width=2, image=8, batch=2, weights="shared", step="controlled",
                        control={"tolerance": 0.1})
    e = controlled.compile(dtype="float64")
    e.images[:], e.labels[:] = np.linspace(-1, 1, 384).reshape(2, 8, 8, 3), [1, 2]
    assert math.isfinite(e.forward().loss) and e.logits.shape == (2, 10)
    e.backward()
    assert ot.gradcheck(controlled).replayed > 0
    assert "resnet20-v1" in ot.systems()
    assert ot.Net(system="resnet20-v1", batch=1).options.system is None


def a_network_of_a_tape_is_trained_by_the_same_functions():
    tape = ot.Tape()
    images, labels = tape.input("images", (20, 32, 32, 3)), tape.labels("labels", 20)
    w = tape.param("w", (10, 3), ot.he(3))
    logits = ot.linear(ot.global_avg_pool(images), w, None)
    net = ot.Net.of(images, labels, logits, ot.softmax_xent(logits, labels))
    with tap.refuses(ot.Status.EINVAL, "network"):
        ot.relu(images)
    data = ot.Dataset("builtin", "test")
    result = ot.train(net, net.params(1), data, data, epochs=1, batch=20, lr=0.01)
    assert result.epochs == 1


def programs_are_listed_and_planned():
    net = ot.Net("rk4 x1", width=4, image=8)
    p = net.tape.compile(net.loss)
    assert "conv2d" in p.list() and "digraph" in p.list("dot") and "peak" in p.plan()
    e = net.compile(plan_only=True)
    assert "conv2d" in e.plan("json") and e.describe().peak_bytes > 0
    with tap.refuses(ot.Status.EINVAL, "plan_only"):
        e.images
    assert ot.machine().threads >= 1 and ot.version() == ot.__version__


tap.run(globals())
