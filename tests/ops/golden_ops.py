# SPDX-License-Identifier: BSD-3-Clause
"""Write golden_ops.h: what PyTorch computes for ops, their values and gradients, in double precision.

    python3 golden_ops.py >golden_ops.h        (made with Debian's PyTorch 1.13.1)

Each case is one struct: its operands, the gradient of the result, the result, and the gradients of
the operands.  Images are turned from PyTorch's (N, C, H, W) to (N, H, W, C); weights stay as they are.
"""
import textwrap

import torch
import torch.nn.functional as F

torch.manual_seed(21)
torch.set_default_dtype(torch.float64)


def leaf(*shape, size=1.0):
    """Numbers of three decimals: short to write, and the same in every tool."""
    return (torch.randn(*shape) * size * 1000).round().div(1000).requires_grad_()


def numbers(tensor, image):
    if image and tensor.dim() == 4:
        tensor = tensor.permute(0, 2, 3, 1)
    elif image and tensor.dim() == 3:
        tensor = tensor.permute(1, 2, 0)
    text = ", ".join("%.15g" % v for v in tensor.detach().reshape(-1).tolist())
    return "{ %d, (const double[]){ %s } }" % (tensor.numel(), text)


def case(name, y, operands, images=1):
    """The first `images` operands are images; None stands for one that is no number, or not compared."""
    gy = leaf(*y.shape).detach()
    gradients = torch.autograd.grad(y, operands, gy, allow_unused=True)
    parts = ["\"%s\"" % name, numbers(gy, True), numbers(y, True)]
    for what in operands, gradients:
        parts.append("{ %s }" % ", ".join(numbers(v, k < images) for k, v in enumerate(what)))
    print("{\n" + ",\n".join(textwrap.fill(p, 98, initial_indent="    ", subsequent_indent="      ")
                             for p in parts) + "\n},")


print("""/* SPDX-License-Identifier: BSD-3-Clause
 * Made by golden_ops.py with PyTorch %s: do not edit.  Included as the rows of a table. */
/* clang-format off */""" % torch.__version__.split("+")[0])

for name, f in (("relu6", F.relu6), ("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("silu", F.silu),
                ("gelu", F.gelu)):
    x = leaf(2, 3, 2, 2, size=3)
    case(name, f(x), (x,))

x, b = leaf(2, 3, 2, 2), leaf(3)
case("bias", x + b[:, None, None], (x, b))
x, p = leaf(2, 3, 2, 2), leaf(3, 2, 2)
case("position", x + p, (x, p), images=2)
x, a = leaf(2, 3, 2, 2), leaf(1)
case("fill", torch.cat((x, (0.75 * a).expand(2, 1, 2, 2)), 1), (x, a))

x, w = leaf(2, 3, 3, 2), leaf(3, 2, 3, 3)
case("conv2d_transpose", F.conv_transpose2d(x, w, padding=1), (x, w))
case("conv2d_transpose_odd", F.conv_transpose2d(x, w, stride=2, padding=1), (x, w))
case("conv2d_transpose_even", F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1), (x, w))

x, gamma, beta = leaf(2, 4, 2, 3), leaf(4), leaf(4)
case("group_norm", F.group_norm(x, 2, gamma, beta, 1e-3), (x, gamma, beta))
y = F.layer_norm(x.permute(0, 2, 3, 1), (4,), gamma, beta, 1e-3).permute(0, 3, 1, 2)
case("layer_norm", y, (x, gamma, beta))
y = x / torch.sqrt((x * x).sum(1, keepdim=True) + 1e-4)
case("pixel_norm", y * gamma[:, None, None] + beta[:, None, None], (x, gamma, beta))

x, s = leaf(2, 3, 2, 2), leaf(2, 3)
case("gate", x * s[:, :, None, None], (x, s))
x = leaf(2, 3, 2, 2)
case("map", x ** 3 - x, (x,))

x = leaf(2, 12, 2, 3, size=2)  # two heads of two channels
q, k, v = x.reshape(2, 3, 2, 2, 6).transpose(3, 4).unbind(1)  # (image, head, pixel, channel)
y = torch.softmax(q @ k.transpose(2, 3) / 2 ** 0.5, 3) @ v
case("attention", y.transpose(2, 3).reshape(2, 4, 2, 3), (x,))
