/* SPDX-License-Identifier: BSD-3-Clause
 * Checks whether a batch fits in memory before anything large is allocated. */
#ifndef OT_TRAIN_FIT_H
#define OT_TRAIN_FIT_H

#include "base/available.h"
#include "base/status.h"

/* Computes the bytes that a batch would need.  Larger batches must need more. */
typedef ot_status (*ot__needed)(void *user, int batch, size_t *bytes);

/* OT_ENOMEM if the batch does not fit; the message has the bytes and the largest batch that fits.
 * If `needed` fails, its status is returned. */
ot_status ot__check_fit(const ot__available *there, int batch, ot__needed needed, void *user);

#endif
