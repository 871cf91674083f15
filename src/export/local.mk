# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/export/export.c \
	src/export/export.h \
	src/export/format_npy.c \
	src/export/format_onnx.c \
	src/export/format_pytorch.c \
	src/export/formats.def \
	src/export/onnx.h \
	src/export/pytorch.h \
	src/export/pytorch_classes.c \
	src/export/pytorch_forward.c \
	src/export/pytorch_ops.c \
	src/export/pytorch_tree.c \
	src/export/pytorch_write.c \
	src/export/strings.c \
	src/export/strings.h \
	src/export/walk.c \
	src/export/walk.h
EXTRA_DIST += src/export/README.md

# ONNX is optional.  protoc-c makes C of the schema that onnx installs; warnings about that are not
# ours.
ONNX_SOURCES = \
	src/export/onnx.c \
	src/export/onnx_graph.c \
	src/export/onnx_graph.h \
	src/export/onnx_ops.c
ONNX_MADE = src/export/onnx.pb-c.c src/export/onnx.pb-c.h
EXTRA_DIST += $(ONNX_SOURCES) src/export/onnx_missing.c
if ONNX
noinst_LTLIBRARIES += libodetape-onnx.la
libodetape_onnx_la_SOURCES = $(ONNX_SOURCES)
nodist_libodetape_onnx_la_SOURCES = $(ONNX_MADE)
libodetape_onnx_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/src $(PROTOBUF_C_CFLAGS)
libodetape_core_la_LIBADD += libodetape-onnx.la $(PROTOBUF_C_LIBS)
BUILT_SOURCES += $(ONNX_MADE)
CLEANFILES += $(ONNX_MADE)

src/export/onnx.pb-c.c: $(ONNX_PROTO)
	@$(MKDIR_P) src/export
	$(AM_V_GEN)$(PROTOC_C) --c_out=src/export --proto_path="$$(dirname '$(ONNX_PROTO)')" '$(ONNX_PROTO)'
src/export/onnx.pb-c.h: src/export/onnx.pb-c.c
else
libodetape_core_la_SOURCES += src/export/onnx_missing.c
endif
