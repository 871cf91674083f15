/* SPDX-License-Identifier: BSD-3-Clause
 * Simulates a loss of power (durable.h).  Files and directories are identified by their inodes.
 * Each one that was found stays open, so that its inode is not used for another file. */
#include "cli/commands/durable.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_NODES = 800, MOST_NAMES = 100, LONGEST = 512 };

typedef struct entry {
    char name[256];
    int node;
} entry;

/* What is on the disk for a file or a directory. */
typedef struct node {
    ino_t inode;
    bool folder;
    char *bytes; /* of a file */
    size_t size;
    entry *name; /* of a directory */
    int names;
} node;

static node nodes[MOST_NODES];
static int n_nodes, n_states, root;
static bool recording;

int __real_fsync(int fd);
int __wrap_fsync(int fd);

static int find(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0) abort();
    for (int i = 0; i < n_nodes; i++)
        if (nodes[i].inode == st.st_ino) return i;
    if (n_nodes == MOST_NODES || fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0) abort();
    nodes[n_nodes] = (node){ .inode = st.st_ino, .folder = S_ISDIR(st.st_mode) };
    return n_nodes++;
}

/* Returns the node of a name in an open directory, or -1 if it is neither file nor directory. */
static int find_at(int folder, const char *name)
{
    struct stat st;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return -1;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) return -1;
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) abort();
    const int i = find(fd);
    close(fd);
    return i;
}

static void read_bytes(int fd, node *n)
{
    struct stat st;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* fd may be open for writing only */
    const int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) != 0) abort();
    free(n->bytes);
    n->size = (size_t)st.st_size;
    n->bytes = malloc(n->size + 1);
    if (!n->bytes || read(in, n->bytes, n->size) != (ssize_t)n->size) abort();
    close(in);
}

/* Lists the names that a directory has now, and returns their number. */
static int list(int fd, entry *names)
{
    int n = 0;
    const int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const d = fdopendir(again);
    if (!d) abort();
    for (const struct dirent *e; (e = readdir(d));) {
        const int i = find_at(fd, e->d_name);
        if (i < 0) continue;
        if (n == MOST_NAMES) abort();
        snprintf(names[n].name, sizeof names[n].name, "%s", e->d_name);
        names[n++].node = i;
    }
    closedir(d);
    return n;
}

static void sync_node(int fd)
{
    node *const n = &nodes[find(fd)];
    if (!n->folder) {
        read_bytes(fd, n);
        return;
    }
    if (!n->name) n->name = calloc(MOST_NAMES, sizeof *n->name);
    if (!n->name) abort();
    n->names = list(fd, n->name);
}

/* Marks everything below a directory as synced. */
static void sync_tree(int fd)
{
    sync_node(fd);
    const node *const n = &nodes[find(fd)];
    for (int i = 0; i < n->names; i++) {
        const int inner = openat(fd, n->name[i].name, O_RDONLY | O_CLOEXEC);
        if (nodes[n->name[i].node].folder)
            sync_tree(inner);
        else
            sync_node(inner);
        close(inner);
    }
}

/* ---- what is left ---- */

static void put_node(int i, const char *path);

static void put_names(const entry *names, int n, const char *path)
{
    char inner[LONGEST];
    mkdir(path, 0777);
    for (int k = 0; k < n; k++) {
        snprintf(inner, sizeof inner, "%.255s/%.255s", path, names[k].name);
        put_node(names[k].node, inner);
    }
}

/* A file that was never synced has no bytes. */
static void put_node(int i, const char *path)
{
    const node *const n = &nodes[i];
    if (n->folder) {
        put_names(n->name, n->names, path);
        return;
    }
    FILE *const f = fopen(path, "wb");
    if (!f) abort();
    fwrite(n->bytes ? n->bytes : "", 1, n->size, f);
    fclose(f);
}

/* Writes the names that exist now, with the bytes of the last fsync. */
static void put_now(int fd, const char *path)
{
    entry *const names = calloc(MOST_NAMES, sizeof *names);
    if (!names) abort();
    const int n = list(fd, names);
    char inner[LONGEST];
    mkdir(path, 0777);
    for (int k = 0; k < n; k++) {
        snprintf(inner, sizeof inner, "%.255s/%.255s", path, names[k].name);
        if (nodes[names[k].node].folder) {
            const int folder = openat(fd, names[k].name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            put_now(folder, inner);
            close(folder);
        } else {
            put_node(names[k].node, inner);
        }
    }
    free(names);
}

static void put_state(bool all_names)
{
    char path[64];
    snprintf(path, sizeof path, "../state-%d", ++n_states);
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (all_names)
        put_now(here, path);
    else
        put_node(root, path);
    close(here);
    strcat(path, "/small");
    if (symlink("../small", path) != 0) abort();
}

int __wrap_fsync(int fd)
{
    if (!recording) return __real_fsync(fd);
    recording = false; /* the program does not write what is written here */
    put_state(true);
    sync_node(fd);
    put_state(false);
    recording = true;
    return 0;
}

void durable_begin(void)
{
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0) abort();
    root = find(here);
    sync_tree(here);
    close(here);
    recording = true;
}

/* ---- what is not on the disk at the end ---- */

static bool is_one_of(const char *name, const char *const except[])
{
    for (; *except; except++)
        if (strcmp(name, *except) == 0) return true;
    return false;
}

static bool has_name(const node *folder, const char *name, int i)
{
    for (int k = 0; k < folder->names; k++)
        if (strcmp(folder->name[k].name, name) == 0) return folder->name[k].node == i;
    return false;
}

static bool has_bytes(int folder, const char *name, const node *n)
{
    node now = { 0 };
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    read_bytes(fd, &now);
    close(fd);
    const bool same = n->bytes && n->size == now.size && memcmp(n->bytes, now.bytes, n->size) == 0;
    free(now.bytes);
    return same;
}

static void report_folder(FILE *to, int fd, const char *path, const char *const except[])
{
    const node *const folder = &nodes[find(fd)];
    entry *const names = calloc(MOST_NAMES, sizeof *names);
    if (!names) abort();
    const int n = list(fd, names);
    for (int k = 0; k < n; k++) {
        const char *const name = names[k].name;
        const node *const inner = &nodes[names[k].node];
        if (is_one_of(name, except)) continue;
        if (!has_name(folder, name, names[k].node))
            fprintf(to, "%s/%s: its name\n", path, name);
        else if (!inner->folder && !has_bytes(fd, name, inner))
            fprintf(to, "%s/%s: its bytes\n", path, name);
        if (!inner->folder) continue;
        char below[LONGEST];
        snprintf(below, sizeof below, "%.255s/%.255s", path, name);
        const int in = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        report_folder(to, in, below, except);
        close(in);
    }
    free(names);
}

int durable_end(const char *report, const char *const except[])
{
    recording = false;
    FILE *const to = fopen(report, "w");
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!to || here < 0) abort();
    report_folder(to, here, ".", except);
    close(here);
    fclose(to);
    return n_states;
}
