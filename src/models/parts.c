/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of ways down, stems, heads and namings, expanded from their lists. */
#include "models/parts.h"

#include "base/check.h"

/* ---- ways down ---- */

#define OT_PART(id) extern const ot_down_kind ot_down_##id;
#include "models/downs.def"
#undef OT_PART
static const ot_about *const downs[] = {
#define OT_PART(id) &ot_down_##id.about,
#include "models/downs.def"
#undef OT_PART
};

/* ---- stems ---- */

#define OT_PART(id) extern const ot_stem_kind ot_stem_##id;
#include "models/stems.def"
#undef OT_PART
static const ot_about *const stems[] = {
#define OT_PART(id) &ot_stem_##id.about,
#include "models/stems.def"
#undef OT_PART
};

/* ---- heads ---- */

#define OT_PART(id) extern const ot_head_kind ot_head_##id;
#include "models/heads.def"
#undef OT_PART
static const ot_about *const heads[] = {
#define OT_PART(id) &ot_head_##id.about,
#include "models/heads.def"
#undef OT_PART
};

/* ---- namings ---- */

#define OT_PART(id) extern const ot_naming ot_naming_##id;
#include "models/namings.def"
#undef OT_PART
static const ot_about *const namings[] = {
#define OT_PART(id) &ot_naming_##id.about,
#include "models/namings.def"
#undef OT_PART
};

/* ---- the registries ---- */

OT__REGISTRY(ot__downs, downs, "way down")
OT__REGISTRY(ot__stems, stems, "stem")
OT__REGISTRY(ot__heads, heads, "head")
OT__REGISTRY(ot__namings, namings, "naming")

ot_status ot_register_down(const ot_down_kind *kind)
{
    OT_TRY(ot__check_given("register", "the way down", kind));
    if (!kind->inside == !kind->between)
        return ot__fail(OT_EINVAL,
                        "way down %s: it must have one of the functions inside and between",
                        kind->about.name ? kind->about.name : "");
    return ot__registry_add(ot__downs(), &kind->about);
}

const ot_naming *ot_naming_at(int i)
{
    return (const ot_naming *)ot__registry_at(ot__namings(), i);
}

ot_status ot_register_naming(const ot_naming *naming)
{
    OT_TRY(ot__check_given("register", "the naming", naming));
    if (!naming->rules || naming->about.attributes)
        return ot__fail(OT_EINVAL, "naming %s: it must have rules and no attributes",
                        naming->about.name ? naming->about.name : "");
    return ot__registry_add(ot__namings(), &naming->about);
}
