/* SPDX-License-Identifier: BSD-3-Clause
 * Normalisations and their texts.  The decimal mark is a point in every locale: base/decimal.c
 * writes it, and jansson, which ignores the locale, reads the numbers as the elements of an
 * array. */
#include "base/normalisation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"

const ot_normalisation ot__normalisation_cifar10 = {
    .channels = 3,
    .mean = { 0.4914f, 0.4822f, 0.4465f },
    .deviation = { 0.2470f, 0.2435f, 0.2616f },
};

ot_status ot__normalisation_check(const ot_normalisation *n)
{
    if (n->channels < 1 || n->channels > OT_MOST_CHANNELS)
        return ot__fail(OT_EINVAL, "the normalisation has %d channels; 1 to %d are possible",
                        n->channels, OT_MOST_CHANNELS);
    for (int c = 0; c < n->channels; c++)
        if (!isfinite(n->mean[c]) || !isfinite(n->deviation[c]) || n->deviation[c] <= 0.0f)
            return ot__fail(OT_EINVAL,
                            "channel %d is normalised by mean %s and deviation %s; both must be "
                            "finite, and the deviation positive",
                            c, ot__float_text(&(ot__real){ "" }, n->mean[c]),
                            ot__float_text(&(ot__real){ "" }, n->deviation[c]));
    return OT_OK;
}

void ot__normalisation_write(int channels, const float value[], char text[OT__NORMALISATION_TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (int c = 0; c < channels; c++) {
        if (c > 0) text[used++] = ' ';
        used += (size_t)snprintf(text + used, OT__NORMALISATION_TEXT - used, "%s",
                                 ot__float_text(&(ot__real){ "" }, value[c]));
    }
}

/* Reads the numbers of one key; *channels is how many there are.  Sets no message. */
static ot_status read_numbers(const char *text, int *channels, float value[OT_MOST_CHANNELS])
{
    char array[OT__NORMALISATION_TEXT + 3];
    const int n = snprintf(array, sizeof array, "[%s]", text);
    if (n >= (int)sizeof array) return OT_EFORMAT;
    for (char *p = array; *p; p++)
        if (*p == ' ') *p = ',';
    json_t *json = NULL;
    ot_status status = ot__json_parse(array, strlen(array), &json, NULL);
    *channels = (int)json_array_size(json);
    if (status == OT_OK && *channels > OT_MOST_CHANNELS) status = OT_EFORMAT;
    for (int c = 0; status == OT_OK && c < *channels; c++) {
        const json_t *const number = json_array_get(json, (size_t)c);
        if (!json_is_number(number)) status = OT_EFORMAT;
        value[c] = (float)json_number_value(number);
    }
    json_decref(json);
    return status;
}

ot_status ot__normalisation_read(const char *path, const char *mean, const char *deviation,
                                 ot_normalisation *out)
{
    *out = (ot_normalisation){ 0 };
    int deviations = 0;
    ot_status status = read_numbers(mean, &out->channels, out->mean);
    if (status == OT_OK) status = read_numbers(deviation, &deviations, out->deviation);
    if (status == OT_ENOMEM) return ot__fail(OT_ENOMEM, "%s: out of memory for its metadata", path);
    if (status == OT_OK && deviations == out->channels && ot__normalisation_check(out) == OT_OK)
        return OT_OK;
    *out = (ot_normalisation){ 0 };
    return ot__fail(OT_EFORMAT,
                    "%s:8: the mean is '%.80s' and the deviation '%.80s'; each must be one number "
                    "per channel, and deviations positive",
                    path, mean, deviation);
}
