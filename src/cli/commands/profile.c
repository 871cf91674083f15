/* SPDX-License-Identifier: BSD-3-Clause
 * Measures networks and prints where their time went, compared with the peaks of the machine. */
#include "cli/commands/profile.h"
#include "base/number.h"

#include <stdint.h>

#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

enum { WARM_UP = 2, MEASURED = 5 };

void cli_profile_peaks(ot_peaks *peaks)
{
    *peaks = (ot_peaks){ 0 };
    if (ot_machine_peaks(peaks) != OT_OK)
        cli_print(stderr, "odetape: warning: the peaks of the machine are not known: %s\n",
                  ot_message());
}

ot_status cli_profile_print(const ot_execution *e, const char *title, const ot_peaks *peaks,
                            double seconds, bool records, FILE *out)
{
    if (!cli_chosen_view.json)
        cli_print(out, "\n%s; the machine at its peaks: %.1f GFLOP/s, %.1f GB/s\n", title,
                  1e-9 * peaks->flops, 1e-9 * peaks->bytes);
    return ot_execution_profile(e, peaks, seconds, cli_page_format(), records, out);
}

void cli_noise(const ot_net *net, ot_execution *e, ot_dtype dtype)
{
    const int batch = ot_execution_describe(e).batch;
    const ot_net_opts *o = ot_net_options(net);
    void *x = ot_execution_images(e);
    int32_t *labels = ot_execution_labels(e);
    uint32_t state = 1;
    const size_t n = (size_t)batch * (size_t)o->image * (size_t)o->image * (size_t)o->channels;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        const float noise = ((float)(state >> 8) / (1 << 23) - 1.0f) * 1.7320508f;
        ot__set_number(x, dtype, i, noise);
    }
    int32_t *const second = ot_execution_second_labels(e);
    void *const weight = ot_execution_label_weight(e);
    for (int i = 0; i < batch; i++) {
        labels[i] = i % o->classes;
        if (second) second[i] = (i + 1) % o->classes;
        if (weight) ot__set_number(weight, dtype, (size_t)i, 0.5);
    }
}

ot_status cli_profile_run(const ot_net *net, ot_execution *e, const ot_compile_opts *how)
{
    const int batch = ot_execution_describe(e).batch;
    ot_params_init(ot_execution_params(e), 1);
    cli_noise(net, e, how->dtype);
    ot_status status = OT_OK;
    for (int i = 0; status == OT_OK && i < WARM_UP + MEASURED; i++) {
        if (i == WARM_UP) status = ot_execution_measure(e, true);
        if (status == OT_OK) status = ot_execution_forward(e, batch);
        if (status == OT_OK && !how->forward_only) status = ot_execution_backward(e, NULL);
    }
    return status;
}
