/* SPDX-License-Identifier: BSD-3-Clause
 * Values from a safetensors file that may be of another network or of other software.  A tensor of
 * the file is taken if the network has one of its name and shape.  Initial values (--init) are all
 * that fit; an import wants every tensor to fit, by names that it translates.  Everything that is
 * taken is read before the first value is changed.  Half-precision numbers (IEEE binary16, and
 * bfloat16, the upper half of a float) are exact in float32. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "store/safetensors.h"

/* ---- the types of a file ---- */

static double number_f64(const void *data, size_t i)
{
    return ((const double *)data)[i];
}

static double number_f32(const void *data, size_t i)
{
    return (double)((const float *)data)[i];
}

/* 1 bit of sign, 5 of exponent, 10 of fraction. */
static double number_f16(const void *data, size_t i)
{
    const uint16_t bits = ((const uint16_t *)data)[i];
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double size;
    if (exponent == 31)
        size = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexp(fraction, -24);
    else
        size = ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
}

static double number_bf16(const void *data, size_t i)
{
    const uint32_t bits = (uint32_t)((const uint16_t *)data)[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static const struct {
    const char *name;
    double (*number)(const void *data, size_t i);
} types[] = {
    { "F64", number_f64 },
    { "F32", number_f32 },
    { "F16", number_f16 },
    { "BF16", number_bf16 },
};
enum { N_TYPES = sizeof types / sizeof types[0] };

/* The index of a type; N_TYPES if it is not read. */
static size_t type_of(const ot__st_tensor *t)
{
    size_t i = 0;
    while (i < N_TYPES && strcmp(types[i].name, t->dtype) != 0)
        i++;
    return i;
}

/* ---- what fits ---- */

/* A file, a network, and what they have in common. */
typedef struct fitting {
    const ot__st_file *file;
    ot_params *params;
    const ot__translation *names; /* NULL: the file has the names of the network */
    ot_fit fit;
    int *owner;    /* for each tensor of the file its index in the parameters; -1: not taken */
    bool *in_file; /* for each tensor of the network: the file has one of its name */
    const ot__st_tensor *unread; /* the first that has a dtype of no conversion; NULL: none */
    int again;      /* the index of a tensor that the file has under two names; -1: none */
    ot_dtype dtype; /* in which the values are set: double if any that is taken is */
    size_t bytes;   /* of all that are taken */
} fitting;

/* Counts a tensor, and adds its name to those of the first if there is room for it. */
static void count(ot_fit_part *part, const char *name)
{
    const size_t used = strlen(part->names), room = sizeof part->names - sizeof " and 65536 more";
    const bool all_listed = part->listed == part->n++;
    if (!all_listed || used + strlen(name) + 2 >= room) return;
    snprintf(part->names + used, room - used, "%s%s", used > 0 ? ", " : "", name);
    part->listed++;
}

static void end_list(ot_fit_part *part)
{
    const size_t used = strlen(part->names);
    if (part->listed < part->n)
        snprintf(part->names + used, sizeof part->names - used, "%s%d more",
                 part->listed > 0 ? " and " : "", part->n - part->listed);
    ot__make_printable(part->names);
}

static bool same_shape(const ot__st_tensor *t, ot_shape want)
{
    bool same = t->rank == want.rank;
    for (int k = 0; same && k < want.rank; k++)
        same = t->dim[k] == (size_t)want.dim[k];
    return same;
}

/* Whether a tensor of the file is left out; otherwise *i is its index in the parameters, -1 if they
 * have none of its name.  States and averages are those of a checkpoint of odetape. */
static bool is_left_out(const fitting *f, const char *name, int *i)
{
    char state[OT__ST_STATE_NAME];
    if (!f->names) {
        *i = ot_params_find(f->params, name);
        return ot__st_after_state(name, state) || ot__st_after_average(name);
    }
    *i = f->names->find(f->names->user, f->params, name);
    return *i == OT__LEAVE_OUT;
}

static void sort_tensor(fitting *f, int k)
{
    const ot__st_tensor *const t = &f->file->header.tensor[k];
    int i;
    f->owner[k] = -1;
    if (is_left_out(f, t->name, &i)) return;
    if (i < 0) {
        count(&f->fit.unknown, t->name);
        return;
    }
    if (f->in_file[i]) f->again = i;
    f->in_file[i] = true;
    if (type_of(t) == N_TYPES && !f->unread) f->unread = t;
    if (!same_shape(t, ot_params_shape(f->params, i)) || type_of(t) == N_TYPES) {
        count(&f->fit.unlike, t->name);
        return;
    }
    count(&f->fit.taken, t->name);
    f->owner[k] = i;
    f->bytes += t->end - t->begin;
    if (types[type_of(t)].number == number_f64) f->dtype = OT_F64;
}

static ot_status sort_tensors(fitting *f)
{
    const ot__st_header *const h = &f->file->header;
    const size_t n = (size_t)ot_params_count(f->params);
    f->owner = ot__new((size_t)h->n + 1, sizeof *f->owner);
    f->in_file = ot__new(n + 1, sizeof *f->in_file);
    if (!f->owner || !f->in_file) return OT_ENOMEM;
    for (int k = 0; k < h->n; k++)
        sort_tensor(f, k);
    for (int i = 0; i < ot_params_count(f->params); i++)
        if (!f->in_file[i]) count(&f->fit.missing, ot_params_name(f->params, i));
    ot_fit_part *const parts[] = { &f->fit.taken, &f->fit.missing, &f->fit.unknown,
                                   &f->fit.unlike };
    for (int i = 0; i < 4; i++)
        end_list(parts[i]);
    return OT_OK;
}

/* The end of a sentence about a file some of whose tensors have a dtype of no conversion. */
typedef struct clause {
    char s[200];
} clause;

static clause about_dtype(const fitting *f)
{
    clause c = { "" };
    if (f->unread)
        snprintf(c.s, sizeof c.s,
                 "; %.80s has dtype %s, which has no conversion here; F64, F32, F16 and BF16 have",
                 f->unread->name, f->unread->dtype);
    return c;
}

/* Initial values: one tensor is enough. */
static ot_status check_any(const fitting *f)
{
    if (f->fit.taken.n > 0) return OT_OK;
    return ot__fail(
        OT_EFORMAT, "%s: none of its tensors fits the network; it has %s%s%s, the network has %s%s",
        f->file->path, f->fit.unknown.names,
        f->fit.unknown.n > 0 && f->fit.unlike.n > 0 ? " and, of other shapes or types, " : "",
        f->fit.unlike.names, ot_params_name(f->params, 0), about_dtype(f).s);
}

/* Adds the list of the tensors of a kind, if there are any, to a sentence.  "what" says of them
 * what is wrong. */
static void add_list(char *sentence, size_t size, const ot_fit_part *part, const char *what)
{
    const size_t used = strlen(sentence);
    if (part->n > 0)
        snprintf(sentence + used, size - used, "%s %d %s (%s)", used > 0 ? ";" : "", part->n, what,
                 part->names);
}

/* An import: every tensor on both sides. */
static ot_status check_all(const fitting *f)
{
    char wrong[4 * sizeof f->fit.unlike.names] = "";
    if (f->again >= 0)
        return ot__fail(OT_EFORMAT,
                        "%s:8: two of its tensors are, by the names of %s, %s of the network; one "
                        "is expected",
                        f->file->path, f->names->name, ot_params_name(f->params, f->again));
    add_list(wrong, sizeof wrong, &f->fit.missing, "of the network missing in the file");
    add_list(wrong, sizeof wrong, &f->fit.unknown, "of the file unknown to the network");
    add_list(wrong, sizeof wrong, &f->fit.unlike, "of another shape or type");
    if (!*wrong) return OT_OK;
    return ot__fail(OT_EFORMAT,
                    "%s:8: the tensors are not, by the names of %s, those of the network:%s%s",
                    f->file->path, f->names->name, wrong, about_dtype(f).s);
}

/* ---- taking it ---- */

/* Sets the values of tensor `owner` from numbers of the file.  They are in memory already. */
static void set_values(const fitting *f, const ot__st_tensor *t, int owner, const void *data)
{
    void *const to = ot_params_edit(f->params, owner, f->dtype);
    const size_t n = ot_params_elements(f->params, owner);
    for (size_t i = 0; i < n; i++)
        ot__set_number(to, f->dtype, i, types[type_of(t)].number(data, i));
}

/* Reads all tensors that are taken, one after another. */
static ot_status read_values(const fitting *f, char *data)
{
    for (int k = 0; k < f->file->header.n; k++) {
        const ot__st_tensor *const t = &f->file->header.tensor[k];
        if (f->owner[k] < 0) continue;
        OT_TRY(ot__st_read(f->file, t, data));
        data += t->end - t->begin;
    }
    return OT_OK;
}

/* The values are made in the dtype first, since that may fail. */
static ot_status take(const fitting *f, char *data)
{
    OT_TRY(read_values(f, data));
    if (!ot_params_edit(f->params, 0, f->dtype))
        return ot__fail(OT_ENOMEM, "%s: out of memory for the values", f->file->path);
    for (int k = 0; k < f->file->header.n; k++) {
        const ot__st_tensor *const t = &f->file->header.tensor[k];
        if (f->owner[k] < 0) continue;
        set_values(f, t, f->owner[k], data);
        data += t->end - t->begin;
    }
    return OT_OK;
}

static ot_status init_from(fitting *f)
{
    OT_TRY(sort_tensors(f));
    OT_TRY(f->names ? check_all(f) : check_any(f));
    char *const data = ot__tensor_memory(f->bytes);
    const ot_status status = data ? take(f, data) : OT_ENOMEM;
    ot__free(data);
    return status;
}

static ot_status take_file(ot_params *ps, const char *path, const ot__translation *names,
                           ot_fit *fit)
{
    ot__st_file file;
    fitting f = { .file = &file, .params = ps, .names = names, .again = -1 };
    OT_TRY(ot_file_checksum(path, f.fit.checksum));
    OT_TRY(ot__st_open(path, &file));
    const ot_status status = init_from(&f);
    ot__st_close(&file);
    ot__free(f.owner);
    ot__free(f.in_file);
    if (fit && (status == OT_OK || names)) *fit = f.fit;
    return status;
}

ot_status ot_params_init_from(ot_params *ps, const char *path, ot_fit *fit)
{
    OT_TRY(ot__check_given("init", "the parameters", ps));
    OT_TRY(ot__check_given("init", "the path", path));
    return take_file(ps, path, NULL, fit);
}

ot_status ot__params_import(ot_params *ps, const char *path, const ot__translation *names,
                            ot_fit *fit)
{
    return take_file(ps, path, names, fit);
}
