# SPDX-License-Identifier: BSD-3-Clause
"""Trainings with callbacks, what ends them, journals, runs and landscapes."""
import math
import os
import signal
import threading

import numpy as np

import odetape as ot
import tap

DATA = ot.Dataset("builtin", "test")


def _small(**options):
    net = ot.Net("euler x1", width=2, stem_stride=2, batch=100, **options)
    return net, net.params(1)


def _train(net, params, **options):
    return ot.train(net, params, DATA, DATA, **dict(dict(epochs=1, batch=100, lr=0.01), **options))


def callbacks_see_the_training():
    net, params = _small()
    seen, epochs, steps, plans = [], [], [], []
    before = params["stem.conv.weight"].copy()
    result = _train(
        net, params, epochs=2, on_progress=lambda p: seen.append((p.epoch, p.batch, p.evaluating)),
        on_epoch=epochs.append, on_step=lambda s: steps.append((s.epoch, s.step, s.loss)),
        on_plan=plans.append)
    assert result.epochs == 2 and len(epochs) == 2 and len(steps) == 40 and len(plans) == 1
    assert seen[0] == (1, 1, False) and {s[0] for s in seen} == {1, 2}
    assert epochs[1].test_loss == result.last.test_loss and plans[0].batches == 20
    assert not np.array_equal(before, params["stem.conv.weight"])
    again, params2 = _small()
    _train(again, params2, epochs=2)
    np.testing.assert_array_equal(params2["stem.conv.weight"], params["stem.conv.weight"])


def an_exception_in_a_callback_ends_the_training_and_is_raised():
    for name in ("on_progress", "on_epoch", "on_step", "on_plan"):
        net, params = _small()
        count = []

        def fail(_):
            count.append(1)
            raise KeyError("mine")

        with tap.refuses(KeyError, "mine"):
            _train(net, params, **{name: fail})
        assert count == [1]
        assert _train(net, params).epochs == 1  # everything still works


def stop_ends_a_training_well():
    net, params = _small()

    def stop(epoch):
        if epoch.epoch == 2:
            raise ot.Stop

    assert _train(net, params, epochs=5, on_epoch=stop).epochs == 2


def a_callback_reads_but_does_not_change_what_is_running():
    net, params = _small()
    norms, refused = [], []

    def look(_):
        norms.append(float(np.abs(params["stem.conv.weight"]).sum()))
        for wrong in (lambda: _train(net, params), lambda: params.load("x"),
                      lambda: params.freeze("*"), lambda: net.compile(params=params)):
            try:
                wrong()
            except ot.Error as error:
                assert error.status == ot.Status.EBUSY, error
                refused.append(1)
        params.close()
        net.close()

    kept = net, params._live()
    _train(net, params, on_epoch=look)
    assert len(norms) == 1 and len(refused) == 4 and kept


def ctrl_c_ends_a_training():
    net, params = _small()
    # Python sets no handler if the signal was ignored when it started, as in background jobs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with tap.refuses(KeyboardInterrupt):
        _train(net, params, epochs=100000)
    timer.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert _train(net, params).epochs == 1


def a_run_is_saved_resumed_and_read():
    with tap.folder() as folder:
        journal = os.path.join(folder, "metrics.jsonl")
        net, params = _small(step="learned")
        with ot.Run(folder) as run:
            with tap.refuses(ot.Status.EBUSY):
                ot.Run(folder)

            def stop(epoch):
                if epoch.epoch == 2:
                    raise ot.Stop

            _train(net, params, epochs=3, run=run, journal=journal, on_epoch=stop)
            net2, params2 = _small(step="learned")
            checkpoint = run.newest()
            result = _train(net2, params2, epochs=3, run=run, journal=journal, resume=checkpoint)
        assert result.epochs == 3
        net3, params3 = _small(step="learned")
        whole = _train(net3, params3, epochs=3)
        np.testing.assert_array_equal(params2["stem.conv.weight"], params3["stem.conv.weight"])
        history = ot.History(folder)
        assert len(history) == 3 and history.ended and history.status == ot.Status.OK
        np.testing.assert_array_equal(history["epoch"], [1, 2, 3])
        assert abs(history["test_loss"][2] - whole.last.test_loss) < 1e-6
        assert not history["test_loss"].flags.writeable and len(history.start) > 5
        (name, values), = history.scalars.items()
        assert name == "blocks.0.h" and values.shape == (3,) and abs(values[2] - 1) < 0.5
        losses = history["train_loss"]
        copy = losses.copy()
        history.close()
        del history
        np.testing.assert_array_equal(losses, copy)
        files = ot.RunFiles(folder)
        assert files.path("journal") == journal and files.path("report") is None
        assert len(files.checkpoints) == 2 and files.weights in files.checkpoints
        with tap.refuses(ot.Status.ENOENT):
            ot.History(os.path.join(folder, "none"))


def evaluations_and_predictions_agree():
    net, params = _small()
    _train(net, params)
    result = ot.evaluate(net, params, DATA)
    classes, logits = ot.predict(net, params, DATA)
    np.testing.assert_array_equal(classes, logits.argmax(1))
    assert abs((classes == DATA.labels).mean() - result.accuracy) < 1e-12


def a_loop_of_ones_own_trains():
    net, params = _small()
    e = net.compile(params=params)
    optimiser = ot.Optimiser(params, momentum=0.9)
    loader = ot.Loader(DATA, batch=100, shuffle=True)
    losses = []
    for epoch in range(3):
        for x, labels in loader.epoch(epoch):
            e.images[: len(x)], e.labels[: len(x)] = x, labels
            losses.append(e.forward(len(x)).loss)
            e.backward()
            optimiser.step(0.05)
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.02, losses


def a_landscape_is_computed_and_interrupted():
    net, params = _small()
    d = ot.Direction.random(params, seed=1)
    other = ot.Direction.random(params, seed=1, index=1)
    assert math.isfinite(d.dot(other)) and d.dot(d) > 0
    at = params["stem.conv.weight"].copy()
    points = []
    land = ot.Landscape(net, params, DATA, [(d, -1, 1, 3), (other, -1, 1, 2)], images=100,
                        on_point=lambda done, all, loss: points.append((done, all, loss)))
    assert land.loss.shape == (3, 2) and len(points) == 6 and land.at[0][1] == 0
    assert {p[2] for p in points} == set(land.loss.ravel())
    np.testing.assert_array_equal(params["stem.conv.weight"], at)

    def fail(*_):
        raise OSError("mine")

    with tap.refuses(OSError, "mine"):
        ot.Landscape(net, params, DATA, [(d, -1, 1, 3)], images=100, on_point=fail)
    np.testing.assert_array_equal(params["stem.conv.weight"], at)
    target = net.params(2)
    line = ot.Landscape(net, params, DATA, [(ot.Direction.towards(params, target), 0, 1, 2)],
                        images=100, bn="batch")
    assert line.accuracy.shape == (2,)
    with tap.folder() as folder:
        line.save(folder)
        np.testing.assert_array_equal(np.load(os.path.join(folder, "loss.npy")), line.loss)


def a_network_is_fused():
    net = ot.Net("euler x1", width=2, image=8, subnet="vgg", batch=4)
    params = net.params(1)
    fused, fused_params = net.fuse(params)
    rng = np.random.default_rng(1)
    data = ot.Dataset.of(rng.integers(0, 256, (8, 8, 8, 3)).astype(np.uint8), np.arange(8), 10)
    np.testing.assert_allclose(ot.predict(fused, fused_params, data)[1],
                               ot.predict(net, params, data)[1], atol=1e-5)


def a_published_network_is_checked():
    lines = ot.check_system("resnet20-v1")
    assert lines and all(line.passed for line in lines), lines
    with tap.refuses(ot.Status.EINVAL, "resnet20"):
        ot.check_system("resnet20-v9")


tap.run(globals())
