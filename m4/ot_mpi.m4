# SPDX-License-Identifier: BSD-3-Clause
# OT_MPI: looks for an MPI for the module with which several processes share a training.  Sets
# MPI_CFLAGS, MPI_LIBS, the conditional HAVE_MPI and ot_mpi, a text for the summary.
AC_DEFUN([OT_MPI], [
AC_ARG_WITH([mpi],
  [AS_HELP_STRING([--with-mpi=auto|yes|no], [build the module for several processes (MPI-3)])],
  [], [with_mpi=auto])
ot_mpi="no"
AS_IF([test "x$with_mpi" != xno],
  [PKG_CHECK_MODULES([MPI], [ompi-c], [ot_mpi="Open MPI"],
    [PKG_CHECK_MODULES([MPI], [mpich], [ot_mpi="MPICH"], [:])])
   AS_IF([test "x$ot_mpi" = xno && test "x$with_mpi" = xyes],
     [AC_MSG_ERROR([MPI was not found; install it by: apt install libopenmpi-dev])])
   AS_IF([test "x$ot_mpi" = xno], [ot_mpi="no (apt install libopenmpi-dev openmpi-bin)"],
     [ot_mpi="$ot_mpi `$PKG_CONFIG --modversion ompi-c 2>/dev/null || $PKG_CONFIG --modversion mpich`"])],
  [ot_mpi="no (--with-mpi=no)"])
AM_CONDITIONAL([HAVE_MPI], [test "x$MPI_LIBS" != x])
])
