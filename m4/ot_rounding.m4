# SPDX-License-Identifier: BSD-3-Clause
# OT_ROUNDING: results must be rounded to the type they have.  The x87 unit, which compilers for i386
# choose, computes with 80 bits; there the flags for SSE2 are added to OT_CFLAGS.

# OT_ROUNDING_TRY(FLAGS, NAME): sets ot_cv_rounding to NAME if FLAGS make float and double round.
AC_DEFUN([OT_ROUNDING_TRY], [
  ot_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $1"
  AS_IF([test "x$ot_cv_rounding" = xno], [
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
      #include <float.h>
      #if FLT_EVAL_METHOD != 0
      #error no
      #endif]])], [ot_cv_rounding="$2"])])
  CFLAGS=$ot_save_CFLAGS
])

AC_DEFUN([OT_ROUNDING], [
  AC_CACHE_CHECK([for flags that round results to their type], [ot_cv_rounding], [
    ot_cv_rounding=no
    OT_ROUNDING_TRY([], [none needed])
    OT_ROUNDING_TRY([-msse2 -mfpmath=sse], [-msse2 -mfpmath=sse])])
  AS_IF([test "x$ot_cv_rounding" = xno],
    [AC_MSG_ERROR([this compiler computes float with more than 32 bits, and trainings would not have the same bits everywhere; give it flags that do not, in CFLAGS])])
  AS_IF([test "x$ot_cv_rounding" != "xnone needed"], [OT_CFLAGS="$OT_CFLAGS $ot_cv_rounding"])
])
