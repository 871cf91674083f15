/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/memory.h"
#include "hostile/files.h"

static long accepted;

/* Text ends at a zero byte: the reader of files refuses those itself. */
static void read_tableau(const bytes *file, void *user)
{
    (void)user;
    ot_scheme *s = NULL, *again = NULL;
    char *text = ot__new(file->size + 1, 1);
    ck_assert_ptr_nonnull(text);
    memcpy(text, file->data, file->size);
    const ot_status status = ot_scheme_parse(text, "x.tableau", &s);
    ot__free(text);
    if (status != OT_OK) {
        ck_assert_ptr_null(s);
        expect_refusal(status, "x.tableau");
        return;
    }
    accepted++;
    ck_ok(ot_scheme_parse(ot_scheme_text(s), "again", &again));
    ck_assert_str_eq(ot_scheme_text(s), ot_scheme_text(again));
    ot_scheme_free(s);
    ot_scheme_free(again);
}

START_TEST(a_malformed_tableau_is_refused_with_its_line)
{
    static const char *const names[] = { "rk4", "bs3", "dopri5", "verner89" };
    long tried = 0;
    accepted = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const ot_scheme *s = ot_scheme_find(names[i]);
        if (!s) continue;
        const char *text = ot_scheme_text(s);
        const size_t size = strlen(text);
        const subject what = { .good = (const unsigned char *)text,
                               .size = size,
                               .stride = 1 + size / 400,
                               .random = 600,
                               .read = read_tableau };
        tried += read_variants(&what);
    }
    report("tableaux", tried, accepted);
}
END_TEST

TCase *tableau_case(void)
{
    TCase *c = tcase_create("tableau");
    tcase_set_timeout(c, 600);
    tcase_add_test(c, a_malformed_tableau_is_refused_with_its_line);
    return c;
}
