/* SPDX-License-Identifier: BSD-3-Clause
 * Checks that with sums that begin early as few states are kept as possible. */
#include "schemes/cases.h"
#include "schemes/early.h"

/* The number of states kept if no sum begins early: x and all k_j that later rows need. */
static int kept_without(const ot_scheme *s, const double w[], const bool live[])
{
    const int stages = ot_scheme_stages(s);
    int most = 1;
    for (int i = 0; i < stages; i++) {
        int kept = 1;
        for (int j = 0; j <= i && live[i]; j++) {
            bool needed = w[j] != 0;
            for (int r = i + 1; r < stages; r++)
                needed |= live[r] && ot_scheme_a(s, r, j) != 0;
            kept += needed && live[j];
        }
        if (kept > most) most = kept;
    }
    return most;
}

static int kept_with(const ot_scheme *s, bool live[], int begin[])
{
    double w[OT__STAGES_MOST];
    ot__rk_weights(s, OT_OUTPUT_WEIGHTS, w);
    ot__rk_live(s, OT_OUTPUT_WEIGHTS, live);
    const int with = ot__rk_early(s, w, live, begin);
    ck_assert_int_le(with, kept_without(s, w, live));
    return with;
}

START_TEST(no_scheme_keeps_more_states_than_without)
{
    bool live[OT__STAGES_MOST];
    int begin[OT__STAGES_MOST + 1];
    const ot_scheme *s = ot_scheme_at(_i);
    kept_with(s, live, begin);
    for (int r = 0; r <= ot_scheme_stages(s); r++)
        ck_assert(begin[r] < r && (begin[r] < 0 || live[begin[r]]));
}
END_TEST

/* At least as many states are kept after a stage as the rank of the coefficients of all later sums,
 * including those of x.  It is six after the ninth stage of Verner's method. */
START_TEST(numbers_of_states_are_those_of_the_rank_rule)
{
    static const struct {
        const char *name;
        int states;
    } known[] = { { "euler", 1 }, { "midpoint", 2 }, { "rk4", 3 }, { "verner89", 6 } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        bool live[OT__STAGES_MOST];
        int begin[OT__STAGES_MOST + 1];
        ck_assert_int_eq(kept_with(ot_scheme_find(known[i].name), live, begin), known[i].states);
    }
}
END_TEST

TCase *early_case(void)
{
    TCase *c = tcase_create("early");
    tcase_add_loop_test(c, no_scheme_keeps_more_states_than_without, 0, ot__builtin_count);
    tcase_add_test(c, numbers_of_states_are_those_of_the_rank_rule);
    return c;
}
