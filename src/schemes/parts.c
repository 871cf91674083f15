/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of schemes, sub-nets, branches and norms, expanded from their lists. */
#include "schemes/parts.h"

#include "base/check.h"
#include "schemes/scheme.h"

/* ---- schemes ---- */

#define OT_PART(id) extern const ot_scheme_kind ot_scheme_##id;
#include "schemes/schemes.def"
#undef OT_PART
static const ot_about *const schemes[] = {
#define OT_PART(id) &ot_scheme_##id.about,
#include "schemes/schemes.def"
#undef OT_PART
};

/* ---- sub-nets ---- */

#define OT_PART(id) extern const ot_subnet_kind ot_subnet_##id;
#include "schemes/subnets.def"
#undef OT_PART
static const ot_about *const subnets[] = {
#define OT_PART(id) &ot_subnet_##id.about,
#include "schemes/subnets.def"
#undef OT_PART
};

/* ---- branches ---- */

#define OT_PART(id) extern const ot_branch_kind ot_branch_##id;
#include "schemes/branches.def"
#undef OT_PART
static const ot_about *const branches[] = {
#define OT_PART(id) &ot_branch_##id.about,
#include "schemes/branches.def"
#undef OT_PART
};

/* ---- norms ---- */

#define OT_PART(id) extern const ot_norm_kind ot_norm_##id;
#include "schemes/norms.def"
#undef OT_PART
static const ot_about *const norms[] = {
#define OT_PART(id) &ot_norm_##id.about,
#include "schemes/norms.def"
#undef OT_PART
};

/* ---- the registries ---- */

OT__REGISTRY(ot__schemes, schemes, "scheme")
OT__REGISTRY(ot__subnets, subnets, "sub-net")
OT__REGISTRY(ot__branches, branches, "branch")
OT__REGISTRY(ot__norms, norms, "norm")

/* Tableaux have names too, which are in no registry. */
static ot_status check_free(const char *name)
{
    const ot_scheme *found;
    const ot_status status = name ? ot__scheme_lookup(name, &found) : OT_EINVAL;
    if (status == OT_OK)
        return ot__fail(OT_EINVAL, "there is a scheme called %s already; choose another name",
                        name);
    return status == OT_EINVAL ? OT_OK : status;
}

ot_status ot_register_scheme(const ot_scheme_kind *kind)
{
    OT_TRY(ot__check_given("register", "the scheme", kind));
    const char *const name = kind->about.name ? kind->about.name : "";
    if (!kind->step) return ot__fail(OT_EINVAL, "scheme %s: the function step is missing", name);
    if (kind->evaluations < 1 && !kind->count)
        return ot__fail(OT_EINVAL, "scheme %s: evaluations is %d; it must be at least 1", name,
                        kind->evaluations);
    OT_TRY(check_free(kind->about.name));
    return ot__registry_add(ot__schemes(), &kind->about);
}

ot_status ot_register_subnet(const ot_subnet_kind *kind)
{
    OT_TRY(ot__check_given("register", "the sub-net", kind));
    if (!kind->record)
        return ot__fail(OT_EINVAL, "sub-net %s: the function record is missing",
                        kind->about.name ? kind->about.name : "");
    if (kind->convs < 0)
        return ot__fail(OT_EINVAL, "sub-net %s: convs is %d; it must be at least 0",
                        kind->about.name ? kind->about.name : "", kind->convs);
    return ot__registry_add(ot__subnets(), &kind->about);
}

ot_status ot_register_branch(const ot_branch_kind *kind)
{
    OT_TRY(ot__check_given("register", "the branch", kind));
    if (!kind->record)
        return ot__fail(OT_EINVAL, "branch %s: the function record is missing",
                        kind->about.name ? kind->about.name : "");
    return ot__registry_add(ot__branches(), &kind->about);
}
