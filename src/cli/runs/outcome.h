/* SPDX-License-Identifier: BSD-3-Clause
 * The outcome of a run: its configuration, state and results.  It is read from the files in the
 * run's directory, or from a line of results.jsonl. */
#ifndef OT_CLI_RUNS_OUTCOME_H
#define OT_CLI_RUNS_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "odetape.h"

typedef enum cli_state {
    CLI_WAITING,    /* there is no journal */
    CLI_UNFINISHED, /* it can be resumed */
    CLI_FINISHED,
    CLI_DIVERGED_STATE, /* see cli_outcome_diverged */
    CLI_FAILED,         /* its process ended in an error or a crash; it can be resumed */
} cli_state;

enum { CLI_NOT_KNOWN = -1 }; /* the value of a whole number that is missing */

typedef struct cli_outcome {
    cli_state state;
    char name[256];
    char grid[256]; /* name of the experiment's grid; "": no name */
    char blocks[256];
    char seed[24];
    int entry; /* of the experiment, from 1; 0: not known */
    int convs, epochs, planned_epochs, batches;
    double params, flops_forward, flops_backward, lr;
    double loss;                          /* training loss of the last epoch */
    double best_accuracy, final_accuracy; /* greatest and last on the test images; NAN: missing */
    int best_epoch;                       /* 0: no epoch has an accuracy */
    double validation_accuracy; /* the greatest on the images that are held out; NAN: missing */
    double chosen_accuracy;     /* on the test images, after the first epoch with that accuracy */
    int chosen_epoch;           /* that epoch; 0: there is none */
    double average_accuracy;    /* of the moving average of the weights, on the test images */
    int reached[2];             /* first epochs with the accuracies of cli_usual_reach; 0: none */
    json_t *accuracies;         /* array: test accuracy of each epoch or null; NULL: not known */
    double seconds;             /* of all epochs; NAN: an epoch's time is missing */
    double images_per_second;   /* median over epochs; 0: not known */
    double peak_bytes;          /* measured growth of the process; 0: not known */
    double predicted_bytes;     /* predicted growth of the process; 0: not known */
    json_t *config;             /* "net", "options" and "images" of the journal, in
                                   "plugins" the hash of each plugin, and "build" */
    json_t *machine;            /* "machine" of the journal, or NULL */
} cli_outcome;

/* Reads DIR/metrics.jsonl.  The state is CLI_WAITING if the file is missing.  Returns the errors of
 * cli_history_read, and OT_EFORMAT if the journal lacks the network or its options. */
ot_status cli_outcome_read(cli_outcome *o, const char *dir);
void cli_outcome_free(cli_outcome *o);

extern const double cli_usual_reach[2]; /* 0.8 and 0.85 */
/* Returns the first epoch with at least this test accuracy; 0 if there is none; CLI_NOT_KNOWN if
 * the accuracy of an epoch before it is missing. */
int cli_outcome_epochs_to(const cli_outcome *o, double accuracy);

/* Whether a training has diverged, judged by the loss of one epoch, counted from 1.  It has if the
 * loss is not finite or is above 10 ln(classes).  It also has if the loss of epoch 3 is at least
 * ln(classes), the loss of guessing. */
bool cli_outcome_diverged(double loss, int epoch, int classes);

const char *cli_state_name(cli_state state);

/* Returns a new object, or NULL if memory runs out.  command is stored unchanged. */
json_t *cli_outcome_json(const cli_outcome *o, const char *command);
/* Returns false if the object is not a line of results.jsonl. */
bool cli_outcome_from_json(cli_outcome *o, const json_t *line);

#endif
