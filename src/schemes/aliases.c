/* SPDX-License-Identifier: BSD-3-Clause
 * The names that other software and books have for the built-in tableaux.  An alias means one
 * method wherever it is used; a name that means several is answered with them. */
#include <strings.h>
#include <string.h>

#include "schemes/scheme.h"

/* clang-format off */
const ot__alias ot__aliases[] = {
    { "forward_euler",  "euler" },
    { "improved_euler", "heun2" },
    { "ssprk22",        "heun2" },
    { "ralston",        "ralston2" },
    { "ssprk3",         "ssprk33" },
    { "ssp33",          "ssprk33" },
    { "rk38",           "rk4_38" },
    { "rkf45",          "fehlberg45" },
    { "rkck",           "cash_karp" },
    { "cashkarp",       "cash_karp" },
    { "bs3",            "bogacki_shampine32" },
    { "ode23",          "bogacki_shampine32" },
    { "dopri5",         "dormand_prince54" },
    { "dp5",            "dormand_prince54" },
    { "rkdp",           "dormand_prince54" },
    { "ode45",          "dormand_prince54" },
    { "tsit5",          "tsitouras54" },
    { "dverk",          "dverk65" },
    { "feagin10",       "feagin108" },
};

static const struct {
    const char *name, *candidates;
} several[] = {
    { "modified_euler", "midpoint and heun2, whose authors do not agree on the name" },
    { "heun",           "heun2 (order 2) and heun3 (order 3)" },
    { "rk2",            "midpoint, heun2 and ralston2" },
    { "rk3",            "kutta3, heun3 and ssprk33" },
    { "rk23",           "bogacki_shampine32 (bs3, as SciPy's RK23) and heun3 (without an error "
                        "estimate)" },
    { "rk45",           "dormand_prince54 (dopri5, as SciPy's RK45), fehlberg45 (rkf45) and "
                        "cash_karp" },
    { "rk6",            "huta6 and dverk65" },
    { "rk8",            "dop853 and verner89" },
    { "dopri",          "dormand_prince54 (dopri5) and dop853" },
    { "dormand_prince", "dormand_prince54 (dopri5) and dop853" },
    { "dopri8",         "dop853 (Hairer's method of order 8) and verner89; the pair 8(7) of Prince "
                        "and Dormand is not built in" },
    { "verner",         "dverk65 and verner89" },
};
/* clang-format on */

const int ot__alias_count = (int)(sizeof ot__aliases / sizeof ot__aliases[0]);

const char *ot__candidates(const char *name)
{
    for (size_t i = 0; i < sizeof several / sizeof several[0]; i++)
        if (strcasecmp(several[i].name, name) == 0) return several[i].candidates;
    return NULL;
}

const char *ot_scheme_alias(const ot_scheme *s, int i)
{
    const char *const scheme = s && s->tableau ? s->tableau->name : "";
    for (int k = 0; k < ot__alias_count; k++)
        if (strcmp(ot__aliases[k].scheme, scheme) == 0 && i-- == 0) return ot__aliases[k].name;
    return NULL;
}
