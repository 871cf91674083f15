#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Writes import.txt: PNG files of every kind, and what Pillow (Debian 12's python3-pil, 9.4) makes of
# them.
#     /usr/bin/python3 tests/data/import.py tests/data
# "file NAME HEX" is a PNG file.  "want NAME CHANNELS BACKGROUND HEIGHT WIDTH HASH" is the image that
# it becomes: FNV-1a of the bytes.  "size CHANNELS HEIGHT WIDTH TO_HEIGHT TO_WIDTH HASH" is the same
# for an image that tests/data/test_resize.c makes too.
# Pillow reads samples of 16 bits without rounding, so these are rounded here.
import io
import struct
import sys
import zlib

from PIL import Image

HEIGHT, WIDTH = 5, 7
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
ALPHA_OF_COLOUR = b"tRNS"


def noise(i):
    return (i * 2654435761 % 2**32) >> 16


def fnv(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = (h ^ b) * 0x100000001B3 % 2**64
    return "%016x" % h


def sample(kind, bits, y, x, c):
    v = noise((y * WIDTH + x) * 4 + c + 1)
    if c == CHANNELS[kind] - 1 and kind in (GREY_ALPHA, RGBA) and (x + y) % 3 == 0:
        return 2**bits - 1  # some pixels are opaque
    return v % 5 if kind == PALETTE and bits == 8 else v >> (16 - bits)


def row(kind, bits, y, xs):
    values = [sample(kind, bits, y, x, c) for x in xs for c in range(CHANNELS[kind])]
    if bits == 16:
        return b"".join(struct.pack(">H", v) for v in values)
    text = "".join(format(v, "0%db" % bits) for v in values)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def filtered(rows, bytes_per_pixel):  # a filter of each kind in turn
    out, above = b"", b""
    for n, line in enumerate(rows):
        above = above or bytes(len(line))
        kind = n % 3
        left = bytes(bytes_per_pixel) + line
        before = [bytes(len(line)), left, above][kind]
        out += bytes([kind]) + bytes((v - before[i]) % 256 for i, v in enumerate(line))
        above = line
    return out


def png(kind, bits, interlaced=False, chunks=()):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    step = max(1, CHANNELS[kind] * bits // 8)
    data = b""
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        rows = [row(kind, bits, y, range(x0, WIDTH, dx)) for y in range(y0, HEIGHT, dy)]
        data += filtered([r for r in rows if r], step)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, kind, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*c) for c in chunks) + \
        chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def colours(n):
    return b"PLTE", bytes(noise(i + 77) >> 8 for i in range(3 * n))


def first(kind, bits):  # the colour of the first pixel is transparent
    return ALPHA_OF_COLOUR, struct.pack(">%dH" % CHANNELS[kind],
                                        *(sample(kind, bits, 0, 0, c) for c in range(CHANNELS[kind])))


FILES = {"%s%d%s" % (word, bits, "i" * i): png(kind, bits, i == 1, [colours(min(2**bits, 5))] * (kind == PALETTE))
         for word, kind, depths in (("grey", GREY, (1, 2, 4, 8, 16)), ("rgb", RGB, (8, 16)),
                                    ("palette", PALETTE, (1, 2, 8)),
                                    ("greyalpha", GREY_ALPHA, (8, 16)), ("rgba", RGBA, (8, 16)))
         for bits in depths for i in (0, 1)}
FILES["palette8t"] = png(PALETTE, 8, False, [colours(5), (b"tRNS", bytes([255, 128, 0, 7]))])
FILES["grey8t"] = png(GREY, 8, False, [first(GREY, 8)])
FILES["rgb8t"] = png(RGB, 8, True, [first(RGB, 8)])
FILES["rgb8text"] = png(RGB, 8, False, [(b"tEXt", b"Comment\0no pixel"), (b"gAMA", struct.pack(">I", 45455))])


def rounded(name):  # the pixels of 16 bits
    kind = {"grey": GREY, "rgb": RGB, "greyalpha": GREY_ALPHA, "rgba": RGBA}[name[:-3 if name[-1] == "i" else -2]]
    im = Image.new("RGBA", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            v = [int(sample(kind, 16, y, x, c) / 257 + 0.5) for c in range(CHANNELS[kind])]
            im.putpixel((x, y), {GREY: lambda: (v[0],) * 3 + (255,), RGB: lambda: (*v, 255),
                                 GREY_ALPHA: lambda: (v[0],) * 3 + (v[1],), RGBA: lambda: tuple(v)}[kind]())
    return im


def images(name, data):  # of each background for which the file is accepted
    im = rounded(name) if "16" in name else Image.open(io.BytesIO(data)).convert("RGBA")
    alpha = im.getchannel("A")
    if alpha.getextrema()[0] == 255:
        yield "none", im.convert("RGB")
    for word, level in ("black", 0), ("white", 255):
        base = Image.new("RGB", im.size, (level,) * 3)
        base.paste(im.convert("RGB"), mask=alpha)
        yield word, base


def pattern(channels, height, width):
    data = bytes(noise(i + 1) >> 8 for i in range(height * width * channels))
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), data)


with open(sys.argv[1] + "/import.txt", "w") as out:
    for name, data in FILES.items():
        out.write("file %s %s\n" % (name, data.hex()))
        for word, im in images(name, data):
            for channels in 1, 3:
                flat = im.convert("L") if channels == 1 else im
                for h, w in (HEIGHT, WIDTH), (3, 4), (11, 6):
                    hashed = fnv(flat.resize((w, h), Image.BILINEAR).tobytes())
                    out.write("want %s %d %s %d %d %s\n" % (name, channels, word, h, w, hashed))
    for channels in 1, 3:
        for h, w, i, j in ((32, 32, 32, 32), (32, 32, 28, 28), (28, 28, 32, 32), (1, 1, 9, 5), (9, 5, 1, 1),
                           (375, 500, 32, 32), (500, 375, 64, 32), (32, 48, 32, 20), (48, 32, 20, 32),
                           (97, 131, 96, 130), (13, 17, 200, 300), (1, 400, 3, 7), (400, 1, 7, 3)):
            hashed = fnv(pattern(channels, h, w).resize((j, i), Image.BILINEAR).tobytes())
            out.write("size %d %d %d %d %d %s\n" % (channels, h, w, i, j, hashed))
