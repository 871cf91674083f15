/* SPDX-License-Identifier: BSD-3-Clause
 * A network cable with a delay and losses, between two network namespaces:
 *
 *     bench/link NAMESPACE NAMESPACE MICROSECONDS LOSS
 *
 * makes a device odetape0 in each of them.  A packet that enters one device leaves the other after
 * the delay, or is lost with the probability LOSS.  It runs until it is ended, as root.  Linux's
 * netem does the same, but many kernels are built without it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 9000, MOST = 8192 }; /* bytes of a packet; packets on their way */

typedef struct packet {
    double due;
    ssize_t n;
    unsigned char bytes[LONGEST];
} packet;

/* One direction: packets wait in the order in which they came. */
typedef struct lane {
    int from, to;
    long first, end;
    packet *packets;
} lane;

static void give_up(const char *what)
{
    fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A device in a namespace; this process stays there until the next call. */
static int device_in(const char *namespace)
{
    char path[256];
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    const int there = open(path, O_RDONLY | O_CLOEXEC);
    if (there < 0 || setns(there, CLONE_NEWNET) != 0) give_up(path);
    close(there);
    snprintf(request.ifr_name, sizeof request.ifr_name, "odetape0");
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) give_up("/dev/net/tun");
    return fd;
}

/* splitmix64: the losses of two runs are the same. */
static double uniform(void)
{
    static uint64_t state = 1;
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static void take(lane *l, double delay, double loss)
{
    while (l->end - l->first < MOST) {
        packet *const p = &l->packets[l->end % MOST];
        p->n = read(l->from, p->bytes, LONGEST);
        if (p->n <= 0) return;
        p->due = now() + delay;
        if (uniform() >= loss) l->end++;
    }
}

/* Returns when the next packet is due. */
static double deliver(lane *l)
{
    for (; l->first < l->end; l->first++) {
        const packet *const p = &l->packets[l->first % MOST];
        if (p->due > now()) return p->due;
        /* A device that is not up yet, or that is full, loses packets as networks do. */
        if (write(l->to, p->bytes, (size_t)p->n) != p->n && errno != EAGAIN && errno != EIO)
            give_up("odetape0");
    }
    return now() + 1;
}

int main(int argc, char *argv[])
{
    if (argc != 5) {
        fprintf(stderr, "Usage: link NAMESPACE NAMESPACE MICROSECONDS LOSS\n");
        return 64;
    }
    const double delay = 1e-6 * strtod(argv[3], NULL), loss = strtod(argv[4], NULL);
    const int fd[2] = { device_in(argv[1]), device_in(argv[2]) };
    lane lanes[2];
    for (int i = 0; i < 2; i++) {
        lanes[i] = (lane){ fd[i], fd[1 - i], 0, 0, calloc(MOST, sizeof(packet)) };
        if (!lanes[i].packets) give_up("memory");
    }
    /* It must not wait for those that compute. */
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 });
    for (;;) {
        double next = now() + 1;
        for (int i = 0; i < 2; i++) {
            take(&lanes[i], delay, loss);
            const double due = deliver(&lanes[i]);
            if (due < next) next = due;
        }
        const double wait = next > now() ? next - now() : 0;
        const struct timespec timeout = { (time_t)wait,
                                          (long)(1e9 * (wait - (double)(time_t)wait)) };
        struct pollfd ready[2] = { { .fd = fd[0], .events = POLLIN },
                                   { .fd = fd[1], .events = POLLIN } };
        ppoll(ready, 2, &timeout, NULL);
    }
}
