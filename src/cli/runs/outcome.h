/* SPDX-License-Identifier: BSD-3-Clause
 * What became of a run, from the files in its directory; as a line of results.jsonl, and back. */
#ifndef OT_CLI_RUNS_OUTCOME_H
#define OT_CLI_RUNS_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "odetape.h"

typedef enum cli_state {
    CLI_WAITING,    /* nothing is there */
    CLI_UNFINISHED, /* it can go on */
    CLI_FINISHED,
    CLI_DIVERGED_STATE, /* see cli_outcome_diverged */
    CLI_FAILED,         /* its program ended in an error or a crash; it can go on */
} cli_state;

enum { CLI_NOT_KNOWN = -1 }; /* of a whole number */

typedef struct cli_outcome {
    cli_state state;
    char name[256];
    char grid[256]; /* of an experiment; "": it has no name */
    char blocks[256];
    char seed[24];
    int convs, epochs, planned_epochs, batches;
    double params, flops_forward, flops_backward, lr;
    double loss;                          /* of the last epoch, as trained */
    double best_accuracy, final_accuracy; /* of the test images; NAN: missing */
    int best_epoch;                       /* 0: no accuracy is there */
    int reached[2];     /* first epochs with a test accuracy of cli_usual_reach; 0: none */
    json_t *accuracies; /* of the test images, an epoch after the other, null: missing; NULL: not
                           known */
    double seconds;     /* of all epochs; NAN: that of some is missing */
    double images_per_second;           /* median of the epochs; 0: not known */
    double peak_bytes, predicted_bytes; /* growth of the process, 0: not known */
    json_t *config;                     /* "net", "options" and "images" as the journal has them */
    json_t *machine;                    /* or NULL */
} cli_outcome;

/* Read DIR/metrics.jsonl; what is not there leaves CLI_WAITING.  The errors are those of
 * cli_history_read. */
ot_status cli_outcome_read(cli_outcome *o, const char *dir);
void cli_outcome_free(cli_outcome *o);

extern const double cli_usual_reach[2]; /* 0.8 and 0.85 */
/* The first epoch with so much test accuracy; 0: none; CLI_NOT_KNOWN: the accuracy of an epoch
 * before it is missing. */
int cli_outcome_epochs_to(const cli_outcome *o, double accuracy);

/* The loss was not finite, was above 10 ln(classes) in some epoch, or at the end of the third still
 * that of guessing, ln(classes).  epoch counts from 1. */
bool cli_outcome_diverged(double loss, int epoch, int classes);

const char *cli_state_name(cli_state state);

/* A new object, NULL when memory runs out; the command is added as it is. */
json_t *cli_outcome_json(const cli_outcome *o, const char *command);
/* false: it is not such an object. */
bool cli_outcome_from_json(cli_outcome *o, const json_t *line);

#endif
