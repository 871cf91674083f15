/* SPDX-License-Identifier: BSD-3-Clause
 *
 * odetape.h - Butcher tableau in, trained network out.
 *
 * odetape turns an explicit Runge-Kutta tableau into a residual network, with a reverse-mode tape
 * and a handful of ops.  A scheme is a program of ops recorded on a tape, so it needs no derivative
 * and no kernel of its own.  A tape is recorded once, planned once and run many times, so shapes,
 * memory, cost and errors are known before the first number is computed.
 *
 *     ot_tape *t = ot_tape_new();
 *     ot_var x = ot_input(t, "x", OT_SHAPE(4, 12, 12, 8));
 *     ot_var y = ot_scheme_step(ot_scheme_find("rk4"), t, x, my_subnet, NULL);
 *     ot_var l = ot_mean(t, ot_mul(t, y, y));
 *     ot_program *p = NULL;
 *     if (ot_compile(t, l, &(ot_compile_opts){ .dtype = OT_F64 }, &p) != OT_OK)
 *         fprintf(stderr, "%s\n", ot_tape_message(t));
 *
 * Conventions.  Activations are (N, H, W, C), channels last; weights are (O, I, kh, kw) and (O, I)
 * as PyTorch stores them.  gx is dL/dx.  Objects are made by _new and freed by _free; _free(NULL)
 * does nothing.  Functions that can fail return an ot_status; ot_message() then has a sentence that
 * says what is wrong and what would be right.  The library never prints, exits or aborts.
 *
 * Arguments are checked first.  NULL is wrong, unless the comment says "may be NULL" or what NULL
 * means.  So are a value outside its enum, a count out of range, a number that is not finite, and
 * objects that do not belong together.  What a function does then depends on what it returns:
 *   a status        returns OT_EINVAL with a message, unless its comment names another status
 *   a var           records this error on the tape and returns the null var
 *   anything else   returns NULL, 0 or false, or -1 if 0 is a possible index or label
 *   nothing         does nothing
 *
 * Comments name the errors that a function can return in addition to OT_EINVAL for such arguments.
 * What a function returns through its last argument `out` belongs to the caller, who frees it with
 * the _free function of its type.  After an error *out is NULL.
 *
 * Different objects may be used by different threads at the same time, one object only by one.
 *
 * This header is also C++, from C++11 on.  C++ has no &(ot_compile_opts){ ... }: declare a
 * variable, ot_compile_opts opts = {}, and set its fields.  Callbacks must not throw.
 */
#ifndef ODETAPE_H
#define ODETAPE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OT_API __attribute__((visibility("default")))
#define OT_NODISCARD __attribute__((warn_unused_result))
#else
#define OT_API
#define OT_NODISCARD
#endif

/* ---- status ------------------------------------------------------------------------------- */

#define OT_STATUS_LIST(X)                                                                          \
    X(OK, "success")                                                                               \
    X(EINVAL, "an argument is out of its range")                                                   \
    X(ESHAPE, "shapes do not fit together")                                                        \
    X(EFORMAT, "a file or text is malformed")                                                      \
    X(ENOENT, "no such file, or it cannot be read")                                                \
    X(ECREATE, "a file cannot be created")                                                         \
    X(EIO, "reading or writing failed")                                                            \
    X(ENOMEM, "out of memory")                                                                     \
    X(ENUMERIC, "a number is not finite")                                                          \
    X(EINTERRUPTED, "stopped on request")                                                          \
    X(EBUSY, "another process is using it")                                                        \
    X(EPEER, "another process of the training failed")                                             \
    X(EBUG, "a bug in odetape")

/* OT_OK, or the kind of an error: OT_ and a name of the list. */
typedef enum ot_status {
#define OT__STATUS_ENUM(name, text) OT_##name,
    OT_STATUS_LIST(OT__STATUS_ENUM)
#undef OT__STATUS_ENUM
} ot_status;

/* The general meaning of a status, for example "out of memory".  Never NULL. */
OT_API const char *ot_strerror(ot_status status);

/* The message of the last call that failed on this thread: one sentence, "" if none has failed.  It
 * is valid until the next call that fails. */
OT_API const char *ot_message(void);

/* Sets the message of this thread, one sentence, and returns status: how functions of a plugin
 * fail.  Without a format the message is the general meaning of status. */
OT_API ot_status ot_fail(ot_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The version of the library, "0.1.0". */
OT_API const char *ot_version(void);

/* Returns the name, of n names, that is nearest to a mistyped word; NULL if none is near. */
OT_API const char *ot_nearest(const char *word, int n, const char *const names[]);

/* ---- the machine --------------------------------------------------------------------------- */

/* A tier is a set of kernels.  All others are tested against the reference kernels:
 *   reference  plain double loops, the specification of each op; for double programs only
 *   portable   float32 kernels with OpenMP and BLIS, for any machine
 *   best       float32 kernels written for this CPU; ops and shapes without any use portable ones
 * The default is best on CPUs that have such kernels, otherwise portable.  The environment variable
 * ODETAPE_KERNELS (reference, portable, best) changes it.  A tier that this CPU does not support is
 * refused with OT_EINVAL. */
typedef enum ot_tier { OT_TIER_DEFAULT, OT_TIER_REFERENCE, OT_TIER_PORTABLE, OT_TIER_BEST } ot_tier;

/* "default", "reference", "portable", "best"; "unknown" for a value outside the enum. */
OT_API const char *ot_tier_name(ot_tier tier);

typedef struct ot_machine_info {
    int threads;              /* number of threads that programs run on */
    int cpus;                 /* number of CPUs that this process may use: the smaller of cores and
                                 quota, rounded up */
    ot_tier tier;             /* what OT_TIER_DEFAULT means here */
    const char *cpu;          /* the CPU as it names itself; "unknown" if it does not */
    const char *cpu_features; /* "avx2 fma avx512", "neon", "none" */
    const char *best_kernels; /* what the best kernels use: "avx512", "avx2", "neon", "none" */
    const char *blis_version; /* "0.9.0" */
    const char *blis_kernels; /* the kernel family of BLIS in use: "skx" */
    const char *blis_reason;  /* who chose this family: "as BLIS_ARCH_TYPE says" */
    int cores;                /* number of cores that this process may run on (affinity) */
    double quota;             /* CPU quota of the control group, in cores; 0: no limit is known */
} ot_machine_info;

/* Describes the machine that programs run on.  The strings are constant.  The first call starts
 * BLIS and chooses its kernel family by CPUID, unless BLIS_ARCH_TYPE is set, because BLIS 0.9 does
 * not know newer CPUs. */
OT_API ot_machine_info ot_machine(void);

/* OT_EINVAL if ODETAPE_KERNELS or ODETAPE_CPU has a value that is unknown or that this CPU cannot
 * follow.  OT_EINVAL also if OMP_NUM_THREADS or BLIS_ARCH_TYPE is no number in its range.
 * ot_compile, ot_train and ot_evaluate return the same errors. */
OT_API OT_NODISCARD ot_status ot_machine_check(void);

/* What all threads together reach: FLOP/s of multiply-adds in registers, and bytes/s read and
 * written by copies that no cache holds.  Measured, within a second; takes 128 MiB meanwhile.
 * OT_ENOMEM if they are not available: then flops was measured, and bytes is 0. */
typedef struct ot_peaks {
    double flops, bytes; /* per second */
} ot_peaks;
OT_API OT_NODISCARD ot_status ot_machine_peaks(ot_peaks *peaks);

/* Runs a parallel loop and returns the number of its threads that flush denormals to zero.  Float32
 * programs need this in all threads: an operation on a denormal takes a hundred times as long. */
OT_API int ot_machine_flushing(void);

/* Sets the number of threads of programs that are compiled and run from now on.  Results have the
 * same bits at any number.  The default is OMP_NUM_THREADS, otherwise ot_machine_info.cpus.
 * OT_EINVAL unless 1 <= n <= 1024. */
OT_API OT_NODISCARD ot_status ot_set_threads(int n);

/* The largest resident size of this process so far, in bytes; 0 if the system does not report
 * it. */
OT_API size_t ot_peak_rss(void);

/* ---- tape ----------------------------------------------------------------------------------- */

#define OT_MAX_RANK 4

typedef struct ot_shape {
    int rank; /* 0 for a scalar */
    int dim[OT_MAX_RANK];
} ot_shape;

/* A shape with the given dimensions: OT_SHAPE(128, 32, 32, 3). */
#ifdef __cplusplus
extern "C++" {
template <typename... ints> constexpr ot_shape ot__shape_of(ints... dims)
{
    return ot_shape{ static_cast<int>(sizeof...(dims)), { static_cast<int>(dims)... } };
}
}
#define OT_SHAPE(...) ot__shape_of(__VA_ARGS__)
#define OT__VALUE(type) type /* before the braces of an unnamed value */
#else
#define OT_SHAPE(...)                                                                              \
    ((ot_shape){ (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)), { __VA_ARGS__ } })
#define OT__VALUE(type) (type)
#endif
#define OT_SCALAR (OT__VALUE(ot_shape){ 0, { 0 } })

/* A value on a tape: the index of its record, never a pointer.  {0} is the null var. */
typedef struct ot_var {
    int32_t id;
} ot_var;

/* A tape records what is to be computed; it holds no numbers.  Errors are sticky: the tape keeps
 * the first error of an op, the op returns the null var, and so does every later op.  So it is
 * enough to check once, with ot_tape_status or ot_compile.  Operands are floating-point numbers,
 * except where an op needs labels; otherwise the error is OT_EINVAL.  A var is only an index, so a
 * var of another tape is noticed only if its index is too large for this tape. */
typedef struct ot_tape ot_tape;

OT_API ot_tape *ot_tape_new(void); /* NULL when out of memory */
OT_API void ot_tape_free(ot_tape *t);
OT_API ot_status ot_tape_status(const ot_tape *t); /* the first error, or OT_OK */
/* The message of the tape's first error: "conv2d: x is (4,12,12,8) and w is ...".  If it has none,
 * ot_message(). */
OT_API const char *ot_tape_message(const ot_tape *t);
/* Records an error of the caller's, for example in a sub-net, unless the tape has one already.
 * Returns the null var.  status must not be OT_OK; otherwise OT_EINVAL is recorded. */
OT_API ot_var ot_tape_fail(ot_tape *t, ot_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The shape of a var, with the batch recorded on the tape; rank -1 for the null var. */
OT_API ot_shape ot_var_shape(const ot_tape *t, ot_var v);
/* Whether the first dimension of a var is the batch, which a run may change; false for the null
 * var. */
OT_API bool ot_var_batched(const ot_tape *t, ot_var v);
OT_API int ot_tape_length(const ot_tape *t); /* the number of records, leaves included */

/* Scopes are prefixes of names.  A leaf that is recorded between push and pop has "name." before
 * its own name: "bn1.weight" in scopes "blocks.0" and "stages.1" is "blocks.0.stages.1.bn1.weight".
 * Files hold these names.  So a name, scopes included, must be 1 to 1000 bytes of UTF-8 without
 * control characters, and not "__metadata__".  Errors: OT_EINVAL for another name or a pop without
 * a push, OT_ENOMEM. */
OT_API void ot_scope_push(ot_tape *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
OT_API void ot_scope_pop(ot_tape *t);

/* Initial values of a parameter. */
typedef enum ot_init_kind {
    OT_INIT_CONSTANT,
    OT_INIT_NORMAL,           /* around 0 */
    OT_INIT_UNIFORM,          /* from value to high */
    OT_INIT_TRUNCATED_NORMAL, /* around 0; a number beyond two standard deviations is drawn again */
} ot_init_kind;
typedef struct ot_init {
    ot_init_kind kind;
    double value; /* the constant; the standard deviation, before truncation; the least number */
    double high;  /* the largest number of OT_INIT_UNIFORM; other kinds do not read it */
} ot_init;
#define OT_ZEROS (OT__VALUE(ot_init){ OT_INIT_CONSTANT, 0.0, 0.0 })
#define OT_ONES (OT__VALUE(ot_init){ OT_INIT_CONSTANT, 1.0, 0.0 })
/* Normal numbers with variance 2 / fan (He et al. 2015).  fan is the number of inputs of a unit,
 * kh*kw*I of a convolution; with the number of outputs, kh*kw*O, gradients keep their size instead
 * of values.  fan must be at least 1; otherwise the standard deviation is not finite, and ot_param
 * refuses it. */
OT_API ot_init ot_init_he(int fan);
/* Numbers with variance 2 / (inputs + outputs) (Xavier; Glorot and Bengio 2010): uniform in
 * +-sqrt(6 / (inputs + outputs)), or normal.  inputs and outputs are fans as above, kh*kw*I and
 * kh*kw*O of a convolution.  Their sum must be at least 1; otherwise ot_param refuses them. */
OT_API ot_init ot_init_xavier_uniform(int inputs, int outputs);
OT_API ot_init ot_init_xavier_normal(int inputs, int outputs);
/* Uniform numbers, low <= number <= high. */
OT_API ot_init ot_init_uniform(double low, double high);
/* Normal numbers with this standard deviation, of which those beyond two standard deviations are
 * drawn again.  The standard deviation of what remains is 0.880 times the given one. */
OT_API ot_init ot_init_truncated(double deviation);

/* Sets the stream of the leaves that are recorded after this call; they are numbered from 0.
 * Random initial values are a pure function of (seed, stream, number of the leaf, element).  So two
 * networks with the same streams start from the same numbers, whatever the names of their
 * parameters.  OT_EINVAL unless stream >= 0. */
OT_API void ot_init_stream(ot_tape *t, int stream);

/* Leaves.  OT_EINVAL unless their names differ, initial values are finite in float32, standard
 * deviations are not negative, and low <= high; OT_ESHAPE if the shape has more than 4 dimensions,
 * one that is not positive, or more than 2^30 elements; OT_ENOMEM. */

/* An input.  Its first dimension is the batch: a program runs any batch up to the largest that it
 * was compiled for. */
OT_API ot_var ot_input(ot_tape *t, const char *name, ot_shape shape);
OT_API ot_var ot_labels(ot_tape *t, const char *name, int batch); /* class numbers, int32_t */
/* A parameter: numbers that are trained. */
OT_API ot_var ot_param(ot_tape *t, const char *name, ot_shape shape, ot_init init);
/* How a parameter is trained, where that differs from the other parameters. */
typedef struct ot_rule {
    double lr;     /* its learning rate is this factor times that of the others; 0: 1 */
    bool no_decay; /* it has no weight decay */
} ot_rule;
/* Gives a parameter a rule.  Who records a parameter calls it: Fixup's scalars learn at a tenth of
 * the rate, LayerScale's have no decay.  OT_EINVAL unless v is a parameter without another rule,
 * and lr is finite and not negative.  Schemes, sub-nets, branches and norms call ot_block_rule. */
OT_API void ot_param_rule(ot_tape *t, ot_var v, ot_rule rule);
/* A statistic: numbers that the network keeps but does not train, as running means.  All ops that
 * write it must do so in one role.  OT_EINVAL if it is, for example, the mean of one batch norm and
 * the variance of the same or another. */
OT_API ot_var ot_stat(ot_tape *t, const char *name, ot_shape shape, ot_init init);

/* ---- ops ------------------------------------------------------------------------------------ */

/* One coefficient of a linear combination: value times a learnable scalar, the factor.  If factor
 * is the null var, the coefficient is the constant value: { 0.5 }. */
typedef struct ot_coef {
    double value;
    ot_var factor;
} ot_coef;

/* The comment of an op has its formula, shapes, errors, cost in floating-point operations, and what
 * stays in memory from forward to backward ("kept") if gradients are computed. */

/* y = sum_j coef_j * x_j, j < n.  Stage inputs, block outputs and learnable steps are this op.
 * OT_ESHAPE unless all x_j have one shape and all factors are scalars.  OT_EINVAL unless
 * 1 <= n <= 128 and values are finite.  A sum with factors for which n + number of factors > 63 is
 * recorded as several ops, which add the terms in the same order.
 * Cost: n multiply-adds per element.  Kept: x_j if coef_j has a factor. */
OT_API ot_var ot_lincomb(ot_tape *t, int n, const ot_coef coef[], const ot_var x[]);

/* Declares that x, a term of the linear combination y, can be solved for: the other terms of y do
 * not need x, or only by way of values that can be solved for themselves.  A program that is
 * compiled with `rebuild` then does not keep x for backward.  Schemes with reversible steps call
 * it.  The tape gets OT_EINVAL if y is not the result of ot_lincomb with x as a term. */
OT_API void ot_solvable(ot_tape *t, ot_var x, ot_var y);

/* 2-D convolution without bias; the kernel is not flipped, as in PyTorch.
 *   x (N, H, W, C)   w (O, C, kh, kw)   returns (N, H', W', O)
 *   H' = (H + 2*pad - kh)/stride + 1, W' likewise;  stride >= 1 and pad >= 0 in pixels
 * OT_ESHAPE if C differs or the window does not fit.
 * Cost: N*H'*W'*O*C*kh*kw multiply-adds.  Kept: x. */
OT_API ot_var ot_conv2d(ot_tape *t, ot_var x, ot_var w, int stride, int pad);

/* The adjoint of ot_conv2d with the same weights: <conv2d(y, w), x> = <y, conv2d_transpose(x, w)>
 * for all x and y.  PyTorch calls it a transposed convolution.
 *   x (N, H', W', O)   w (O, C, kh, kw)   returns (N, height, width, C)
 * height and width are those of an image of which ot_conv2d makes H' x W' pixels; with stride s
 * there are s such heights.
 * OT_EINVAL unless stride, height and width are positive and pad >= 0.  OT_ESHAPE if O differs
 * or conv2d makes another image.  Cost: N*H'*W'*O*C*kh*kw multiply-adds.  Kept: x. */
OT_API ot_var ot_conv2d_transpose(ot_tape *t, ot_var x, ot_var w, int stride, int pad, int height,
                                  int width);

/* y[..., c] = x[..., c] + b[c]:  x (..., C)   b (C) without batch.
 * OT_ESHAPE for other shapes.  Cost: 1 operation per element.  Kept: nothing.  In float32 programs
 * the result is not stored if all ops that read it can compute it from x on reading, as after a
 * batch norm; then x is kept. */
OT_API ot_var ot_bias(ot_tape *t, ot_var x, ot_var b);

/* y[n, ...] = x[n, ...] + p[...]: one number per pixel and channel, the same in all images, as
 * position numbers of attention are.  x (N, ...)   p (...) without batch.
 * OT_ESHAPE for other shapes.  Cost: 1 operation per element.  Kept: nothing. */
OT_API ot_var ot_position(ot_tape *t, ot_var x, ot_var p);

/* A channel that is one number everywhere: y[...] = value, or value times a factor:
 *   like (..., C)   returns (..., 1);  only the shape and the batch of `like` matter
 * ot_concat puts it beside other channels, for example the time of a neural ODE beside x.
 * OT_EINVAL unless value is finite.  OT_ESHAPE unless the factor is a scalar and `like` has
 * channels.  Cost: moves numbers only.  Kept: nothing. */
OT_API ot_var ot_fill(ot_tape *t, ot_var like, ot_coef value);

/* Batch normalisation over all dimensions except the last, which has C channels (Ioffe and Szegedy
 * 2015, as PyTorch implements it).
 *   y = gamma*(x - m)/sqrt(v + eps) + beta,  gamma, beta, running_mean, running_var (C)
 * In training programs m and v are the mean and the biased variance of the batch.  Forward updates
 *   running <- (1 - momentum)*running + momentum*(batch mean, unbiased batch variance).
 * In evaluation programs they are the running statistics.  Usual values: momentum 0.1, eps 1e-5.  A
 * batch of one pixel has no unbiased variance; 0 is used for it, and y = beta.
 * OT_ESHAPE unless the four operands are (C).  OT_EINVAL unless 0 <= momentum <= 1, eps is positive
 * and finite, and running_mean and running_var are two different ot_stat leaves.
 * Cost: about 8 operations per element.  Kept: x and 5*C numbers.  In float32 programs the result
 * is not stored if all ops that read it can compute it from x on reading.  Convolutions and pools
 * can, and so can a ReLU whose own readers can; then the result of the ReLU is not stored
 * either. */
OT_API ot_var ot_batch_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, ot_var running_mean,
                            ot_var running_var, double momentum, double eps);

/* Normalisations of single images, without statistics: y = gamma[c]*(x - m)/sqrt(v + eps) + beta[c]
 *   group_norm   m and v are mean and biased variance of an image, over its pixels and the C/groups
 *                channels of a group (Wu and He 2018).
 *   layer_norm   the same of a pixel, over its channels (Ba et al. 2016).
 *   pixel_norm   m is 0, and v the sum of x^2 over the channels of a pixel.  With eps 1e-4 it is
 *                tvNorm (Ruthotto and Haber 2020).
 *   x (N, ..., C)   gamma, beta (C)   returns (N, ..., C)
 * OT_ESHAPE for other shapes.  OT_EINVAL unless eps is positive and finite, and groups >= 1 divides
 * C.  Cost: about 8 operations per element.  Kept: x, and 3 numbers per group or pixel. */
OT_API ot_var ot_group_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, int groups,
                            double eps);
OT_API ot_var ot_layer_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, double eps);
OT_API ot_var ot_pixel_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, double eps);

/* y = max(x, 0); the derivative at 0 is 0.  Any shape.  Cost: 1 operation per element.  Kept: y. */
OT_API ot_var ot_relu(ot_tape *t, ot_var x);

/* Activations, element by element, for any shape:
 *   relu6     min(max(x, 0), 6); the derivative at 0 and at 6 is 0     kept: y
 *   sigmoid   1/(1 + exp(-x))                                          kept: y
 *   tanh      tanh(x)                                                  kept: y
 *   silu      x*sigmoid(x)                                             kept: x
 *   gelu      x*(1 + erf(x/sqrt(2)))/2, exact, not the fit by tanh     kept: x
 * In float32 they are polynomials and quotients of our own, so every CPU computes the same bits; an
 * error is a few units in the last place of the largest value.  Cost: 2 to 25 operations per
 * element.  After a batch norm they read its operand, and the result of the norm is not stored. */
OT_API ot_var ot_relu6(ot_tape *t, ot_var x);
OT_API ot_var ot_sigmoid(ot_tape *t, ot_var x);
OT_API ot_var ot_tanh(ot_tape *t, ot_var x);
OT_API ot_var ot_silu(ot_tape *t, ot_var x);
OT_API ot_var ot_gelu(ot_tape *t, ot_var x);

/* A function of one number and its derivative, for ot_map.  Both must be pure: they depend on x
 * only, and several threads call them at once. */
enum { OT_MOST_KINKS = 8 };
typedef struct ot_function {
    double (*value)(double x);
    double (*slope)(double x); /* the derivative; at a kink, any choice */
    int kinks;                 /* numbers of kink in use */
    double
        kink[OT_MOST_KINKS]; /* where slope jumps; the gradient check does not step across them */
} ot_function;

/* y = f(x), element by element, for any shape: an op of your own.  The tape copies *f.  Float32
 * programs convert x to double and the result to float.  Files do not hold f: a program that goes
 * on with a saved network must give it the same one.
 * OT_EINVAL unless f, value and slope are given, 0 <= kinks <= OT_MOST_KINKS, and the kinks are
 * finite and increase.  Cost: one call of value, and one of slope in backward, per element; it
 * counts as 10 operations each.  Kept: x. */
OT_API ot_var ot_map(ot_tape *t, ot_var x, const ot_function *f);

/* y = x w' + b:  x (N, I)   w (O, I)   b (O), or the null var for none   returns (N, O).
 * OT_ESHAPE unless the shapes fit.  Cost: N*I*O multiply-adds.  Kept: x. */
OT_API ot_var ot_linear(ot_tape *t, ot_var x, ot_var w, ot_var b);

/* The mean over H and W:  x (N, H, W, C)   returns (N, C).
 * OT_ESHAPE for another rank.  Cost: 1 operation per element.  Kept: nothing. */
OT_API ot_var ot_global_avg_pool(ot_tape *t, ot_var x);

/* The mean of each window of size x size pixels, without padding.
 *   x (N, H, W, C)   returns (N, H', W', C),  H' = (H - size)/stride + 1, W' likewise
 * Pixels at the end that fill no window are left out.  size 1 takes every stride-th pixel.
 * OT_EINVAL unless size and stride are at least 1, OT_ESHAPE for another rank or if the window does
 * not fit.  Cost: size^2 operations per element of the result.  Kept: nothing. */
OT_API ot_var ot_avg_pool(ot_tape *t, ot_var x, int size, int stride);

/* The maximum of each window of size x size pixels, as PyTorch computes it.
 *   x (N, H, W, C)   returns (N, H', W', C),  H' = (H + 2*pad - size)/stride + 1, W' likewise
 * With `ceil` the division rounds up, unless the last window would begin after the image: a last
 * window may hang over the end of the image.  Padding and what is outside never wins.  Of equal
 * values in a window the first, row by row, gets the gradient; NaN is larger than any number.
 * OT_EINVAL unless 1 <= size <= 16, stride >= 1 and 0 <= pad <= size/2, OT_ESHAPE for another rank
 * or if the window does not fit.  Cost: size^2 operations per element of the result.  Kept: a byte
 * per element of the result. */
OT_API ot_var ot_max_pool(ot_tape *t, ot_var x, int size, int stride, int pad, bool ceil);

/* Channels from, ..., to - 1 of x, which are 0 where x has no such channel: a slice, zeros around
 * x, or both.  Channels are the last dimension.
 *   y[..., c] = x[..., from + c],  0 <= c < to - from:  x (..., C)   returns (..., to - from)
 * OT_EINVAL unless from < to, from < C and to > 0, so that at least one channel comes from x.
 * OT_ESHAPE if x has no channels, or only a batch.  Cost: moves numbers only.  Kept: nothing. */
OT_API ot_var ot_channels(ot_tape *t, ot_var x, int from, int to);

/* The channels of x_0, then those of x_1, ..., x_{n-1}, where channels are the last dimension:
 *   x_k (..., C_k)   returns (..., C_0 + ... + C_{n-1})
 * OT_EINVAL unless 1 <= n <= 128, OT_ESHAPE unless all other dimensions are equal.  Cost: moves
 * numbers only.  Kept: nothing. */
OT_API ot_var ot_concat(ot_tape *t, int n, const ot_var x[]);

/* The mean over the batch of -log softmax(logits)[label]:  logits (N, K)   labels (N)   returns a
 * scalar.  A label outside 0..K-1 makes the loss NaN.  OT_EINVAL unless labels are an ot_labels
 * leaf, OT_ESHAPE unless they have the batch of the logits.  Kept: N*K probabilities. */
OT_API ot_var ot_softmax_xent(ot_tape *t, ot_var logits, ot_var labels);

/* The same with smoothed labels (Szegedy et al. 2016) and with two labels per image, as mixup needs
 * them (Zhang et al. 2018).  With e = smoothing and w = weight_i, the loss of image i in training
 * programs is
 *   -sum_k q_k log softmax(logits_i)[k]
 *   q_k = (1 - e) (w [k = label_i] + (1 - w) [k = second label_i]) + e/K
 * Evaluation programs (ot_compile_opts.evaluate) compute ot_softmax_xent.  There is a gradient with
 * respect to the weights too.  OT_EINVAL unless 0 <= smoothing < 1, second_labels are an ot_labels
 * leaf, and second_labels and weight are given together; OT_ESHAPE unless both have the shape (N).
 * Kept: N*K probabilities and, with second labels, N numbers. */
typedef struct ot_xent_opts {
    double smoothing;     /* e; 0: none */
    ot_var second_labels; /* (N); the null var: none */
    ot_var weight;        /* (N), of the first labels; the null var: none */
} ot_xent_opts;
OT_API ot_var ot_softmax_xent_with(ot_tape *t, ot_var logits, ot_var labels,
                                   const ot_xent_opts *opts); /* NULL: no smoothing, one label */

/* y = a * b, element by element.  OT_ESHAPE unless the shapes are equal.  Cost: 1 operation per
 * element.  Kept: a and b. */
OT_API ot_var ot_mul(ot_tape *t, ot_var a, ot_var b);

/* y[..., c] = s[c] * x[..., c]:  x (..., C)   s (C).  A step size per channel, or LayerScale.
 * OT_ESHAPE unless s is (C) without batch.  Cost: 1 operation per element.  Kept: x. */
OT_API ot_var ot_scale(ot_tape *t, ot_var x, ot_var s);

/* y[n, ..., c] = s[n, c] * x[n, ..., c]: one factor per image and channel, as of squeeze and
 * excitation.  x (N, ..., C)   s (N, C).
 * OT_ESHAPE unless s has the batch and the channels of x.  Cost: 1 operation per element.  Kept: x
 * and s. */
OT_API ot_var ot_gate(ot_tape *t, ot_var x, ot_var s);

/* Self-attention (Vaswani et al. 2017) between the T pixels of each image, in `heads` groups of
 * d = C/heads channels:
 *   y = softmax(q k' / sqrt(d)) v   per image and head, with q, k, v (T, d)
 *   qkv (N, ..., 3*C): channels of q, then of k, then of v, each head after head
 *   returns (N, ..., C)
 * OT_EINVAL unless heads >= 1.  OT_ESHAPE unless qkv has a batch and heads divides C.
 * Cost: 2*N*T*T*C multiply-adds.  Kept: qkv.  The T x T weights are computed for 64 rows at a time
 * and again in backward, so they need 64*T numbers per thread. */
OT_API ot_var ot_attention(ot_tape *t, ot_var qkv, int heads);

/* The sum and the mean of all elements of x, over the batch of the run too: a scalar without batch.
 * Cost: 1 operation per element.  Kept: nothing. */
OT_API ot_var ot_sum(ot_tape *t, ot_var x);
OT_API ot_var ot_mean(ot_tape *t, ot_var x);

/* The list of ops, for tests over all of them. */
OT_API int ot_op_count(void);
OT_API const char *ot_op_name(int i); /* NULL unless 0 <= i < ot_op_count() */
OT_API bool ot_op_has_best(int i);    /* there are best kernels for some shapes on some CPUs */
/* Records the variant-th small example of op i (from 0) and returns its result.  Returns the null
 * var without an error if there are no more variants. */
OT_API ot_var ot_op_example(int i, ot_tape *t, int variant);

/* ---- normalisation of images ----------------------------------------------------------------- */

#define OT_MOST_CHANNELS 4

/* How the byte v of a channel becomes the number x that a network reads:
 *     x = (v/255 - mean) / deviation
 * Weights are only valid with the normalisation that they were trained with.  So training stores it
 * with the parameters, and evaluation and prediction use it for any data set.  Files have it as the
 * metadata keys "mean" and "deviation", one number per channel: "0.4914 0.4822 0.4465". */
typedef struct ot_normalisation {
    int channels; /* 0: not known */
    /* The file of the weights has no normalisation.  The numbers of CIFAR-10 are used, as earlier
     * versions did for every data set. */
    bool assumed;
    float mean[OT_MOST_CHANNELS], deviation[OT_MOST_CHANNELS];
} ot_normalisation;

/* ---- parameters ------------------------------------------------------------------------------ */

typedef enum ot_dtype { OT_F32, OT_F64 } ot_dtype;

/* Values and gradients of a tape's parameters and statistics.  All programs compiled from the tape
 * can share them.  They belong to this tape, with the parameters and statistics that it has when
 * they are made.  Programs, trainings, evaluations, landscapes and steppers return OT_EINVAL if
 * given those of another tape, or those made before the last parameter or statistic was recorded.
 *
 * Values are kept in float32 and, once a double program is compiled, in double.  The copy that was
 * written last is converted when the other is asked for.  Memory for values is allocated when they
 * are first used: by compiling a program that is to run, by loading, or by ot_params_value. */
typedef struct ot_params ot_params;

/* Makes the parameters of a tape, with initial values for seed 0.  The error of the tape if it has
 * one, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_params_new(const ot_tape *t, ot_params **out);
OT_API void ot_params_free(ot_params *ps);
/* Sets all values to the initial values for this seed. */
OT_API void ot_params_init(ot_params *ps, uint64_t seed);
/* The tensors, statistics included, have indices i from 0 in the order of the tape. */
OT_API int ot_params_count(const ot_params *ps);
OT_API int ot_params_find(const ot_params *ps, const char *name); /* the index; -1: no such name */
OT_API const char *ot_params_name(const ot_params *ps, int i);
OT_API ot_shape ot_params_shape(const ot_params *ps, int i);
/* The rule of tensor i with its factor filled in; { 1, false } if it has none, and outside. */
OT_API ot_rule ot_params_rule(const ot_params *ps, int i);
OT_API bool ot_params_trained(const ot_params *ps, int i); /* false for a statistic */
OT_API size_t ot_params_elements(const ot_params *ps, int i);
/* The normalisation of the images that the parameters were trained on.  channels is 0 unless
 * ot_train, ot_params_load or ot_params_set_normalisation has set it.  Setting it to NULL clears
 * it.  OT_EINVAL unless its numbers are finite and its deviations positive. */
OT_API ot_normalisation ot_params_normalisation(const ot_params *ps);
OT_API OT_NODISCARD ot_status ot_params_set_normalisation(ot_params *ps, const ot_normalisation *n);
/* The number of elements in all trained tensors, frozen ones included. */
OT_API size_t ot_params_total(const ot_params *ps);
/* Freezes the parameters whose names match one of the patterns, and no others.  Patterns are
 * separated by commas; in one, '*' stands for any characters and '?' for any single one:
 * "stem.*,blocks.?.conv*".  NULL or "" freezes nothing.
 *
 * Programs that are compiled afterwards form no gradient of a frozen parameter; ot_params_grad has
 * zeros for it.  A batch norm whose parameters are all frozen uses its running statistics and keeps
 * them as they are, in training programs too.  Its statistics count as frozen.
 * OT_EINVAL if a pattern matches no parameter (the message has the nearest name) or if nothing is
 * left to train, OT_ENOMEM; after an error nothing is changed. */
OT_API OT_NODISCARD ot_status ot_params_freeze(ot_params *ps, const char *patterns);
OT_API bool ot_params_frozen(const ot_params *ps, int i);
/* The values of tensor i to read, its values to change, and its gradient: arrays of float or double
 * by dtype, which the parameters own.  After ot_params_edit the values in this dtype are the
 * newest.  NULL if i or dtype is out of range or when out of memory; ot_params_grad: also if no
 * program with gradients was compiled in this dtype. */
OT_API const void *ot_params_value(ot_params *ps, int i, ot_dtype dtype);
OT_API void *ot_params_edit(ot_params *ps, int i, ot_dtype dtype);
OT_API void *ot_params_grad(ot_params *ps, int i, ot_dtype dtype);

/* Saves the parameters to, or loads them from, a safetensors file with PyTorch's names, in float32.
 * Saving replaces the file in one step or leaves it unchanged.  metadata has n pairs of key and
 * value, and may be NULL if n is 0.  The normalisation is saved and loaded too, as keys "mean" and
 * "deviation".  Saving: OT_EINVAL for a key that is given twice, is reserved, or could not be the
 * name of a parameter; OT_ECREATE, OT_EIO, OT_ENOMEM.  Loading: OT_ENOENT, OT_EFORMAT if names,
 * shapes, sizes or checksums do not fit, OT_EIO, OT_ENOMEM; after an error nothing is changed. */
OT_API OT_NODISCARD ot_status ot_params_save(ot_params *ps, const char *path, int n,
                                             const char *const metadata[][2]);
OT_API OT_NODISCARD ot_status ot_params_load(ot_params *ps, const char *path);
/* Compares the names and shapes in the header of a file with those of ps, as loading does first.
 * It reads no values and allocates no memory for them, so it is quick for any size.  OT_ENOENT,
 * OT_EFORMAT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_params_check(const ot_params *ps, const char *path);

/* What became of the tensors of a file and of a network (ot_params_init_from). */
typedef struct ot_fit_part {
    int n;           /* tensors */
    int listed;      /* how many of them, the first, are in names */
    char names[200]; /* with commas; then "and 12 more" if that is not all */
} ot_fit_part;
typedef struct ot_fit {
    ot_fit_part taken;
    ot_fit_part missing; /* the network has them, the file does not */
    ot_fit_part unknown; /* the file has them, the network does not */
    ot_fit_part unlike;  /* both have them, but shapes differ or the file's type is not read */
    char checksum[33];   /* of the file, as ot_file_checksum returns it */
} ot_fit;
/* Sets the values of the tensors that a safetensors file has with the same name and shape; all
 * others stay.  The file may come from another network or from other software.  Types F64, F32, F16
 * and BF16 are read.  Velocities of a checkpoint are skipped.  fit may be NULL.  OT_EFORMAT if no
 * tensor fits, or as ot_params_load; OT_ENOENT, OT_EIO, OT_ENOMEM; after an error nothing is
 * changed. */
OT_API OT_NODISCARD ot_status ot_params_init_from(ot_params *ps, const char *path, ot_fit *fit);
/* The XXH3-128 checksum of the bytes of a file, 32 hexadecimal digits.  OT_ENOENT, OT_EIO. */
OT_API OT_NODISCARD ot_status ot_file_checksum(const char *path, char checksum[33]);
/* The value of one metadata key, in new memory: free() it.  OT_EFORMAT if the file has no such key,
 * OT_ENOENT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_safetensors_metadata(const char *path, const char *key,
                                                      char **value);

/* Any safetensors file, opened for reading.  Its header is checked when it is opened.  If the file
 * has checksums, that of a tensor is checked when the tensor is read. */
typedef struct ot_safetensors ot_safetensors;
typedef struct ot_tensor_info {
    const char *name, *dtype; /* dtype as in the file: "F32"; both valid until the file is closed */
    int rank;
    size_t dim[8];
    size_t elements, bytes, offset; /* offset: of its first byte in the file */
} ot_tensor_info;
/* OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_safetensors_open(const char *path, ot_safetensors **out);
OT_API void ot_safetensors_close(ot_safetensors *f);
OT_API bool ot_safetensors_has_checksums(const ot_safetensors *f);
OT_API int ot_safetensors_count(const ot_safetensors *f);
/* Describes tensor i, in the order of the data; all zero if i is out of range. */
OT_API ot_tensor_info ot_safetensors_tensor(const ot_safetensors *f, int i);
OT_API int ot_safetensors_find(const ot_safetensors *f, const char *name); /* -1: no such name */
/* Reads tensor i into values, which has room for its bytes.  OT_EINVAL if i is out of range,
 * OT_EFORMAT if its checksum is wrong, OT_EIO. */
OT_API OT_NODISCARD ot_status ot_safetensors_read(const ot_safetensors *f, int i, void *values);
/* Key and value of the i-th pair of metadata, without checksums; NULL if there are no more. */
OT_API const char *ot_safetensors_key(const ot_safetensors *f, int i);
OT_API const char *ot_safetensors_value(const ot_safetensors *f, int i);

/* How two tensors of one dtype and shape differ.  The distance between two floating-point numbers
 * (F16, BF16, F32, F64) is counted in units in the last place (ulps): how many numbers of the type
 * lie between them, plus one.  Other types are compared bit by bit. */
typedef struct ot_tensor_difference {
    size_t elements, different; /* different: how many elements differ in their bits */
    uint64_t most_ulps;         /* the largest distance; UINT64_MAX: one number is not finite */
    double most_absolute;       /* the largest absolute difference */
    size_t at;                  /* the element with most_ulps */
} ot_tensor_difference;
/* Compares tensor i of f with tensor j of g.  OT_ESHAPE if dtypes or shapes differ; otherwise as
 * ot_safetensors_read. */
OT_API OT_NODISCARD ot_status ot_safetensors_compare(const ot_safetensors *f, int i,
                                                     const ot_safetensors *g, int j,
                                                     ot_tensor_difference *out);

/* ---- programs -------------------------------------------------------------------------------- */

/* A tape compiled for one purpose: a list of calls of kernels, and one block of memory, the arena,
 * in which tensors share memory if they are never needed at the same time.  Nothing is allocated
 * while a program runs. */
typedef struct ot_program ot_program;

#define OT_LEAST_MEMORY ((size_t)1)

typedef struct ot_compile_opts {
    ot_dtype dtype;       /* OT_F32 unless set */
    bool evaluate;        /* batch norm uses running statistics, and losses neither smoothing nor
                             second labels */
    bool forward_only;    /* no gradients: a value is dropped after its last forward reader */
    bool input_gradients; /* gradients of inputs are computed too */
    int batch;            /* the largest batch of a run; 0: the batch recorded on the tape */
    ot_tier tier;         /* for a float32 program; double programs use the reference kernels */
    ot_params *params;    /* shared with other programs; NULL: the program makes its own */
    int n_keep;           /* length of keep */
    const ot_var *keep;   /* vars whose values and gradients can be read after a run, like root's */
    size_t memory_limit;  /* bytes of arena, scratch and parameters; 0: no limit, OT_LEAST_MEMORY:
                             as few as possible.  What is not kept for backward is computed again,
                             with the same bits */
    bool rebuild;         /* values that ot_solvable names are not kept for backward but solved for,
                             in which rounding changes; all others are computed again from these.
                             Memory then hardly grows with the number of blocks */
    bool plan_only; /* allocate no memory for tensors: the program can be described, listed and
                             planned, but not run */
    const struct ot_share *share; /* for ot_train: the part of each batch that this process has;
                                     NULL: all of it */
} ot_compile_opts;

/* Compiles a program that computes root and the vars to keep.  opts may be NULL.  The program does
 * not contain what is recorded later.  The tape and opts->params must outlive it.  The error of the
 * tape if it has one; OT_EINVAL, also if this CPU does not support the tier (ot_machine_check);
 * OT_ENOMEM, also if the memory limit cannot be kept: the message has the least that can.  With
 * rebuild also OT_EINVAL: no value of the tape can be solved for, or the coefficients of its sum
 * are learned or 0, or it is needed to compute the other terms of its sum. */
OT_API OT_NODISCARD ot_status ot_compile(const ot_tape *t, ot_var root, const ot_compile_opts *opts,
                                         ot_program **out);
OT_API void ot_program_free(ot_program *p);

/* One way to run a program with less memory (ot_compile_curve). */
typedef struct ot_memory_point {
    size_t peak_bytes;
    double flops_replayed; /* per image, of what is computed again */
    int levels, segments;  /* how the tape is cut: into `segments` parts, each again into as many,
                              down to `levels` levels; levels is 0 if it is not cut */
    bool thin;             /* the cheapest values within a segment are not kept either */
    double share;          /* the part of the tape that this is done to; 1: all of it */
} ot_memory_point;
typedef void ot_on_memory_point(const ot_memory_point *point, void *user);

/* Plans the program in all ways that ot_compile chooses from under a memory limit, and calls
 * on_point for each, in no order.  The first one computes nothing again.  Errors of ot_compile. */
OT_API OT_NODISCARD ot_status ot_compile_curve(const ot_tape *t, ot_var root,
                                               const ot_compile_opts *opts,
                                               ot_on_memory_point *on_point, void *user);

/* The parameters that the program reads: opts->params, or those that it made and owns. */
OT_API ot_params *ot_program_params(ot_program *p);

/* Where to write an input before a run: an array of float or double by dtype, or of int32_t for
 * labels.  The program owns it.  NULL if v is not an input that the program reads. */
OT_API void *ot_program_input(ot_program *p, ot_var v);

/* Runs forward on the first n images of the inputs.  OT_EINVAL unless 1 <= n <= the largest batch,
 * if the program was compiled with plan_only, or if there are more threads than at compilation. */
OT_API OT_NODISCARD ot_status ot_forward(ot_program *p, int n);

/* Computes the gradients of L = sum(seed * root) with respect to the parameters and, if compiled
 * with input_gradients, the inputs.  seed has the shape of root in this run, and the dtype; NULL:
 * all ones, so that L is root itself if root is a scalar.  Gradients of parameters replace the
 * earlier ones; with accumulate they are added to them.  A parameter that root does not depend on
 * has gradient 0.  OT_EINVAL unless an ot_forward precedes each call, and in a forward-only
 * program. */
OT_API OT_NODISCARD ot_status ot_backward(ot_program *p, const void *seed, bool accumulate);
OT_API void ot_params_zero_grad(ot_params *ps); /* sets all gradients to 0 */

/* The value of a var after ot_forward, and its gradient after ot_backward, for root, kept vars and
 * inputs.  The program owns the arrays.  NULL for other vars, and if there is no gradient. */
OT_API const void *ot_program_value(const ot_program *p, ot_var v);
OT_API const void *ot_program_grad(const ot_program *p, ot_var v);

typedef struct ot_program_info {
    int calls;              /* number of calls of kernels, forward and backward */
    int batch;              /* the largest of a run */
    size_t arena_bytes;     /* for activations and their gradients, which share memory */
    size_t unplanned_bytes; /* the same if each tensor had memory of its own */
    size_t bound_bytes;   /* the largest sum of tensors needed at the same time; the arena cannot be
                               smaller */
    size_t scratch_bytes; /* for the kernels during a call */
    size_t params_bytes;  /* values and gradients of parameters in the program's dtype */
    size_t peak_bytes;    /* arena + scratch + params */
    size_t product_bytes; /* allocated by BLIS during the first run; all programs share them */
    double flops_forward; /* floating-point operations per image */
    double flops_backward; /* floating-point operations per image */
    double flops_replayed; /* the same of forward steps that run again in backward */
    int replays;           /* how many these are */
    const char *replays_from, *replays_to; /* scopes of the first and the last one in the order of
                                              the tape, which owns them; NULL if there are none */
    size_t least_bytes; /* the smallest peak that is possible; 0 unless memory is limited */
} ot_program_info;
OT_API ot_program_info ot_program_describe(const ot_program *p);

/* Writes a numbered listing of a program, like a disassembly: record, op, operands, shape, bytes,
 * lifetime, FLOPs, scope.  Formats: a table of 80 columns, a graph for graphviz, JSON, a table with
 * all numbers in longer lines.  OT_EIO if writing fails, OT_ENOMEM. */
typedef enum ot_list_format {
    OT_LIST_TEXT,
    OT_LIST_DOT,
    OT_LIST_JSON,
    OT_LIST_WIDE
} ot_list_format;
OT_API OT_NODISCARD ot_status ot_program_list(const ot_program *p, ot_list_format format,
                                              FILE *out);

/* Writes where time and memory will go, before anything runs, at the largest batch.  For each op:
 * its calls, FLOPs, bytes moved (each tensor of a call counts once), bytes kept for backward, and
 * kernels.  A note says if the best kernels do not take some shapes.  Then the predicted peak of
 * memory, the largest tensors at the peak, and a picture of the arena over the steps.  With
 * `records`, each record too.  Formats: text, wide text, and JSON (keys: odetape-plan(1)).
 * OT_EINVAL for OT_LIST_DOT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_program_plan(const ot_program *p, ot_list_format format,
                                              bool records, FILE *out);

/* Starts measuring the time of each call (on), or stops and forgets what was measured.  A program
 * that is not measured does not read the clock.  OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_program_measure(ot_program *p, bool on);

/* Starts measuring how exactly values are rebuilt (ot_compile_opts.rebuild) in the runs that
 * follow, for the first image of each, or stops and forgets what was measured.  It needs memory for
 * this image's values.  OT_EINVAL if the program rebuilds nothing, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_program_measure_rebuild(ot_program *p, bool on);
/* The largest difference between a value that was rebuilt and the one that the forward run had,
 * relative to the largest entry of the value; 0 if nothing was measured. */
OT_API double ot_program_rebuild_error(const ot_program *p);

/* Writes the measured times, longest first: a line for all records with the same op, pass, shapes
 * and kernels.  With `records`, each record has a line, in the order of the program.  A line has
 * seconds, share, GFLOP/s and GB/s (of bytes moved, as in ot_program_plan).  Unless peaks is NULL,
 * it also has the roofline ratio: the time that the calls would take at the peaks, divided by the
 * time that they took.  If `seconds` is not 0, it is the time of a longer activity that contains
 * these calls, and a last line has the rest of it.  Formats as in ot_program_plan.  OT_EINVAL
 * unless the program was measured, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_program_profile(const ot_program *p, const ot_peaks *peaks,
                                                 double seconds, ot_list_format format,
                                                 bool records, FILE *out);

/* ---- gradient check -------------------------------------------------------------------------- */

typedef struct ot_gradcheck_opts {
    uint64_t seed;    /* of random inputs, cotangent and directions */
    int batch;        /* 0: the batch recorded on the tape */
    bool evaluate;    /* check the evaluation mode of batch norm */
    double tolerance; /* for relative errors; 0: 1e-6 */
    int all_below;    /* in tensors with at most this many elements every entry is checked; 0: 64 */
    int directions;   /* in larger tensors: how many entries, and how many random directions, are
                         checked; 0: 4 */
} ot_gradcheck_opts;

typedef struct ot_gradcheck_report {
    double worst_error;     /* the largest relative error */
    char worst_tensor[128]; /* the parameter or input that has it */
    char worst_op[32];      /* the first op that reads this tensor */
    double worst_analytic;  /* the derivative by the tape */
    double worst_numeric;   /* the derivative by differences */
    long checked;           /* number of derivatives compared */
    long at_kink;           /* number of derivatives left out: a corner of the function is so near
                               that differences which do not cross it are mostly rounding errors */
    double dot_error;       /* |<Jv,w> - <v,J'w>|, relative, for v over all parameters and inputs */
    bool decided; /* an error was found, or at least half of the derivatives were compared;
                               otherwise too few were compared to call the gradients right */
    bool passed;  /* decided, and worst_error and dot_error are at most the tolerance */
    int replayed; /* ot_net_gradcheck: controlled steps of the first run, whose sizes all later runs
                     repeat; 0 if steps are fixed */
} ot_gradcheck_report;

/* Compares the gradients of the tape with central differences (with one Richardson step) in double,
 * for every parameter and input that root depends on.  The function is <w, root> with a random
 * cotangent w, because sum(root) is constant after a batch norm.  A difference across a
 * corner (ReLU) is noticed and repeated with a smaller step.  Inputs and labels are random.
 * Parameters have the values of params; NULL: random values.  Running statistics are left
 * unchanged.  A check that fails returns OT_OK with report->passed false; if it could not compare
 * enough, report->decided is false too.  OT_EINVAL for a tolerance outside 0 to 1 or a negative
 * number in opts; otherwise as ot_compile. */
OT_API OT_NODISCARD ot_status ot_gradcheck(const ot_tape *t, ot_var root, ot_params *params,
                                           const ot_gradcheck_opts *opts,
                                           ot_gradcheck_report *report);

/* ---- tableaux -------------------------------------------------------------------------------- */

/* The exact coefficients of an explicit Runge-Kutta method:
 *   k_i = f_i(x + sum_{j<i} a_ij k_j),   y = x + sum_i b_i k_i,   c_i = sum_j a_ij.
 * The functions below prove facts about them without computing a step.  Weights are rows: row 0 is
 * b, rows 1, 2, ... are those of embedded methods.  Stages count from 0.  odetape-tableau(5)
 * describes the text format. */
typedef struct ot_tableau ot_tableau;

/* Parses a text; origin names it in messages.  OT_EFORMAT with line and column, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_parse(const char *text, const char *origin,
                                               ot_tableau **out);
/* Parses a file.  OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_read(const char *path, ot_tableau **out);
/* Makes a tableau of doubles: a row by row without the diagonal (a_21, a_31, a_32, ...; NULL for
 * one stage), b with one entry per stage.  Such coefficients are rounded, so that order conditions
 * do not hold exactly.  For this tableau ot_tableau_order reports what holds within a tolerance,
 * and the claimed order is that order.  name as in odetape-tableau(5).  OT_EINVAL, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_new(const char *name, int stages, const double a[],
                                             const double b[], ot_tableau **out);
/* Makes a tableau of a text that has one in another notation: a program in Python, Julia, C or
 * Fortran, LaTeX, or a table of numbers, as a Butcher tableau, in Shu-Osher form or in Williamson's
 * 2N form; odetape-tableau(5) says what is read.  name as there; origin names the text in messages.
 * The claimed orders are those that are proved.  *notes becomes lines that say what was taken for
 * what and what was left out; free() it.  OT_EFORMAT, with the line, if the text is unclear or the
 * method is not explicit; OT_EINVAL as ot_tableau_order, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_import(const char *text, const char *origin,
                                                const char *name, ot_tableau **out, char **notes);
OT_API void ot_tableau_free(ot_tableau *t);

OT_API int ot_tableau_rows(const ot_tableau *t);                      /* of weights, b included */
OT_API const char *ot_tableau_row_name(const ot_tableau *t, int row); /* "b", "order4" */
/* Coefficient a_ij, or weight i of a row, as exact text in new memory: free() it.  NULL outside the
 * tableau or when out of memory. */
OT_API char *ot_tableau_a(const ot_tableau *t, int i, int j);
OT_API char *ot_tableau_weight(const ot_tableau *t, int row, int i);

#define OT_ORDER_MOST 14

/* A rooted tree and its order condition: sum_i b_i phi_i(tree) = 1 / density(tree). */
typedef struct ot_condition {
    int nodes;
    unsigned char level[OT_ORDER_MOST + 1]; /* of each node; 0 for the root; parents come first */
    char expected[24];                      /* the right-hand side: "1/2" */
    char found[208];                        /* the left-hand side, exact; if it has more than 40
                                               digits, ~ and 17 digits */
    char difference[208];                   /* found - expected, in the same form */
} ot_condition;

/* The conditions of one order. */
typedef struct ot_order_conditions {
    int count, failed;
    int beyond;  /* how many fail by more than the rounding of the coefficients explains */
    int unclear; /* how many of those would not if decimals of three to five digits were rounded */
    double residual; /* the largest |difference| */
    double norm;     /* sqrt(sum (difference/symmetry)^2): the error norm of this order */
} ot_order_conditions;

typedef struct ot_order_report {
    int order;        /* the highest order of which all conditions hold; OT_ORDER_MOST + 1: they
                         hold beyond OT_ORDER_MOST too */
    int rounded;      /* the same, where differences that the rounding of the coefficients explains
                         count as 0 */
    double within;    /* the largest difference in the conditions up to `rounded`; 0: none */
    int digits;       /* of the shortest decimal that may be rounded; 0: there is none */
    bool undecided;   /* the claimed order does not hold, but the decimals of the tableau have three
                         to five digits, and their rounding explains why */
    int claimed;      /* the order that the text claims */
    double tolerance; /* 0: the conditions hold exactly, which is a proof.  Otherwise differences up
                         to the tolerance counted as 0 (see ot_tableau_new) */
    int examined;     /* number of orders in at[], from 1: up to the first that fails, and one more
                         than is claimed */
    ot_order_conditions at[OT_ORDER_MOST + 2];
    int n_failing;           /* length of failing */
    ot_condition failing[3]; /* the first conditions that fail by more than rounding explains */
} ot_order_report;

/* Checks the order conditions of all rooted trees for the first n rows of weights.  Of orders 1 to
 * 14 there are 1, 1, 2, 4, 9, 20, 48, 115, 286, 719, 1842, 4766, 12486 and 32973 trees (Hairer,
 * Norsett, Wanner, Solving ODEs I, II.2).  The report has n entries.  Arithmetic is exact in
 * Q(sqrt d).  Each vector of elementary weights is computed once: 200 trees prove order 8, 53272
 * order 14.  OT_EINVAL if the coefficients are so long that it would take 384 MiB, OT_ENOMEM.
 *   A condition that does not hold exactly may hold for the numbers that the coefficients stand
 * for.  A decimal of six or more significant digits may be off by one unit of its last digit; a
 * quotient with a denominator q of at least 10^6 by 1/q^2, or by 1/q if q is a power of 2.
 * Rounding explains a difference up to the sum of |d condition / d coefficient| times these
 * units. */
OT_API OT_NODISCARD ot_status ot_tableau_order(const ot_tableau *t, int n,
                                               ot_order_report report[]);
/* The same, where rounding explains a difference up to the tolerance.  OT_EINVAL unless it is
 * finite and not negative. */
OT_API OT_NODISCARD ot_status ot_tableau_order_within(const ot_tableau *t, double tolerance, int n,
                                                      ot_order_report report[]);

/* The order of a row of weights, for those who want one number and not the conditions. */
typedef struct ot_proof {
    int order;        /* all conditions up to this order hold; OT_ORDER_MOST + 1: also beyond */
    int claimed;      /* by the text */
    double within;    /* they hold exactly: 0; or as well as rounded coefficients can: the largest
                         difference, over the orders that are checked */
    bool undecided;   /* as in ot_order_report */
    bool refuted;     /* the order is lower than claimed, */
    int fails;        /* as conditions of this order, the first, do not hold: 0 if none is known */
    double missed_by; /* the largest difference in them */
} ot_proof;

/* Prove the order of the first n rows of weights, as ot_tableau_order does.  Cost: 0.01 s for order
 * 5, below a second for order 10, seconds for order 14.  OT_EINVAL as in ot_tableau_order,
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_prove(const ot_tableau *t, int n, ot_proof proof[]);

/* The change of one coefficient that makes all claims of a tableau true. */
typedef struct ot_repair {
    bool found;
    int row;         /* of weights; -1: the coefficient is an a_ij */
    int i, j;        /* a_ij, or weight j of the row; from 0 */
    char old[208];   /* the coefficient as the text has it; if that is longer, ~ and 17 digits */
    char value[208]; /* what it should be: exact, or with as many digits as the text has */
    int others;      /* other changes that do the same, to values that are further away */
    int untried;     /* coefficients that were not tried, because that would take too long */
} ot_repair;

/* Finds the coefficient and its value if a claim of the tableau is false (ot_proof.refuted).  The
 * value solves the first condition that is linear in the coefficient; the change is proposed only
 * if all claims are then proved as ot_tableau_prove does.  When a_ij changes, c_i changes with it.
 * Of several changes, those that make the claims true exactly are preferred to those that do within
 * rounding; of these the one to the nearest value is reported.  Cost: seconds for 16 stages.
 * OT_EINVAL as in ot_tableau_order, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_repair(const ot_tableau *t, ot_repair *out);

#define OT_STAGES_MOST 64
/* The stability polynomial: for f(x) = lambda x a step multiplies x by R(z) = 1 + r_1 z + ...,
 * z = h lambda.  The coefficients are exact, rounded once. */
typedef struct ot_stability {
    int degree;
    double r[OT_STAGES_MOST + 1]; /* r[0] to r[degree] */
    double real;                  /* the largest x such that |R| <= 1 on [-x, 0], to 6 digits;
                                     INFINITY if |R| <= 1 everywhere there */
    double imaginary;             /* the same on [0, x i] */
} ot_stability;
/* The stability polynomial of a row of weights.  OT_EINVAL as ot_tableau_order, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_stability(const ot_tableau *t, int row, ot_stability *out);
/* The polynomial as exact text, "1 + z + 1/2 z^2", in new memory: free() it.  A number of more than
 * 40 digits is rounded to 17 and begins with ~.  Errors as above. */
OT_API OT_NODISCARD ot_status ot_tableau_polynomial(const ot_tableau *t, int row, char **out);

typedef struct ot_stage_info {
    bool used; /* b or embedded weights depend on the stage; if not, it has no effect */
    bool live; /* b depends on the stage */
    int order; /* the highest q such that sum_j a_ij c_j^(p-1) = c_i^p/p for all p <= q;
                  OT_ORDER_MOST if all p that are examined satisfy it */
    double c;
    double gain_sum, gain_square; /* of its input: sum_j |a_ij| and sqrt(sum_j a_ij^2) */
    double real, imaginary;       /* as in ot_stability, for the input of the stage */
    int buffers;                  /* states that must be kept after it; 0: not determined */
} ot_stage_info;

typedef struct ot_tableau_info {
    int stages, evaluations;
    int order; /* the stage order: the least of all live stages except the first */
    bool fsal; /* the last stage is f(y), the first stage of the next step */
    double gain_sum, gain_square; /* of the output: sum_i |b_i| and sqrt(sum_i b_i^2) */
    double real, imaginary;       /* as in ot_stability, for b */
    int buffers;                  /* the largest `buffers` of all stages */
    int pair_buffers;             /* the same if the first embedded result is computed too; or 0 */
    ot_stage_info stage[OT_STAGES_MOST];
} ot_tableau_info;

/* Computes properties of b and of the stages.  Buffers: after stage i at least as many states must
 * be kept as the exact rank of the rows [1, a_j1 .. a_ji] of all later stages j and [1, b_1 ..
 * b_i].  The rank is not determined if stages times digits exceed 1000.  OT_EINVAL as
 * ot_tableau_order, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_tableau_describe(const ot_tableau *t, ot_tableau_info *info);

/* ---- options as data ------------------------------------------------------------------------- */

/* Whole numbers, ascending. */
enum { OT_INT_LIST_MOST = 32, OT_TEXT_LIST_MOST = 32 };
typedef struct ot_int_list {
    int n;
    int value[OT_INT_LIST_MOST];
} ot_int_list;

/* Texts of an option that may be given several times. */
typedef struct ot_text_list {
    int n;
    const char *value[OT_TEXT_LIST_MOST];
} ot_text_list;
/* A text that the struct itself holds; "": none. */
typedef struct ot_text {
    char s[1024];
} ot_text;

typedef enum ot_option_kind {
    OT_OPTION_SWITCH, /* bool; naming the option makes it true */
    OT_OPTION_OFF,    /* bool; naming the option makes it false */
    OT_OPTION_INT,    /* int from least to most */
    OT_OPTION_SEED,   /* uint64_t */
    OT_OPTION_REAL,   /* double from least to most */
    OT_OPTION_TEXT,   /* const char *, not empty */
    OT_OPTION_TEXTS,  /* ot_text_list: one more each time that it is given */
    OT_OPTION_CHOICE, /* an enum: an index into choices */
    OT_OPTION_HELD,   /* ot_text, not empty */
    OT_OPTION_JOINED, /* ot_text, not empty; given again, it adds a comma and one more text */
    OT_OPTION_LIST,   /* ot_int_list: ascending whole numbers from least to most, or "none" */
    OT_OPTION_BYTES,  /* size_t: "500000", "400K", "64M", "2G", in powers of 1024, or "min", 1 */
} ot_option_kind;

/* An option is a field of a struct and a name for it.  The name is the word on the command line
 * ("--width"), in experiment files, in the metadata of weights and checkpoints, and in journals.
 * Each fact about the option is said here and nowhere else. */
typedef struct ot_option {
    const char *name; /* without dashes */
    char letter;      /* a short name, or 0 */
    ot_option_kind kind;
    const char *argument; /* stands for the value in help texts: "N", "DIR"; NULL for a switch */
    double least, most;
    const char *const *choices; /* ends with NULL */
    size_t offset;              /* of the field in its struct */
    const char *help;           /* a phrase */
    const char *unsaid;         /* a default that files leave out, or NULL */
    const char *usual;          /* a default that files do not leave out, for help texts; or NULL */
} ot_option;

/* The options of a network (fields of ot_net_opts), what else decides its shapes (image, channels,
 * classes: they follow from the data set), and the options of a training (fields of ot_train_opts).
 * Each table ends with a row without a name. */
OT_API extern const ot_option ot_net_rows[];
OT_API extern const ot_option ot_net_shape_rows[];
OT_API extern const ot_option ot_train_rows[];

/* A check of a published network: a property that it must have (ot_system_check).
 *   parameters  it has `expected` trained numbers
 *   channels    its head reads `expected` channels
 *   gradient    gradients match central differences
 *   inverse     blocks run backwards from their result reach their start
 *   identity    two blocks compute what one does, in one level, before training
 *   loss        the loss is `expected` before training, or ln(classes) if that is 0
 *   symmetric   the Jacobian of f is symmetric and negative semidefinite
 *   equals      its logits are those of another network
 *   fused       its logits are those of the fused network (ot_net_fuse), in evaluation
 * All but the first two take a small version of it in double.  That has small images, few channels,
 * at most two blocks in a row, and at most two levels if all levels have the same blocks. */
typedef struct ot_check {
    const char *property;
    /* Names of options and their values, instead of those of the system; a value NULL unsets one.
     * Ends with a name NULL.  NULL: no other options. */
    const char *const (*options)[2];
    /* equals: the same, of the other network. */
    const char *const (*other)[2];
    /* Endings of names of parameters, and the number that all their elements are set to: { ".k",
     * "0" }.  Ends with NULL.  NULL: initial values only. */
    const char *const (*values)[2];
    double expected;
    double bound; /* the largest error */
} ot_check;

/* A name for a list of options that belong together: a published network, or its training. */
typedef struct ot_preset {
    const char *name, *summary, *reference;
    const char *const (*options)[2]; /* names of options and their values; ends with NULL */
    const char *recipe;     /* of a network: the training it was published with; NULL: the recipe of
                               its name, if there is one */
    const ot_check *checks; /* of a network; ends with one without a property; NULL: none */
} ot_preset;

/* ---- parts ----------------------------------------------------------------------------------- */

/* What every part has: schemes, sub-nets, branches, norms, ways down, stems and heads of a network,
 * sources of data sets, and schedules and optimisers of a training.  A part is a constant table
 * that begins with this, and is named in a description by
 *     name  or  name(attribute=value, attribute=value)
 * as in "revnet(first=bare)".  An attribute is a field of a struct of the part's own and a row of
 * `attributes`, of one of the kinds switch, int, real and choice. */
typedef struct ot_about {
    const char *name;            /* lower-case letters, digits and '-', beginning with a letter */
    const char *equation;        /* what it computes, or a phrase */
    const char *reference;       /* "Lu et al. 2018"; NULL: none */
    const ot_option *attributes; /* ends with a row without a name; NULL: none */
    size_t size;                 /* of the struct of attributes */
    const void *defaults;        /* such a struct: the values of what is not said */
} ot_about;

/* ---- blocks ---------------------------------------------------------------------------------- */

/* What a block reads and leaves: one tensor, two halves, the last steps.  Other blocks and the head
 * read v[0] unless the scheme has a function `leave`. */
enum { OT_STATE_MOST = 8 };
typedef struct ot_state {
    int n;
    ot_var v[OT_STATE_MOST];
} ot_state;
/* The state of these vars.  It is empty, n = 0, if there are more than OT_STATE_MOST. */
OT_API ot_state ot_state_of(int n, const ot_var v[]);

/* A scheme: how one block advances the state.  ot_scheme_kind below is its table. */
typedef struct ot_scheme ot_scheme;

/* The context while a block is recorded.  It is all that schemes, sub-nets, branches and norms get,
 * and their only way to parameters.  It belongs to the library and lives as long as the call that
 * it is passed to. */
typedef struct ot_block ot_block;

/* A function of the caller that records f_i(x) for evaluation i = 0, 1, ... of a block.  It returns
 * a var of x's shape, or the null var after an error. */
typedef ot_var (*ot_subnet)(ot_tape *t, ot_var x, int i, void *user);

/* How y is formed: from all stages with the weights b, or from the last stage only. */
typedef enum ot_output { OT_OUTPUT_WEIGHTS, OT_OUTPUT_LAST } ot_output;

typedef struct ot_step_opts {
    /* OT_OUTPUT_LAST: y = x + k_l, where l is the last stage whose weight is not 0 (the paper's
     * RK-4 without blending).  Stages that k_l does not depend on are not evaluated. */
    ot_output output;
    /* The step size h is size times the var h.  size: a constant; 0: 1.  h: a scalar without batch,
     * or (C) for a step size per channel; the null var: 1.
     *   k_i = f_i(x + h sum_j a_ij k_j),   y = x + h sum_i b_i k_i
     * For h = 0 the step is the identity.  The derivative dy/dh comes from the tape. */
    double size;
    ot_var h;
    bool h_output; /* h multiplies only the sum of y, not those of the stages */
    /* Scalars to use instead of coefficients: a_ij at a[i*(i-1)/2 + j], b_i at b[i].  NULL, or the
     * null var in a place: the number of the tableau.  They are not read where the tableau has 0,
     * and b is not read with OT_OUTPUT_LAST. */
    const ot_var *a, *b;
} ot_step_opts;

OT_API ot_tape *ot_block_tape(const ot_block *b);
/* The scheme of the block; NULL in a stem, a way down between blocks, and a head. */
OT_API const ot_scheme *ot_block_scheme(const ot_block *b);
/* The attributes of the part that is being recorded, its own struct; NULL if it has none. */
OT_API const void *ot_block_attributes(const ot_block *b);
/* The number of the block in the network, and in its run of blocks of one scheme in one level, both
 * from 0. */
OT_API int ot_block_index(const ot_block *b);
OT_API int ot_block_position(const ot_block *b);
/* The number of blocks in the network; 0 outside of a network. */
OT_API int ot_block_count(const ot_block *b);
/* The number of evaluations of f that the block has recorded so far, and the number of the
 * evaluation that is being recorded, counted over the network; -1 outside of a sub-net. */
OT_API int ot_block_evaluations(const ot_block *b);
OT_API int ot_block_evaluation(const ot_block *b);
/* In a head: what the last block of level i leaves.  The null var if there are fewer levels, and
 * with controlled steps, whose levels are segments of their own. */
OT_API ot_var ot_block_level(const ot_block *b, int i);
/* Step size and other options of the step.  Never NULL. */
OT_API const ot_step_opts *ot_block_step(const ot_block *b);

/* The number of channels of what is being recorded: within a sub-net of f(x), within a way down of
 * its result, otherwise of y. */
OT_API int ot_block_channels(const ot_block *b);
/* Its stride: 1 or more.  Within a sub-net it is that of this evaluation, which the first
 * convolution has.  In a scheme it is that of the block: 1 unless the shape changes inside it. */
OT_API int ot_block_stride(const ot_block *b);
/* Whether the sub-net must leave out the norm and the activation that it begins with. */
OT_API bool ot_block_is_bare(const ot_block *b);

/* x after the change of shape that happens inside this block; x itself if there is none. */
OT_API ot_var ot_block_shortcut(ot_block *b, ot_var x);

typedef struct ot_eval_opts {
    int set; /* evaluations of a block with the same set, from 1 to 8, share one set of weights;
                     0: the evaluation has its own, or what ot_net_opts.weights says */
    double
        c; /* the time of the evaluation is t + c h: c_i of a tableau, also where its coefficients
                 are learned.  Weights that depend on time read c, ot_block_time the whole */
    int channels; /* of f(x); 0: those of the block */
    bool bare;    /* leave out the norm and the activation that f begins with */
    /* Records f(x) instead of the network's sub-net, for schemes with OT_SCHEME_OWN_F.  It finds
     * the attributes of the scheme. */
    ot_var (*record)(ot_block *b, ot_var x);
} ot_eval_opts;

/* Records f(x), the next evaluation of f, in a scope "stages.0", "stages.1", ...; opts NULL: zeros.
 * If the shape changes inside the block and x still has the shape before the change, this
 * evaluation changes it.  OT_EINVAL if f returns the null var, OT_ESHAPE if its result has another
 * shape than (N, H, W, channels). */
OT_API ot_var ot_block_eval(ot_block *b, ot_var x, const ot_eval_opts *opts);

/* x + h^power sum_j w_j k_j, j < n, with the step size h of the block, in one ot_lincomb if h is a
 * number.  x may be the null var: the sum alone. */
OT_API ot_var ot_block_sum(ot_block *b, ot_var x, int n, const double w[], const ot_var k[],
                           int power);

/* The time t + c h of the evaluation that is being recorded, a scalar, for sub-nets f(t, x).  t
 * is the time at which the block begins: the sum of the step sizes h of the blocks before it in
 * its run of blocks of one scheme in one level, 0 for the first.  c is that of ot_eval_opts.  A
 * scheme that multiplies nothing by h has h = 1.  Where h multiplies the output only, the time
 * is t + c.
 *   fixed h       a number, rounded to float32: the statistic "blocks.0.stages.1.time"
 *   learned h     a function of h, whose gradient it has
 *   controlled    block n of its run integrates from n to n + 1; the statistic "blocks.0.t" is the
 *                 time at which a step begins, and is set before each step, as "blocks.0.h" is
 * Nothing is recorded unless a sub-net asks.  OT_EINVAL outside of a sub-net, and if h is a
 * number per channel. */
OT_API ot_var ot_block_time(ot_block *b);

/* A parameter and a statistic of what is being recorded.  In a scheme they belong to the block:
 * "blocks.0.k".  In a sub-net they belong to the evaluation, or to the set of weights that it
 * shares: "blocks.0.stages.1.conv1.weight", "blocks.0.f.conv1.weight".  Random initial values of
 * schemes, branches and ways down do not change those of f. */
OT_API ot_var ot_block_param(ot_block *b, const char *name, ot_shape shape, ot_init init);
OT_API ot_var ot_block_stat(ot_block *b, const char *name, ot_shape shape, ot_init init);
/* Gives a parameter a rule, as ot_param_rule does; v is what ot_block_param returned.  Of weights
 * that are functions of time, both sets get it. */
OT_API void ot_block_rule(ot_block *b, ot_var v, ot_rule rule);
/* x + b with one learned number b = "name", which starts at 0 and has this rule.  A statistic
 * "name_ones" holds the ones that it is multiplied by. */
OT_API ot_var ot_block_shift(ot_block *b, const char *name, ot_var x, ot_rule rule);
/* The momentum for running statistics that n evaluations update one after the other:
 * 1 - (1 - m)^(1/n), so that together they have the effect of one update with m. */
OT_API double ot_block_momentum(const ot_block *b, double m);

/* Whether a convolution has a bias, a number per output channel that is added to its result. */
typedef enum ot_conv_bias {
    OT_BIAS_UNLESS_NORMED, /* it has one if the network's norm is "none", except in a sub-net with
                              biases of its own */
    OT_BIAS_NEVER,
    OT_BIAS_ALWAYS,
} ot_conv_bias;

typedef struct ot_conv_opts {
    ot_conv_bias bias;
    const ot_init *init; /* of the weight; NULL: as He et al. 2015 */
} ot_conv_opts;

/* Layers.  A convolution of size x size pixels with padding size/2: "name.weight", and "name.bias"
 * zero if it has one; opts NULL: zeros.  The network's norm: "name.weight", ...  A linear layer:
 * "name.weight" as He et al. 2015, "name.bias" zero. */
OT_API ot_var ot_block_conv(ot_block *b, const char *name, ot_var x, int size, int channels,
                            int stride);
OT_API ot_var ot_block_conv_with(ot_block *b, const char *name, ot_var x, int size, int channels,
                                 int stride, const ot_conv_opts *opts);
OT_API ot_var ot_block_norm(ot_block *b, const char *name, ot_var x);
/* How the parameters of a norm are trained: those called bias, and the others. */
typedef struct ot_norm_rules {
    ot_rule weight, bias;
} ot_norm_rules;
/* rules NULL: as ot_block_norm. */
OT_API ot_var ot_block_norm_with(ot_block *b, const char *name, ot_var x,
                                 const ot_norm_rules *rules);
OT_API ot_var ot_block_linear(ot_block *b, const char *name, ot_var x, int features);
/* init: of the weight; NULL: as ot_block_linear. */
OT_API ot_var ot_block_linear_with(ot_block *b, const char *name, ot_var x, int features,
                                   const ot_init *init);

/* ---- tables of parts ------------------------------------------------------------------------- */

/* What a scheme needs and uses; the sum of some of these. */
enum {
    OT_SCHEME_EVEN = 1,      /* needs an even number of channels */
    OT_SCHEME_ONE_SHAPE = 2, /* cannot change the shape inside a block: it evaluates one f twice */
    OT_SCHEME_OWN_DOWN = 4,  /* changes the shape in its own way, not in that of ot_net_opts.down */
    OT_SCHEME_STEP = 8,      /* multiplies something by h */
    OT_SCHEME_STEP_CHANNEL = 16, /* h may also be a number per channel */
    OT_SCHEME_OWN_F = 32, /* records layers of its own as f: it uses no sub-net and no branch */
};

typedef struct ot_scheme_kind {
    ot_about about;
    int evaluations; /* of f per block */
    /* The same, where it depends on the attributes; NULL: `evaluations`. */
    int (*count)(const void *attributes);
    unsigned flags; /* OT_SCHEME_... */
    /* The number of channels of y, where x has `channels`; NULL: as many.  Such a scheme cannot
     * change the shape inside a block. */
    int (*channels)(const void *attributes, int channels);
    ot_state (*enter)(ot_block *b, ot_var x); /* NULL: the state is x */
    ot_state (*step)(ot_block *b, ot_state in);
    ot_var (*leave)(ot_block *b, ot_state out); /* NULL: v[0] */
} ot_scheme_kind;

/* f, which ot_block_eval records. */
typedef struct ot_subnet_kind {
    ot_about about;
    int convs;        /* convolutions in one evaluation */
    bool bare;        /* it can leave out the norm and the activation that it begins with */
    bool one_shape;   /* f(x) must have the shape of x */
    bool biases;      /* it has biases of its own: its convolutions get none under --norm none */
    const char *norm; /* the only norm that it works with; NULL: any */
    bool alternates;  /* what f is depends on the number of the evaluation, so evaluations cannot
                         share weights */
    /* f(x) must have a multiple of this many channels; NULL: any number. */
    int (*multiple)(const void *attributes);
    ot_var (*record)(ot_block *b, ot_var x);
    /* f(x) is record(prepare(x)), and the shortcut of a change of shape inside a block reads
     * prepare(x) too.  The result has the shape of x.  NULL: x itself. */
    ot_var (*prepare)(ot_block *b, ot_var x);
} ot_subnet_kind;

/* How f(x) is scaled before the scheme reads it. */
typedef struct ot_branch_kind {
    ot_about about;
    bool one_shape; /* f(x) must have the shape of x */
    ot_var (*record)(ot_block *b, ot_var x, ot_var f);
} ot_branch_kind;

/* A normalisation, which ot_block_norm records. */
typedef struct ot_norm_kind {
    ot_about about;
    bool none; /* it does not shift its result, so convolutions have biases */
    /* Whether the mean of its result over the pixels of an image is the same for all images, with
     * this number of channels.  NULL: no. */
    bool (*levels_images)(const void *attributes, int channels);
    ot_var (*record)(ot_block *b, const char *name, ot_var x);
} ot_norm_kind;

/* How the shape changes where a level begins.  `inside` maps the shortcut of the level's first
 * block; its first evaluation of f changes the shape as well.  `between` is recorded before that
 * block, which then keeps its shape.  One of them is NULL. */
typedef struct ot_down_kind {
    ot_about about;
    ot_var (*inside)(ot_block *b, ot_var x);
    ot_var (*between)(ot_block *b, ot_var x);
    /* The number of channels that it makes of `channels`, where the description of the levels has
     * '*' as width; NULL: as many. */
    int (*channels)(const void *attributes, int channels);
} ot_down_kind;

/* The first layers: from images to x with ot_block_channels(b) channels, in ot_block_stride(b). */
typedef struct ot_stem_kind {
    ot_about about;
    /* A stride of its own, which must divide the image; ot_net_opts.stem_stride must then be 1.
     * NULL: it takes that of the network. */
    int (*stride)(const void *attributes);
    ot_var (*record)(ot_block *b, ot_var images);
} ot_stem_kind;

/* What comes before the linear layer: from x (N, H, W, C) to features (N, C'). */
typedef struct ot_head_kind {
    ot_about about;
    bool mean_of_norm; /* it returns the mean of a norm's result over the pixels of an image */
    /* Initial values of the weight of the linear layer; NULL: ot_init_he(inputs). */
    ot_init (*linear)(int inputs, int classes);
    ot_rule bias; /* how the bias of the linear layer is trained */
    ot_var (*record)(ot_block *b, ot_var x);
} ot_head_kind;

/* A table by its fields: OT_SCHEME(lm, .about.equation = "...", .step = lm_step) defines
 * ot_scheme_lm.  This is C; a C++ program fills a variable, as examples/scheme.cpp does. */
#define OT_SCHEME(id, ...) const ot_scheme_kind ot_scheme_##id = { .about.name = #id, __VA_ARGS__ }
#define OT_SUBNET(id, ...) const ot_subnet_kind ot_subnet_##id = { .about.name = #id, __VA_ARGS__ }
#define OT_BRANCH(id, ...) const ot_branch_kind ot_branch_##id = { .about.name = #id, __VA_ARGS__ }
#define OT_DOWN(id, ...) const ot_down_kind ot_down_##id = { .about.name = #id, __VA_ARGS__ }

/* ---- schemes --------------------------------------------------------------------------------- */

/* All schemes, which belong to the library: i from 0 to ot_scheme_count() - 1.  First come the
 * built-in Runge-Kutta tableaux, then the schemes that are no tableau, with the defaults of their
 * attributes. */
OT_API int ot_scheme_count(void);
OT_API const ot_scheme *ot_scheme_at(int i);
/* The scheme of a name or of an alias.  NULL if there is none; then ot_message() names the nearest,
 * or the candidates for a name that means several methods, such as rk45. */
OT_API const ot_scheme *ot_scheme_find(const char *name);

/* Makes a copy of the scheme of this name, which may have attributes, "revnet(first=bare)", or, if
 * the word has a slash or a dot, a scheme from a tableau file.  OT_EINVAL, OT_ENOENT, OT_EFORMAT,
 * OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_scheme_open(const char *name_or_file, ot_scheme **out);
/* Makes a scheme with a copy of the tableau.  OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_scheme_from_tableau(const ot_tableau *t, ot_scheme **out);
/* Make a scheme from a text and from a file.  Errors as ot_tableau_parse and ot_tableau_read. */
OT_API OT_NODISCARD ot_status ot_scheme_parse(const char *text, const char *origin,
                                              ot_scheme **out);
OT_API OT_NODISCARD ot_status ot_scheme_read(const char *path, ot_scheme **out);
OT_API void ot_scheme_free(ot_scheme *s); /* must not be given a built-in scheme */

/* What these functions return belongs to the scheme.  A scheme without a tableau has NULL for it
 * and for its text, and 0 for order, stages and coefficients. */
OT_API const ot_scheme_kind *ot_scheme_table(const ot_scheme *s);
OT_API const ot_tableau *ot_scheme_tableau(const ot_scheme *s);
OT_API const char *ot_scheme_name(const ot_scheme *s); /* with its attributes */
/* Alias i of a built-in tableau, such as "dopri5" of dormand_prince54; i counts from 0.  NULL if
 * there is none. */
OT_API const char *ot_scheme_alias(const ot_scheme *s, int i);
OT_API const char *ot_scheme_title(const ot_scheme *s);
OT_API int ot_scheme_order(const ot_scheme *s);  /* as the text claims; see ot_tableau_prove */
OT_API int ot_scheme_stages(const ot_scheme *s); /* the stages of the tableau */
/* The number of evaluations of f in a block: of a tableau the stages that y depends on, 14 of the
 * 16 of Verner 8(9). */
OT_API int ot_scheme_evaluations(const ot_scheme *s);
/* Coefficients as doubles, correctly rounded; i and j count from 0.  0 outside the tableau. */
OT_API double ot_scheme_a(const ot_scheme *s, int i, int j);
OT_API double ot_scheme_b(const ot_scheme *s, int i);
OT_API double ot_scheme_c(const ot_scheme *s, int i);
/* The tableau as exact text, in the format that ot_scheme_parse reads. */
OT_API const char *ot_scheme_text(const ot_scheme *s);

/* Adds a table to the registry of its kind, for all networks of this process.  It must live as long
 * as the process.  OT_EINVAL for a malformed name or one that is taken, a missing function or
 * attributes of another kind; OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_register_scheme(const ot_scheme_kind *kind);
OT_API OT_NODISCARD ot_status ot_register_subnet(const ot_subnet_kind *kind);
OT_API OT_NODISCARD ot_status ot_register_branch(const ot_branch_kind *kind);
OT_API OT_NODISCARD ot_status ot_register_down(const ot_down_kind *kind);

/* Records one step from x and returns y: a block around the function f, without change of shape and
 * without blocks before it.  Evaluation i of f is recorded in a scope "stages.i".
 * ot_scheme_step has the default options, as ot_scheme_step_with if opts is NULL.  Errors: those of
 * f and of ot_lincomb; OT_EINVAL if f returns the null var. */
OT_API ot_var ot_scheme_step(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user);
OT_API ot_var ot_scheme_step_with(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                                  const ot_step_opts *opts);

/* ---- plugins --------------------------------------------------------------------------------- */

/* A plugin is a shared library that adds parts to the registries.  Its source includes odetape.h,
 * defines tables of parts, and registers them:
 *     OT_PLUGIN
 *     {
 *         return ot_register_scheme(&ot_scheme_momentum);
 *     }
 * `cc -shared -fPIC momentum.c $(pkg-config --cflags odetape) -o momentum.so` builds it.  It is not
 * linked with the library: it uses the odetape of the program that loads it. */

/* The number of the interface between library and plugins, and the oldest one that still works.  A
 * plugin that was compiled with a number outside of this range is refused. */
#define OT_INTERFACE 0
#define OT_INTERFACE_OLDEST 0

/* What OT_PLUGIN defines, under the name ot_plugin_entry. */
typedef struct ot_plugin_table {
    int interface_number;     /* OT_INTERFACE when the plugin was compiled */
    ot_status (*enter)(void); /* registers the parts */
} ot_plugin_table;

#define OT_PLUGIN                                                                                  \
    static ot_status ot_plugin_enter(void);                                                        \
    extern OT_API const ot_plugin_table ot_plugin_entry;                                           \
    const ot_plugin_table ot_plugin_entry = { OT_INTERFACE, ot_plugin_enter };                     \
    static ot_status ot_plugin_enter(void)

/* Loads a plugin and registers its parts, for all networks of this process.  It stays loaded until
 * the process ends; loading the same file again does nothing.  Loading runs the plugin's code.
 * OT_ENOENT if the file cannot be read, OT_EFORMAT if it is no plugin or one of another interface.
 * OT_EINVAL if this program cannot load plugins, if its name or that of a part is taken, and within
 * a plugin.  Otherwise the status of its function; OT_EIO, OT_ENOMEM.
 * A program cannot load plugins if they do not find the library's functions in it.  It must be
 * linked with the shared library, or with the static one and -rdynamic. */
OT_API OT_NODISCARD ot_status ot_plugin_load(const char *path);

/* A loaded plugin.  Files of networks that use its parts have these three as "plugin.0",
 * "plugin.0.path" and "plugin.0.hash". */
typedef struct ot_plugin {
    const char *name; /* of its file, without ".so" */
    const char *path; /* absolute */
    const char *hash; /* XXH3-128 of the file, as 32 hexadecimal digits */
} ot_plugin;
/* The loaded plugins, in their order: i from 0 to ot_plugin_count() - 1; NULL outside.  They belong
 * to the library. */
OT_API int ot_plugin_count(void);
OT_API const ot_plugin *ot_plugin_at(int i);

/* ---- integration ----------------------------------------------------------------------------- */

/* A stepper integrates y' = f(y) in double, with one f for all stages and steps.  It is a program
 * of one step, which is run once per step with the step size set before. */
typedef struct ot_stepper ot_stepper;

/* Records a step of s from the input x, with the step size as an ot_stat "h" of the tape, and
 * compiles it.  f is called once per stage.  To be one function for all stages, it must use
 * parameters that were recorded before.  The tape, params (NULL: the stepper makes its own) and s
 * must outlive the stepper.  OT_EINVAL unless x is an ot_input, the error of the tape,
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_stepper_new(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f,
                                             void *user, ot_params *params, ot_stepper **out);
OT_API void ot_stepper_free(ot_stepper *st);
OT_API ot_params *ot_stepper_params(ot_stepper *st);

/* Takes `steps` steps of size length/steps from y, an array of x's shape, and puts the result into
 * y.  OT_EINVAL unless steps >= 1 and length is finite, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_stepper_fixed(ot_stepper *st, double length, int steps, double *y);

/* The shortest step that is tried, in parts of the length: 2^-48, 16 times what a time of type
 * double can tell apart near the end. */
#define OT_LEAST_STEP 3.552713678800501e-15

typedef struct ot_control {
    double tolerance; /* relative, of the result; 0: 1e-6 */
    double first;     /* step to try first, at least OT_LEAST_STEP * length; 0: length/8 */
    int most_steps;   /* tried; 0: 100000 */
    int steps; /* take this many steps of size length/steps instead, without an estimate of their
                  error; the three fields above must then be 0.  0: control the error */
} ot_control;

/* What an integration with controlled steps did. */
typedef struct ot_control_result {
    int accepted, rejected;   /* numbers of steps */
    long evaluations;         /* of f, each for a whole batch */
    double smallest, largest; /* sizes of accepted steps */
    /* Evaluations of f together with its vector-Jacobian product, in the backward pass; 0 before
     * it. */
    long backward_evaluations;
} ot_control_result;

/* The same with steps whose error is controlled by the scheme's first embedded method, as in the
 * program for Verner's 8(9) that the paper cites.  A step is accepted if its error per unit of time
 * is at most tol, as root mean squares over the batch:
 *     e = |sum_i (b_i - b^_i) k_i| <= tol = tolerance/length * |y|
 * After each step, accepted or not, h is multiplied by
 *     0.8*(tol/e)^(1/q)   limited to [1/8, 4],
 * where q is the lower one of the two orders claimed, since e is O(h^q).  The result is that of b.
 * An error that is not finite counts as too large, and a shorter step is tried.
 * With control->steps the steps are equal, and the scheme needs no embedded method.
 * OT_EINVAL without an embedded method, for a length that is not positive, a tolerance below 0,
 * a first step that is too short, or steps together with another field.  OT_ENUMERIC if h falls
 * below OT_LEAST_STEP * length or most_steps are not enough.  OT_ENUMERIC at once if y, f at y, or
 * a parameter is not finite; the message names it.  After OT_ENUMERIC, y is what was reached.
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_stepper_controlled(ot_stepper *st, double length,
                                                    const ot_control *control, double *y,
                                                    ot_control_result *result);

/* Differentiates the integration that the last call of one of the two functions above computed.
 * Step sizes count as constants.  g is dL/d(result) and becomes dL/d(start).  Gradients of the
 * parameters, in OT_F64, are replaced.  Cost: each step is computed again from its stored start,
 * then backward.  OT_EINVAL before such a call, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_stepper_backward(ot_stepper *st, double *g);

/* The continuous adjoint of the last integration (Chen et al. 2018), which needs no state of the
 * forward steps.  With the same scheme it solves three equations from the end to the start:
 *     y' = f(t, y),   a' = -a^T df/dy,   q' = -a^T df/dp,   a = g and q = 0 at the end.
 * y is the result of the integration and becomes its start, up to the error of the steps.  g is
 * dL/dy at the end and becomes dL/dy at the start.  q becomes the gradients of the parameters p, in
 * OT_F64, which are replaced.
 *   After equal steps, the same number of equal steps is taken.  After controlled steps, the new
 * ones are controlled with the same options.  A step is accepted if
 *     max(|e_y|/|y|, |e_a|/|a|, |e_q|/|q|) <= tolerance/length.
 * e is the error per unit of time, and |.| a root mean square.  |y| and |a| are the larger of the
 * sizes before and after the step.  |q| is the size after the step, times length, divided by the
 * time that has been covered.
 *   This gradient differs from that of the steps, ot_stepper_backward, by the order of the scheme.
 * result (NULL: not wanted) has the steps and backward_evaluations.  OT_EINVAL before an
 * integration; OT_ENUMERIC as ot_stepper_controlled, also for a g that is not finite; OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_stepper_backsolve(ot_stepper *st, double *y, double *g,
                                                   ot_control_result *result);

/* ---- networks -------------------------------------------------------------------------------- */

/* A network, recorded as one tape: stem - levels of blocks - head - linear layer - softmax
 * cross-entropy.  The blocks of a level have one width and one image size. */
typedef struct ot_net ot_net;

/* The step size h of a block.  If it is learned, it is a parameter "blocks.0.h" that starts at
 * 1. */
typedef enum ot_step_kind {
    OT_STEP_FIXED,          /* 1; not a parameter */
    OT_STEP_LEARNED,        /* one number per block, in the stage inputs and the output */
    OT_STEP_LEARNED_OUTPUT, /* one number per block, in the output only */
    OT_STEP_CHANNEL,        /* one number per channel, in the stage inputs and the output */
    /* Not a parameter: y' = f(y) is integrated over a length of 1, for a whole batch at a time, in
     * steps whose error is controlled as in ot_stepper_controlled, or in ot_control.steps equal
     * steps.  Weights must be shared. */
    OT_STEP_CONTROLLED,
} ot_step_kind;

/* The gradient of a block with OT_STEP_CONTROLLED. */
typedef enum ot_gradient {
    OT_GRADIENT_DISCRETE,  /* of the steps, as ot_stepper_backward; each step keeps its start */
    OT_GRADIENT_BACKSOLVE, /* the continuous adjoint, as ot_stepper_backsolve; a block keeps its
                              result only, so memory does not grow with the number of steps */
} ot_gradient;

/* Where the parameters of the sub-nets of a block come from.  Each evaluation has running
 * statistics of its own, because the inputs of different stages have different distributions.  With
 * controlled steps, whose stages can be at any time, the block has them,
 * "blocks.0.f.bn1.running_mean".  A batch then updates them once, by the mean over its accepted
 * steps, weighted by h. */
typedef enum ot_weights {
    OT_WEIGHTS_INDEPENDENT, /* each evaluation has its own: "blocks.0.stages.2.conv1.weight" */
    OT_WEIGHTS_SHARED, /* all evaluations of a block share one set: "blocks.0.f.conv1.weight" */
    /* Functions of time: (1 - c_i) theta_0 + c_i theta_1 at stage i, with two sets
     * "blocks.0.f0.conv1.weight" and "blocks.0.f1.conv1.weight" that start with equal values. */
    OT_WEIGHTS_THETA,
} ot_weights;

/* A published network as the options that make it: names of ot_net_rows. */
typedef ot_preset ot_system;
OT_API int ot_system_count(void);
OT_API const ot_system *ot_system_at(int i); /* NULL outside 0..count-1 */
/* The system of a name.  NULL if there is none; then ot_message() names the nearest. */
OT_API const ot_system *ot_system_find(const char *name);

/* A number that a check of a system has computed.  It passes if |value - expected| <= bound. */
typedef struct ot_check_line {
    const char *property;
    const char *what; /* the number in words: "|x - inverse(y)| / |x|" */
    double value, expected, bound;
    bool passed;
} ot_check_line;
/* Checks a system by the checks of its table, and its gradients.  on_line gets each number as soon
 * as it is computed; its texts live as long as the call.  *passed becomes whether all of them pass.
 * OT_EINVAL for a check that is not known or does not fit the system; errors of ot_net_new and
 * ot_compile. */
OT_API OT_NODISCARD ot_status ot_system_check(const ot_system *s,
                                              void (*on_line)(const ot_check_line *line,
                                                              void *user),
                                              void *user, bool *passed);

typedef struct ot_net_opts {
    /* A named system, "resnet20-v1", which sets those of the options below that are 0 or NULL.  In
     * the options of a network it is NULL, and they are set.  NULL: none. */
    const char *system;
    /* The description of the blocks: "rk4x2", "euler x4, ./mine.tableau:x1", "revnet(first=bare)
     * x3".  A word with a slash or a dot is a tableau file; any other is the name of one of
     * `schemes` or of a scheme of the registry.  Every level has these blocks, unless "+" separates
     * the blocks of the levels: "euler x3 + rk4 x1 + revnet x2". */
    const char *blocks;
    int n_schemes;                   /* length of schemes */
    const ot_scheme *const *schemes; /* schemes that blocks may name, also instead of built-in ones;
                                        the network copies them */
    /* Parts, with attributes if they have any: "batch(eps=1e-3)". */
    const char *subnet; /* NULL: "preact" (BN-ReLU-conv twice); "vgg" (conv-BN-ReLU twice) */
    const char *branch; /* how f(x) is scaled; NULL: not at all */
    const char *norm;   /* NULL: "batch" */
    const char *down;   /* how the shape changes where a level begins; NULL: "A" */
    const char *stem;   /* the first layers; NULL: "conv" */
    const char *head;   /* before the linear layer; NULL: "bn-relu-pool"; "pool" gives the paper's
                           count of parameters */
    /* Levels as width:stride, "16,32:2,64:2"; a stride of 1 may be left out.  A width of "*", as in
     * "24,*:2,*:2", is what the way down makes of the channels before it.  NULL: one level of
     * `width`, which must be 0 otherwise. */
    const char *levels;
    int width;       /* channels of the blocks; 0: 64 */
    int stem_stride; /* 1 or 2; 0: 1 */
    int image;       /* height and width in pixels; 0: 32 */
    int channels;    /* of an image; 0: 3 */
    int classes;     /* 0: 10 */
    int batch;       /* recorded on the tape; 0: 128 */
    bool block_relu; /* a ReLU after each block, as in the code of the paper's authors */
    ot_output output;
    ot_step_kind step;
    double h;               /* length of a fixed step, or where learned steps start; 0: 1 */
    const char *step_start; /* a number where learned steps start instead of h, "0"; NULL: h */
    bool step_clamp;        /* ot_net_project keeps h within [1/8, 4] */
    bool learn_tableau;     /* coefficients that are not 0 are parameters: "blocks.0.a.1.0" */
    int project_order; /* 1 or 2: ot_net_project keeps this order of learned tableaux; 0: not */
    ot_weights weights;
    ot_control control; /* for OT_STEP_CONTROLLED; 0: tolerance 1e-2, first 1, most_steps 1000, and
                           no equal steps */
    ot_gradient gradient;   /* for OT_STEP_CONTROLLED */
    double label_smoothing; /* of the loss in training programs, as in ot_xent_opts; 0: none */
    bool second_labels;     /* the loss has second labels and their weights, which mixup needs */
    /* Each batch norm after a convolution is part of the convolution, which has a bias instead; so
     * are several such branches of one x that are added.  The network can be evaluated and not
     * trained: ot_net_fuse makes its values. */
    bool fused;
} ot_net_opts;

/* Sets what opts->system names and is 0 or NULL, and opts->system to NULL; ot_net_new does this by
 * itself.  OT_EINVAL for an unknown system. */
OT_API OT_NODISCARD ot_status ot_system_apply(ot_net_opts *opts);

/* Records a network.  OT_EINVAL for an unknown scheme or sub-net (the message names the nearest), a
 * size out of range or options that contradict each other.  OT_ENOENT, OT_EFORMAT or OT_EIO for a
 * tableau file.  OT_ESHAPE, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_net_new(const ot_net_opts *opts, ot_net **out);
OT_API void ot_net_free(ot_net *net);
/* Makes a network of a tape that the caller recorded, with a stem, head and loss of any kind.
 * ot_train, ot_evaluate, ot_predict, ot_landscape_new, ot_execution_new, ot_net_gradcheck and
 * ot_train_save take it as any other.  Files hold a digest of the tape's listing instead of a
 * description: a resume compares it, and only a program that records the same tape can read the
 * file (ot_params_load).  The tape must outlive the network and must not change.
 *   Mixup (ot_train_opts.mixup) needs second labels, another ot_labels (N), and label_weight, an
 * ot_input (N) with the weights of the first labels, as ot_softmax_xent_with takes them.  Without
 * mixup the second labels are set to the first ones, and the weights to 1.
 *   OT_EINVAL unless images and label_weight are its only ot_inputs, images of shape (N, H, W,
 * channels), labels and second_labels its only ot_labels, and loss a scalar; OT_EINVAL also if only
 * one of second_labels and label_weight is given; OT_ESHAPE unless labels (N), logits (N, classes)
 * and these two have its batch; the error of the tape; OT_ENOMEM. */
typedef struct ot_net_vars {
    ot_var images, labels, logits, loss;
    ot_var second_labels, label_weight; /* the null vars: mixup is not possible */
} ot_net_vars;
OT_API OT_NODISCARD ot_status ot_net_of_tape(const ot_tape *t, const ot_net_vars *vars,
                                             ot_net **out);
/* The tape and its vars belong to the network. */
OT_API const ot_tape *ot_net_tape(const ot_net *net);
OT_API ot_var ot_net_images(const ot_net *net);        /* an input (N, H, W, channels) */
OT_API ot_var ot_net_labels(const ot_net *net);        /* labels (N) */
OT_API ot_var ot_net_logits(const ot_net *net);        /* (N, classes) */
OT_API ot_var ot_net_loss(const ot_net *net);          /* softmax cross-entropy, a scalar */
OT_API ot_var ot_net_second_labels(const ot_net *net); /* (N); the null var if it has none */
OT_API ot_var ot_net_label_weight(const ot_net *net);  /* an input (N); the null var likewise */
/* The features (N, C): what the last linear layer reads.  The null var if the logits are not the
 * result of ot_linear. */
OT_API ot_var ot_net_features(const ot_net *net);
/* With OT_STEP_CONTROLLED the tape holds the stem, one step of each block ("blocks.0.h" is its
 * size), the layers between levels, and the head as separate segments.  All but the stem have
 * inputs "x" of their own.  So a program of the loss computes the head only; an ot_execution runs
 * all. */

/* Make the network that a file of weights or a checkpoint describes, with the exact schemes in the
 * file, for this batch (0: 128).  OT_ENOENT, OT_EFORMAT (no description, one that cannot be
 * built, or tensors of other shapes), OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_net_open(const char *path, int batch, ot_net **out);
/* Save parameters as ot_params_save does, with the description of their network, so that
 * ot_net_open and `odetape eval` can read it.  Its keys are the names in ot_net_rows and
 * ot_net_shape_rows, "odetape", "scheme.0", "scheme.1", ..., and the keys of ot_plugin.  The
 * further pairs of metadata must have other keys. */
OT_API OT_NODISCARD ot_status ot_net_save(const ot_net *net, ot_params *params, const char *path,
                                          int n, const char *const metadata[][2]);

/* How other software names the tensors of a network.  A rule turns the name of a tensor in a file
 * into that of a tensor of the network.  The first rule that fits the name holds.  In `theirs`
 * {level} is a level, from 1, and {index} a block of it, from 0.  In `ours` {block} is the number
 * of this block in the network.  '*' stands for any characters, the same on both sides:
 *     { "layer{level}.{index}.*", "blocks.{block}.stages.0.*" } */
typedef struct ot_naming_rule {
    const char *theirs;
    const char *ours; /* NULL: tensors of these names are left out */
} ot_naming_rule;
typedef struct ot_naming {
    ot_about about;              /* without attributes */
    const char *prefix;          /* which names may begin with: "module."; NULL: none */
    const ot_naming_rule *rules; /* ends with a rule without `theirs` */
} ot_naming;
/* The i-th naming, first the built-in ones; NULL if there are fewer. */
OT_API const ot_naming *ot_naming_at(int i);
/* Adds a naming, as ot_register_scheme; plugins may call it too. */
OT_API OT_NODISCARD ot_status ot_register_naming(const ot_naming *naming);
/* Sets all values from a safetensors file whose tensors are named by this naming,
 * "pytorch-resnet".  The file must have every tensor of the network in its shape, as PyTorch stores
 * it: (O,I,kh,kw) and (O,I).  It must have no others, except those that the naming leaves out.
 * Types F64, F32, F16 and BF16 are read.  fit may be NULL; it is also set where the file does not
 * fit.  OT_EINVAL for an unknown naming; OT_EFORMAT, with the tensors that do not fit; OT_ENOENT,
 * OT_EIO, OT_ENOMEM; after an error nothing is changed. */
OT_API OT_NODISCARD ot_status ot_net_import(const ot_net *net, ot_params *ps, const char *path,
                                            const char *naming, ot_fit *fit);

/* Makes the network with `fused` that computes in evaluation, up to rounding, what `net` computes
 * with ps.  A convolution with weight W and the batch norm after it become one convolution, if
 * nothing else reads the first.  Its weight and bias, with the running statistics mean and var, are
 *     W gamma/sqrt(var + eps)   and   beta - mean gamma/sqrt(var + eps).
 * A sum of such pairs, and of batch norms alone, becomes one convolution if all of them read the
 * same x.  A smaller kernel goes to the centre of the largest, and x itself is a kernel of one
 * pixel.  All other batch norms stay.  The new weights are computed in double.  Both results are
 * the caller's to free.  OT_EINVAL if no batch norm can be fused, if net is fused already, or if
 * the caller recorded its tape; OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_net_fuse(const ot_net *net, ot_params *ps, ot_net **fused,
                                          ot_params **fused_params);

/* The options of the network, with defaults filled in, blocks in their plain form ("euler x4, mine
 * x1") and no schemes. */
OT_API const ot_net_opts *ot_net_options(const ot_net *net);
/* The i-th of the network's different schemes; NULL if there are no more.  ot_net_new makes the
 * same network again from the options above with these as schemes. */
OT_API const ot_scheme *ot_net_scheme(const ot_net *net, int i);

typedef struct ot_net_info {
    char blocks[256];                 /* the description in its plain form: "euler x4, rk4 x1" */
    int n_blocks, evaluations, convs; /* evaluations of f; convolutions inside blocks */
    size_t params;                    /* number of trained numbers */
    size_t
        head_bn; /* how many of them are in the head's batch norm, which the paper does not count */
    bool one_step; /* steps are controlled: evaluations, convs and all costs count one step of each
                      block, because the number of steps is known only after a run */
} ot_net_info;
OT_API ot_net_info ot_net_describe(const ot_net *net);

/* Applies the constraints of the options to the parameters, after a step of the optimiser.  With
 * step_clamp, h is clamped to [1/8, 4].  With project_order, learned tableaux are changed as little
 * as possible so that sum b = 1 and, for order 2, sum b c = 1/2.  ot_train does this after every
 * step.  It changes the values in this dtype, and nothing if ps are not the parameters of this
 * network. */
OT_API void ot_net_project(const ot_net *net, ot_params *ps, ot_dtype dtype);

/* How far the learned tableaux violate the order conditions.  residual[q - 1] becomes the largest
 * |sum b_i Phi_i - 1/gamma| over the conditions of order q and the blocks whose schemes claim order
 * q or more.  Returns the number of orders, up to the largest one claimed and at most
 * OT_RESIDUAL_ORDERS; 0 without learn_tableau.  With OT_OUTPUT_LAST, b are the weights of that
 * output. */
#define OT_RESIDUAL_ORDERS 4
OT_API int ot_net_order_residuals(const ot_net *net, ot_params *ps, ot_dtype dtype,
                                  double residual[OT_RESIDUAL_ORDERS]);

/* ---- executions ------------------------------------------------------------------------------ */

/* A network that is compiled to run.  It is one program or, with controlled steps, several programs
 * that run one after another; an execution is used in the same way for both.  As with a program,
 * nothing is allocated while fixed steps run. */
typedef struct ot_execution ot_execution;

/* Compiles a network for its loss and logits.  opts are those of ot_compile, and may be NULL; keep
 * is not read.  net and opts->params must outlive the execution.  OT_EINVAL, OT_ENOMEM, as
 * ot_compile. */
OT_API OT_NODISCARD ot_status ot_execution_new(const ot_net *net, const ot_compile_opts *opts,
                                               ot_execution **out);
OT_API void ot_execution_free(ot_execution *e);
/* The parameters that it reads: opts->params, or those that it made and owns. */
OT_API ot_params *ot_execution_params(ot_execution *e);

/* Where to write images, float or double by dtype, and labels before a run.  NULL if it was
 * compiled with plan_only. */
OT_API void *ot_execution_images(ot_execution *e);
OT_API int32_t *ot_execution_labels(ot_execution *e);
/* The same for second labels and, in the dtype, the weights of the first labels.  NULL also if the
 * network has none.  Evaluations do not read them. */
OT_API int32_t *ot_execution_second_labels(ot_execution *e);
OT_API void *ot_execution_label_weight(ot_execution *e);

/* Runs forward on the first n images.  Errors as ot_forward; with controlled steps also
 * OT_ENUMERIC, as ot_stepper_controlled, with the block in the message, and OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_execution_forward(ot_execution *e, int n);
/* Computes the gradients of seed times the loss, where seed is one number of the dtype; NULL: 1.
 * The sizes of controlled steps count as constants.  Gradients of parameters replace the earlier
 * ones.  OT_EINVAL unless an ot_execution_forward precedes each call, and if it was compiled
 * forward-only; with OT_GRADIENT_BACKSOLVE also OT_ENUMERIC, as ot_stepper_backsolve. */
OT_API OT_NODISCARD ot_status ot_execution_backward(ot_execution *e, const void *seed);

/* The mean loss of the batch that ran last, and its logits, (n, classes) numbers of the dtype that
 * the execution owns.  NAN and NULL without an execution or with plan_only. */
OT_API double ot_execution_loss(const ot_execution *e);
OT_API const void *ot_execution_logits(const ot_execution *e);
/* What controlled steps did in the last forward run, over all blocks, and the evaluations of the
 * backward run after it; all 0 if steps are fixed. */
OT_API ot_control_result ot_execution_control(const ot_execution *e);
/* From now on blocks take steps of the sizes that they took in the last forward run of `of`, which
 * may be e itself.  So e is a smooth function of its parameters, and two dtypes can be compared.
 * Without effect if steps are fixed.  OT_EINVAL unless `of` is of a network with as many blocks and
 * has run, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_execution_replay(ot_execution *e, const ot_execution *of);

/* Sums over all programs; FLOPs are those of one step of each block. */
OT_API ot_program_info ot_execution_describe(const ot_execution *e);
/* As ot_program_list, ot_program_plan, ot_program_measure and ot_program_profile.  With several
 * programs each has a heading.  In the JSON of a listing it is an entry of "programs", in that of
 * plan and profile the key "program" names it.  The last lines of plan and profile are sums. */
OT_API OT_NODISCARD ot_status ot_execution_list(const ot_execution *e, ot_list_format format,
                                                FILE *out);
OT_API OT_NODISCARD ot_status ot_execution_plan(const ot_execution *e, ot_list_format format,
                                                bool records, FILE *out);
OT_API OT_NODISCARD ot_status ot_execution_measure(ot_execution *e, bool on);
OT_API OT_NODISCARD ot_status ot_execution_profile(const ot_execution *e, const ot_peaks *peaks,
                                                   double seconds, ot_list_format format,
                                                   bool records, FILE *out);

/* As ot_gradcheck, for the loss of a network.  With controlled steps, differences are taken with
 * the step sizes of the first run, whose number is report->replayed.  Also OT_ENUMERIC, and
 * OT_EINVAL with OT_GRADIENT_BACKSOLVE, which is not the gradient of the steps. */
OT_API OT_NODISCARD ot_status ot_net_gradcheck(const ot_net *net, ot_params *params,
                                               const ot_gradcheck_opts *opts,
                                               ot_gradcheck_report *report);

/* ---- data ------------------------------------------------------------------------------------ */

typedef enum ot_split { OT_SPLIT_TRAIN, OT_SPLIT_TEST } ot_split;

/* One split of a data set: images of bytes (height, width, channels) with labels. */
typedef struct ot_dataset ot_dataset;

/* A source makes data sets of one kind: it reads a file format or computes images.  A data set
 * is opened by NAME:PLACE or NAME(attribute=value):PLACE, where NAME is that of a source, or by
 * a PLACE alone, which the first source opens that accepts it. */
typedef struct ot_source_kind {
    ot_about about;
    const char *place; /* what opens its data sets, as a phrase for messages: "cifar10:DIR" */
    bool alone; /* NAME also opens it without a place, which is then "": images are computed */
    /* Whether a place without a name is one of this source.  NULL: none is. */
    bool (*accepts)(const char *place);
    /* Makes the set of a split, from files or with ot_dataset_new; the caller frees it.  attributes
     * is the source's own struct, or NULL if it has none.  A failure returns its status after
     * ot_fail with a sentence. */
    ot_status (*open)(const void *attributes, const char *place, ot_split split, ot_dataset **out);
    /* Sets *has to whether there are images of the split.  NULL: there are images of both. */
    ot_status (*has_split)(const void *attributes, const char *place, ot_split split, bool *has);
} ot_source_kind;

/* Defines ot_source_NAME, as OT_SCHEME does for a scheme:
 * OT_SOURCE(spiral, .place = "spiral", .alone = true, .open = open_spiral). */
#define OT_SOURCE(id, ...) const ot_source_kind ot_source_##id = { .about.name = #id, __VA_ARGS__ }

/* Adds a source, for all data sets of this process, as ot_register_scheme adds a scheme.  OT_EINVAL
 * also if place or open is missing. */
OT_API OT_NODISCARD ot_status ot_register_source(const ot_source_kind *kind);
/* All sources, the built-in ones first: i from 0 to ot_source_count() - 1; NULL outside. */
OT_API int ot_source_count(void);
OT_API const ot_source_kind *ot_source_at(int i);

/* Opens a data set.  where is
 *   "builtin"                10000 training and 2000 test images of ten classes of coloured shapes,
 *                            always the same
 *   "cifar10:DIR"            the CIFAR-10 binary files: data_batch_1.bin to data_batch_5.bin and
 *                            test_batch.bin.  Another set may have fewer training files, numbered
 *                            without a gap, and fewer records in each; ten lines in
 *                            batches.meta.txt name its classes.
 *   "cifar100:DIR"           the CIFAR-100 binary files, train.bin and test.bin, with fine labels.
 *                            A hundred lines in fine_label_names.txt name the classes; without
 *                            them they are named by their numbers.
 *   "cifar100-coarse:DIR"    the same with coarse labels: 20 classes, coarse_label_names.txt
 *   "mnist:DIR"              the IDX files of MNIST, not compressed: train-images-idx3-ubyte,
 *                            train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
 *                            t10k-labels-idx1-ubyte.  Images of other sizes are read too, with
 *                            labels 0 to 9.
 *   "images:FILE"            an image set, which ot_dataset_write writes
 *   "DIR"                    a folder with the files of MNIST, of CIFAR-10 or, without these, of
 *                            CIFAR-100 with fine labels
 *   "FILE"                   an image set
 * or what a registered source accepts.  OT_ENOENT, OT_EFORMAT (the message names file and byte
 * offset), OT_EIO, OT_ENOMEM; OT_EINVAL also if a source of the caller's returns no data set. */
OT_API OT_NODISCARD ot_status ot_dataset_open(const char *where, ot_split split, ot_dataset **out);
typedef struct ot_dataset_desc {
    int count;         /* of images, at least 1 */
    int height, width; /* of every image, 1 to 16384 */
    int channels;      /* 1 to OT_MOST_CHANNELS */
    int classes;       /* 1 to 100000; labels are below it */
    const char *const
        *class_names;      /* one per class, up to 31 characters of ASCII; NULL: "0", ... */
    const uint8_t *images; /* count * height * width * channels bytes, in this order */
    const int32_t *labels; /* one per image */
    /* channels 0: it is computed from the images.  Test images usually have the normalisation of
     * their training images; ot_train and ot_evaluate use that of the parameters. */
    ot_normalisation normalisation;
} ot_dataset_desc;

/* Makes a data set from memory.  Everything is copied.  OT_EINVAL, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_new(const ot_dataset_desc *desc, ot_dataset **out);
OT_API void ot_dataset_free(ot_dataset *d);
OT_API int ot_dataset_count(const ot_dataset *d); /* of images */
OT_API int ot_dataset_height(const ot_dataset *d);
OT_API int ot_dataset_width(const ot_dataset *d);
OT_API int ot_dataset_channels(const ot_dataset *d);
/* What ot_dataset_open was called with; NULL for a set from memory.  Valid while the set lives. */
OT_API const char *ot_dataset_where(const ot_dataset *d);
OT_API int ot_dataset_classes(const ot_dataset *d);
/* What the two functions that follow return belongs to the data set. */
OT_API const char *ot_dataset_class_name(const ot_dataset *d, int label);
OT_API const uint8_t *ot_dataset_image(const ot_dataset *d, int i); /* height*width*channels */
OT_API int ot_dataset_label(const ot_dataset *d, int i);
OT_API size_t ot_dataset_bytes(const ot_dataset *d); /* of memory */
/* Identifies the contents of this split, as 32 hexadecimal digits: XXH3-128 of height, width and
 * channels in four bytes each, the lowest first, unless they are 32, 32 and 3; the labels in one
 * byte each or, if there are more than 256 classes, four; and the images.  It does not depend on
 * the path of the set or on the names of its classes. */
OT_API const char *ot_dataset_fingerprint(const ot_dataset *d);
/* Mean and standard deviation per channel over all pixels of the training images, also if d are
 * test images.  For CIFAR-10 and the built-in set they are 0.4914 0.4822 0.4465 and 0.2470 0.2435
 * 0.2616.  For other sets they are computed from exact sums and rounded once; the deviation of a
 * constant channel is 1.  For test images the training images of their directory are read; if it
 * has none, the test images are used.  OT_EFORMAT, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_normalisation(const ot_dataset *d, ot_normalisation *out);
/* Writes one split in the CIFAR-10 binary format into an existing directory; each file is replaced
 * in one step.  ot_dataset_open accepts the directory once it has the other split too.  OT_ECREATE,
 * also if the directory holds files of another set.  OT_EINVAL if there are too many images for the
 * split, or if they are not of 32 x 32 x 3 in ten classes.  OT_EBUSY if another process is writing
 * a set there.  OT_ENOENT if the numbers of the files there have a gap.  OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_save(const ot_dataset *d, const char *directory,
                                              ot_split split);
/* Writes both splits, which must have the same classes, into an existing directory in one step:
 * ot_dataset_open refuses the directory until everything is on the disk.  After an error nothing is
 * left.  If the process is killed, the next call starts again.  OT_ECREATE if the directory holds a
 * set already; otherwise as ot_dataset_save. */
OT_API OT_NODISCARD ot_status ot_dataset_save_all(const ot_dataset *train, const ot_dataset *test,
                                                  const char *directory);

/* The colour that shows through transparent pixels of an image that is imported. */
typedef enum ot_background {
    OT_BACKGROUND_NONE, /* an image with a pixel that is not opaque is refused */
    OT_BACKGROUND_BLACK,
    OT_BACKGROUND_WHITE,
} ot_background;

/* Names of backgrounds by their number: "none", "black", "white".  Ends with NULL. */
OT_API extern const char *const ot_background_names[];

typedef struct ot_import_opts {
    int height, width;        /* of the images of the set, 1 to 16384 */
    bool resize;              /* scale images of another size; false: they are refused */
    int channels;             /* 3: red, green, blue; 1: grey; 0: 3 */
    ot_background background; /* behind pixels that are not opaque */
    double test_fraction;     /* see ot_dataset_import; 0: the directory has both splits */
    uint64_t seed;            /* of the choice of the test images */
} ot_import_opts;

/* Makes a data set of the PNG files in a directory.  DIR/NAME/FILE.png is an image of the class
 * NAME; classes are numbered by their names in the order of strcmp.  If DIR has the folders train
 * and test, they are the splits, and each has folders of classes.  Otherwise test_fraction of the
 * images of each class, rounded to a whole number, become the test images, chosen by the seed.  A
 * split has first the first image of each class by the names of the files, then the second ones.
 * Names that begin with a dot are ignored.
 *
 * Every kind of PNG becomes one byte per channel.  Samples of 16 bits are rounded to 8, palettes
 * become colours, and colour profiles and gamma are ignored.  For 3 channels a grey pixel becomes
 * three equal bytes; for 1 channel a colour becomes (19595 R + 38470 G + 7471 B + 32768) >> 16, as
 * in Pillow's convert("L").  A pixel of opacity a becomes (a v + (255 - a) background) / 255,
 * rounded.  Scaling is Pillow's resize(..., BILINEAR), byte for byte, and does not keep the ratio
 * of the sides.
 *
 * Both sets belong to the caller.  OT_EFORMAT, with the file and, for a damaged one, the offset in
 * the message; also for an image of another size or with transparent pixels.  OT_ENOENT if there
 * are no classes or no images of a split.  OT_EINVAL, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_import(const char *directory, const ot_import_opts *opts,
                                                ot_dataset **train, ot_dataset **test);

/* Makes a data set of n PNG files in this order, for predictions.  Its labels are all 0, and
 * `classes` is the number of classes, which are named by their numbers.  Images become bytes as in
 * ot_dataset_import; test_fraction and seed of opts are not read.  OT_ENOENT, OT_EFORMAT, OT_EIO,
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_read(int n, const char *const path[],
                                              const ot_import_opts *opts, int classes,
                                              ot_dataset **out);

/* Writes both splits of a data set of any size as an image set, one file, which is replaced in one
 * step.  odetape-images(5) has the format.  OT_EINVAL unless both have the same size of images and
 * the same classes; OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_write(const ot_dataset *train, const ot_dataset *test,
                                               const char *path);

/* A test image whose bytes are those of a training image. */
typedef struct ot_duplicate {
    int test, train; /* indices; the first such training image */
} ot_duplicate;

/* Counts the test images that are training images too, whatever their labels, and writes the first
 * `most` of them to `found`, in the order of the test images.  OT_EINVAL if the images differ in
 * size, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_dataset_duplicates(const ot_dataset *train, const ot_dataset *test,
                                                    int most, ot_duplicate *found, int *count);

/* AutoAugment's policy for CIFAR-10 (Cubuk et al., CVPR 2019) as three public codes implement it.
 * Operations give the same bytes as Pillow's.  The policies are for images of 32 x 32 x 3;
 * others are refused with OT_EINVAL. */
typedef enum ot_policy {
    OT_POLICY_NONE,
    OT_POLICY_AUTOAUGMENT,    /* torchvision: the 25 sub-policies of the paper */
    OT_POLICY_AUTOAUGMENT_DV, /* DeepVoltaire/AutoAugment: the same with other magnitudes */
    OT_POLICY_AUTOAUGMENT_TF, /* the authors, tensorflow/models: 95 sub-policies */
    OT_POLICY_OFF, /* no policy, and no crop and no flip either, whatever the options say */
} ot_policy;

/* Names of policies by their number: "standard" (no policy), "autoaugment", "autoaugment-dv",
 * "autoaugment-tf", "none" (OT_POLICY_OFF).  Ends with NULL. */
OT_API extern const char *const ot_policy_names[];

/* What images are padded with before they are cropped. */
typedef enum ot_crop_fill {
    OT_CROP_BLACK, /* as torchvision's transforms, which pad before they normalise */
    OT_CROP_MEAN,  /* the bytes nearest to the mean: about 0 after normalisation, as in scripts that
                      pad after it */
} ot_crop_fill;
/* "black" and "mean", by number.  Ends with NULL. */
OT_API extern const char *const ot_crop_fill_names[];

typedef struct ot_loader_opts {
    int batch;     /* images; 0: 128 */
    uint64_t seed; /* of shuffling, augmentation and the choice of held-out images */
    bool shuffle;
    int crop_pad; /* pad by this many pixels and crop at random; 0: do not */
    /* OT_POLICY_AUTOAUGMENT_TF pads with the mean in any case, as its authors do. */
    ot_crop_fill crop_fill;
    bool flip;        /* mirror left to right with probability 1/2 */
    ot_policy policy; /* applied before crop and flip */
    int cutout;       /* last, a square of this side at a random place becomes the mean; 0: none */
    /* This many images of the set are held out, and the loader delivers the others: those that a
     * training with ot_train_opts.validation and this seed trains on.  Which images depends on the
     * seed and on the count of images only.  0: none; at most all but one. */
    int validation;
    bool held_out;                  /* deliver the images that are held out instead of the others */
    ot_normalisation normalisation; /* channels 0: that of the data set.  Trained weights need the
                                       one that they were trained with */
    double mixup;                   /* alpha of ot_loader_fill_mixed; 0: no mixup */
} ot_loader_opts;

/* A loader makes normalised batches, as a pure function of (seed, epoch, index) and, with mixup, of
 * the batch.  The data set must outlive it.  A new loader is at epoch 0.  OT_EINVAL, also for
 * mixup in batches of one image; OT_ENOMEM; as ot_dataset_normalisation. */
typedef struct ot_loader ot_loader;
OT_API OT_NODISCARD ot_status ot_loader_new(const ot_dataset *d, const ot_loader_opts *opts,
                                            ot_loader **out);
OT_API void ot_loader_free(ot_loader *l);
OT_API int ot_loader_batches(const ot_loader *l);     /* per epoch; the last one may be smaller */
OT_API void ot_loader_epoch(ot_loader *l, int epoch); /* goes to this epoch, from 0 */
/* Fills in batch b (from 0) of the epoch: x (n, height, width, channels), normalised per channel,
 * and labels (n).  Returns n, the number of its images.  A loader with mixup fills in nothing and
 * returns 0, because its images have two labels. */
OT_API int ot_loader_fill(const ot_loader *l, int b, float *x, int32_t *labels);
/* The same with mixup (Zhang et al., ICLR 2018).  Image i becomes
 *   w x_i + (1 - w) x_p(i),   with labels[i], and second[i] = labels[p(i)]
 * where w ~ Beta(mixup, mixup) is one number per batch and p a permutation of its images; both are
 * pure functions of (seed, epoch, b).  weight[i] is w for each i.  Without mixup w is 1, p the
 * identity, and x as ot_loader_fill leaves it. */
OT_API int ot_loader_fill_mixed(const ot_loader *l, int b, float *x, int32_t *labels,
                                int32_t *second, float *weight);

/* Writes a PNG contact sheet with one class per row, its name on the left: the first `columns`
 * images of each of the first `rows` classes, augmented as the loader delivers them in the epoch.
 * If opts is NULL, they are as stored.  OT_EINVAL, OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_data_sheet(const ot_dataset *d, const ot_loader_opts *opts,
                                            int epoch, int rows, int columns, const char *path);

/* ---- training -------------------------------------------------------------------------------- */

/* What an optimiser knows of a step of one parameter. */
typedef struct ot_update {
    const void *attributes; /* the optimiser's own struct; NULL if it has none */
    double lr;              /* of this parameter: its rule is in it */
    double momentum;
    double weight_decay; /* of this parameter: 0 if it has none */
    long long step;      /* the number of this step, from 1 */
} ot_update;

/* Which parameters have weight decay: all, or only those of two or more dimensions, the weights of
 * convolutions and linear layers.  A parameter whose rule says so has none in either case. */
typedef enum ot_decay_on { OT_DECAY_ON_ALL, OT_DECAY_ON_WEIGHTS } ot_decay_on;

typedef struct ot_optimiser_opts {
    /* "sgd", "sgd(nesterov=on)", "adamw(beta1=0.9,beta2=0.999,eps=1e-8)", or one that was
     * registered; NULL: "sgd".  With gradient g, weight decay d and step number t:
     *   sgd     g <- g + d w;  v <- momentum v + g;  w <- w - lr v
     *           nesterov=on: w <- w - lr (g + momentum v)
     *   adamw   w <- (1 - lr d) w;  m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
     *           w <- w - lr m/(1 - beta1^t) / (sqrt(v)/sqrt(1 - beta2^t) + eps)
     * as torch.optim.SGD (dampening 0) and torch.optim.AdamW. */
    const char *name;
    double momentum;     /* 0: none */
    double weight_decay; /* 0: none */
    ot_decay_on decay_on;
    /* Before the step, all gradients are multiplied by min(1, clip_norm/(G + 1e-6)), where G is the
     * root of the sum of their squares (torch.nn.utils.clip_grad_norm_).  0: they are not. */
    double clip_norm;
    double clamp; /* after the step every parameter is within [-clamp, clamp]; 0: no limit */
} ot_optimiser_opts;

/* An optimiser: a function of single elements, with states that start at 0.  Elements must not
 * depend on each other, because a step is computed in pieces by several threads. */
enum { OT_OPTIMISER_STATES_MOST = 4 };
typedef struct ot_optimiser_kind {
    ot_about about;
    const char *const *states; /* names of what it keeps for each element, such as "exp_avg"; ends
                                  with NULL, at most OT_OPTIMISER_STATES_MOST.  NULL: nothing */
    bool momentum;             /* it reads momentum, which is refused with others */
    /* Take the step of n elements: w are the parameters, g their gradients, s[k] state k.  They
     * write w and s[k]. */
    void (*step_f32)(const ot_update *u, size_t n, float *w, const float *g, float *const s[]);
    void (*step_f64)(const ot_update *u, size_t n, double *w, const double *g, double *const s[]);
    /* What is wrong with attributes and options that are all within their ranges, as a sentence;
     * NULL: nothing.  The function may be NULL. */
    const char *(*refuse)(const void *attributes, const ot_optimiser_opts *opts);
} ot_optimiser_kind;
#define OT_OPTIMISER(id, ...)                                                                      \
    const ot_optimiser_kind ot_optimiser_##id = { .about.name = #id, __VA_ARGS__ }
/* The i-th optimiser, first the built-in ones; NULL if there are fewer. */
OT_API const ot_optimiser_kind *ot_optimiser_kind_at(int i);

/* Makes an optimiser of all trained tensors; opts NULL: zeros.  The parameters must outlive it.
 * OT_EINVAL for an unknown optimiser or an option out of range, 0 <= momentum < 1, and unless a
 * program with gradients was compiled in this dtype; OT_ENOMEM. */
typedef struct ot_optimiser ot_optimiser;
OT_API OT_NODISCARD ot_status ot_optimiser_new(ot_params *ps, ot_dtype dtype,
                                               const ot_optimiser_opts *opts, ot_optimiser **out);
OT_API void ot_optimiser_free(ot_optimiser *o);
/* Takes a step with the gradients of the last backward run; does nothing unless lr is finite. */
OT_API void ot_optimiser_step(ot_optimiser *o, double lr);
OT_API size_t ot_optimiser_bytes(const ot_optimiser *o); /* of memory for its states */

/* A step of the training, as a schedule sees it. */
typedef struct ot_schedule_at {
    double lr;         /* ot_train_opts.lr */
    int epoch, epochs; /* the running epoch, from 0, and how many there are */
    int step, steps;   /* the step within the epoch, from 0, and how many an epoch has */
    const ot_int_list *milestones;
    double decay;
} ot_schedule_at;

/* A schedule of the learning rate. */
typedef struct ot_schedule_kind {
    ot_about about;
    bool milestones; /* it reads milestones and decay, which are refused with others */
    bool prolongs;   /* rates do not depend on the number of epochs: a training can be prolonged */
    /* The rate of a step, a pure function, finite and not negative. */
    double (*rate)(const void *attributes, const ot_schedule_at *at);
    /* What is wrong with attributes and options that are all within their ranges, as a sentence;
     * NULL: nothing.  `at` is the first step.  The function may be NULL. */
    const char *(*refuse)(const void *attributes, const ot_schedule_at *at);
} ot_schedule_kind;
#define OT_SCHEDULE(id, ...)                                                                       \
    const ot_schedule_kind ot_schedule_##id = { .about.name = #id, __VA_ARGS__ }
/* The i-th schedule, first the built-in ones; NULL if there are fewer. */
OT_API const ot_schedule_kind *ot_schedule_kind_at(int i);

/* Add a table, as ot_register_scheme; plugins may call them too. */
OT_API OT_NODISCARD ot_status ot_register_optimiser(const ot_optimiser_kind *kind);
OT_API OT_NODISCARD ot_status ot_register_schedule(const ot_schedule_kind *kind);

/* A published training as its options: names of ot_train_rows. */
typedef ot_preset ot_recipe;
OT_API int ot_recipe_count(void);
OT_API const ot_recipe *ot_recipe_at(int i); /* NULL outside 0..count-1 */
/* The recipe of a name.  NULL if there is none; then ot_message() names the nearest. */
OT_API const ot_recipe *ot_recipe_find(const char *name);

/* What it costs to share a training with other processes: means over steps. */
typedef struct ot_sharing {
    int processes;    /* 0 or 1: nothing is shared, and the others are 0 */
    double bytes;     /* sent by this process in a step */
    double exchanges; /* in a step */
    double seconds;   /* of a step in which data travelled */
    double hidden;    /* of these seconds, those in which this process computed */
} ot_sharing;

typedef struct ot_epoch_result {
    int epoch;                         /* from 1 */
    double lr;                         /* of its last step */
    double train_loss, train_accuracy; /* means over the batches of the epoch while it trained; the
                                          loss is the one that is minimised, with smoothing and
                                          mixup, and the accuracy counts first labels */
    double test_loss, test_accuracy;
    /* Of the images that are held out (ot_train_opts.validation); NAN if there are none. */
    double validation_loss, validation_accuracy;
    /* Of the moving average of the weights (ot_train_opts.average), on the test images and on those
     * that are held out; NAN without an average, the latter also without held-out images. */
    double average_loss, average_accuracy;
    double average_validation_loss, average_validation_accuracy;
    double seconds;           /* training and evaluation */
    double images_per_second; /* training only */
    /* For learned tableaux: the number of orders, and the largest violation of each, as returned by
     * ot_net_order_residuals.  0 if no tableau is learned. */
    int orders;
    double order_residual[OT_RESIDUAL_ORDERS];
    /* Controlled steps of all batches and blocks. */
    ot_control_result train_control, test_control;
    ot_sharing sharing; /* of the steps that this process has trained */
} ot_epoch_result;

typedef struct ot_train_plan { /* what is known before the first batch */
    ot_net_info net;
    size_t frozen;                   /* numbers among net.params that are not trained */
    ot_program_info train, evaluate; /* with controlled steps: for one step of each block */
    size_t
        predicted_bytes; /* peak of programs, optimiser and loader, in addition to what the process
                               held before */
    int batches;         /* per epoch */
} ot_train_plan;

typedef struct ot_train_progress {
    int epoch, epochs;  /* epoch from 1 */
    int batch, batches; /* batch from 1 */
    bool evaluating;
    double loss, accuracy; /* means so far in this epoch */
    double images_per_second;
    double eta_seconds;        /* until the end of training */
    ot_control_result control; /* controlled steps so far in this epoch */
} ot_train_progress;

/* A step of the optimiser that has just been taken.  The values of the parameters are those after
 * it, and ot_params_grad(params, i, dtype) is the gradient that it was taken with. */
typedef struct ot_train_step {
    int epoch, step; /* from 1; step within the epoch */
    double loss, lr; /* loss of the batch */
    ot_params *params;
    ot_dtype dtype;
} ot_train_step;

/* The files in the directory of a run, except its checkpoints. */
typedef enum ot_run_file {
    OT_RUN_JOURNAL, /* metrics.jsonl: what has happened so far, for ot_history_read */
    OT_RUN_BEST,    /* best.safetensors: the checkpoint after the epoch with the greatest validation
                       accuracy or, if no images are held out, the greatest test accuracy */
    OT_RUN_FINAL,   /* final.safetensors: the weights of a training that has ended as asked */
    OT_RUN_AVERAGE, /* average.safetensors: the moving average of the weights, after each epoch */
    OT_RUN_RESULTS, /* results.jsonl: in the directory of a sweep, what became of each run */
    OT_RUN_LOG,     /* train.log: what was printed while a sweep trained the run */
    OT_RUN_REPORT,  /* report.html: the page about the run or the sweep */
    OT_RUN_FILES    /* how many there are */
} ot_run_file;
/* Returns the name of the file in the directory of any run, and NULL for another number. */
OT_API const char *ot_run_file_name(ot_run_file file);
/* The path of the file in the directory of a run, whether it is there or not, to be freed by the
 * caller with free.  OT_EINVAL, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_run_path(const char *directory, ot_run_file file, char **path);

/* The paths of the files that were in the directory of a run when it was listed. */
typedef struct ot_run_files {
    int checkpoints;
    char **checkpoint;        /* checkpoint-STEPS.safetensors, the newest first */
    long long *steps;         /* of the training, in all, after which each was saved */
    char *path[OT_RUN_FILES]; /* NULL if there is no such file */
} ot_run_files;
/* List the files of a run, to be freed by ot_run_files_free.  Names alone are read, nothing is
 * locked or written: a training may be running there, and may remove a checkpoint before it is
 * opened.  OT_ENOENT if the directory cannot be opened, OT_EIO, OT_EINVAL, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_run_list(const char *directory, ot_run_files **out);
/* The path of the file with the last weights of the run: the final ones, otherwise those of the
 * newest checkpoint, NULL if there are none.  It belongs to `files`. */
OT_API const char *ot_run_weights(const ot_run_files *files);
OT_API void ot_run_files_free(ot_run_files *files);

/* The directory of a run.  Only one process at a time may train in it.  From a checkpoint there a
 * training continues with the same bits. */
typedef struct ot_run ot_run;
/* Opens and locks an existing directory.  Removes files that a killed process was writing, and
 * completes or undoes what ot_run_replace had begun.  OT_EBUSY if another process has the lock,
 * OT_ENOENT, OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_run_open(const char *path, ot_run **out);
OT_API void ot_run_close(ot_run *run); /* unlocks the directory and frees run */
/* The path of the i-th newest checkpoint (from 0), in new memory: free() it.  OT_ENOENT if there
 * are no more, OT_EIO if the directory cannot be listed, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_run_checkpoint(const ot_run *run, int i, char **path);
/* The path of the newest checkpoint that is not damaged, in new memory: free() it.  A damaged one
 * is renamed to NAME.damaged and reported to note, which may be NULL.  OT_ENOENT if there is no
 * checkpoint, OT_EFORMAT if all are damaged, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_run_newest(const ot_run *run,
                                            void (*note)(const char *sentence, void *user),
                                            void *user, char **path);

/* From now on a training that starts here (not one that resumes) replaces the run in the directory:
 * checkpoints, best and final weights, and metrics.jsonl.  These are set aside once all checks of
 * the training have passed, and removed once its first checkpoint is on the disk.  If it fails or
 * is killed before, they are moved back, at once or by the next ot_run_open. */
OT_API void ot_run_replace(ot_run *run);
/* Saves parameters as the file `name` of the run, in the directory that was opened, even if that
 * has been moved since.  Otherwise as ot_params_save. */
OT_API OT_NODISCARD ot_status ot_run_save(const ot_run *run, const char *name, ot_params *ps, int n,
                                          const char *const metadata[][2]);

/* Where the time of a training went.  Both executions were measured (ot_execution_measure).  The
 * seconds contain their calls and everything else that was done for their batches: making images,
 * the optimiser, checks, checkpoints. */
typedef struct ot_train_profile {
    const ot_execution *train, *evaluate;
    double train_seconds, evaluate_seconds;
    ot_sharing sharing;
} ot_train_profile;

/* Which images a batch norm takes its mean and variance from, if several processes share a
 * training. */
typedef enum ot_sync {
    OT_SYNC_NORM, /* those of the whole batch: the results are those of one process */
    /* Those of each process, as DistributedDataParallel of PyTorch does; the running statistics are
     * those of process 0.  This needs fewer exchanges.  The results depend on the number of
     * processes, so a resumed training must have as many. */
    OT_SYNC_NONE,
} ot_sync;

typedef struct ot_train_opts {
    const ot_net *net;
    ot_params *params; /* with their initial values; they are trained in place */
    const ot_dataset *train, *test;
    /* A named recipe, "resnet20-v1", which sets those of the options of ot_train_rows that are 0 or
     * NULL.  NULL: none. */
    const char *recipe;
    int epochs;
    int batch;             /* 0: 128 */
    double lr;             /* learning rate at the start; 0: 0.1 */
    const char *optimiser; /* this and the next five as in ot_optimiser_opts; NULL: "sgd" */
    double momentum;
    double weight_decay;
    ot_decay_on decay_on;
    double clip_norm;
    double clamp;
    /* A term of the gradient, but not of the loss that is reported: smoothness times the sum of
     *   sqrt(((theta_{j+1} - theta_j)/h)^2 + 1e-3)
     * over all elements of parameters of consecutive blocks j and j+1 of one level that have one
     * name and shape (Ruthotto and Haber 2020).  h is ot_net_opts.h.  It is added before gradients
     * are clipped.  0: none. */
    double smoothness;
    /* "step", "cosine", or one that was registered; NULL: "step".  In epoch e and step i of I, both
     * from 0:
     *   step    lr decay^k, where k of the milestones are at most e
     *   cosine(least=0,per=epoch)
     *           least + (lr - least) (1 + cos(pi e/epochs))/2; per=step: e + i/I instead of e */
    const char *schedule;
    double warmup;          /* epochs W.  The rate of the schedule is multiplied by
                               min(1, (e I + i + 1)/(W I)); 0: it is not */
    ot_int_list milestones; /* before each of these epochs (from 0, not descending) lr is multiplied
                               by decay; n = -1: before epochs 100, 150, 200 and 230 of 260, scaled
                               to `epochs`, or none if the schedule reads none */
    double decay;           /* 0: 0.1 */
    uint64_t seed;          /* as in ot_loader_opts */
    int crop_pad;           /* this and the next five as in ot_loader_opts */
    ot_crop_fill crop_fill;
    bool flip;
    ot_policy policy;
    int cutout;
    double mixup; /* 0: none.  The network must have second labels (ot_net_opts.second_labels) */
    /* This many of the training images are not trained on, but evaluated after each epoch.  The
     * best epoch is then that with the greatest accuracy on them.  0: none. */
    int validation;
    /* d > 0: keep a moving average a of all parameters and statistics w.  After each step
     *   a <- d a + (1 - d) w,
     * and a = w after the first, as torch.optim.swa_utils.AveragedModel with such an avg_fn and
     * use_buffers=True.  It is evaluated after each epoch and saved as OT_RUN_AVERAGE.  0: none. */
    double average;
    ot_text init;          /* the file whose weights are the initial ones where they fit
                              (ot_params_init_from); "": none.  A resume only compares the checksum
                              of the file. */
    ot_text init_checksum; /* the checksum that this file must have; "": that of the file now */
    ot_text freeze;        /* patterns of parameters that are not trained (ot_params_freeze, which
                              ot_train calls with them): no weight decay and no velocity */
    ot_tier tier;          /* OT_TIER_REFERENCE trains in double */
    double max_seconds;    /* stop after the epoch in which this passes; 0: no limit */
    size_t memory_limit;   /* bytes that ot_train_plan.predicted_bytes keeps to; 0: no limit,
                              OT_LEAST_MEMORY: as few as possible.  It changes no result */
    bool rebuild;          /* solves for the states of reversible blocks in the backward half
                              instead of keeping them (ot_compile_opts.rebuild) */
    /* Share the batches with the processes that a launcher such as mpirun has started; changes
     * nothing if there is no launcher (ot_processes_join). */
    bool processes;
    ot_sync sync; /* which images batch norms normalise with, if there are several processes */
    const char *journal;               /* the JSON lines file to write; NULL: none */
    const volatile sig_atomic_t *stop; /* once it is not 0, save and return after the batch; may be
                                          NULL */
    volatile sig_atomic_t *save; /* if it is not 0, save after the batch and set it to 0; may be
                                    NULL */
    const ot_run *run;           /* where to save a checkpoint at the start and after each epoch;
                                    NULL: nowhere */
    int save_every;              /* also save after this many steps; 0: do not */
    int keep;                    /* how many of the newest checkpoints are kept; 0: 2 */
    const char *resume;          /* continue from this checkpoint, and cut the journal back to it;
                                    NULL: start */
    bool accept_plugins; /* continue also if plugins of the network are others than those that the
                            checkpoint was made with; the journal says so */
    bool prolong;   /* the resumed training may have more epochs than the checkpoint's, and other
                            milestones from now on; milestones.n = -1: those of the checkpoint */
    int n_metadata; /* length of metadata */
    const char *const (*metadata)[2]; /* further pairs of key and value that checkpoints get; not
                                         with the keys of the description (ot_train_save), "state",
                                         "mean" or "deviation" */
    /* Functions to call during the training; each may be NULL. */
    void (*on_note)(const char *sentence, void *user);      /* something that a user should know */
    void (*on_init)(const ot_fit *fit, void *user);         /* after `init` was read */
    void (*on_plan)(const ot_train_plan *plan, void *user); /* before the first batch */
    /* With rebuild, after the first step: ot_program_rebuild_error. */
    void (*on_rebuild)(double error, void *user);
    void (*on_step)(const ot_train_step *now, void *user);           /* after every step */
    void (*on_progress)(const ot_train_progress *now, void *user);   /* after every batch */
    void (*on_epoch)(const ot_epoch_result *epoch, void *user);      /* after every epoch */
    void (*on_profile)(const ot_train_profile *profile, void *user); /* at the end */
    void *user;
} ot_train_opts;

typedef struct ot_train_result {
    int epochs; /* finished */
    ot_epoch_result last;
    /* The first epoch with the greatest validation accuracy or, if no images are held out, with the
     * greatest test accuracy, and its accuracy on the test images. */
    int best_epoch;
    double best_accuracy;
    double best_validation; /* its validation accuracy; NAN if no images are held out */
    double seconds;
    size_t predicted_bytes; /* as in ot_train_plan */
    size_t measured_bytes;  /* growth of the process' peak resident size */
} ot_train_result;

/* Trains a network.  Checkpoints and parameters have the same bits whether or not the training was
 * interrupted and resumed, at any step.  OT_EINTERRUPTED if *stop was set; then the result holds
 * what was finished.  OT_ENUMERIC if the loss is not finite; the message has epoch and step.
 * OT_EINVAL, also if options or data differ from those of the checkpoint to resume; OT_ENOENT and
 * OT_EFORMAT for that checkpoint; OT_ENOMEM, OT_ECREATE, OT_EIO. */
OT_API OT_NODISCARD ot_status ot_train(const ot_train_opts *opts, ot_train_result *result);

/* A number that a training learned, over its epochs: a step size h, k of lm, alpha of rezero, a
 * coefficient of a tableau. */
typedef struct ot_history_scalar {
    const char *name;    /* of the parameter: "blocks.3.h" */
    const double *value; /* after each epoch; NAN if the journal lacks it, or it was not finite */
} ot_history_scalar;

/* What the journal of a training says (metrics.jsonl in the directory of a run), also while the
 * training is running. */
typedef struct ot_history {
    char *start; /* the first line, JSON: what is trained, how, on what, with the epochs and
                  milestones to which the training was prolonged; NULL: there is no line yet */
    int epochs;  /* finished */
    ot_epoch_result *epoch; /* of each, from epoch 1.  A number that the journal lacks, or that was
                               not finite, is NAN; .epoch is 0 where the whole line is lost.  Counts
                               of controlled steps are 0 if the journal lacks them. */
    int scalars;            /* how many numbers were learned */
    ot_history_scalar *scalar; /* in the order in which the journal first names them; each has
                                  `epochs` values */
    bool elsewhere;            /* resumed by another version of odetape or with other kernels */
    bool ended;                /* the training has ended and was not resumed: */
    ot_status status;          /* how; OT_EBUG: the journal does not say */
    size_t measured_bytes;     /* growth of the process' peak resident size; 0: not known */
    char *note; /* a sentence about bytes after the last whole line, which are left out; or NULL */
} ot_history;

/* Read it; to be freed by ot_history_free.  Whole lines count: a last line that is half written,
 * and zero bytes after the last one, are left out.  OT_ENOENT when it cannot be opened or is no
 * file, OT_EFORMAT, with path and line, when a whole line does not belong there; OT_EIO, OT_ENOMEM.
 */
OT_API OT_NODISCARD ot_status ot_history_read(const char *path, ot_history **out);
OT_API void ot_history_free(ot_history *h);

/* Sets what opts->recipe names and is 0 or NULL, and opts->recipe to NULL; ot_train does this by
 * itself.  OT_EINVAL for an unknown recipe. */
OT_API OT_NODISCARD ot_status ot_recipe_apply(ot_train_opts *opts);
/* Some options have no effect with a value of another one: decay with the schedule cosine, crop
 * with the policy "none".  Set those of them to 0 that were not given, as when a recipe has set
 * them; OT_EINVAL for the first that was given and is not 0.  given gets the name of a row of
 * ot_train_rows and `user`; NULL: an option was given if it is neither 0 nor its default.  ot_train
 * does this by itself, for given NULL. */
OT_API OT_NODISCARD ot_status ot_train_settle(ot_train_opts *opts,
                                              bool (*given)(const char *option, const void *user),
                                              const void *user);
/* Fill in the defaults of the options of a training: batch, lr, decay, keep, milestones at -1, what
 * OT_POLICY_OFF switches off, and the checksum of `init`, which stays "" if the file cannot be
 * read.  ot_train does this by itself. */
OT_API void ot_train_defaults(ot_train_opts *opts);
/* Read the options that a checkpoint or weights of a training hold, ot_train_rows, into opts; all
 * other fields stay.  Texts live as long as the process.  OT_ENOENT, OT_EFORMAT, OT_EIO,
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_train_read(const char *path, ot_train_opts *opts);
/* Save opts->params as the file `name` of the run, described as the checkpoints of this training
 * are: network, options, schemes, and the data set ("data", "train-fingerprint",
 * "test-fingerprint", and "class-names", one per line, unless they are numbers).  The further pairs
 * must have other keys.  Errors of ot_train's options and of ot_run_save. */
OT_API OT_NODISCARD ot_status ot_train_save(const ot_train_opts *opts, const char *name, int n,
                                            const char *const metadata[][2]);

typedef struct ot_eval_result {
    double loss, accuracy;
    int images;
    double images_per_second;
    ot_control_result control; /* controlled steps, over batches and blocks */
} ot_eval_result;
/* Computes mean loss and accuracy over a data set, with running statistics; batch 0: 128.  With
 * controlled steps they depend on the batch, because the error is that of all its images together.
 * OT_ESHAPE if the data do not fit the network, OT_ENUMERIC if the loss is not finite, OT_EINVAL,
 * OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_evaluate(const ot_net *net, ot_params *params, const ot_dataset *d,
                                          int batch, ot_tier tier, ot_eval_result *result);

/* Predicts the class of each image of a data set, in the order of the set, for every kind of
 * network.  classes[i] is the class of image i with the largest logit, the first of several equal
 * ones.  logits[i * C + k] is its logit of class k, where C = ot_net_options(net)->classes.  Either
 * array may be NULL.  Batches, statistics, normalisation and errors are those of ot_evaluate;
 * OT_ENUMERIC if a logit is not finite. */
OT_API OT_NODISCARD ot_status ot_predict(const ot_net *net, ot_params *params, const ot_dataset *d,
                                         int batch, ot_tier tier, int32_t *classes, float *logits);

/* Where predictions go; each array may be NULL. */
typedef struct ot_predictions {
    int32_t *classes; /* as in ot_predict */
    float *logits;    /* as in ot_predict */
    float *features;  /* C numbers per image, where ot_net_features is (N, C) */
} ot_predictions;
/* As ot_predict, also with features.  OT_EINVAL if features are wanted and ot_net_features is the
 * null var. */
OT_API OT_NODISCARD ot_status ot_predict_into(const ot_net *net, ot_params *params,
                                              const ot_dataset *d, int batch, ot_tier tier,
                                              const ot_predictions *out);

/* ---- several processes ----------------------------------------------------------------------- */

/* Several processes can share a training: mpirun -n 4 ./program.  Each has a part of every batch,
 * and the results have the same bits as those of one process.  ot_train does it if `processes` is
 * set; all processes must call it with the same options and data.  Only process 0 writes files:
 * `run` and `journal` of the others are not used.  If one of them fails, it returns its status, and
 * all others return OT_EPEER with a message that names it.
 *
 * ot_processes_join joins them.  ot_train does it by itself; a program that needs the rank before
 * calls it first.  It does nothing without a launcher.  OT_EINVAL if this build has no MPI, if MPI
 * cannot start, or if there are more than 16 processes.
 *
 * Every process that has joined must call ot_processes_end at last, with its exit code.  If
 * `failed` is set, or if another process has failed, it ends all processes with the code and does
 * not return; otherwise it waits for all of them. */
OT_API OT_NODISCARD ot_status ot_processes_join(void);
OT_API int ot_processes_rank(void);  /* the number of this process, from 0 */
OT_API int ot_processes_count(void); /* how many there are; 1 if there is no launcher */
OT_API void ot_processes_end(bool failed, int code);
/* Copies n bytes of process 0 to all others, which all call it.  OT_EPEER if one of them fails. */
OT_API OT_NODISCARD ot_status ot_processes_copy(void *bytes, size_t n);
/* Whether this process is the one that reports results and errors: process 0, or process 1 after
 * process 0 no longer answers. */
OT_API bool ot_processes_report(void);
/* The file of the module that calls MPI, which is loaded under a launcher only; "" if this build
 * has none. */
OT_API const char *ot_processes_module(void);
/* The MPI that was joined, as a text for people: version and transport; "" if none was. */
OT_API const char *ot_processes_text(void);

/* ---- export ---------------------------------------------------------------------------------- */

/* A format in which other programs read a network. */
typedef struct ot_export_format {
    const char *name; /* "pytorch" */
    const char *what; /* what is written, as a phrase */
    bool directory;   /* it is a directory; false: one file */
} ot_export_format;
/* The i-th format, the null pointer if there are fewer:
 *   pytorch  a directory with model.py, which defines the network as an nn.Module and stands alone,
 *            and model.safetensors, its weights.  Names of scopes are submodules; equal submodules
 *            are one class.  In training mode it trains as ot_train does.
 *   onnx     an ONNX model of opset 13 for evaluation: images (N, channels, height, width), numbers
 *            from 0 to 1, to logits (N, classes).  The normalisation is part of it, and batch norms
 *            are fused (ot_net_fuse).  Only if odetape was configured with ONNX.
 *   npy      a directory with NAME.npy for each tensor, in float32 */
OT_API const ot_export_format *ot_export_format_at(int i);

typedef struct ot_export_opts {
    const char *source; /* where the weights come from, for a comment in the file; NULL: none */
    const char *const *class_names; /* one per class, for a list in the file; NULL: none */
} ot_export_opts;

/* Writes a network with the values ps in a format: the file or directory `path`, whose parents must
 * exist.  Files are replaced.  opts may be NULL.  The formats pytorch and onnx follow the records
 * of the tape that the logits depend on.  Before anything is written, OT_EINVAL for an unknown
 * format, and with the name of what the format cannot express: controlled steps, ot_map, an op
 * without an emitter, a tensor whose name it does not allow.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_export(const ot_net *net, ot_params *ps, const char *format,
                                        const char *path, const ot_export_opts *opts);

/* ---- the landscape of the loss ----------------------------------------------------------------
 */

/* A direction in the space of all parameters and statistics of a network (Li et al., "Visualizing
 * the Loss Landscape of Neural Nets", NeurIPS 2018).  It takes 8 bytes per number of the
 * network. */
typedef struct ot_direction ot_direction;
OT_API void ot_direction_free(ot_direction *d);

/* How a random direction is scaled, part by part.  w is a part of the parameters and d the same
 * part of the direction.  d becomes:
 *   filter  d |w| / |d|; a part makes one output: w[o] of a weight (O, ...)
 *   layer   d |w| / |d|; a part is a whole tensor
 *   weight  d w, number by number */
typedef enum ot_norm { OT_NORM_FILTER, OT_NORM_LAYER, OT_NORM_WEIGHT } ot_norm;

/* Makes a random direction at the parameters `at`: normal numbers, a pure function of (seed, index,
 * tensor, element), scaled by the norm.  index counts the directions of one landscape.  The
 * direction is 0 for tensors of at most one dimension (biases, batch norm, step sizes) and for
 * statistics.  OT_EINVAL, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_direction_random(ot_params *at, ot_norm norm, uint64_t seed,
                                                  int index, ot_direction **out);

/* Makes the direction from the parameters `at` to other parameters of the same network, statistics
 * included.  The point a on an axis along it is (1 - a) at + a target, so a = 1 has the bits of the
 * target.  OT_ESHAPE for parameters of another network, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_direction_towards(ot_params *at, ot_params *target,
                                                   ot_direction **out);

/* Element j of tensor i of a direction; 0 outside. */
OT_API double ot_direction_at(const ot_direction *d, int i, size_t j);
/* The dot product of two directions. */
OT_API double ot_direction_dot(const ot_direction *d, const ot_direction *e);

/* The plane in which n files of parameters, in the order of a training, differ most.  It contains
 * the last file, theta_end.  Its directions are the first two principal components of the trained
 * numbers of the files, which are orthogonal and of length 1. */
typedef struct ot_trajectory {
    int n;
    double *x, *y;   /* coordinates of each file: dot products with theta_i - theta_end */
    double share[2]; /* the fraction of the variance along each direction */
    ot_direction
        *along[2]; /* their signs are such that the first file has no negative coordinate */
} ot_trajectory;
/* Computes the trajectory of n files.  It needs 4 bytes for every trained number of every file
 * meanwhile.  OT_EINVAL for fewer than three files, or if they do not differ in two directions;
 * errors of ot_params_load; OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_trajectory_new(const ot_net *net, int n, const char *const file[],
                                                ot_trajectory **out);
OT_API void ot_trajectory_free(ot_trajectory *t);

/* Which statistics batch norm uses while a landscape is computed. */
typedef enum ot_bn {
    OT_BN_AUTO,    /* as OT_BN_BATCH if the running statistics have their initial values and no axis
                      leads to parameters with others; otherwise as OT_BN_RUNNING */
    OT_BN_RUNNING, /* the running statistics, as in an evaluation */
    OT_BN_BATCH,   /* those of each batch; before training there are no useful running statistics.
                      The loss is that of training programs, with label smoothing */
} ot_bn;

typedef struct ot_axis {
    const ot_direction *along;
    double from, to;
    int points; /* equally spaced; at least 1; 1: at `from` only */
} ot_axis;

typedef struct ot_landscape_opts {
    const ot_net *net;
    ot_params *params; /* theta; changed while the landscape is computed, restored at the end */
    const ot_dataset *data; /* not augmented, in its order */
    int images;             /* how many of its first images are used; 0: all */
    int batch;              /* 0: 128; with OT_BN_BATCH the result depends on it */
    ot_tier tier;
    ot_bn bn;
    int n_axes; /* 1 or 2 */
    ot_axis axis[2];
    const char *journal; /* JSON lines, one per point; points that it has are not computed again */
    bool anew;           /* start over, whatever the journal holds.  It is replaced after all checks
                            have passed */
    const volatile sig_atomic_t *stop; /* leave after the batch when it is not 0; or NULL */
    void (*on_note)(const char *sentence, void *user); /* what a user should know; or NULL */
    void (*on_point)(int done, int points, double loss, void *user); /* or NULL */
    void *user;
} ot_landscape_opts;

/* Mean loss and accuracy at theta + a d_0 + b d_1, where d_0 and d_1 are the directions of the
 * axes.  Loss and accuracy are NAN at a point where the loss is not finite or a running variance is
 * negative. */
typedef struct ot_landscape {
    int n_axes, points[2]; /* points[1] is 1 if there is one axis */
    double *at[2];         /* the values a and b; in the middle of -r to r the value is exactly 0 */
    double *loss, *accuracy; /* point (i, j) is element i * points[1] + j */
    int images, batch;
    ot_bn bn;   /* which statistics were used: never OT_BN_AUTO */
    int loaded; /* number of points that the journal had already */
} ot_landscape;

/* Computes a landscape, or the points of it that opts->journal does not have.  When on_point is
 * called, the point is in the journal on the disk.  After any interruption the same call continues
 * from there, with the same bits, at any number of threads.  OT_EINTERRUPTED if *stop was set.
 * OT_EBUSY if another process is computing it.  OT_EFORMAT if the journal is malformed.  OT_EINVAL
 * if it is that of another landscape (the message says what differs) or an option is out of range.
 * OT_ESHAPE, OT_ECREATE, OT_EIO, OT_ENOMEM.  Cost: one evaluation of the images per point. */
OT_API OT_NODISCARD ot_status ot_landscape_new(const ot_landscape_opts *opts, ot_landscape **out);
OT_API void ot_landscape_free(ot_landscape *l);

/* Writes a landscape into an existing directory; each file is replaced in one step:
 *   loss.npy, accuracy.npy   points[0] by points[1] doubles, or a vector if there is one axis
 *   a.npy, b.npy             the values on the axes
 *   landscape.csv            a line per point
 *   landscape.vtk            legacy structured points, for ParaView; NAN is written as nan
 * OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_API OT_NODISCARD ot_status ot_landscape_save(const ot_landscape *l, const char *directory);

#ifdef __cplusplus
}
#endif

#endif
