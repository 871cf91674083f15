# SPDX-License-Identifier: BSD-3-Clause
# OT_NEON: NEON_KERNELS where the compiler makes code for 64-bit Arm, whose CPUs all have NEON;
# NEON_CFLAGS for the files of these kernels.
AC_DEFUN([OT_NEON], [
  NEON_CFLAGS="-ffp-contract=fast -O3"
  AC_CACHE_CHECK([for kernels written for 64-bit Arm], [ot_cv_neon_kernels], [
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
      #include <arm_neon.h>
      #if !defined(__aarch64__) || !defined(__ARM_NEON)
      #error no
      #endif]],
      [[return (int)vmaxvq_f32(vdupq_n_f32(0));]])],
      [ot_cv_neon_kernels=yes], [ot_cv_neon_kernels=no])])
  AS_IF([test $ot_cv_neon_kernels = yes], [OT_CPPFLAGS="$OT_CPPFLAGS -DOT__NEON_KERNELS"])
  AM_CONDITIONAL([NEON_KERNELS], [test $ot_cv_neon_kernels = yes])
  AC_SUBST([NEON_CFLAGS])
])
