# SPDX-License-Identifier: BSD-3-Clause
# OT_X86: X86_KERNELS where the compiler makes x86-64 code and knows the instruction sets that
# kernels are written for; AVX2_CFLAGS and AVX512_CFLAGS for their files.
AC_DEFUN([OT_X86], [
  AVX2_CFLAGS="-mavx2 -mfma -ffp-contract=fast -O3"
  AVX512_CFLAGS="-mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 -mfma -ffp-contract=fast -O3"
  AC_CACHE_CHECK([for kernels written for x86-64], [ot_cv_x86_kernels], [
    ot_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $AVX2_CFLAGS $AVX512_CFLAGS"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
      #include <immintrin.h>
      #if !defined(__x86_64__) || !defined(__AVX512VL__) || !defined(__FMA__)
      #error no
      #endif
      typedef float vec __attribute__((vector_size(64)));]],
      [[vec a = { 0 }; return (int)(a + 1.0f)[0] - 1;]])],
      [ot_cv_x86_kernels=yes], [ot_cv_x86_kernels=no])
    CFLAGS=$ot_save_CFLAGS])
  AS_IF([test $ot_cv_x86_kernels = yes], [OT_CPPFLAGS="$OT_CPPFLAGS -DOT__X86_KERNELS"])
  AM_CONDITIONAL([X86_KERNELS], [test $ot_cv_x86_kernels = yes])
  AC_SUBST([OT_CPPFLAGS])
  AC_SUBST([AVX2_CFLAGS])
  AC_SUBST([AVX512_CFLAGS])
])
