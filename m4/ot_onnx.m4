# SPDX-License-Identifier: BSD-3-Clause
# OT_ONNX: looks for protobuf-c, its compiler and onnx's schema, onnx.proto.  Sets PROTOBUF_C_CFLAGS,
# PROTOBUF_C_LIBS, PROTOC_C, ONNX_PROTO, the conditional ONNX, and ot_onnx for the summary.
AC_DEFUN([OT_ONNX], [
AC_ARG_WITH([onnx],
  [AS_HELP_STRING([--with-onnx=auto|yes|no], [export --to onnx; it needs protobuf-c and onnx's schema])],
  [], [with_onnx=auto])
AS_CASE([$with_onnx], [auto|yes|no], [],
  [AC_MSG_ERROR([--with-onnx is '$with_onnx'; auto, yes or no is expected])])
ot_onnx=no
AS_IF([test "x$with_onnx" != xno], [
  PKG_CHECK_MODULES([PROTOBUF_C], [libprotobuf-c >= 1.3], [ot_protobuf_c=yes], [ot_protobuf_c=no])
  AC_PATH_PROG([PROTOC_C], [protoc-c])
  AC_MSG_CHECKING([for onnx.proto])
  for ot_place in /usr/include /usr/local/include; do
    AS_IF([test "x$ONNX_PROTO" = x && test -f "$ot_place/onnx/onnx.proto"],
      [ONNX_PROTO=$ot_place/onnx/onnx.proto])
  done
  AC_MSG_RESULT([${ONNX_PROTO:-no}])
  AS_IF([test "x$ot_protobuf_c" = xyes && test "x$PROTOC_C" != x && test "x$ONNX_PROTO" != x],
    [ot_onnx="$ONNX_PROTO"],
    [test "x$with_onnx" = xyes],
    [AC_MSG_ERROR([ONNX was not found; install it by: apt install libonnx-dev libprotobuf-c-dev protobuf-c-compiler])],
    [ot_onnx="no (apt install libonnx-dev libprotobuf-c-dev protobuf-c-compiler)"])
])
AC_ARG_VAR([ONNX_PROTO], [the schema of ONNX, onnx.proto])
AM_CONDITIONAL([ONNX], [case $ot_onnx in no*) false ;; esac])
])
