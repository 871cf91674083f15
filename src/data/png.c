/* SPDX-License-Identifier: BSD-3-Clause
 * Reads PNG files with libpng.  The whole file is in memory first, and everything that libpng
 * allocates comes from ot__new, so that a file cannot take more memory than there is.  The size in
 * the header is checked before libpng sees it, and libpng is given the same limit of a side.
 * Chunks that do not change pixels, such as texts and colour profiles, are skipped: compressed ones
 * could be large.
 *
 * libpng reports an error by calling `fail`, which must not return, so it jumps back to `decode`.
 * The state that lives across this jump is in `reader`. */
#include "data/png.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"

enum { RGBA = 4, SIGNATURE = 8, SIZE = 16, MOST_CHUNK = 1 << 20, OPAQUE = 255 };

typedef struct reader {
    const char *path;
    const uint8_t *data;
    size_t size, at; /* bytes of the file, and how many of them were read */
    int height, width;
    ot__image image;
    ot_status status;
    png_structp png;
    png_infop info;
} reader;

static void fail(png_structp png, const char *why)
{
    reader *const r = png_get_error_ptr(png);
    if (r->status == OT_OK)
        r->status = ot__fail(OT_EFORMAT, "%s:%zu: not a good PNG file: %s", r->path, r->at, why);
    png_longjmp(png, 1);
}

/* A warning is about what can still be read. */
static void ignore(png_structp png, const char *why)
{
    (void)png, (void)why;
}

static void take(png_structp png, png_bytep to, size_t n)
{
    reader *const r = png_get_io_ptr(png);
    if (n > r->size - r->at) {
        r->at = r->size;
        png_error(png, "the file ends too early");
    }
    memcpy(to, r->data + r->at, n);
    r->at += n;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    reader *const r = png_get_mem_ptr(png);
    void *const memory = ot__new(size, 1);
    if (!memory) r->status = OT_ENOMEM;
    return memory;
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    ot__free(memory);
}

static uint32_t number(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Checks the size in the header, which is the first chunk.  libpng refuses a file without it. */
static ot_status check_size(const reader *r)
{
    if (r->size < SIZE + 8 || memcmp(r->data + SIZE - 4, "IHDR", 4) != 0) return OT_OK;
    const uint32_t width = number(r->data + SIZE), height = number(r->data + SIZE + 4);
    if (r->height > 0 && (height != (uint32_t)r->height || width != (uint32_t)r->width))
        return ot__fail(OT_EFORMAT,
                        "%s:%d: the image is %u pixels wide and %u high; %d and %d are expected, "
                        "unless images are resized",
                        r->path, SIZE, width, height, r->width, r->height);
    if (width > OT__MOST_SIDE || height > OT__MOST_SIDE ||
        (uint64_t)width * height > OT__PNG_MOST_PIXELS)
        return ot__fail(OT_EFORMAT,
                        "%s:%d: the image is %u pixels wide and %u high; at most %d pixels per "
                        "side and %d in all are read",
                        r->path, SIZE, width, height, OT__MOST_SIDE, OT__PNG_MOST_PIXELS);
    return OT_OK;
}

static ot_status make_room(reader *r)
{
    const png_uint_32 height = png_get_image_height(r->png, r->info);
    const png_uint_32 width = png_get_image_width(r->png, r->info);
    r->image = (ot__image){ .height = (int)height, .width = (int)width, .channels = RGBA };
    r->image.at = ot__new((size_t)height * width, RGBA);
    return r->image.at ? OT_OK : OT_ENOMEM;
}

static void set_limits(png_structp png)
{
    png_set_user_limits(png, OT__MOST_SIDE, OT__MOST_SIDE);
    png_set_chunk_malloc_max(png, MOST_CHUNK);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1); /* all but pixels */
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
}

/* Makes every kind of PNG red, green, blue and opacity of 8 bits each. */
static void set_conversion(png_structp png)
{
    png_set_expand(png); /* palettes, fewer than 8 bits, and the transparent colour */
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, OPAQUE, PNG_FILLER_AFTER);
}

static void read_rows(const reader *r, int passes)
{
    const size_t row = (size_t)r->image.width * RGBA;
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < r->image.height; y++)
            png_read_row(r->png, r->image.at + (size_t)y * row, NULL);
}

/* After a failure r->status says why. */
static void decode(reader *r)
{
    if (setjmp(png_jmpbuf(r->png))) return;
    set_limits(r->png);
    png_set_read_fn(r->png, r, take);
    png_read_info(r->png, r->info);
    r->status = make_room(r);
    if (r->status != OT_OK) return;
    set_conversion(r->png);
    const int passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    read_rows(r, passes);
    png_read_end(r->png, NULL);
}

static ot_status read_image(reader *r)
{
    if (r->size < SIGNATURE || png_sig_cmp(r->data, 0, SIGNATURE) != 0)
        return ot__fail(OT_EFORMAT, "%s:0: not a PNG file", r->path);
    OT_TRY(check_size(r));
    r->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, r, fail, ignore, r, allocate, release);
    r->info = r->png ? png_create_info_struct(r->png) : NULL;
    if (r->info)
        decode(r);
    else
        r->status = OT_ENOMEM;
    png_destroy_read_struct(&r->png, &r->info, NULL);
    return r->status;
}

ot_status ot__png_read(const char *path, int height, int width, ot__image *out)
{
    char *data = NULL;
    reader r = { .path = path, .height = height, .width = width };
    OT_TRY(ot__file_read(path, OT__PNG_MOST_BYTES, &data, &r.size));
    r.data = (const uint8_t *)data;
    const ot_status status = ot__name_kind(read_image(&r), path, OT__EXPECT_PNG);
    ot__free(data);
    if (status == OT_OK)
        *out = r.image;
    else
        ot__free(r.image.at);
    return status;
}

bool ot__png_named(const char *name)
{
    const size_t n = strlen(name);
    return n > 4 && strcasecmp(name + n - 4, ".png") == 0;
}
