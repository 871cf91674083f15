/* SPDX-License-Identifier: BSD-3-Clause
 * What a report is made of, and its sections.  A section that has nothing to show says why. */
#ifndef OT_CLI_REPORT_REPORT_H
#define OT_CLI_REPORT_REPORT_H

#include "cli/runs/compare.h"
#include "cli/report/confusion.h"
#include "cli/runs/metrics.h"
#include "cli/frame/options.h"
#include "cli/frame/scratch.h"
#include "cli/runs/training.h"

/* A run.  While it is trained, its checkpoints come and go. */
typedef struct cli_reported {
    char *directory;
    char *weights; /* its final.safetensors, else its newest checkpoint; NULL: there is neither */
    cli_outcome outcome;
} cli_reported;

/* What the images of the data set show. */
typedef struct cli_inspection {
    cli_reported *run;  /* whose network it is; NULL: nobody's */
    char *weights;      /* the file that it was read from */
    char no_data[1536]; /* why the data set of the run cannot be used; "": it can */
    cli_training training;
    cli_confusion confusion;
    cli_scratch folder;                         /* of the pictures */
    char stored[PATH_MAX], augmented[PATH_MAX]; /* pictures */
} cli_inspection;

typedef struct cli_page {
    char source[PATH_MAX - 64]; /* RUN or SWEEP */
    int n;
    cli_reported *run;       /* in the order of their paths */
    cli_comparison table;    /* of the sweep's results.jsonl if it has one, else of these runs */
    cli_runs curves;         /* of those that have an epoch */
    ot_text_list landscapes; /* directories */
    const char *data;        /* NULL: not given */
    bool no_images;          /* draw and compute nothing that needs images */
    cli_inspection inspection;
} cli_page;

/* Read the run, or all runs below the folder.  cli_report_close also after a failure. */
ot_status cli_report_open(cli_page *r, const char *source);
/* Count what the network of the run, or of the most accurate one of a sweep, does with the test
 * images of r->data or, if that is not given, of the data set of the run, and draw samples.  A data
 * set that nobody asked for may be missing: r->inspection.no_data says so.  As
 * above. */
ot_status cli_report_look(cli_page *r);
void cli_report_close(cli_page *r);

/* Open run->weights.  If they are gone, because a training that is running has removed them, look
 * for newer ones, whose path becomes run->weights.  OT_ENOENT if there are none any more, else what
 * ot_safetensors_open returns. */
enum { CLI_MOST_LOOKS = 100 };
ot_status cli_report_weights(cli_reported *run, ot_safetensors **file);
/* Look for newer weights; false if run->weights are still there, or no others are.  */
bool cli_report_look_again(cli_reported *run);

/* Whether there are pictures of odetape landscape in a directory. */
bool cli_report_has_landscape(const char *directory);

void cli_report_results(FILE *to, const cli_page *r);
void cli_report_runs(FILE *to, const cli_page *r);
void cli_report_curves(FILE *to, const cli_page *r);
void cli_report_schemes(FILE *to, const cli_page *r);
/* Writes nothing where no network has learned a step. */
void cli_report_steps(FILE *to, const cli_page *r);
void cli_report_landscapes(FILE *to, const cli_page *r);
void cli_report_confusion(FILE *to, const cli_page *r);
void cli_report_samples(FILE *to, const cli_page *r);
void cli_report_configuration(FILE *to, const cli_page *r);
void cli_report_environment(FILE *to, const cli_page *r);
void cli_report_commands(FILE *to, const cli_page *r);

#endif
