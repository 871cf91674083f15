#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Writes pillow.txt and policies.txt: what Pillow (Debian 12's python3-pil, 9.4) computes for the
# images of tests/data/pillow.c.
#     /usr/bin/python3 tests/data/pillow.py tests/data
# A line of pillow.txt: image, operation, parameter, FNV-1a hash of the 3072 bytes.
# A line of policies.txt: policy, sub-policy from 0, tenths of its two probabilities, the signs of its
# two operations, FNV-1a hash of image 1 after both operations.  The policies are those of
# torchvision's autoaugment.py (0.12), of DeepVoltaire/AutoAugment, and of research/autoaugment in
# tensorflow/models.
import struct
import sys

from PIL import Image, ImageEnhance, ImageOps

SIZE = (32, 32)
AFFINE, NEAREST, BICUBIC = Image.AFFINE, Image.NEAREST, Image.BICUBIC


def pixel(image, i, c):
    x, y = i % 32, i // 32
    noise = ((i * 3 + c) * 2654435761 % 2**32) >> 24
    return [noise, (x * 7 + y * 3 + c * 40 + noise // 8) % 256, 90 + noise // 64,
            77, 250 if i == 5 else 20 + noise // 16, 255 if noise > 128 else 0][image]


def make(image):
    return Image.frombytes("RGB", SIZE, bytes(pixel(image, i, c) for i in range(1024)
                                              for c in range(3)))


def fnv(im):
    h = 0xCBF29CE484222325
    for b in im.tobytes():
        h = (h ^ b) * 0x100000001B3 % 2**64
    return "%016x" % h


def affine(im, matrix, how=NEAREST, fill=None):
    return im.transform(SIZE, AFFINE, matrix, how, fillcolor=fill)


GREY = (128,) * 3
FACTORS = [0.0, 0.1, 0.28, 0.5, 0.7, 1.0, 1.27, 1.3, 1.54, 1.9]
SHEARS = [s * 0.3 * k / 9 for k in range(10) for s in (1, -1)]
SHIFTS = [s * v for v in (0, 1, 4, 9, 12, 14, 4.8338, 12.8902, 14.501510574) for s in (1, -1)]
ANGLES = [s * 30 * k / 9 for k in range(10) for s in (1, -1)] + [3.0, -27.0, 90.0, 180.0]
OPS = {
    "shear_x": (SHEARS, lambda im, v: affine(im, (1, v, 0, 0, 1, 0))),
    "shear_y": (SHEARS, lambda im, v: affine(im, (1, 0, 0, v, 1, 0))),
    "shear_x_bicubic": (SHEARS, lambda im, v: affine(im, (1, v, 0, 0, 1, 0), BICUBIC, GREY)),
    "shear_y_bicubic": (SHEARS, lambda im, v: affine(im, (1, 0, 0, v, 1, 0), BICUBIC, GREY)),
    "translate_x": (SHIFTS, lambda im, v: affine(im, (1, 0, v, 0, 1, 0))),
    "translate_y": (SHIFTS, lambda im, v: affine(im, (1, 0, 0, 0, 1, v), NEAREST, GREY)),
    "rotate": (ANGLES, lambda im, v: im.rotate(v)),
    "rotate_bicubic": (ANGLES, lambda im, v: im.rotate(v, BICUBIC, fillcolor=GREY)),
    "color": (FACTORS, lambda im, v: ImageEnhance.Color(im).enhance(v)),
    "contrast": (FACTORS, lambda im, v: ImageEnhance.Contrast(im).enhance(v)),
    "brightness": (FACTORS, lambda im, v: ImageEnhance.Brightness(im).enhance(v)),
    "sharpness": (FACTORS, lambda im, v: ImageEnhance.Sharpness(im).enhance(v)),
    "posterize": (range(9), lambda im, v: ImageOps.posterize(im, v)),
    "solarize": ([0, 28.333333, 100, 128, 227.55555, 255, 256], ImageOps.solarize),
    "autocontrast": ([0], lambda im, v: ImageOps.autocontrast(im)),
    "equalize": ([0], lambda im, v: ImageOps.equalize(im)),
    "invert": ([0], lambda im, v: ImageOps.invert(im)),
}

# Operation, probability, magnitude index, twice.
PAPER = """Invert .1 7 Contrast .2 6;Rotate .7 2 TranslateX .3 9;Sharpness .8 1 Sharpness .9 3
ShearY .5 8 TranslateY .7 9;AutoContrast .5 8 Equalize .9 2;ShearY .2 7 Posterize .3 7
Color .4 3 Brightness .6 7;Sharpness .3 9 Brightness .7 9;Equalize .6 5 Equalize .5 1
Contrast .6 7 Sharpness .6 5;Color .7 7 TranslateX .5 8;Equalize .3 7 AutoContrast .4 8
TranslateY .4 3 Sharpness .2 6;Brightness .9 6 Color .2 8;Solarize .5 2 Invert .0 3
Equalize .2 0 AutoContrast .6 0;Equalize .2 8 Equalize .6 4;Color .9 9 Equalize .6 6
AutoContrast .8 4 Solarize .2 8;Brightness .1 3 Color .7 0;Solarize .4 5 AutoContrast .9 3
TranslateY .9 9 TranslateY .7 9;AutoContrast .9 2 Solarize .8 3;Equalize .8 8 Invert .1 3
TranslateY .7 9 AutoContrast .9 1"""
RESEARCH = """Invert .1 7 Contrast .2 6;Rotate .7 2 TranslateX .3 9;Sharpness .8 1 Sharpness .9 3
ShearY .5 8 TranslateY .7 9;AutoContrast .5 8 Equalize .9 2
Solarize .4 5 AutoContrast .9 3;TranslateY .9 9 TranslateY .7 9;AutoContrast .9 2 Solarize .8 3
Equalize .8 8 Invert .1 3;TranslateY .7 9 AutoContrast .9 1
Solarize .4 5 AutoContrast .0 2;TranslateY .7 9 TranslateY .7 9;AutoContrast .9 0 Solarize .4 3
Equalize .7 5 Invert .1 3;TranslateY .7 9 TranslateY .7 9
Solarize .4 5 AutoContrast .9 1;TranslateY .8 9 TranslateY .9 9;AutoContrast .8 0 TranslateY .7 9
TranslateY .2 7 Color .9 6;Equalize .7 6 Color .4 9
ShearY .2 7 Posterize .3 7;Color .4 3 Brightness .6 7;Sharpness .3 9 Brightness .7 9
Equalize .6 5 Equalize .5 1;Contrast .6 7 Sharpness .6 5
Brightness .3 7 AutoContrast .5 8;AutoContrast .9 4 AutoContrast .5 6;Solarize .3 5 Equalize .6 5
TranslateY .2 4 Sharpness .3 3;Brightness .0 8 Color .8 8
Solarize .2 6 Color .8 6;Solarize .2 6 AutoContrast .8 1;Solarize .4 1 Equalize .6 5
Brightness .0 0 Solarize .5 2;AutoContrast .9 5 Brightness .5 3
Contrast .7 5 Brightness .0 2;Solarize .2 8 Solarize .1 5;Contrast .5 1 TranslateY .2 9
AutoContrast .6 5 TranslateY .0 9;AutoContrast .9 4 Equalize .8 4
Brightness .0 7 Equalize .4 7;Solarize .2 5 Equalize .7 5;Equalize .6 8 Color .6 2
Color .3 7 Color .2 4;AutoContrast .5 2 Solarize .7 2
AutoContrast .2 0 Equalize .1 0;ShearY .6 5 Equalize .6 5;Brightness .9 3 AutoContrast .4 1
Equalize .8 8 Equalize .7 7;Equalize .7 7 Solarize .5 0
Equalize .8 4 TranslateY .8 9;TranslateY .8 9 TranslateY .6 9;TranslateY .9 0 TranslateY .5 9
AutoContrast .5 3 Solarize .3 4;Solarize .5 3 Equalize .4 4
Color .7 7 TranslateX .5 8;Equalize .3 7 AutoContrast .4 8;TranslateY .4 3 Sharpness .2 6
Brightness .9 6 Color .2 8;Solarize .5 2 Invert .0 3
AutoContrast .1 5 Brightness .0 0;Cutout .2 4 Equalize .1 1;Equalize .7 7 AutoContrast .6 4
Color .1 8 ShearY .2 3;ShearY .4 2 Rotate .7 0
ShearY .1 3 AutoContrast .9 5;TranslateY .3 6 Cutout .3 3;Equalize .5 0 Solarize .6 6
AutoContrast .3 5 Rotate .2 7;Equalize .8 2 Invert .4 0
Equalize .9 5 Color .7 0;Equalize .1 1 ShearY .1 3;AutoContrast .7 3 Equalize .7 0
Brightness .5 1 Contrast .1 7;Contrast .1 4 Solarize .6 5
Solarize .2 3 ShearX .0 0;TranslateX .3 0 TranslateX .6 0;Equalize .5 9 TranslateY .6 7
ShearX .1 0 Sharpness .5 1;Equalize .8 6 Invert .3 6
AutoContrast .3 9 Cutout .5 3;ShearX .4 4 AutoContrast .9 2;ShearX .0 3 Posterize .0 3
Solarize .4 3 Color .2 4;Equalize .1 4 Equalize .7 6
Equalize .3 8 AutoContrast .4 3;Solarize .6 4 AutoContrast .7 6;AutoContrast .2 9 Brightness .4 8
Equalize .1 0 Equalize .0 6;Equalize .8 4 Equalize .0 4
Equalize .5 5 AutoContrast .1 2;Solarize .5 5 AutoContrast .9 5;AutoContrast .6 1 AutoContrast .7 8
Equalize .2 0 AutoContrast .1 2;Equalize .6 9 Equalize .4 4"""
ENHANCE = {"Color": ImageEnhance.Color, "Contrast": ImageEnhance.Contrast,
           "Brightness": ImageEnhance.Brightness, "Sharpness": ImageEnhance.Sharpness}
SIMPLE = {"AutoContrast": ImageOps.autocontrast, "Equalize": ImageOps.equalize,
          "Invert": ImageOps.invert}


def f32(v):
    return struct.unpack("f", struct.pack("f", v))[0]


def linspace32(end, k):  # torch.linspace(0, end, 10)
    step = f32(f32(end) / 9)
    return f32(step * k) if k < 5 else f32(f32(end) - f32(step * (9 - k)))


def torchvision(im, op, k, sign):
    if op in SIMPLE:
        return SIMPLE[op](im)
    if op in ENHANCE:
        return ENHANCE[op](im).enhance(1.0 + sign * linspace32(0.9, k))
    if op == "Posterize":
        return ImageOps.posterize(im, 8 - round(k / (9 / 4)))
    if op == "Solarize":
        step = f32(-255 / 9)
        return ImageOps.solarize(im, f32(255 + f32(step * k)) if k < 5 else -f32(step * (9 - k)))
    if op == "Rotate":
        return im.rotate(sign * linspace32(30, k))
    if op == "ShearX":
        return affine(im, (1, sign * linspace32(0.3, k), 0, 0, 1, 0))
    if op == "ShearY":
        return affine(im, (1, 0, 0, sign * linspace32(0.3, k), 1, 0))
    shift = int(sign * linspace32(150.0 / 331.0 * 32, k))
    return affine(im, (1, 0, shift, 0, 1, 0) if op == "TranslateX" else (1, 0, 0, 0, 1, shift))


def deepvoltaire(im, op, k, sign):
    if op in SIMPLE:
        return SIMPLE[op](im)
    if op in ENHANCE:
        return ENHANCE[op](im).enhance(1 + sign * (0.9 / 9 * k if k < 9 else 0.9))
    if op == "Posterize":
        return ImageOps.posterize(im, [8, 8, 7, 7, 6, 6, 5, 5, 4, 4][k])
    if op == "Solarize":
        return ImageOps.solarize(im, 256 - 256 / 9 * k)
    if op == "Rotate":
        rot = im.convert("RGBA").rotate(sign * 30 / 9 * k)
        return Image.composite(rot, Image.new("RGBA", rot.size, (128,) * 4), rot).convert("RGB")
    if op.startswith("Shear"):
        s = sign * 0.3 / 9 * k
        return affine(im, (1, s, 0, 0, 1, 0) if op == "ShearX" else (1, 0, 0, s, 1, 0), BICUBIC,
                      GREY)
    t = sign * (150 / 331 / 9 * k) * 32
    return affine(im, (1, 0, t, 0, 1, 0) if op == "TranslateX" else (1, 0, 0, 0, 1, t), NEAREST,
                  GREY)


def tensorflow(im, op, k, sign):  # on RGBA
    if op in SIMPLE:
        return SIMPLE[op](im.convert("RGB")).convert("RGBA")
    if op in ENHANCE:
        return ENHANCE[op](im).enhance(float(k) * 1.8 / 10 + .1)
    if op == "Posterize":
        return ImageOps.posterize(im.convert("RGB"), 4 - int(k * 4 / 10)).convert("RGBA")
    if op == "Solarize":
        return ImageOps.solarize(im.convert("RGB"), 256 - int(k * 256 / 10)).convert("RGBA")
    if op == "Rotate":
        return im.rotate(sign * int(k * 30 / 10))
    if op.startswith("Shear"):
        s = sign * float(k) * 0.3 / 10
        return affine(im, (1, s, 0, 0, 1, 0) if op == "ShearX" else (1, 0, 0, s, 1, 0))
    t = sign * int(k * 10 / 10)
    return affine(im, (1, 0, t, 0, 1, 0) if op == "TranslateX" else (1, 0, 0, 0, 1, t))


def transparent_to_mean(im):
    return Image.composite(im, Image.new("RGBA", SIZE, (125, 123, 114, 255)),
                           im.getchannel("A")).convert("RGB")


def rows(text):
    for line in text.replace("\n", ";").split(";"):
        a, p, i, b, q, j = line.split()
        yield (a, float(p), int(i)), (b, float(q), int(j))


# Applies both operations, except those with probability 0: only torchvision can apply them, because its
# condition is rand <= p and not rand < p.  Cutout is left out, because its squares are random.
def write_row(out, name, op, i, first, second, signs):
    im = make(1).convert("RGBA" if op is tensorflow else "RGB")
    for bit, (what, p, k) in (1, first), (2, second):
        if what != "Cutout" and (p > 0 or op is torchvision):
            im = op(im, what, k, -1 if signs & bit else 1)
    im = transparent_to_mean(im) if op is tensorflow else im
    out.write("%s %d %d %d %d %s\n" % (name, i, round(first[1] * 10), round(second[1] * 10), signs, fnv(im)))


def main(where):
    with open(where + "/pillow.txt", "w") as out:
        for image in range(6):
            im = make(image)
            for name, (values, op) in OPS.items():
                for v in values:
                    out.write("%d %s %.17g %s\n" % (image, name, v, fnv(op(im, v))))
    with open(where + "/policies.txt", "w") as out:
        for name, op, text in ("autoaugment", torchvision, PAPER), \
                ("autoaugment-dv", deepvoltaire, PAPER), ("autoaugment-tf", tensorflow, RESEARCH):
            for i, (first, second) in enumerate(rows(text)):
                for signs in range(4):
                    write_row(out, name, op, i, first, second, signs)


main(sys.argv[1])
