/* SPDX-License-Identifier: BSD-3-Clause
 * Kept texts are few, because they are the values of options, so a list is enough. */
#include "base/intern.h"

#include <pthread.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char **kept;
static size_t n_kept, capacity;

static const char *find(const char *text)
{
    for (size_t i = 0; i < n_kept; i++)
        if (strcmp(kept[i], text) == 0) return kept[i];
    return NULL;
}

static const char *keep(const char *text)
{
    if (ot__grow((void **)&kept, &capacity, n_kept + 1, sizeof *kept) != OT_OK) return NULL;
    char *const copy = ot__strdup(text);
    if (copy) kept[n_kept++] = copy;
    return copy;
}

const char *ot__intern(const char *text)
{
    pthread_mutex_lock(&lock);
    const char *found = find(text);
    if (!found) found = keep(text);
    pthread_mutex_unlock(&lock);
    return found;
}
