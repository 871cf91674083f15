/* SPDX-License-Identifier: BSD-3-Clause
 * The table of names. */
#include "base/names.h"

#include <stdio.h>

#include "base/cases.h"
#include "base/memory.h"

enum { MANY = 5000 };

START_TEST(every_name_of_many_is_found_and_no_other)
{
    static char name[MANY][24];
    ot__names names = { 0 };
    ck_assert_int_eq(ot__names_find(&names, "x"), -1);
    for (int i = 0; i < MANY; i++) {
        snprintf(name[i], sizeof name[i], "blocks.%d.f.weight", i);
        ck_assert_int_eq(ot__names_find(&names, name[i]), -1);
        ck_ok(ot__names_add(&names, name[i], 3 * i));
    }
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(ot__names_find(&names, name[i]), 3 * i);
    ck_assert_int_eq(ot__names_find(&names, "blocks.0.f.weigh"), -1);
    ck_assert_int_eq(ot__names_find(&names, ""), -1);
    ot__names_free(&names);
    ck_assert_int_eq(ot__names_find(&names, name[0]), -1);
}
END_TEST

START_TEST(a_name_without_memory_leaves_the_table_as_it_was)
{
    ot__names names = { 0 };
    ck_ok(ot__names_add(&names, "a", 1));
    ot__fail_allocation(1, 1);
    ot_status status = OT_OK;
    static char name[64][8];
    int added = 0;
    for (; added < 64 && status == OT_OK; added++) {
        snprintf(name[added], sizeof name[added], "b%d", added);
        status = ot__names_add(&names, name[added], added);
    }
    ot__fail_allocation(0, 0);
    ck_assert_int_eq(status, OT_ENOMEM);
    ck_assert_int_eq(ot__names_find(&names, "a"), 1);
    ck_assert_int_eq(ot__names_find(&names, "b0"), 0);
    ck_assert_int_eq(ot__names_find(&names, name[added - 1]), -1);
    ck_ok(ot__names_add(&names, name[added - 1], 9));
    ck_assert_int_eq(ot__names_find(&names, name[added - 1]), 9);
    ot__names_free(&names);
}
END_TEST

TCase *names_case(void)
{
    TCase *c = tcase_create("names");
    tcase_add_test(c, every_name_of_many_is_found_and_no_other);
    tcase_add_test(c, a_name_without_memory_leaves_the_table_as_it_was);
    return c;
}
