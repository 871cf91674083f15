/* SPDX-License-Identifier: BSD-3-Clause
 * The size of controlled steps: checks of the options, the next size, and when an integration
 * fails. */
#ifndef OT_SCHEMES_STEPPERS_CONTROL_H
#define OT_SCHEMES_STEPPERS_CONTROL_H

#include "base/chunks.h"
#include "base/status.h"

/* The state of an integration with controlled steps. */
typedef struct ot__course {
    double length, tolerance;
    int most;                  /* the most steps that are tried */
    double t;                  /* the time reached so far */
    double h;                  /* the size of the step to try next */
    double size;               /* root mean square of the state at t */
    bool estimate;             /* whether the last error estimate was finite */
    ot_control_result control; /* the counts so far */
} ot__course;

/* OT_EINVAL unless the length is positive, the tolerance is 0 or positive, the first step is 0 or
 * at least OT_LEAST_STEP of the length, and the numbers of steps are 0 or more; also if steps are
 * equal and something else is set. */
ot_status ot__control_check(const char *who, const ot_control *c, double length);

/* The root mean square of n numbers of some images, which are summed as in base/chunks.h; those of
 * other processes count if there is a share.  It is not finite only if one of the numbers is not:
 * if squares overflow, they are computed of scaled numbers. */
double ot__root_mean_square(ot_dtype dtype, const ot__share *share, int images, size_t n,
                            const void *x);
/* The name of the first parameter with a number that is not finite; NULL if there is none.  Running
 * statistics count only with `statistics`. */
const char *ot__parameter_not_finite(ot_params *ps, ot_dtype dtype, bool statistics);

/* The state at time 0.  control must have passed ot__control_check; NULL: all defaults. */
ot__course ot__course_begin(const ot_control *control, double length);

/* The factor for h after a step with error e, where tol is allowed and e = O(h^q).  If e is not
 * finite, it is the smallest factor, 1/8. */
double ot__control_scale(double tol, double e, int q);

/* Counts an accepted step of size h. */
void ot__course_count(ot__course *c, double h);

/* OT_ENUMERIC if no further step may be tried: the next one is shorter than OT_LEAST_STEP of the
 * length, or the most steps have been tried.  A rejected step multiplies h by at most 0.8, so at
 * most 150 steps in a row are rejected. */
ot_status ot__course_check(const ot__course *c);

#endif
