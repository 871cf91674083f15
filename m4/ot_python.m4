# SPDX-License-Identifier: BSD-3-Clause
# OT_PYTHON: NUMPY_PYTHON, a Python 3 that has numpy, which the tests of python/ use; empty if there is
# none.  PYTHON_INSTALL if --with-python was given, and then pythondir, where odetape.py is installed.
AC_DEFUN([OT_PYTHON], [
  AC_ARG_VAR([PYTHON], [a Python 3 with numpy])
  AC_ARG_WITH([python],
    [AS_HELP_STRING([--with-python@<:@=DIR@:>@], [install odetape.py, in DIR if it is given (default: no)])],
    [], [with_python=no])
  AC_CACHE_CHECK([for a Python 3 with numpy], [ot_cv_numpy_python], [
    ot_cv_numpy_python=no
    for ot_python in ${PYTHON:-python3 /usr/bin/python3}; do
      AS_IF([test $ot_cv_numpy_python = no && $ot_python -B -c 'import sys, numpy; sys.exit(sys.version_info < (3, 8))' 2>/dev/null],
        [ot_cv_numpy_python=$ot_python])
    done])
  NUMPY_PYTHON=
  AS_IF([test $ot_cv_numpy_python != no], [NUMPY_PYTHON=$ot_cv_numpy_python])
  AS_CASE([$with_python],
    [no], [],
    [yes|/*], [
      AS_IF([test "x$NUMPY_PYTHON" = x],
        [AC_MSG_ERROR([--with-python needs a Python 3 with numpy; install it by: apt install python3-numpy])])
      AS_IF([test "x$enable_shared" = xno],
        [AC_MSG_ERROR([--with-python needs the shared library; leave out --disable-shared])])],
    [AC_MSG_ERROR([--with-python=$with_python must be an absolute path])])
  # The folder of this Python under the prefix, if it looks for modules there.
  AS_CASE([$with_python], [yes], [
    ot_prefix=$prefix
    AS_IF([test "x$ot_prefix" = xNONE], [ot_prefix=$ac_default_prefix])
    ot_folder=$($NUMPY_PYTHON -B - "$ot_prefix" <<'_OT_END'
import os, sys
usual = "lib/python%d.%d/site-packages" % sys.version_info@<:@:2@:>@
base = os.path.join(sys.argv@<:@1@:>@, "lib", "")
found = (p for p in sys.path if p.startswith(base) and p.endswith("-packages"))
print(next((os.path.relpath(p, sys.argv@<:@1@:>@) for p in found), usual))
_OT_END
)
    pythondir='${prefix}/'$ot_folder],
    [pythondir=$with_python])
  AC_SUBST([NUMPY_PYTHON])
  AC_SUBST([pythondir])
  AM_CONDITIONAL([PYTHON_INSTALL], [test "x$with_python" != xno])
  AM_CONDITIONAL([HAVE_NUMPY], [test "x$NUMPY_PYTHON" != x])
])
