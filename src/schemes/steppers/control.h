/* SPDX-License-Identifier: BSD-3-Clause
 * The size of controlled steps: what may be asked for, the next size, and when a walk gives up. */
#ifndef OT_SCHEMES_STEPPERS_CONTROL_H
#define OT_SCHEMES_STEPPERS_CONTROL_H

#include "base/status.h"

/* A walk over a length that has not ended yet. */
typedef struct ot__course {
    double length, tolerance;
    int most;      /* steps that may be tried */
    double t, h;   /* the time that is reached, and the step to try next */
    double size;   /* root mean square of the state at t */
    bool estimate; /* the last error estimate was finite */
    ot_walk walk;  /* what was counted so far */
} ot__course;

/* OT_EINVAL unless the length is positive, the tolerance is 0 or positive, the first step is 0 or
 * at least OT_LEAST_STEP of the length, and the steps are 0 or more. */
ot_status ot__control_check(const char *who, const ot_control *c, double length);

/* The beginning of a walk; control has passed the check and may be NULL. */
ot__course ot__course_begin(const ot_control *control, double length);

/* What h is multiplied by after an error e where tol is allowed and e = O(h^q).  An error that is
 * not finite makes h as much smaller as may be. */
double ot__control_scale(double tol, double e, int q);

/* Count a step of this size that was accepted. */
void ot__course_count(ot__course *c, double h);

/* OT_ENUMERIC when no step may be tried any more: the next one is shorter than OT_LEAST_STEP of the
 * length, or as many as may be have been tried.  A rejected step makes h at most 0.8 of what it
 * was, so at one time t at most 150 steps are rejected. */
ot_status ot__course_check(const ot__course *c);

#endif
