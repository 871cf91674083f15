/* SPDX-License-Identifier: BSD-3-Clause
 * Changes the metadata of checkpoints and corrects their checksums.  A resume must refuse the
 * change of any option of the network.  The test loops over the library's table of options. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/frame/dispatch.h"
#include "cli/folder.h"
#include "cli/frame/groups.h"
#include "cli/prepared.h"
#include "cli/text_of.h"
#include "train/fixture.h"

static const char *const runs[] = { "half", "controlled" };
static const char *const newest[] = { "half/checkpoint-00000006.safetensors",
                                      "controlled/checkpoint-00000003.safetensors" };

/* Runs a command in a process of its own, with output to the files out and err.  Returns its exit
 * code. */
static int run(const char *line)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("out", "w", stdout) || !freopen("err", "w", stderr)) _exit(126);
        exit(prepared_run(line));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void make(void)
{
    prepared_make();
    ck_assert_int_eq(
        run("train --net bogacki_shampine32x1 --weights shared --step controlled --step-tolerance "
            "0.1 --width 1 --stem-stride 2 --data small --batch 32 --epochs 2 --keep 3 --out "
            "controlled"),
        0);
    ck_assert_int_eq(unlink("controlled/final.safetensors"), 0);
    ck_assert_int_eq(unlink("controlled/checkpoint-00000006.safetensors"), 0);
}

static void discard(void)
{
    ck_assert_int_eq(chdir(prepared), 0);
    folder_clear(".");
    rmdir(prepared);
}

/* Checks that a resume refuses another value of a key in the newest checkpoint, or the key itself
 * if the checkpoint lacks it. */
static void refuse(int i, const char *key, const char *value)
{
    char line[80];
    size_t size;
    prepared_attempt(runs[i]);
    char *const file = get_file(newest[i], &size);
    json_t *const header = header_of(file);
    json_t *const metadata = json_object_get(header, "__metadata__");
    json_object_set_new(metadata, key, json_string(value));
    put_with_header(newest[i], file, size, header);
    snprintf(line, sizeof line, "train --resume %s", runs[i]);
    const int code = run(line);
    ck_assert_msg(code == 65 || code == 78, "%s with %s = %s: exit %d: %s", runs[i], key, value,
                  code, text_of("err"));
    json_decref(header);
    ot__free(file);
}

static const char *metadata_of(int i, const char *key)
{
    static char text[1 << 12];
    size_t size;
    prepared_attempt(runs[i]);
    char *const file = get_file(newest[i], &size);
    json_t *const header = header_of(file);
    const char *const value =
        json_string_value(json_object_get(json_object_get(header, "__metadata__"), key));
    snprintf(text, sizeof text, "%s", value ? value : "");
    json_decref(header);
    ot__free(file);
    return text;
}

static void refuse_number(int i, const ot_option *o, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    if (ot__option_accepts(o, text)) refuse(i, o->name, text);
}

/* Tries every other value of a choice, neighbouring values of a number, or another text.  An option
 * that the file lacks has the value that files leave out. */
static void refuse_others(int i, const ot_option *o)
{
    char value[400];
    snprintf(value, sizeof value, "%s", metadata_of(i, o->name));
    if (!*value) snprintf(value, sizeof value, "%s", o->unsaid);
    switch (o->kind) {
    case OT_OPTION_SWITCH:
        refuse(i, o->name, strcmp(value, "true") == 0 ? "false" : "true");
        break;
    case OT_OPTION_CHOICE:
        for (int k = 0; o->choices[k]; k++)
            if (strcmp(o->choices[k], value) != 0) refuse(i, o->name, o->choices[k]);
        break;
    case OT_OPTION_INT:
        refuse_number(i, o, atof(value) - 1);
        refuse_number(i, o, atof(value) + 1);
        break;
    case OT_OPTION_REAL:
        refuse_number(i, o, 0.5 * atof(value) + 0.25);
        break;
    case OT_OPTION_TEXT:
        refuse(i, o->name, strcmp(o->name, "subnet") == 0 ? "vgg" : "heun2 x1");
        break;
    default:
        ck_abort_msg("%s is of a kind that this test does not know", o->name);
    }
}

START_TEST(an_unchanged_checkpoint_goes_on)
{
    char line[80];
    prepared_attempt(runs[_i]);
    snprintf(line, sizeof line, "train --resume %s", runs[_i]);
    ck_assert_msg(run(line) == 0, "%s", text_of("err"));
}
END_TEST

START_TEST(another_option_of_the_network_is_refused)
{
    for (const ot_option *o = ot_net_rows; o->name; o++)
        refuse_others(_i, o);
}
END_TEST

/* Replaces the first digit after a key. */
START_TEST(another_coefficient_of_a_scheme_is_refused)
{
    static const char *const keys[] = { "a2", "b " };
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        char text[1 << 12];
        snprintf(text, sizeof text, "%s", metadata_of(_i, "scheme.0"));
        char *const line = strstr(text, keys[k]);
        ck_assert_ptr_nonnull(line);
        char *const digit = strpbrk(strchr(line, '='), "0123456789");
        *digit = *digit == '1' ? '3' : '1';
        refuse(_i, "scheme.0", text);
    }
}
END_TEST

START_TEST(another_normalisation_is_refused)
{
    refuse(_i, "mean", "0.5 0.5 0.5");
    refuse(_i, "deviation", "0.25 0.25 0.25");
}
END_TEST

static TCase *forged_case(void)
{
    TCase *c = tcase_create("forged");
    tcase_set_timeout(c, 300);
    tcase_add_unchecked_fixture(c, make, discard);
    tcase_add_loop_test(c, an_unchanged_checkpoint_goes_on, 0, 2);
    tcase_add_loop_test(c, another_option_of_the_network_is_refused, 0, 2);
    tcase_add_loop_test(c, another_coefficient_of_a_scheme_is_refused, 0, 2);
    tcase_add_loop_test(c, another_normalisation_is_refused, 0, 2);
    return c;
}

/* A sweep executes this program as odetape; then it runs the command. */
int main(int argc, char **argv)
{
    static const ot_test_case cases[] = { forged_case };
    if (strcmp(argv[0], "odetape") == 0) return cli_dispatch(argc, argv);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OMP_WAIT_POLICY", "passive",
           1); /* otherwise a command would execute the program again */
    return ot_run_suite("forged", cases, 1);
}
