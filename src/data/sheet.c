/* SPDX-License-Identifier: BSD-3-Clause
 * Draws a contact sheet: images as the network reads them, one row per class, in stored order.
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

enum { SCALE = 2, GAP = 4, CELL = OT__SIDE * SCALE + GAP, MOST_COLUMNS = 256, PAPER = 255 };

typedef struct sheet {
    int width, height;
    uint8_t *pixel; /* RGB, row by row */
} sheet;

static void place(sheet *s, int row, int column, const ot__image *image)
{
    for (int y = 0; y < OT__SIDE * SCALE; y++)
        for (int x = 0; x < OT__SIDE * SCALE; x++) {
            const size_t at = (size_t)(GAP + row * CELL + y) * (size_t)s->width +
                              (size_t)(GAP + column * CELL + x);
            memcpy(s->pixel + at * OT__CHANNELS, image->at[y / SCALE][x / SCALE], OT__CHANNELS);
        }
}

/* An image as the loader delivers it, augmented and normalised, turned back into bytes. */
static ot__image delivered(const ot_loader_opts *opts, int epoch, int index, ot__image image)
{
    float x[sizeof image];
    const ot__levels levels = ot__levels_make(&opts->normalisation);
    ot__augment(opts, epoch, index, &image);
    ot__normalise(&levels, &image, x);
    uint8_t *v = &image.at[0][0][0];
    for (size_t i = 0; i < sizeof image; i++)
        v[i] = ot__denormalise(&opts->normalisation, x[i], (int)(i % OT__CHANNELS));
    return image;
}

static void draw_sheet(const ot_dataset *d, const ot_loader_opts *opts, int epoch, int rows,
                       int columns, sheet *s)
{
    int filled[OT__CLASSES] = { 0 };
    memset(s->pixel, PAPER, (size_t)s->width * (size_t)s->height * OT__CHANNELS);
    for (int i = 0; i < d->count; i++) {
        const int row = d->label[i];
        if (row >= rows || filled[row] == columns) continue;
        const ot__image image = opts ? delivered(opts, epoch, i, d->image[i]) : d->image[i];
        place(s, row, filled[row]++, &image);
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

ot_status ot_data_sheet(const ot_dataset *d, const ot_loader_opts *opts, int epoch, int rows,
                        int columns, const char *path)
{
    OT_TRY(ot__check_given("sheet", "the data set", d));
    OT_TRY(ot__check_given("sheet", "the path", path));
    OT_TRY(ot__check_count("sheet", "the epoch", epoch, 0, INT_MAX));
    if (rows < 1 || rows > OT__CLASSES)
        return ot__fail(OT_EINVAL, "the sheet has %d rows; it has one per class, 1 to %d", rows,
                        OT__CLASSES);
    if (columns < 1 || columns > MOST_COLUMNS)
        return ot__fail(OT_EINVAL, "the sheet has %d columns; 1 to %d are possible", columns,
                        MOST_COLUMNS);
    ot_loader_opts used = opts ? ot__augment_used(opts) : (ot_loader_opts){ 0 };
    OT_TRY(ot__augment_check(&used));
    if (opts) OT_TRY(ot__loader_normalisation(d, &used));
    sheet s = { .width = GAP + columns * CELL, .height = GAP + rows * CELL };
    s.pixel = ot__new((size_t)s.width * (size_t)s.height, OT__CHANNELS);
    if (!s.pixel) return OT_ENOMEM;
    draw_sheet(d, opts ? &used : NULL, epoch, rows, columns, &s);
    const ot_status status = write_png(&s, path);
    ot__free(s.pixel);
    return status;
}
