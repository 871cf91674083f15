/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

static ot_tape *tape;
static ot_params *params;
static char path[OT_TEMPORARY + 32], folder[OT_TEMPORARY];
static ot_safetensors *file;

static void save(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/w.safetensors", folder);
    tape = ot_tape_new();
    ot_param(tape, "w", OT_SHAPE(5, 3), OT_ONES);
    ck_ok(ot_params_new(tape, &params));
    ck_ok(ot_params_save(params, path, 0, NULL));
    ck_ok(ot_safetensors_open(path, &file));
}

static void discard(void)
{
    ot_safetensors_close(file);
    ot_params_free(params);
    ot_tape_free(tape);
    remove(path);
    rmdir(folder);
}

START_TEST(plugins_refuse_what_is_missing)
{
    REFUSES(ot_plugin_load(NULL), "NULL");
    GIVES(ot_plugin_at(-1) == NULL);
    GIVES(ot_plugin_at(ot_plugin_count()) == NULL);
}
END_TEST

START_TEST(files_of_parameters_refuse_what_is_missing)
{
    REFUSES(ot_params_save(NULL, path, 0, NULL), "NULL");
    REFUSES(ot_params_save(params, NULL, 0, NULL), "NULL");
    REFUSES(ot_params_save(params, path, -1, NULL), "metadata");
    REFUSES(ot_params_save(params, path, 1, NULL), "metadata");
    REFUSES(ot_params_load(NULL, path), "NULL");
    REFUSES(ot_params_load(params, NULL), "NULL");
    REFUSES(ot_params_check(NULL, path), "NULL");
    REFUSES(ot_params_check(params, NULL), "NULL");
    REFUSES(ot_params_init_from(NULL, path, NULL), "NULL");
    REFUSES(ot_params_init_from(params, NULL, NULL), "NULL");
    REFUSES(ot_file_checksum(NULL, (char[33]){ "" }), "NULL");
    REFUSES(ot_file_checksum(path, NULL), "NULL");
    ck_ok(ot_params_load(params, path)); /* the file is as it was */
}
END_TEST

START_TEST(a_file_of_tensors_has_answers_outside_it)
{
    char *value = NULL;
    ot_safetensors *other = NULL;
    ot_tensor_difference difference;
    float numbers[15];
    SURVIVES(ot_safetensors_close(NULL));
    REFUSES(ot_safetensors_metadata(NULL, "x", &value), "NULL");
    REFUSES(ot_safetensors_metadata(path, NULL, &value), "NULL");
    REFUSES(ot_safetensors_metadata(path, "x", NULL), "NULL");
    REFUSES(ot_safetensors_open(NULL, &other), "NULL");
    REFUSES(ot_safetensors_open(path, NULL), "NULL");
    GIVES(!ot_safetensors_has_checksums(NULL));
    GIVES(ot_safetensors_count(NULL) == 0);
    GIVES(ot_safetensors_tensor(file, 9).name == NULL && !ot_safetensors_tensor(NULL, 0).name);
    GIVES(ot_safetensors_find(file, NULL) == -1 && ot_safetensors_find(NULL, "w") == -1);
    GIVES(ot_safetensors_key(file, -1) == NULL && ot_safetensors_key(NULL, 0) == NULL);
    GIVES(ot_safetensors_value(file, 99) == NULL && ot_safetensors_value(NULL, 0) == NULL);
    REFUSES(ot_safetensors_read(NULL, 0, numbers), "NULL");
    REFUSES(ot_safetensors_read(file, 0, NULL), "NULL");
    REFUSES(ot_safetensors_read(file, 7, numbers), "tensor");
    REFUSES(ot_safetensors_compare(NULL, 0, file, 0, &difference), "NULL");
    REFUSES(ot_safetensors_compare(file, 0, file, 9, &difference), "tensor");
    REFUSES(ot_safetensors_compare(file, 0, file, 0, NULL), "NULL");
}
END_TEST

START_TEST(a_run_refuses_what_leaves_its_folder)
{
    ot_run *run = NULL;
    ot_run_files *files = NULL;
    ot_history *history = NULL;
    char *found = NULL;
    SURVIVES(ot_run_close(NULL));
    SURVIVES(ot_run_replace(NULL));
    SURVIVES(ot_history_free(NULL));
    SURVIVES(ot_run_files_free(NULL));
    REFUSES(ot_history_read(NULL, &history), "NULL");
    REFUSES(ot_history_read(path, NULL), "NULL");
    REFUSES(ot_run_open(NULL, &run), "NULL");
    REFUSES(ot_run_open(folder, NULL), "NULL");
    REFUSES(ot_run_checkpoint(NULL, 0, &found), "NULL");
    REFUSES(ot_run_newest(NULL, NULL, NULL, &found), "NULL");
    REFUSES(ot_run_list(NULL, &files), "NULL");
    REFUSES(ot_run_list("", &files), "empty");
    REFUSES(ot_run_list(folder, NULL), "NULL");
    REFUSES(ot_run_path(NULL, OT_RUN_FINAL, &found), "NULL");
    REFUSES(ot_run_path("", OT_RUN_FINAL, &found), "empty");
    REFUSES(ot_run_path(folder, OT_RUN_FILES, &found), "file");
    REFUSES(ot_run_path(folder, (ot_run_file)-1, &found), "file");
    REFUSES(ot_run_path(folder, OT_RUN_FINAL, NULL), "NULL");
    GIVES(ot_run_file_name(OT_RUN_FILES) == NULL && ot_run_file_name((ot_run_file)-1) == NULL);
    GIVES(ot_run_weights(NULL) == NULL);
    ck_ok(ot_run_open(folder, &run));
    REFUSES(ot_run_checkpoint(run, 0, NULL), "NULL");
    REFUSES(ot_run_newest(run, NULL, NULL, NULL), "NULL");
    REFUSES(ot_run_save(NULL, "a.safetensors", params, 0, NULL), "NULL");
    REFUSES(ot_run_save(run, NULL, params, 0, NULL), "NULL");
    REFUSES(ot_run_save(run, "a.safetensors", NULL, 0, NULL), "NULL");
    REFUSES(ot_run_save(run, "../a.safetensors", params, 0, NULL), "slash");
    REFUSES(ot_run_save(run, "", params, 0, NULL), "name");
    REFUSES(ot_run_save(run, "a.safetensors", params, -1, NULL), "metadata");
    ot_run_close(run);
    snprintf(path + strlen(folder), 8, "/.lock");
    remove(path);
    snprintf(path + strlen(folder), 32, "/w.safetensors");
}
END_TEST

TCase *files_case(void)
{
    TCase *c = tcase_create("files");
    tcase_add_checked_fixture(c, save, discard);
    tcase_add_test(c, plugins_refuse_what_is_missing);
    tcase_add_test(c, files_of_parameters_refuse_what_is_missing);
    tcase_add_test(c, a_file_of_tensors_has_answers_outside_it);
    tcase_add_test(c, a_run_refuses_what_leaves_its_folder);
    return c;
}
