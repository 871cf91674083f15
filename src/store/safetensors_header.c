/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the header of a safetensors file, which may come from anybody.  Depth and number of values
 * are checked before the JSON parser starts, which bounds its memory, and every product is checked
 * for overflow.  The tensors must cover each byte of the data exactly once, so that no two readers
 * can find different tensors in one file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "store/safetensors.h"

enum { MAX_DEPTH = 4, MAX_VALUES = 16 * OT__ST_MAX_TENSORS };

static const char METADATA[] = "__metadata__";

/* Whether the text has at most MAX_DEPTH levels and MAX_VALUES values; strings are skipped. */
static bool within_bounds(const char *text, size_t size)
{
    int depth = 0;
    size_t values = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') i++;
            if (c == '"') in_string = false;
            continue;
        }
        in_string = c == '"';
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        values += c == '{' || c == '[' || c == ',';
        if (depth > MAX_DEPTH || values > MAX_VALUES) return false;
    }
    return true;
}

static bool printable(const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        if (*c < 0x20 || *c == 0x7f) return false;
    return *name != '\0';
}

/* Reads a whole number >= 0. */
static bool get_size(const json_t *value, size_t *size)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    *size = (size_t)json_integer_value(value);
    return true;
}

/* The types of the format (safetensors 0.7) and the bits of an element.  Numbers of 4 and 6 bits
 * are packed without gaps.  E and M count the bits of exponent and mantissa; FNUZ has no infinity
 * and no negative zero. */
static const struct {
    const char *name;
    size_t bits;
} dtypes[] = {
    { "BOOL", 8 },        { "F4", 4 },          { "F6_E2M3", 6 }, { "F6_E3M2", 6 }, { "U8", 8 },
    { "I8", 8 },          { "F8_E5M2", 8 },     { "F8_E4M3", 8 }, { "F8_E8M0", 8 }, { "I16", 16 },
    { "F8_E4M3FNUZ", 8 }, { "F8_E5M2FNUZ", 8 }, { "U16", 16 },    { "F16", 16 },    { "BF16", 16 },
    { "I32", 32 },        { "U32", 32 },        { "F32", 32 },    { "C64", 64 },    { "F64", 64 },
    { "I64", 64 },        { "U64", 64 },
};

size_t ot__st_bits(const char *dtype)
{
    for (size_t i = 0; dtype && i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (strcmp(dtype, dtypes[i].name) == 0) return dtypes[i].bits;
    return 0;
}

/* The names of all types, with commas between them. */
static const char *all_dtypes(char *text, size_t size)
{
    for (size_t i = 0, used = 0; i < sizeof dtypes / sizeof dtypes[0] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", dtypes[i].name);
    return text;
}

static ot_status unknown_dtype(const char *path, const ot__st_tensor *t)
{
    char names[256];
    if (!t->dtype)
        return ot__fail(OT_EFORMAT,
                        "%s:8: tensor %.100s: the dtype must be a text, such as \"F32\"", path,
                        t->name);
    return ot__fail(OT_EFORMAT,
                    "%s:8: tensor %.100s has dtype '%.40s', which is not of the format; it has %s",
                    path, t->name, t->dtype, all_dtypes(names, sizeof names));
}

static ot_status parse_shape(const char *path, const json_t *shape, ot__st_tensor *t)
{
    if (!json_is_array(shape))
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s: the shape must be a list of numbers",
                        path, t->name);
    if (json_array_size(shape) > OT__ST_MAX_RANK)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s has %zu dimensions; up to %d are read",
                        path, t->name, json_array_size(shape), OT__ST_MAX_RANK);
    t->rank = (int)json_array_size(shape);
    size_t bits = ot__st_bits(t->dtype);
    for (int k = 0; k < t->rank; k++)
        if (!get_size(json_array_get(shape, (size_t)k), &t->dim[k]) ||
            __builtin_mul_overflow(bits, t->dim[k], &bits))
            return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s: dimension %d is no possible size",
                            path, t->name, k);
    const size_t bytes = bits / 8;
    if (bits % 8 != 0)
        return ot__fail(OT_EFORMAT,
                        "%s:8: tensor %.100s has %zu bits of dtype %s; a whole number of bytes is "
                        "expected",
                        path, t->name, bits, t->dtype);
    if (t->end - t->begin != bytes)
        return ot__fail(OT_EFORMAT,
                        "%s:8: tensor %.100s has %zu bytes from offset %zu; its shape needs %zu",
                        path, t->name, t->end - t->begin, t->begin, bytes);
    return OT_OK;
}

static ot_status parse_tensor(const char *path, const json_t *json, ot__st_tensor *t)
{
    if (!printable(t->name))
        return ot__fail(OT_EFORMAT, "%s:8: a tensor's name is empty or has a control character",
                        path);
    const json_t *dtype = json_object_get(json, "dtype");
    const json_t *shape = json_object_get(json, "shape");
    const json_t *offsets = json_object_get(json, "data_offsets");
    if (json_object_size(json) != 3 || !dtype || !shape || !offsets)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s must have dtype, shape and data_offsets",
                        path, t->name);
    t->dtype = json_string_value(dtype);
    if (ot__st_bits(t->dtype) == 0) return unknown_dtype(path, t);
    if (json_array_size(offsets) != 2 || !get_size(json_array_get(offsets, 0), &t->begin) ||
        !get_size(json_array_get(offsets, 1), &t->end) || t->begin > t->end)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s: data_offsets must be [begin, end]", path,
                        t->name);
    return parse_shape(path, shape, t);
}

static ot_status check_metadata(const char *path, const json_t *metadata)
{
    if (json_is_null(metadata)) return OT_OK; /* the format's own library takes it for none */
    if (!json_is_object(metadata))
        return ot__fail(OT_EFORMAT, "%s:8: %s must be an object of strings", path, METADATA);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)metadata, key, value) /* reads only */
        if (!json_is_string(value)) return ot__fail(
            OT_EFORMAT, "%s:8: %s: the value of %.100s must be a string", path, METADATA, key);
    return OT_OK;
}

static int by_place(const void *a, const void *b)
{
    const ot__st_tensor *s = a, *t = b;
    if (s->begin != t->begin) return s->begin < t->begin ? -1 : 1;
    return (s->end > t->end) - (s->end < t->end);
}

static ot_status check_places(const char *path, const ot__st_header *h, size_t data_size)
{
    size_t end = 0;
    for (int i = 0; i < h->n; i++) {
        const ot__st_tensor *t = &h->tensor[i];
        if (t->begin != end)
            return ot__fail(
                OT_EFORMAT,
                "%s:8: tensor %.100s begins at offset %zu of the data; it must begin at "
                "%zu, where the one before ends",
                path, t->name, t->begin, end);
        end = t->end;
    }
    if (end != data_size)
        return ot__fail(OT_EFORMAT,
                        "%s:8: the tensors end at offset %zu of the data, which has %zu bytes",
                        path, end, data_size);
    return OT_OK;
}

static ot_status parse_tensors(const char *path, size_t data_size, ot__st_header *h)
{
    const size_t n = json_object_size(h->json);
    if (n > OT__ST_MAX_TENSORS)
        return ot__fail(OT_EFORMAT, "%s:8: %zu tensors; at most %d are possible", path, n,
                        OT__ST_MAX_TENSORS);
    h->tensor = ot__new(n, sizeof *h->tensor);
    if (!h->tensor) return OT_ENOMEM;
    const char *name;
    json_t *value;
    json_object_foreach(h->json, name, value)
    {
        if (strcmp(name, METADATA) == 0) {
            OT_TRY(check_metadata(path, value));
            continue;
        }
        ot__st_tensor *t = &h->tensor[h->n++];
        t->name = name;
        OT_TRY(parse_tensor(path, value, t));
    }
    qsort(h->tensor, (size_t)h->n, sizeof *h->tensor, by_place);
    return check_places(path, h, data_size);
}

static ot_status parse_json(const char *path, const char *text, size_t size, json_t **json)
{
    if (size == 0 || text[0] != '{')
        return ot__fail(OT_EFORMAT, "%s:8: the header must begin with '{'", path);
    const char *const zero = memchr(text, 0, size);
    if (zero)
        return ot__fail(OT_EFORMAT,
                        "%s:%zu: the header has a zero byte; only blanks may fill it up", path,
                        8 + (size_t)(zero - text));
    if (!within_bounds(text, size))
        return ot__fail(OT_EFORMAT,
                        "%s:8: the header nests deeper than %d or has more than %d values", path,
                        MAX_DEPTH, MAX_VALUES);
    json_error_t error;
    const ot_status status = ot__json_parse(text, size, json, &error);
    if (status == OT_OK) return OT_OK;
    if (status == OT_ENOMEM) return ot__fail(OT_ENOMEM, "%s: out of memory for the header", path);
    return ot__fail(OT_EFORMAT, "%s:%d: the header is not JSON: %s", path, 8 + error.position,
                    error.text);
}

ot_status ot__st_parse(const char *path, const char *text, size_t size, size_t data_size,
                       ot__st_header *h)
{
    *h = (ot__st_header){ 0 };
    OT_TRY(parse_json(path, text, size, &h->json));
    const ot_status status = parse_tensors(path, data_size, h);
    if (status != OT_OK) ot__st_header_free(h);
    return status;
}

void ot__st_header_free(ot__st_header *h)
{
    json_decref(h->json);
    ot__free(h->tensor);
    *h = (ot__st_header){ 0 };
}

const char *ot__st_metadata(const ot__st_header *h, const char *key)
{
    return json_string_value(json_object_get(json_object_get(h->json, METADATA), key));
}
