/* SPDX-License-Identifier: BSD-3-Clause
 * CIFAR-100 with its coarse labels.  A folder does not say which labels are wanted, so this source
 * is chosen by its name only. */
#include "data/cifar100.h"

static ot_status open_coarse(const void *attributes, const char *directory, ot_split split,
                             ot_dataset **out)
{
    (void)attributes;
    return ot__cifar100_open(directory, split, OT__COARSE, out);
}

const ot_source_kind ot_source_cifar100_coarse = {
    .about.name = "cifar100-coarse",
    .about.equation = "CIFAR-100's binary files, coarse labels",
    .about.reference = "Krizhevsky 2009",
    .place = "cifar100-coarse:DIR, the same with coarse labels",
    .open = open_coarse,
    .has_split = ot__cifar100_has_split,
};
