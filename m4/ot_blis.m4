# SPDX-License-Identifier: BSD-3-Clause
# OT_BLIS: find BLIS, the variant named by --with-blis, else the first of openmp, serial, pthread,
# else whatever the compiler finds.  Sets BLIS_CFLAGS, BLIS_LIBS, ot_blis_variant.
# Programs call it with one thread from their own loops, so every variant gives the same speed.

# OT_BLIS_TRY(CFLAGS, LDFLAGS, NAME): sets ot_blis_variant to NAME if a program links with them.
AC_DEFUN([OT_BLIS_TRY], [
  AS_IF([test "x$ot_blis_variant" = x], [
    ot_saved_CPPFLAGS=$CPPFLAGS ot_saved_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $1" LIBS="$2 $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <blis.h>]], [[bli_init();]])],
      [ot_blis_variant="$3" BLIS_CFLAGS="$1" BLIS_LIBS="$2"])
    CPPFLAGS=$ot_saved_CPPFLAGS LIBS=$ot_saved_LIBS
  ])
])

AC_DEFUN([OT_BLIS], [
  AC_MSG_CHECKING([for BLIS])
  ot_blis_variant=
  ot_triplet=$($CC -print-multiarch 2>/dev/null)
  AS_CASE([$with_blis],
    [auto], [ot_blis_names="openmp serial pthread"],
    [openmp|serial|pthread], [ot_blis_names=$with_blis],
    [ot_blis_names=
     OT_BLIS_TRY([-isystem $with_blis/include -isystem $with_blis/include/blis], [-L$with_blis/lib -lblis -lm -lpthread], [$with_blis])])
  for ot_name in $ot_blis_names; do
    OT_BLIS_TRY([-isystem /usr/include/$ot_triplet/blis-$ot_name],
      [-L/usr/lib/$ot_triplet/blis-$ot_name -lblis -lm -lpthread], [$ot_name])
  done
  AS_IF([test "x$with_blis" = xauto], [
    OT_BLIS_TRY([], [-lblis -lm -lpthread], [system])
    OT_BLIS_TRY([-isystem /usr/include/blis], [-lblis -lm -lpthread], [system])])
  AS_IF([test "x$ot_blis_variant" = x], [
    AC_MSG_RESULT([no])
    AC_MSG_ERROR([BLIS was not found; install it by: apt install libblis-openmp-dev])])
  AC_MSG_RESULT([$ot_blis_variant])
  AC_SUBST([BLIS_CFLAGS])
  AC_SUBST([BLIS_LIBS])
])
