/* SPDX-License-Identifier: BSD-3-Clause
 * The section on learned step sizes, which the paper calls scaling factors. */
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "cli/report/html.h"
#include "cli/report/report.h"

/* Returns the index of a block's h in the file, or -1 if there is none. */
static int find_step(const ot_safetensors *f, int block)
{
    char name[32];
    snprintf(name, sizeof name, "blocks.%d.h", block);
    const int i = ot_safetensors_find(f, name);
    return i >= 0 && strcmp(ot_safetensors_tensor(f, i).dtype, "F32") == 0 ? i : -1;
}

/* Writes the step as one number.  If it has a number per channel, writes their mean and range. */
static void write_step(FILE *to, const ot_safetensors *f, int i)
{
    const ot_tensor_info t = ot_safetensors_tensor(f, i);
    float *const h = ot__new(t.elements + 1, sizeof *h);
    const ot_status status = h ? ot_safetensors_read(f, i, h) : OT_ENOMEM;
    cli_html_record_failure(status);
    if (status != OT_OK || t.elements == 0) {
        fputs("?", to);
        ot__free(h);
        return;
    }
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < t.elements; k++) {
        sum += h[k];
        least = fmin(least, h[k]);
        most = fmax(most, h[k]);
    }
    fprintf(to, "%s", OT__ROUNDED(sum / (double)t.elements, 4));
    if (t.elements > 1) fprintf(to, " (%s to %s)", OT__ROUNDED(least, 4), OT__ROUNDED(most, 4));
    ot__free(h);
}

/* Writes a row, and the title of the section before the first one. */
static void write_run(FILE *to, const cli_reported *run, const ot_safetensors *f, bool *any)
{
    if (find_step(f, 0) < 0) return;
    if (!*any) {
        cli_html_section(to, "Learned step sizes");
        cli_html_element(to, "p",
                         "The factor h of each block, in the order of the blocks. Before the "
                         "training it is 1. If a block has one factor per channel: their mean, and "
                         "the least and the greatest.");
        fputs("<div class=\"wide\"><table class=\"results\">\n<tr><th>run</th><th>network</th>"
              "<th>seed</th><th>h</th></tr>\n",
              to);
        *any = true;
    }
    fputs("<tr>", to);
    cli_html_element(to, "td class=\"path\"", "%s", run->directory);
    cli_html_element(to, "td", "%s", run->outcome.blocks);
    cli_html_element(to, "td", "%s", run->outcome.seed);
    fputs("<td class=\"path\">", to);
    for (int block = 0, i; (i = find_step(f, block)) >= 0; block++) {
        fputs(block > 0 ? ", " : "", to);
        write_step(to, f, i);
    }
    fputs("</td></tr>\n", to);
}

void cli_report_steps(FILE *to, const cli_page *r)
{
    bool any = false;
    for (int k = 0; k < r->n; k++) {
        ot_safetensors *f = NULL;
        if (!r->run[k].weights) continue;
        const ot_status status = cli_report_weights(&r->run[k], &f);
        cli_html_record_failure(status);
        if (status != OT_OK) continue;
        write_run(to, &r->run[k], f, &any);
        ot_safetensors_close(f);
    }
    if (any) fputs("</table></div>\n", to);
}
