/* SPDX-License-Identifier: BSD-3-Clause
 * Training passes of a network on images and labels that are functions of their numbers. */
#ifndef OT_TESTS_MODELS_PASSES_H
#define OT_TESTS_MODELS_PASSES_H

#include "suite.h"

typedef struct pass {
    ot_net *net;
    ot_params *params;
    ot_program *program;
    ot_dtype dtype;
    int batch;
} pass;

/* Makes the network with the initial values of a seed, and its program.  Fails the test if it
 * cannot. */
pass pass_new(const ot_net_opts *opts, ot_dtype dtype, uint64_t seed);
void pass_free(pass *p);
/* Compiles the program of p for training or evaluation; its logits can be read. */
void pass_compile(pass *p, bool evaluate);
/* Sets element j of the images to sin(0.9 + 0.31 j), and label i to (3 i + 1) mod classes. */
void pass_fill(const pass *p);
/* Runs forward and returns the loss; runs backward. */
double pass_forward(const pass *p);
void pass_backward(const pass *p);
/* Number k of a tensor of the tape: of an input or a result. */
double pass_value(const pass *p, ot_var v, int k);
/* The index of a parameter or statistic that must exist. */
int pass_find(const pass *p, const char *name);
/* Parameters in double: their values to change, and their gradients. */
double *pass_edit(const pass *p, const char *name);
const double *pass_gradient(const pass *p, const char *name);
/* The numbers of all trained parameters whose names begin with `scope`. */
size_t pass_count(const pass *p, const char *scope);

#endif
