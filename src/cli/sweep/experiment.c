/* SPDX-License-Identifier: BSD-3-Clause
 * Reads experiment files with libinih.  libinih passes no line number to its handler, and messages
 * need one.  So this file passes it one line at a time and counts them.  It also opens sections
 * itself. */
#include "cli/sweep/experiment.h"

#include <ctype.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "cli/frame/message.h"

enum { LEAST_DEPTH = 4, MOST_DEPTH = 1000000, MOST_COLUMNS = 190, MOST_ABOUT = 2047 };

static const ot_option depth = { .name = "depth",
                                 .kind = OT_OPTION_INT,
                                 .argument = "N",
                                 .least = LEAST_DEPTH,
                                 .most = MOST_DEPTH };

static const char *const about[] = { "title", "note" };
enum { N_ABOUT = sizeof about / sizeof about[0] };

static const struct {
    const char *word;
    bool named, once;
} kinds[] = {
    [CLI_ABOUT] = { "experiment", false, true },
    [CLI_BASE] = { "train", false, true },
    [CLI_SCALE] = { "scale", true, false },
    [CLI_GRID] = { "grid", false, false },
};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* Options of odetape train that an experiment file cannot set: odetape sweep sets them. */
static const char *const reserved[] = { "out", "force", "resume", "threads" };

ot_status cli_experiment_refuse(const cli_experiment *e, int line, const char *format, ...)
{
    char sentence[800];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return ot__fail(CLI_ECONFIG, "%.200s:%d: %s", e->path, line, sentence);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(name, reserved[i]) == 0) return true;
    return false;
}

static void list_keys(cli_experiment *e)
{
    e->key[e->n_keys++] = (cli_key){ &depth, NULL };
    for (const cli_group *g = e->command->groups; g->title; g++)
        for (const ot_option *o = g->options; o->name && e->n_keys < CLI_MOST_OPTIONS; o++)
            if (!is_reserved(o->name)) e->key[e->n_keys++] = (cli_key){ o, g };
}

int cli_experiment_key(const cli_experiment *e, const char *name)
{
    for (int i = 0; i < e->n_keys; i++)
        if (strcmp(e->key[i].option->name, name) == 0) return i;
    return -1;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct reader {
    cli_experiment *e;
    const char *at, *end;
    int line;
    ot_status status;
    bool continued; /* the line is indented, so it belongs to the key above it */
    char key[64];   /* the last key that was read; "" after the head of a section */
} reader;

static ot_status refuse(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static ot_status refuse(reader *r, const char *format, ...)
{
    char sentence[800];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return r->status = cli_experiment_refuse(r->e, r->line, "%s", sentence);
}

/* Copies a text without the blanks around it into the pool.  Returns NULL if the pool is full. */
static const char *keep(cli_experiment *e, const char *text, size_t length)
{
    while (length > 0 && isspace((unsigned char)*text))
        text++, length--;
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    if ((size_t)e->n_pool + length + 1 > sizeof e->pool) return NULL;
    char *const kept = e->pool + e->n_pool;
    memcpy(kept, text, length);
    kept[length] = 0;
    e->n_pool += (int)length + 1;
    return kept;
}

static ot_status unknown(reader *r, const char *what, const char *word, int n,
                         const char *const names[])
{
    const char *const nearest = ot_nearest(word, n, names);
    return nearest ? refuse(r, "there is no %s '%s'; did you mean '%s'?", what, word, nearest)
                   : refuse(r, "there is no %s '%s'", what, word);
}

static ot_status find_kind(reader *r, const char *word, cli_section_kind *kind)
{
    const char *names[N_KINDS];
    for (int i = 0; i < N_KINDS; i++) {
        names[i] = kinds[i].word;
        *kind = (cli_section_kind)i;
        if (strcmp(word, names[i]) == 0) return OT_OK;
    }
    return unknown(r, "section", word, N_KINDS, names);
}

static ot_status check_section(reader *r, cli_section_kind kind, const char *name)
{
    const cli_experiment *const e = r->e;
    if (*name && kinds[kind].once)
        return refuse(r, "[%s] takes no name, but '%s' is given", kinds[kind].word, name);
    if (!*name && kinds[kind].named)
        return refuse(r, "[%s] needs a name, as in [%s paper]", kinds[kind].word, kinds[kind].word);
    if (e->n_sections == CLI_MOST_SECTIONS)
        return refuse(r, "there are more than %d sections", CLI_MOST_SECTIONS);
    const int other = cli_experiment_section(e, kind, name);
    if (other == CLI_NO_SECTION) return OT_OK;
    return refuse(r, "[%s%s%s] is already in line %d", kinds[kind].word, *name ? " " : "", name,
                  e->section[other].line);
}

/* Whether an indented line is the head of a section, which libinih would read as a continuation of
 * the key above it.  In [experiment], only lines that name a known section are, since a note may
 * have lines that start with '['. */
static bool is_indented_section(const reader *r, const char *text)
{
    const cli_experiment *const e = r->e;
    const bool is_note =
        r->key[0] && e->n_sections > 0 && e->section[e->n_sections - 1].kind == CLI_ABOUT;
    if (*text != '[' || !is_note) return *text == '[';
    const size_t n = strcspn(text + 1, " \t]\r\n");
    for (int i = 0; i < N_KINDS; i++)
        if (strlen(kinds[i].word) == n && memcmp(kinds[i].word, text + 1, n) == 0) return true;
    return false;
}

/* Reads the head of a section; text starts after its '['. */
static ot_status open_section(reader *r, const char *text)
{
    char word[64] = "";
    const size_t length = strcspn(text, "]\r\n");
    cli_section_kind kind;
    if (text[length] != ']') return refuse(r, "']' is missing");
    const char *const after = text + length + 1 + strspn(text + length + 1, " \t\r\n");
    if (*after && *after != ';')
        return refuse(r, "'%.*s' comes after ']'; a key needs a line of its own",
                      (int)strcspn(after, "\r\n"), after);
    const char *const whole = keep(r->e, text, length);
    if (!whole) return refuse(r, "the file is too long");
    if (strlen(whole) >= 48) return refuse(r, "the name of a section has at most 47 bytes");
    const size_t first = strcspn(whole, " \t");
    memcpy(word, whole, first);
    OT_TRY(find_kind(r, word, &kind));
    const char *const name = whole + first + strspn(whole + first, " \t");
    OT_TRY(check_section(r, kind, name));
    r->e->section[r->e->n_sections++] = (cli_section){ kind, name, r->line };
    return OT_OK;
}

/* Whether a line has a carriage return within it.  A file whose lines end with carriage returns
 * only would otherwise be read as one line. */
static bool has_lone_return(const char *text)
{
    for (; (text = strchr(text, '\r')) != NULL; text++)
        if (text[1] && text[1] != '\r' && text[1] != '\n') return true;
    return false;
}

/* Looks at a line before libinih reads it: refuses what libinih would accept, and opens
 * sections. */
static void look_at(reader *r, const char *line)
{
    const char *const start = line + strspn(line, " \t\r\v\f");
    r->continued = isspace((unsigned char)*line);
    if (has_lone_return(line))
        refuse(r, "there is a carriage return within the line; lines end with LF or CR LF");
    else if (r->continued && is_indented_section(r, start))
        refuse(r, "'[' is indented; it must be the first character of its line");
    if (*line != '[') return;
    r->key[0] = 0;
    if (r->status == OT_OK) (void)open_section(r, line + 1);
}

/* Returns one line per call, as fgets does; libinih calls it. */
static char *next_line(char *text, int size, void *user)
{
    reader *const r = user;
    if (r->at == r->end || r->status != OT_OK) return NULL;
    r->line++;
    const char *const newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const size_t length = newline ? (size_t)(newline + 1 - r->at) : (size_t)(r->end - r->at);
    if (length > MOST_COLUMNS || (int)length >= size) {
        refuse(r, "the line is longer than %d bytes; a list may continue in an indented line",
               MOST_COLUMNS);
        return NULL;
    }
    if (memchr(r->at, 0, length)) {
        refuse(r, "there is a zero byte");
        return NULL;
    }
    memcpy(text, r->at, length);
    text[length] = 0;
    r->at += length;
    const char *start = text;
    if (r->line == 1 && strncmp(start, "\xEF\xBB\xBF", 3) == 0) start += 3;
    look_at(r, start);
    return r->status == OT_OK ? text : NULL;
}

/* Refuses a value that its list already has, in this or another spelling. */
static ot_status check_new(reader *r, const cli_value *value)
{
    const cli_experiment *const e = r->e;
    const char *const name = e->key[value->key].option->name;
    for (const cli_value *v = e->value; v < e->value + e->n_values; v++) {
        if (v->section != value->section || v->key != value->key) continue;
        if (strcmp(v->text, value->text) == 0) return refuse(r, "%s has '%s' twice", name, v->text);
        if (strcmp(v->plain, value->plain) == 0)
            return refuse(r, "%s has '%s' twice: '%s' in line %d is the same value", name,
                          value->text, v->text, v->line);
    }
    return OT_OK;
}

static ot_status add_value(reader *r, int key, const char *text, size_t length)
{
    cli_experiment *const e = r->e;
    const ot_option *const o = e->key[key].option;
    char plain[OT__OPTION_TEXT];
    const char *const kept = keep(e, text, length);
    if (!kept) return refuse(r, "the file is too long");
    if (e->n_values == CLI_MOST_VALUES)
        return refuse(r, "there are more than %d values", CLI_MOST_VALUES);
    union {
        double real;
        const void *text;
        ot_int_list list;
        ot_text_list texts;
    } field = { .texts = { 0 } };
    ot_option at_zero = *o;
    at_zero.offset = 0;
    if (ot__option_read(&at_zero, kept, &field) != OT_OK) return refuse(r, "%s", ot_message());
    ot__option_write(&at_zero, &field, plain, sizeof plain);
    cli_value value = { e->n_sections - 1, key, kept, kept, r->line };
    if (strcmp(plain, kept) != 0) value.plain = keep(e, plain, strlen(plain));
    if (!value.plain) return refuse(r, "the file is too long");
    OT_TRY(check_new(r, &value));
    e->value[e->n_values++] = value;
    return OT_OK;
}

/* Adds the items of a list.  A list that ends with '|', as "a | b |", continues in the next
 * line. */
static ot_status add_list(reader *r, int key, const char *text)
{
    const size_t whole = strlen(text);
    const bool goes_on = whole > 0 && text[whole - 1] == '|';
    const char *const end = text + whole - goes_on;
    for (const char *bar; (bar = memchr(text, '|', (size_t)(end - text))) != NULL; text = bar + 1)
        OT_TRY(add_value(r, key, text, (size_t)(bar - text)));
    return add_value(r, key, text, (size_t)(end - text));
}

static ot_status add_about(reader *r, const char *name, const char *text)
{
    cli_experiment *const e = r->e;
    const char **const field[N_ABOUT] = { &e->title, &e->note };
    for (int i = 0; i < N_ABOUT; i++) {
        if (strcmp(name, about[i]) != 0) continue;
        if (!r->continued && *field[i]) return refuse(r, "%s is given twice", name);
        const char *const before = *field[i];
        char both[MOST_ABOUT + 1];
        const int bytes =
            snprintf(both, sizeof both, "%s%s%s", before ? before : "", before ? " " : "", text);
        if (bytes > MOST_ABOUT) return refuse(r, "%s is longer than %d bytes", name, MOST_ABOUT);
        *field[i] = keep(e, both, strlen(both));
        if (!*field[i]) return refuse(r, "the file is too long");
        return OT_OK;
    }
    return unknown(r, "key", name, N_ABOUT, about);
}

static ot_status unknown_key(reader *r, const char *name)
{
    const char *names[CLI_MOST_OPTIONS];
    if (is_reserved(name))
        return refuse(r, "an experiment cannot set '%s'; odetape sweep sets it", name);
    for (int i = 0; i < r->e->n_keys; i++)
        names[i] = r->e->key[i].option->name;
    return unknown(r, "key", name, r->e->n_keys, names);
}

static ot_status take(reader *r, const char *name, const char *text)
{
    cli_experiment *const e = r->e;
    if (e->n_sections == 0)
        return refuse(r, "'%s' is in no section; a line such as [train] must come first", name);
    const int section = e->n_sections - 1;
    if (e->section[section].kind == CLI_ABOUT) return add_about(r, name, text);
    const int key = cli_experiment_key(e, name);
    if (key < 0) return unknown_key(r, name);
    const cli_value *const before = cli_experiment_value(e, section, key, 0);
    if (before && !r->continued)
        return refuse(r, "'%s' is given twice; it is already in line %d", name, before->line);
    return add_list(r, key, text);
}

/* Removes a comment at the end of a continued line, where libinih does not. */
static void cut_comment(char *text)
{
    for (char *c = text; *c; c++)
        if (*c == ';' && (c == text || isspace((unsigned char)c[-1]))) {
            *c = 0;
            return;
        }
}

/* Refuses an indented line that looks like "key = value": it was probably indented by mistake, and
 * would continue the list of the key above it.  In [experiment], only the section's own keys count,
 * since a note may contain '='. */
static ot_status check_continuation(reader *r, const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const cli_experiment *const e = r->e;
    char word[64] = "";
    const size_t n = strspn(text, letters);
    const char sign = text[n + strspn(text + n, " \t")];
    if (n == 0 || n >= sizeof word || (sign != '=' && sign != ':')) return OT_OK;
    memcpy(word, text, n);
    const bool is_note = e->n_sections > 0 && e->section[e->n_sections - 1].kind == CLI_ABOUT;
    bool is_key = is_note ? false : is_reserved(word) || cli_experiment_key(e, word) >= 0;
    for (int i = 0; is_note && i < N_ABOUT; i++)
        is_key |= strcmp(word, about[i]) == 0;
    if (!is_key && (is_note || sign == ':')) return OT_OK;
    return refuse(
        r,
        "'%s' is indented, so the line would be an item of '%s' above it; a key must not be "
        "indented",
        word, r->key);
}

static int on_pair(void *user, const char *section, const char *name, const char *text)
{
    reader *const r = user;
    char uncommented[MOST_COLUMNS + 1];
    snprintf(uncommented, sizeof uncommented, "%s", text);
    cut_comment(uncommented);
    if (r->continued && r->key[0] == 0)
        return refuse(r, "'%.60s' is indented, but there is no key above it", name) == OT_OK;
    if (r->continued && check_continuation(r, uncommented) != OT_OK) return 0;
    if (!r->continued) snprintf(r->key, sizeof r->key, "%s", name);
    (void)section;
    return take(r, r->key, uncommented) == OT_OK;
}

static ot_status check_whole(cli_experiment *e)
{
    if (cli_experiment_section(e, CLI_BASE, NULL) != CLI_NO_SECTION ||
        cli_experiment_section(e, CLI_GRID, NULL) != CLI_NO_SECTION)
        return OT_OK;
    return cli_experiment_refuse(e, 1, "there is neither a section [train] nor a section [grid]");
}

ot_status cli_experiment_parse(cli_experiment *e, const cli_command *command, const char *path,
                               const char *text, size_t size)
{
    e->path = path;
    e->command = command;
    e->n_keys = e->n_sections = e->n_values = e->n_pool = 0;
    e->title = e->note = NULL;
    list_keys(e);
    if (size > CLI_LONGEST_EXPERIMENT)
        return cli_experiment_refuse(e, 1, "the file is longer than %d bytes",
                                     CLI_LONGEST_EXPERIMENT);
    reader r = { .e = e, .at = text, .end = text + size };
    const int line = ini_parse_stream(next_line, &r, on_pair, &r);
    if (r.status != OT_OK) return r.status;
    if (line != 0)
        return cli_experiment_refuse(e, line > 0 ? line : 1,
                                     "this is neither '[section]' nor 'key = value'");
    return check_whole(e);
}

static ot_status fail_to_read(cli_experiment *e, const char *path, ot_status status)
{
    e->path = path;
    if (status == OT_EFORMAT)
        return cli_experiment_refuse(e, 1, "the file is longer than %d bytes",
                                     CLI_LONGEST_EXPERIMENT);
    return status == OT_ENOMEM || status == OT_EIO ? status : OT_ENOENT;
}

ot_status cli_experiment_read(cli_experiment *e, const cli_command *command, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    ot_status status = ot__file_read(path, CLI_LONGEST_EXPERIMENT, &text, &size);
    status = status == OT_OK ? cli_experiment_parse(e, command, path, text, size)
                             : fail_to_read(e, path, status);
    ot__free(text);
    return ot__name_kind(status, path, OT__EXPECT_EXPERIMENT);
}

/* ---- looking --------------------------------------------------------------------------------- */

const cli_value *cli_experiment_value(const cli_experiment *e, int section, int key, int i)
{
    for (int j = 0; j < e->n_values; j++)
        if (e->value[j].section == section && e->value[j].key == key && i-- == 0)
            return &e->value[j];
    return NULL;
}

int cli_experiment_section(const cli_experiment *e, cli_section_kind kind, const char *name)
{
    for (int i = 0; i < e->n_sections; i++)
        if (e->section[i].kind == kind && (!name || strcmp(e->section[i].name, name) == 0))
            return i;
    return CLI_NO_SECTION;
}

int cli_experiment_source(const cli_experiment *e, int grid, int scale, int key)
{
    const int sections[] = { grid, scale, cli_experiment_section(e, CLI_BASE, NULL) };
    for (int i = 0; i < 3; i++)
        if (sections[i] != CLI_NO_SECTION && cli_experiment_value(e, sections[i], key, 0))
            return sections[i];
    return CLI_NO_SECTION;
}
