/* SPDX-License-Identifier: BSD-3-Clause
 * The data of a report, and the functions that write its sections.  A section with nothing to show
 * says why. */
#ifndef OT_CLI_REPORT_REPORT_H
#define OT_CLI_REPORT_REPORT_H

#include "cli/runs/about.h"
#include "cli/runs/compare.h"
#include "cli/report/confusion.h"
#include "cli/runs/metrics.h"
#include "cli/frame/options.h"
#include "cli/frame/scratch.h"
#include "cli/runs/training.h"
#include "cli/runs/weights.h"

/* A run.  Its checkpoints may be removed while it is trained. */
typedef struct cli_reported {
    char *directory;
    cli_weights_rule rule; /* which of its weights are read */
    char *weights; /* the file that cli_page.rule chooses; NULL if the run does not have it */
    cli_outcome outcome;
} cli_reported;

/* The inspection of one network with images: its confusion matrix, and samples of its data. */
typedef struct cli_inspection {
    cli_reported *run;  /* the run with the network; NULL if no run has weights */
    char *weights;      /* the file from which the network was read */
    char no_data[1536]; /* why the data set cannot be used; "": it can */
    cli_training training;
    cli_confusion confusion;
    cli_scratch folder;                         /* holds the pictures */
    char stored[PATH_MAX], augmented[PATH_MAX]; /* paths of the pictures of samples */
} cli_inspection;

typedef struct cli_page {
    char source[PATH_MAX - 64]; /* the operand: directory of a run or a sweep */
    cli_about about;            /* what the experiment of the sweep says about itself */
    int n;
    cli_reported *run;       /* n runs, in the order of their paths */
    cli_comparison table;    /* from the sweep's results.jsonl, otherwise from the runs */
    cli_runs curves;         /* of the runs that have an epoch */
    ot_text_list landscapes; /* directories of landscapes */
    const char *data;        /* the value of --data, or NULL */
    cli_weights_rule rule;   /* which weights of each run are read */
    int refresh;             /* seconds after which a browser loads the page again; 0: never */
    bool no_images;          /* leave out all that needs images */
    cli_inspection inspection;
} cli_page;

/* Reads a run, or all runs below a directory.  Call cli_report_close also after a failure. */
ot_status cli_report_open(cli_page *r, const char *source);
/* Fills r->inspection: the confusion matrix on the test images, and pictures of samples.  The
 * network is that of the run, or of the most accurate run of a sweep.  The images are those of
 * r->data or, if that is NULL, of the run's own data set.  If the latter is missing,
 * r->inspection.no_data says so, and OT_OK is returned. */
ot_status cli_report_inspect(cli_page *r);
void cli_report_close(cli_page *r);

/* Opens run->weights.  If a running training has removed them, opens newer ones, whose path becomes
 * run->weights.  Returns OT_ENOENT if there are none, otherwise what ot_safetensors_open
 * returns. */
enum { CLI_MOST_RETRIES = 100 };
ot_status cli_report_weights(cli_reported *run, ot_safetensors **file);
/* Sets run->weights to newer weights.  Returns false if the old ones still exist, or if there are
 * no others. */
bool cli_report_find_newer(cli_reported *run);

/* Whether there are pictures of odetape landscape in a directory. */
bool cli_report_has_landscape(const char *directory);

/* Returns the row with the greatest mean test accuracy; NULL if no run has finished. */
const cli_row *cli_report_best(const cli_comparison *c);
/* Writes this accuracy; nothing if there is none. */
void cli_report_headline(FILE *to, const cli_page *r);
void cli_report_results(FILE *to, const cli_page *r);
void cli_report_runs(FILE *to, const cli_page *r);
void cli_report_curves(FILE *to, const cli_page *r);
/* Writes nothing if nothing was learned and no step was controlled. */
void cli_report_learned(FILE *to, const cli_page *r);
void cli_report_schemes(FILE *to, const cli_page *r);
/* Writes nothing if no network has learned its steps. */
void cli_report_steps(FILE *to, const cli_page *r);
void cli_report_landscapes(FILE *to, const cli_page *r);
void cli_report_confusion(FILE *to, const cli_page *r);
void cli_report_samples(FILE *to, const cli_page *r);
void cli_report_configuration(FILE *to, const cli_page *r);
void cli_report_environment(FILE *to, const cli_page *r);
void cli_report_commands(FILE *to, const cli_page *r);

#endif
