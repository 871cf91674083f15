# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/ops/attr.h \
	src/ops/elementwise.c \
	src/ops/kernels/avg_pool_f32.c \
	src/ops/kernels/batch_norm_f32.c \
	src/ops/kernels/block.h \
	src/ops/kernels/channels.h \
	src/ops/kernels/channels_f32.c \
	src/ops/kernels/concat_f32.c \
	src/ops/kernels/conv2d.h \
	src/ops/kernels/conv2d_best.c \
	src/ops/kernels/conv2d_f32.c \
	src/ops/kernels/gemm.c \
	src/ops/kernels/gemm.h \
	src/ops/kernels/global_avg_pool_f32.c \
	src/ops/kernels/im2col.c \
	src/ops/kernels/im2col.h \
	src/ops/kernels/inline.h \
	src/ops/kernels/kernels.h \
	src/ops/kernels/lincomb_f32.c \
	src/ops/kernels/linear_f32.c \
	src/ops/kernels/max_pool_f32.c \
	src/ops/kernels/moments.c \
	src/ops/kernels/moments.h \
	src/ops/kernels/mul_f32.c \
	src/ops/kernels/read_view.h \
	src/ops/kernels/relu_f32.c \
	src/ops/kernels/scale_f32.c \
	src/ops/kernels/softmax_xent_f32.c \
	src/ops/kernels/stream.h \
	src/ops/kernels/sum.h \
	src/ops/kernels/sum_f32.c \
	src/ops/op_avg_pool.c \
	src/ops/op_batch_norm.c \
	src/ops/op_channels.c \
	src/ops/op_concat.c \
	src/ops/op_conv2d.c \
	src/ops/op_global_avg_pool.c \
	src/ops/op_lincomb.c \
	src/ops/op_linear.c \
	src/ops/op_max_pool.c \
	src/ops/op_mean.c \
	src/ops/op_mul.c \
	src/ops/op_relu.c \
	src/ops/op_scale.c \
	src/ops/op_softmax_xent.c \
	src/ops/op_sum.c \
	src/ops/ops.def \
	src/ops/ops.h \
<<<<<<< HEAD
	src/ops/reduce.c \
	src/ops/reduce.h \
	src/ops/registry.c
=======
	src/ops/registry.c \
	src/ops/window.c \
	src/ops/window.h
>>>>>>> ae29f78 (Ops avg_pool, max_pool, channels and concat, and every op declares what it sums over the batch)
EXTRA_DIST += src/ops/README.md
include $(srcdir)/src/ops/kernels/local.mk
