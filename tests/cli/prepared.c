/* SPDX-License-Identifier: BSD-3-Clause
 * Makes the directory of prepared.h by running commands of the program. */
#include "cli/prepared.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/frame/dispatch.h"
#include "cli/folder.h"
#include "cli/text_of.h"

enum { MOST_WORDS = 40 };

char prepared[OT_TEMPORARY];

static void put_images(const char *path, int count)
{
    FILE *const f = fopen(path, "wb");
    uint32_t noise = 1;
    for (int i = 0; i < count; i++) {
        fputc(i % 10, f);
        for (int k = 0; k < 3072; k++) {
            noise = noise * 1664525u + 1013904223u;
            fputc((i % 10) * 20 + (int)(noise >> 27), f);
        }
    }
    fclose(f);
}

static void put_text(const char *path, const char *text)
{
    FILE *const f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

int prepared_run(const char *line)
{
    static char words[1024];
    char *argv[MOST_WORDS] = { (char *)"odetape" };
    int argc = 1;
    snprintf(words, sizeof words, "%s", line);
    for (char *w = strtok(words, " "); w && argc + 1 < MOST_WORDS; w = strtok(NULL, " "))
        argv[argc++] = w;
    return cli_dispatch(argc, argv);
}

void prepared_make(void)
{
    static const char *const lines[] = {
        "train --net rk4x1 --width 1 --stem-stride 2 --data small --batch 32 --epochs 3 --keep 3 "
        "--out run",
        "train --net rk4x1 --width 1 --stem-stride 2 --data small --batch 32 --epochs 3 --seed 2 "
        "--out twin",
        "train --net rk4x1 --width 1 --stem-stride 2 --data small --batch 32 --epochs 3 --keep 3 "
        "--out half",
        "landscape run --points 3 --images 16 --out land",
        "sweep few.ini --out sweep",
    };
    ot_temporary(prepared);
    if (!mkdtemp(prepared) || chdir(prepared) != 0) abort();
    mkdir("small", 0777);
    mkdir("attempt", 0777);
    put_images("small/data_batch_1.bin", 96);
    put_images("small/test_batch.bin", 32);
    put_text("small/batches.meta.txt",
             "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n");
    put_text("my.tableau", "scheme = mine\norder = 2\na2 = 1/2\nb = 0, 1\n");
    put_text("few.ini", "[experiment]\ntitle = Few\n[train]\nnet = euler x1 | rk4 x1\nwidth = 1\n"
                        "stem-stride = 2\nepochs = 1\nbatch = 32\ndata = small\n");
    if (symlink("../small", "attempt/small") != 0) abort();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char whole[512];
        snprintf(whole, sizeof whole, "%s", lines[i]);
        const pid_t pid = fork();
        int status = 0;
        if (pid == 0) {
            if (!freopen("stdout", "w", stdout) || !freopen("stderr", "w", stderr)) _exit(126);
            exit(prepared_run(lines[i]));
        }
        if (waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "%s: %d: %s", lines[i], status, text_of("stderr"));
            abort();
        }
    }
    /* Removes the files of its last epoch and keeps its lines in the journal. */
    if (unlink("half/final.safetensors") != 0 ||
        unlink("half/checkpoint-00000009.safetensors") != 0)
        abort();
}

void prepared_attempt(const char *folder)
{
    if (chdir(prepared) != 0) abort();
    folder_clear("attempt");
    if (symlink("../small", "attempt/small") != 0) abort();
    if (folder && folder_copy(folder, "attempt") != 0) abort();
    if (chdir("attempt") != 0) abort();
}
