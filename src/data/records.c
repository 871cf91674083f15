/* SPDX-License-Identifier: BSD-3-Clause
 * Reads files of records, and turns their colour planes into channels-last images.  Everything is
 * checked before it is used: a file is a nonzero number of whole records, not more than its set
 * may have, and every label is one of its classes. */
#include "data/records.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "base/parallel.h"

size_t ot__record_size(const ot__records *format)
{
    return (size_t)format->labels + sizeof(ot__image32);
}

ot_status ot__records_new(const ot__records *format, int most, ot_dataset **out)
{
    const ot_dataset_desc form = { .height = OT__SIDE,
                                   .width = OT__SIDE,
                                   .channels = OT__CHANNELS,
                                   .classes = format->label[format->taken].classes };
    return ot__dataset_new(&form, most, out);
}

int ot__records_count(const ot__records *format, const char *path, int most)
{
    struct stat st;
    const intmax_t size = (intmax_t)ot__record_size(format);
    if (stat(path, &st) != 0) return 0;
    const intmax_t records = ((intmax_t)st.st_size + size - 1) / size;
    return records < most ? (int)records : most;
}

static ot_status check_labels(const ot__records *format, const char *path, const uint8_t *record,
                              size_t at)
{
    for (int k = 0; k < format->labels; k++) {
        const int classes = format->label[k].classes;
        const char *const kind = format->label[k].kind;
        if (record[k] >= classes)
            return ot__fail(OT_EFORMAT, "%s:%zu: %slabel %d > %d (%s has %d %sclasses)", path,
                            at + (size_t)k, kind, record[k], classes - 1, format->set, classes,
                            kind);
    }
    return OT_OK;
}

static ot_status check_records(const ot__records *format, const char *path, const uint8_t *data,
                               size_t size)
{
    const size_t each = ot__record_size(format), rest = size % each;
    if (size == 0)
        return ot__fail(OT_EFORMAT, "%s:0: the file is empty; records of %zu bytes are expected",
                        path, each);
    for (size_t at = 0; at + each <= size; at += each)
        OT_TRY(check_labels(format, path, data + at, at));
    if (rest)
        return ot__fail(OT_EFORMAT,
                        "%s:%zu: the file ends within record %zu, after %zu of its %zu bytes", path,
                        size, size / each, rest, each);
    return OT_OK;
}

static void planes_read(const uint8_t *plane, const ot__image *image)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            for (int c = 0; c < OT__CHANNELS; c++)
                ot__pixel(image, y, x)[c] = plane[(c * OT__SIDE + y) * OT__SIDE + x];
}

void ot__planes_write(const ot__image *image, uint8_t *plane)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            for (int c = 0; c < OT__CHANNELS; c++)
                plane[(c * OT__SIDE + y) * OT__SIDE + x] = ot__pixel(image, y, x)[c];
}

ot_status ot__records_read(const ot__records *format, const char *path, int most, ot_dataset *d)
{
    char *data = NULL;
    size_t size = 0;
    const size_t each = ot__record_size(format);
    OT_TRY(ot__name_kind(ot__file_read(path, (size_t)most * each, &data, &size), path,
                         OT__EXPECT_IMAGES));
    const uint8_t *const records = (const uint8_t *)data;
    const ot_status status =
        ot__name_kind(check_records(format, path, records, size), path, OT__EXPECT_IMAGES);
    if (status == OT_OK) {
        const int n = (int)(size / each);
        OT__PARALLEL_FOR
        for (int i = 0; i < n; i++) {
            const uint8_t *const record = records + (size_t)i * each;
            const ot__image image = ot__dataset_at(d, d->count + i);
            d->label[d->count + i] = record[format->taken];
            planes_read(record + format->labels, &image);
        }
        d->count += n;
    }
    ot__free(data);
    return status;
}

/* After the last name only line ends may follow. */
static bool parse_names(const char *text, int classes, char (*name)[OT__NAME_SIZE])
{
    for (int c = 0; c < classes; c++) {
        const size_t n = strcspn(text, "\r\n");
        if (!ot__class_name_copy(name[c], text, n)) return false;
        text += n;
        text += *text == '\r';
        text += *text == '\n';
    }
    return text[strspn(text, "\r\n")] == '\0';
}

ot_status ot__class_names_read(const char *path, int classes, char (*name)[OT__NAME_SIZE],
                               bool *good)
{
    char *text = NULL;
    size_t size = 0;
    const ot_status status = ot__file_read(path, 4096, &text, &size);
    if (status == OT_ENOMEM) return status;
    *good = status == OT_OK && strlen(text) == size && parse_names(text, classes, name);
    ot__free(text);
    return OT_OK;
}

bool ot__exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 || errno != ENOENT;
}

bool ot__is_folder(const char *where)
{
    struct stat st;
    return stat(where, &st) == 0 && S_ISDIR(st.st_mode);
}
