# SPDX-License-Identifier: BSD-3-Clause
"""Arrays of the library: the same memory, kept alive by those who use it, read-only where it must be."""
import gc
import os

import numpy as np

import odetape as ot
import tap


def _linear(batch=4):
    """y = x w' on a tape, with its program in double."""
    tape = ot.Tape()
    x = tape.input("x", (batch, 3))
    w = tape.param("w", (2, 3), ot.he(3))
    y = ot.linear(x, w, None)
    return tape, x, w, y


def _addresses(array):
    return array.__array_interface__["data"][0]


def inputs_are_written_and_results_read_without_a_copy():
    tape, x, _, y = _linear()
    p = tape.compile(y, dtype="float64")
    assert _addresses(p.input(x)) == _addresses(p.input(x))
    p.input(x)[:] = np.arange(12).reshape(4, 3)
    value = p.forward().value()
    assert _addresses(value) == _addresses(p.value(y))
    np.testing.assert_allclose(value, p.input(x) @ p.params.value("w", "float64").T, rtol=1e-12)
    p.input(x)[:] = 0
    p.forward()
    assert not value.any()  # it is the memory of the program


def a_smaller_batch_has_a_smaller_view():
    tape, x, _, y = _linear(batch=8)
    p = tape.compile(y, dtype="float64", batch=5)
    assert p.input(x).shape == (5, 3)
    assert p.forward(2).value().shape == (2, 2)
    p.backward(np.ones((2, 2)))
    with tap.refuses(ot.Status.ESHAPE, "(2, 2)"):
        p.backward(np.ones((5, 2)))
    with tap.refuses(ot.Status.EINVAL, "batch"):
        p.forward(6)
    assert p.value().shape == (2, 2)


def a_larger_batch_than_that_of_the_tape_is_possible():
    tape, x, _, y = _linear(batch=2)
    p = tape.compile(y, batch=7)
    assert p.input(x).shape == (7, 3) and p.forward().value().shape == (7, 2)


def gradients_are_those_of_numpy():
    tape, x, w, y = _linear()
    p = tape.compile(y, dtype="float64", keep=[x], input_gradients=True)
    p.input(x)[:] = np.arange(12).reshape(4, 3)
    seed = np.arange(8.0).reshape(4, 2)
    p.forward().backward(seed)
    np.testing.assert_allclose(p.params.grad("w", "float64"), seed.T @ p.input(x), rtol=1e-12)
    np.testing.assert_allclose(p.grad(x), seed @ p.params.value("w", "float64"), rtol=1e-12)
    p.forward().backward(seed.T.copy().T, accumulate=True)  # not contiguous
    np.testing.assert_allclose(p.params.grad("w", "float64"), 2 * seed.T @ p.input(x), rtol=1e-12)


def what_the_library_says_is_const_is_read_only():
    tape, x, _, y = _linear()
    p = tape.compile(y)
    data = ot.Dataset("builtin", "test")
    p.forward()
    for array in (p.value(), p.params["w"], data.images):
        assert not array.flags.writeable
        with tap.refuses(ValueError):
            array[...] = 0
        with tap.refuses(ValueError):
            array.flags.writeable = True
        with tap.refuses(ValueError):
            array.reshape(-1).flags.writeable = True


def an_edit_changes_the_value_in_both_types():
    _, _, _, y = _linear()
    params = ot.Params(y.tape)
    params.edit("w")[:] = 7
    assert (params["w"] == 7).all() and (params.value("w", "float64") == 7).all()
    params.edit("w", "float64")[:] = 8
    assert (params["w"] == 8).all()
    params.edit("w")[...] = np.arange(6).reshape(2, 3)[:, ::-1]
    assert params["w"][0, 0] == 2


def an_array_outlives_its_program_tape_and_parameters():
    for close in (True, False):
        tape, x, _, y = _linear()
        p = tape.compile(y)
        params = p.params
        p.input(x)[:] = 1
        arrays = [p.forward().value(), p.input(x), params["w"], params.edit("w")]
        copies = [array.copy() for array in arrays]
        if close:
            p.close(), params.close(), tape.close()
        del p, params, tape, x, y
        gc.collect()
        _ = [np.full(1000, 3.0) for _ in range(1000)]
        for array, copy in zip(arrays, copies):
            np.testing.assert_array_equal(array, copy)


def parameters_of_a_program_outlive_it():
    tape, _, _, y = _linear()
    params = tape.compile(y).params
    gc.collect()
    assert params["w"].shape == (2, 3) and params.names == ("w",)


def objects_in_a_cycle_are_freed_in_any_order():
    class Holder:
        pass

    class Last:
        def __init__(self, array):
            self.array = array

        def __del__(self):
            seen.append(float(self.array.sum()))

    seen = []
    for _ in range(200):
        tape, x, _, y = _linear()
        p = tape.compile(y)
        p.input(x)[:] = 1
        holder = Holder()
        holder.members = [tape, p, p.params, x, y, Last(p.forward().value()), ot.Params(tape)]
        holder.self = holder
        del holder, tape, p, x, y
        gc.collect()
    assert len(seen) == 200


def nothing_is_kept_for_ever():
    before = len(ot._kept)
    for _ in range(50):
        tape, x, _, y = _linear()
        p = tape.compile(y)
        net = ot.Net("euler x1", width=2, image=8)
        e = net.compile()
        _ = p.forward().value(), net.tape, net.params(), e.images, ot.Scheme("rk4").tableau
        loss = ot.mean(y)
        ot.gradcheck(loss)
        ot.Scheme("rk4").step(y, lambda x, i: ot.relu(x))
    del tape, x, y, p, net, e, loss, _
    gc.collect()
    assert len(ot._kept) == before, (len(ot._kept), before)


def images_are_the_memory_of_the_data_set():
    data = ot.Dataset("builtin", "test")
    images = data.images
    assert images.shape == (len(data), 32, 32, 3) and images.dtype == np.uint8
    assert _addresses(images) == _addresses(data.images)
    assert data.labels.shape == (len(data),) and set(data.labels) == set(range(10))
    total = images.sum(dtype=np.int64)
    data.close()
    del data
    gc.collect()
    assert images.sum(dtype=np.int64) == total


def a_data_set_of_arrays_has_their_bytes():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (6, 5, 4, 3)).astype(np.uint8)
    labels = np.array([0, 1, 2, 0, 1, 2])
    data = ot.Dataset.of(images, labels, ["a", "b", "c"])
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, labels)
    assert data.classes == ("a", "b", "c") and data.shape == (5, 4, 3)
    turned = ot.Dataset.of(images.transpose(0, 2, 1, 3)[:, ::-1], labels[::-1], 3)
    np.testing.assert_array_equal(turned.images, images.transpose(0, 2, 1, 3)[:, ::-1])
    np.testing.assert_array_equal(turned.labels, labels[::-1])
    n = data.normalisation
    np.testing.assert_allclose(n.mean, images.reshape(-1, 3).mean(0) / 255, rtol=1e-6)


def a_loader_gives_normalised_batches():
    data = ot.Dataset("builtin", "test")
    mean, deviation = (np.array(x) for x in (data.normalisation.mean, data.normalisation.deviation))
    loader = ot.Loader(data, batch=300)
    batches = list(loader)
    assert len(batches) == len(loader) == 7 and sum(len(x) for x, _ in batches) == len(data)
    x, labels = batches[6]
    assert x.shape == (200, 32, 32, 3)
    np.testing.assert_allclose(x, (data.images[1800:] / 255 - mean) / deviation, atol=1e-5)
    np.testing.assert_array_equal(labels, data.labels[1800:])
    mixed = ot.Loader(data, batch=300, shuffle=True, mixup=0.2)[0]
    assert len(mixed) == 4 and mixed[3].shape == (300,)
    assert ot.Loader(data, batch=10**6)[0][0].shape[0] == len(data)


def tensors_of_a_file_are_arrays():
    net = ot.Net("rk4 x1", width=4, image=8, batch=2)
    params = net.params(seed=5)
    params.normalisation = ([0.5, 0.4, 0.3], [0.2, 0.2, 0.1])
    with tap.folder() as folder:
        path = os.path.join(folder, "w.safetensors")
        net.save(params, path, {"who": "a test"})
        file = ot.Safetensors(path)
        assert set(file) == set(params.names) and file.metadata["who"] == "a test"
        for name in params:
            np.testing.assert_array_equal(file[name], params[name])
        other = ot.Net.open(path, batch=2)
        loaded = other.params()
        loaded.load(path)
        np.testing.assert_array_equal(loaded["stem.conv.weight"], params["stem.conv.weight"])
        np.testing.assert_allclose(loaded.normalisation.mean, [0.5, 0.4, 0.3], rtol=1e-6)
        assert other.options.blocks == "rk4 x1" and other.options.width == 4


tap.run(globals())
