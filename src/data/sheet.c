/* SPDX-License-Identifier: BSD-3-Clause
 * Draws a contact sheet: images as the network reads them, one row per class, in stored order, with
 * the name of the class on the left.
 * libpng's simplified interface writes the PNG into memory, so that the file is replaced in one
 * step. */
#include <limits.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/augment.h"
#include "data/font.h"

enum { SCALE = 2, GAP = 4, MOST_COLUMNS = 256, PAPER = 255, RGB = 3, MOST_PIXELS = 1 << 28 };

typedef struct sheet {
    int width, height;
    int left;       /* where the images of a row begin, after the name */
    int row;        /* height of a row: of an image or, if that is higher, of a name */
    uint8_t *pixel; /* RGB, row by row */
} sheet;

static uint8_t *pixel_of(const sheet *s, int y, int x)
{
    return s->pixel + ((size_t)y * (size_t)s->width + (size_t)x) * RGB;
}

static int row_top(const sheet *s, int row)
{
    return GAP + row * (s->row + GAP);
}

/* Writes the name of a class in black, in the middle of the height of its row. */
static void write_name(sheet *s, int row, const char *name)
{
    const int top = row_top(s, row) + (s->row - OT__FONT_HEIGHT * SCALE) / 2;
    const int width = (int)strlen(name) * OT__FONT_WIDTH;
    for (int y = 0; y < OT__FONT_HEIGHT * SCALE; y++)
        for (int x = 0; x < width * SCALE; x++)
            if (ot__font_dot(name[x / SCALE / OT__FONT_WIDTH], y / SCALE,
                             x / SCALE % OT__FONT_WIDTH))
                memset(pixel_of(s, top + y, GAP + x), 0, RGB);
}

/* The first three channels are red, green and blue.  Where there are fewer, the last one takes the
 * place of those that are missing, so that one channel is grey. */
static void place(sheet *s, int row, int column, const ot__image *image)
{
    const int top = row_top(s, row), left = s->left + column * (image->width * SCALE + GAP);
    for (int y = 0; y < image->height * SCALE; y++)
        for (int x = 0; x < image->width * SCALE; x++) {
            const uint8_t *const v = ot__pixel(image, y / SCALE, x / SCALE);
            uint8_t *const to = pixel_of(s, top + y, left + x);
            for (int c = 0; c < RGB; c++)
                to[c] = v[c < image->channels ? c : image->channels - 1];
        }
}

/* Changes an image to what the loader delivers, augmented and normalised, turned back into bytes.
 * x is memory for its numbers. */
static void deliver(const ot_loader_opts *opts, int epoch, int index, const ot__image *image,
                    float *x)
{
    const ot__levels levels = ot__levels_make(&opts->normalisation);
    const size_t n = (size_t)image->height * (size_t)image->width * (size_t)image->channels;
    ot__augment(opts, epoch, index, image);
    ot__normalise(&levels, image, x);
    for (size_t i = 0; i < n; i++)
        image->at[i] =
            ot__denormalise(&opts->normalisation, x[i], (int)(i % (size_t)image->channels));
}

/* What drawing needs in addition to the sheet. */
typedef struct easel {
    int *filled;    /* images of each row */
    uint8_t *bytes; /* a copy of an image */
    float *numbers; /* and its numbers */
} easel;

static void draw_sheet(const ot_dataset *d, const ot_loader_opts *opts, int epoch, int rows,
                       int columns, sheet *s, const easel *e)
{
    memset(s->pixel, PAPER, (size_t)s->width * (size_t)s->height * RGB);
    for (int row = 0; row < rows; row++)
        write_name(s, row, d->class_name[row]);
    for (int i = 0; i < d->count; i++) {
        const int row = d->label[i];
        if (row >= rows || e->filled[row] == columns) continue;
        ot__image image = ot__dataset_at(d, i);
        image.at = memcpy(e->bytes, image.at, ot__image_bytes(d));
        if (opts) deliver(opts, epoch, i, &image, e->numbers);
        place(s, row, e->filled[row]++, &image);
    }
}

static ot_status write_png(const sheet *s, const char *path)
{
    png_image png = { .version = PNG_IMAGE_VERSION,
                      .width = (png_uint_32)s->width,
                      .height = (png_uint_32)s->height,
                      .format = PNG_FORMAT_RGB };
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    uint8_t *data = ot__new(size, 1);
    if (!data) return OT_ENOMEM;
    const ot_status status = png_image_write_to_memory(&png, data, &size, 0, s->pixel, 0, NULL)
                                 ? ot__file_write(path, data, size)
                                 : ot__fail(OT_EIO, "%s: libpng: %s", path, png.message);
    ot__free(data);
    return status;
}

static ot_status check_sizes(const ot_dataset *d, int rows, int columns)
{
    if (rows < 1 || rows > d->classes)
        return ot__fail(OT_EINVAL, "the sheet has %d rows; it has one per class, 1 to %d", rows,
                        d->classes);
    if (columns < 1 || columns > MOST_COLUMNS)
        return ot__fail(OT_EINVAL, "the sheet has %d columns; 1 to %d are possible", columns,
                        MOST_COLUMNS);
    return OT_OK;
}

/* The length of the longest name of a row. */
static int longest_name(const ot_dataset *d, int rows)
{
    int longest = 0;
    for (int k = 0; k < rows; k++) {
        const int n = (int)strlen(d->class_name[k]);
        if (n > longest) longest = n;
    }
    return longest;
}

/* Sizes the sheet.  A product of numbers below 2^31 fits into 64 bits. */
static ot_status size_sheet(const ot_dataset *d, int rows, int columns, sheet *s)
{
    const int image = d->height * SCALE, name = OT__FONT_HEIGHT * SCALE;
    s->left = GAP + longest_name(d, rows) * OT__FONT_WIDTH * SCALE + GAP;
    s->row = image > name ? image : name;
    const int64_t width = s->left + columns * (int64_t)(d->width * SCALE + GAP);
    const int64_t height = GAP + rows * (int64_t)(s->row + GAP);
    if (width > MOST_PIXELS || height > MOST_PIXELS / width)
        return ot__fail(OT_EINVAL,
                        "a sheet of %d rows and %d columns has %lldx%lld pixels; %d in all are "
                        "possible",
                        rows, columns, (long long)width, (long long)height, MOST_PIXELS);
    s->width = (int)width;
    s->height = (int)height;
    return OT_OK;
}

static ot_status draw_and_write(const ot_dataset *d, const ot_loader_opts *opts, int epoch,
                                int rows, int columns, const char *path)
{
    sheet s = { 0 };
    OT_TRY(size_sheet(d, rows, columns, &s));
    s.pixel = ot__new((size_t)s.width * (size_t)s.height, RGB);
    const easel e = { .filled = ot__new((size_t)d->classes, sizeof *e.filled),
                      .bytes = ot__new(ot__image_bytes(d), 1),
                      .numbers = ot__new(ot__image_bytes(d), sizeof *e.numbers) };
    const bool enough = s.pixel && e.filled && e.bytes && e.numbers;
    if (enough) draw_sheet(d, opts, epoch, rows, columns, &s, &e);
    const ot_status status = enough ? write_png(&s, path) : OT_ENOMEM;
    ot__free(e.numbers);
    ot__free(e.bytes);
    ot__free(e.filled);
    ot__free(s.pixel);
    return status;
}

ot_status ot_data_sheet(const ot_dataset *d, const ot_loader_opts *opts, int epoch, int rows,
                        int columns, const char *path)
{
    OT_TRY(ot__check_given("sheet", "the data set", d));
    OT_TRY(ot__check_given("sheet", "the path", path));
    OT_TRY(ot__check_count("sheet", "the epoch", epoch, 0, INT_MAX));
    OT_TRY(check_sizes(d, rows, columns));
    ot_loader_opts used = opts ? ot__augment_used(opts) : (ot_loader_opts){ 0 };
    OT_TRY(ot__augment_check(d, &used));
    if (opts) OT_TRY(ot__loader_normalisation(d, &used));
    return draw_and_write(d, opts ? &used : NULL, epoch, rows, columns, path);
}
