/* SPDX-License-Identifier: BSD-3-Clause
 * Files that are no plugins, in a program that does not export odetape's functions.  Plugins that
 * can be loaded are tested with the program: tests/cli/frame/plugins.sh. */
#include <dlfcn.h>

#include "schemes/cases.h"
#include "schemes/parts.h"
#include "schemes/plugin.h"

static char file[OT_TEMPORARY];

static void write_text(void)
{
    ot_temporary(file);
    const int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "this is text\n", 13), 13);
    close(fd);
}

static void remove_text(void)
{
    remove(file);
}

static void says(ot_status status, ot_status right, const char *part)
{
    ck_assert_msg(status == right, "%s: %s", ot_strerror(status), ot_message());
    ck_assert_msg(strstr(ot_message(), part), "'%s' does not say '%s'", ot_message(), part);
    ck_assert_int_eq(ot_plugin_count(), 0);
}

START_TEST(what_cannot_be_read_is_no_plugin)
{
    says(ot_plugin_load("/nowhere/mine.so"), OT_ENOENT, "/nowhere/mine.so: the plugin cannot");
    says(ot_plugin_load("/"), OT_ENOENT, "not a regular file");
    says(ot_plugin_load(""), OT_ENOENT, "the plugin cannot be read");
}
END_TEST

/* Some sanitizers export all functions of the programs that they are linked with. */
START_TEST(a_program_that_exports_nothing_says_what_it_must_be_linked_with)
{
    if (dlsym(RTLD_DEFAULT, "ot_register_scheme"))
        says(ot_plugin_load(file), OT_EFORMAT, "is no plugin: ");
    else
        says(ot_plugin_load(file), OT_EINVAL, "linked with libodetape.so or with -rdynamic");
}
END_TEST

START_TEST(without_plugins_nothing_belongs_to_one)
{
    ck_assert_ptr_null(ot_plugin_at(0));
    ck_assert_ptr_null(ot_plugin_at(-1));
    ck_assert_ptr_null(ot__plugin_find("momentum"));
    const ot_about *about;
    for (int i = 0; (about = ot__registry_at(ot__schemes(), i)) != NULL; i++)
        for (int plugin = -1; plugin < 2; plugin++)
            ck_assert(!ot__plugin_has(plugin, about));
}
END_TEST

TCase *plugin_case(void)
{
    TCase *c = tcase_create("plugin");
    tcase_add_checked_fixture(c, write_text, remove_text);
    tcase_add_test(c, what_cannot_be_read_is_no_plugin);
    tcase_add_test(c, a_program_that_exports_nothing_says_what_it_must_be_linked_with);
    tcase_add_test(c, without_plugins_nothing_belongs_to_one);
    return c;
}
