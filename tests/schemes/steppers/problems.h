/* SPDX-License-Identifier: BSD-3-Clause
 * Two systems of differential equations with their right-hand sides as ops.  System 0 is Euler's
 * equations of a rotating body, system 1 those of predator and prey. */
#ifndef OT_TESTS_SCHEMES_PROBLEMS_H
#define OT_TESTS_SCHEMES_PROBLEMS_H

#include "suite.h"

enum { PROBLEM_MOST = 3, PROBLEMS = 2 };
extern const int problem_sizes[PROBLEMS];
extern const double problem_starts[PROBLEMS][PROBLEM_MOST];

/* The solution after `length`, computed in long double without the library. */
void problem_solve(int system, double length, double result[]);

typedef struct problem {
    ot_tape *tape;
    ot_stepper *stepper;
} problem;

/* The right-hand side is l y + s (a y) (b y), with parameters "l", "s", "a" and "b". */
problem problem_open(const ot_scheme *s, int system);
void problem_close(problem *p);
void problem_set(ot_params *ps, const char *name, const double *values);

double problem_distance(int n, const double *x, const double *y);

#endif
