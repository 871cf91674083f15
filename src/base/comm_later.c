/* SPDX-License-Identifier: BSD-3-Clause
 * Sums of gradients travel while the backward half goes on.  They are collected in buckets of about
 * a megabyte.  A bucket is summed in two exchanges: each process is sent its share of the elements
 * by all others, adds them up, and sends the sums to all.  So a process sends about two floats per
 * element, however many processes there are.
 *
 * All processes begin all exchanges in the same order, as MPI requires: when a bucket is full, its
 * first exchange begins, then the second one of the bucket before it, and the one before that is
 * delivered. */
#include "base/comm_later.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

enum {
    FULL = 1 << 18,     /* floats of a bucket that is full */
    BUCKETS = 3,        /* one that is filled, and two on their way */
    MOST_ENTRIES = 256, /* sums in a bucket */
    MOST_ROWS = 8,      /* slots that a process has left over: at most one per level on each side */
};

typedef struct array {
    float *x;
    size_t n; /* allocated */
} array;

typedef struct entry {
    ot__later later;
    size_t at; /* of its sum in the bucket */
} entry;

typedef struct bucket {
    entry entry[MOST_ENTRIES];
    int n;
    size_t width;         /* floats of all its sums */
    array row[MOST_ROWS]; /* the slots that this process has left over, one after the other */
    array sent, received, sum;
    int request; /* of the exchange that is going on */
} bucket;

static struct {
    bucket of[BUCKETS];
    long closed;             /* buckets that were closed so far */
    ot__cut cut;             /* of all sums since ot__comm_finish */
    int travelling;          /* buckets that were closed and not delivered */
    double since, waited_at; /* when the first of them was closed, and ot__comm_cost.waited then */
} queue;

/* Makes room for n floats, keeping what is there. */
static bool reserve(array *a, size_t n)
{
    if (n <= a->n) return true;
    float *const x = ot__new(n, sizeof *x);
    if (!x) {
        ot__comm_fail("out of memory for the sums that the processes exchange");
        return false;
    }
    if (a->x) memcpy(x, a->x, a->n * sizeof *x);
    ot__free(a->x);
    *a = (array){ x, n };
    return true;
}

/* ---- what is exchanged ---- */

static int chunks(void)
{
    return ot__chunks_of(queue.cut.share->images);
}

/* The elements that a process adds up: begin .. next one's begin - 1. */
static size_t begin_of(const bucket *b, int rank)
{
    return b->width * (size_t)rank / (size_t)ot_processes_count();
}

static size_t part_of(const bucket *b, int rank)
{
    return begin_of(b, rank + 1) - begin_of(b, rank);
}

/* The chunks whose slots a process has left over; returns their number. */
static int rows_of(int rank, int row[OT__MOST_CHUNKS])
{
    const ot__chunk_range of = ot__chunks_of_rank(chunks(), rank, ot_processes_count());
    int n = 0;
    for (int k = of.first; k < of.first + of.n; k++)
        if (ot__chunk_is_left_over(of, chunks(), k)) row[n++] = k;
    return n;
}

static void start_first(bucket *b)
{
    int unused[OT__MOST_CHUNKS];
    const int mine = rows_of(ot_processes_rank(), unused);
    size_t sent[OT__MOST_PROCESSES], received[OT__MOST_PROCESSES], all = 0, filled = 0;
    b->request = -1;
    if (queue.travelling++ == 0) {
        queue.since = ot__now();
        queue.waited_at = ot__comm_cost_so_far().waited;
    }
    if (!reserve(&b->sent, (size_t)mine * b->width)) return;
    for (int r = 0; r < ot_processes_count(); r++) {
        const size_t part = part_of(b, r);
        for (int k = 0; k < mine; k++, filled += part)
            if (part)
                memcpy(b->sent.x + filled, b->row[k].x + begin_of(b, r), part * sizeof(float));
        sent[r] = (size_t)mine * part * sizeof(float);
        received[r] = (size_t)rows_of(r, unused) * part_of(b, ot_processes_rank()) * sizeof(float);
        all += received[r];
    }
    if (!reserve(&b->received, all / sizeof(float)) || !reserve(&b->sum, b->width)) return;
    b->request = ot__comm_start_scatter(b->sent.x, sent, b->received.x, received);
}

/* Adds up this process's elements and sends them to all. */
static void start_second(bucket *b)
{
    size_t bytes[OT__MOST_PROCESSES];
    float *at[OT__MOST_CHUNKS] = { NULL }, *from = b->received.x;
    const size_t part = part_of(b, ot_processes_rank());
    if (ot__comm_wait(b->request) != OT_OK) return;
    for (int r = 0; r < ot_processes_count(); r++) {
        int row[OT__MOST_CHUNKS];
        const int n = rows_of(r, row);
        for (int k = 0; k < n; k++, from += part)
            at[row[k]] = from;
        bytes[r] = part_of(b, r) * sizeof(float);
    }
    OT__TREE(k, step, chunks())
    if (at[k + step]) ot__merge_sums_f32(part, at[k], at[k + step]);
    if (part) memcpy(b->sum.x + begin_of(b, ot_processes_rank()), at[0], part * sizeof(float));
    b->request = ot__comm_start_gather(b->sum.x, bytes);
}

static void deliver(bucket *b)
{
    const bool arrived = ot__comm_wait(b->request) == OT_OK;
    if (--queue.travelling == 0)
        ot__comm_count_later(ot__now() - queue.since,
                             ot__comm_cost_so_far().waited - queue.waited_at);
    for (int i = 0; arrived && i < b->n; i++)
        b->entry[i].later.deliver(&b->entry[i].later, b->sum.x + b->entry[i].at);
    b->n = 0;
    b->width = 0;
}

/* ---- the queue ---- */

/* Bucket number k since the program began, for k >= 0. */
static bucket *bucket_at(long k)
{
    return &queue.of[k % BUCKETS];
}

static void close_bucket(void)
{
    const long k = queue.closed++;
    start_first(bucket_at(k));
    if (k > 0 && bucket_at(k - 1)->n) start_second(bucket_at(k - 1));
    if (k > 1 && bucket_at(k - 2)->n) deliver(bucket_at(k - 2));
}

/* Copies the slots that are left over to the end of the bucket. */
static bool append(bucket *b, const ot__cut *cut, size_t width, const float *slots)
{
    int row[OT__MOST_CHUNKS];
    const int n = rows_of(ot_processes_rank(), row);
    for (int k = 0; k < n; k++) {
        array *const to = &b->row[k];
        if (!reserve(to, b->width + width > FULL ? b->width + width : FULL)) return false;
        memcpy(to->x + b->width, slots + (size_t)(row[k] - cut->share->first) * width,
               width * sizeof *slots);
    }
    return true;
}

void ot__comm_add_later(const ot__cut *cut, size_t width, float *slots, const ot__later *l)
{
    ot__add_own_chunks_f32(cut, width, slots);
    if (!cut->share) {
        l->deliver(l, slots);
        return;
    }
    queue.cut = *cut;
    bucket *const b = bucket_at(queue.closed);
    if (!append(b, cut, width, slots)) return;
    b->entry[b->n++] = (entry){ *l, b->width };
    b->width += width;
    if (b->width >= FULL || b->n == MOST_ENTRIES) close_bucket();
}

void ot__comm_finish(void)
{
    if (!queue.cut.share) return;
    if (bucket_at(queue.closed)->n) close_bucket();
    const long k = queue.closed;
    bucket *const last = k > 0 ? bucket_at(k - 1) : NULL, *before = k > 1 ? bucket_at(k - 2) : NULL;
    if (last && last->n) start_second(last);
    if (before && before->n) deliver(before);
    if (last && last->n) deliver(last);
    queue.cut = (ot__cut){ 0 };
}
