# SPDX-License-Identifier: BSD-3-Clause
"""Write golden.h: what PyTorch computes for a few ops, in double precision.

    python3 golden.py >golden.h        (made with Debian's PyTorch 1.13.1)

Activations are turned from PyTorch's (N, C, H, W) to (N, H, W, C).
"""
import textwrap

import torch
import torch.nn.functional as F

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)


def random(*shape):
    """Numbers of three decimals: short to write, and the same in every tool."""
    return (torch.randn(*shape) * 1000).round() / 1000


def table(name, tensor):
    if tensor.dim() == 4 and name.split("_")[-1] not in ("w", "gw"):
        tensor = tensor.permute(0, 2, 3, 1)
    numbers = ["%.15g" % v for v in tensor.detach().reshape(-1).tolist()]
    print("static const double %s[] = {" % name)
    print(textwrap.indent(textwrap.fill(", ".join(numbers) + ",", 96), "    "))
    print("};\n")


def tables(op, **tensors):
    for name, tensor in tensors.items():
        table(op + "_" + name, tensor)


def leaf(*shape):
    return random(*shape).requires_grad_()


print("""/* SPDX-License-Identifier: BSD-3-Clause
 * Made by golden.py with PyTorch %s: do not edit. */
/* clang-format off */
""" % torch.__version__.split("+")[0])

x, w, gy = leaf(2, 2, 5, 4), leaf(3, 2, 3, 2), random(2, 3, 3, 3)
y = F.conv2d(x, w, stride=2, padding=1)
gx, gw = torch.autograd.grad(y, (x, w), gy)
tables("conv2d", x=x, w=w, gy=gy, y=y, gx=gx, gw=gw)

x, gamma, beta, gy = leaf(3, 2, 2, 2), leaf(2), leaf(2), random(3, 2, 2, 2)
x2 = random(3, 2, 2, 2) * 2 + 1
mean, var = torch.tensor([0.25, -0.5]), torch.tensor([1.5, 0.75])
tables("bn", x=x, x2=x2, gamma=gamma, beta=beta, gy=gy, mean=mean, var=var)
y = F.batch_norm(x, mean, var, gamma, beta, True, 0.1, 1e-5)
gx, ggamma, gbeta = torch.autograd.grad(y, (x, gamma, beta), gy)
tables("bn_train", y=y, gx=gx, ggamma=ggamma, gbeta=gbeta)
F.batch_norm(x2, mean, var, gamma, beta, True, 0.1, 1e-5)
tables("bn_second", mean=mean, var=var)
y = F.batch_norm(x, mean, var, gamma, beta, False, 0.1, 1e-5)
gx, ggamma, gbeta = torch.autograd.grad(y, (x, gamma, beta), gy)
tables("bn_eval", y=y, gx=gx, ggamma=ggamma, gbeta=gbeta)

x, w, b, gy = leaf(3, 4), leaf(2, 4), leaf(2), random(3, 2)
y = F.linear(x, w, b)
gx, gw, gb = torch.autograd.grad(y, (x, w, b), gy)
tables("linear", x=x, w=w, b=b, gy=gy, y=y, gx=gx, gw=gw, gb=gb)

x = (leaf(4, 5) * 3).detach().requires_grad_()
loss = F.cross_entropy(x, torch.tensor([4, 0, 2, 2]))
(gx,) = torch.autograd.grad(loss, (x,))
tables("xent", x=x, y=loss, gx=gx)
for name, smoothing, mixed in ("smooth", 0.1, False), ("mixed", 0, True), ("both", 0.3, True):
    w = torch.tensor([0.9, 0.25, 0.5, 1.0], requires_grad=True)
    first, second = (F.cross_entropy(x, torch.tensor(labels), reduction="none",
                                     label_smoothing=smoothing)
                     for labels in ([4, 0, 2, 2], [1, 0, 3, 4]))
    loss = (w * first + (1 - w) * second if mixed else first).mean()
    gx, gw = torch.autograd.grad(loss, (x, w), allow_unused=True)
    tables("xent_" + name, y=loss, gx=gx, **({"gw": gw} if mixed else {}))

x = leaf(2, 2, 5, 4)
for op, arguments in ("avg_pool_of_2", (2, 2)), ("avg_pool_of_1", (1, 2)), ("avg_pool_of_3", (3, 1)):
    y = F.avg_pool2d(x, *arguments)
    gy = random(*y.shape)
    (gx,) = torch.autograd.grad(y, (x,), gy)
    tables(op, gy=gy, y=y, gx=gx)
tables("avg_pool", x=x)

x = random(2, 2, 6, 4).round().requires_grad_()  # many values are equal
for op, pad, ceil in ("max_pool_floor", 0, False), ("max_pool_ceil", 0, True), ("max_pool_pad", 1, False):
    y = F.max_pool2d(x, 3, 2, pad, ceil_mode=ceil)
    gy = random(*y.shape)
    (gx,) = torch.autograd.grad(y, (x,), gy)
    tables(op, gy=gy, y=y, gx=gx)
tables("max_pool", x=x)

x = leaf(2, 3, 2, 2)
parts = ("channels_slice", -1, -1), ("channels_pad", 1, 2), ("channels_both", -2, 1)
for op, before, after in parts:
    y = F.pad(x, (0, 0, 0, 0, before, after))
    gy = random(*y.shape)
    (gx,) = torch.autograd.grad(y, (x,), gy)
    tables(op, gy=gy, y=y, gx=gx)
tables("channels", x=x)

x, z = leaf(2, 3, 2, 2), leaf(2, 1, 2, 2)
y = torch.cat((x, z, x), 1)
gy = random(*y.shape)
gx, gz = torch.autograd.grad(y, (x, z), gy)
tables("concat", x=x, z=z, gy=gy, y=y, gx=gx, gz=gz)
