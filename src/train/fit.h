/* SPDX-License-Identifier: BSD-3-Clause
 * Whether a batch fits in memory, before anything large is taken. */
#ifndef OT_TRAIN_FIT_H
#define OT_TRAIN_FIT_H

#include "base/available.h"
#include "base/status.h"

/* The bytes that would be needed with a batch; larger batches need more. */
typedef ot_status (*ot__needed)(void *user, int batch, size_t *bytes);

/* OT_ENOMEM when the batch does not fit: the message has the bytes and the largest batch that
 * does.  Also what `needed` fails with. */
ot_status ot__check_fit(const ot__available *there, int batch, ot__needed needed, void *user);

#endif
