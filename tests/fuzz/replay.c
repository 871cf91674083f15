/* SPDX-License-Identifier: BSD-3-Clause
 * Run a target once on each file that is named, as libFuzzer's own main would, and say so in TAP.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    enum { MOST = 2 << 20 };
    uint8_t *data = malloc(MOST);
    if (!data) return EXIT_FAILURE;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        const size_t size = fread(data, 1, MOST, file);
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
        printf("ok %d - %s keeps the promises\n", i, argv[i]);
        fflush(stdout);
    }
    free(data);
    printf("1..%d\n", argc - 1);
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
