/* SPDX-License-Identifier: BSD-3-Clause
 * odetape from C++11 or newer: a scheme of your own, its gradient check, and a small training.
 *
 *     c++ scheme.cpp $(pkg-config --cflags --libs odetape) -o scheme && ./scheme
 *
 * The scheme is the midpoint rule, k = f(x), y = x + h f(x + h k / 2), with the tableau written out.
 * Where C programs pass &(ot_net_opts){ .width = 8 }, C++ declares a variable and sets its fields.
 * Callbacks are functions, or lambdas that capture nothing, and must not throw: the library is C.
 */
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <odetape.h>

/* What _new returns, freed with _free: handle<ot_tape> t(ot_tape_new(), ot_tape_free). */
template <typename object> using handle = std::unique_ptr<object, void (*)(object *)>;

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    std::fprintf(stderr, "%s\n", ot_message());
    std::exit(EXIT_FAILURE);
}

static ot_state step(ot_block *b, ot_state in)
{
    const double half = 0.5, one = 1;
    const ot_var k = ot_block_eval(b, in.v[0], nullptr);
    const ot_var x = ot_block_shortcut(b, in.v[0]); /* x, unless the shape changes */
    const ot_var f = ot_block_eval(b, ot_block_sum(b, x, 1, &half, &k, 1), nullptr);
    const ot_var y = ot_block_sum(b, x, 1, &one, &f, 1);
    return ot_state_of(1, &y);
}

/* The table of the scheme.  It must live as long as the process. */
static const ot_scheme_kind *table()
{
    static ot_scheme_kind kind = {};
    kind.about.name = "middle";
    kind.about.equation = "k = f(x), y = x + h f(x + h k / 2)";
    kind.about.reference = "Runge 1895";
    kind.evaluations = 2;
    kind.flags = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL;
    kind.step = step;
    return &kind;
}

static handle<ot_net> make(int width, int image, int batch)
{
    ot_net_opts opts = {};
    opts.blocks = "middle x2";
    opts.width = width;
    opts.stem_stride = 2;
    opts.image = image;
    opts.batch = batch;
    ot_net *net = nullptr;
    or_exit(ot_net_new(&opts, &net));
    return handle<ot_net>(net, ot_net_free);
}

/* A tape of your own: the loss mean(y^2) of one step of rk4 around relu(x * w). */
static bool check_tape()
{
    const handle<ot_tape> t(ot_tape_new(), ot_tape_free);
    const auto f = [](ot_tape *tape, ot_var x, int, void *) {
        const ot_var w = ot_param(tape, "weight", OT_SHAPE(4, 4, 3, 3), ot_init_he(9 * 4));
        return ot_relu(tape, ot_conv2d(tape, x, w, 1, 1));
    };
    const ot_var x = ot_input(t.get(), "x", OT_SHAPE(2, 6, 6, 4));
    const ot_var y = ot_scheme_step(ot_scheme_find("rk4"), t.get(), x, f, nullptr);
    const ot_var loss = ot_mean(t.get(), ot_mul(t.get(), y, y));
    or_exit(ot_tape_status(t.get())); /* reports the first mistake above */

    ot_gradcheck_report report;
    or_exit(ot_gradcheck(t.get(), loss, nullptr, nullptr, &report));
    std::printf("tape: %ld derivatives checked, worst relative error %.1e\n", report.checked,
                report.worst_error);
    return report.passed;
}

static bool check_network()
{
    const handle<ot_net> net = make(2, 8, 2);
    ot_gradcheck_report report;
    or_exit(
        ot_gradcheck(ot_net_tape(net.get()), ot_net_loss(net.get()), nullptr, nullptr, &report));
    std::printf("network: %ld derivatives checked, worst relative error %.1e\n", report.checked,
                report.worst_error);
    return report.passed;
}

/* user points to the loss of the first epoch, which is 0 before it. */
static void on_epoch(const ot_epoch_result *epoch, void *user)
{
    double *first = static_cast<double *>(user);
    if (epoch->epoch == 1) *first = epoch->train_loss;
    std::printf("epoch %d: loss %.3f\n", epoch->epoch, epoch->train_loss);
}

/* Whether the loss falls. */
static bool train()
{
    const handle<ot_net> net = make(4, 32, 20);
    ot_dataset *data = nullptr;
    ot_params *params = nullptr;
    or_exit(ot_dataset_open("builtin", OT_SPLIT_TEST, &data)); /* the smaller split, for both */
    const handle<ot_dataset> free_data(data, ot_dataset_free);
    or_exit(ot_params_new(ot_net_tape(net.get()), &params));
    const handle<ot_params> free_params(params, ot_params_free);
    ot_params_init(params, 1);

    double first = 0;
    ot_train_opts opts = {};
    opts.net = net.get();
    opts.params = params;
    opts.train = opts.test = data;
    opts.epochs = 2;
    opts.batch = 20;
    opts.lr = 0.05;
    opts.momentum = 0.9;
    opts.on_epoch = on_epoch;
    opts.user = &first;
    ot_train_result result;
    or_exit(ot_train(&opts, &result));
    return result.last.train_loss < first;
}

int main()
{
    or_exit(ot_register_scheme(table()));
    return check_tape() && check_network() && train() ? EXIT_SUCCESS : EXIT_FAILURE;
}
