/* SPDX-License-Identifier: BSD-3-Clause
 * Finds CPU features, and chooses tiers, threads and the kernels of BLIS.
 *
 * BLIS 0.9 mistakes a virtual Sapphire Rapids for a Haswell, whose kernels are 1.6 times slower
 * there than skx.  So skx is chosen for an Intel CPU with AVX-512.  On Zen 4 BLIS chooses zen3
 * (AVX2), which is right: its peak is the same with 256 and 512 bits, and the block sizes of skx
 * are slower (zen3 and skx on two cores: 222 and 187 GFLOP/s at 1024x64x576, 208 and 69 at
 * 256x16x144).  BLIS does not know Zen 5 and chooses generic.  There zen3 is fast for every shape,
 * while skx is slow for products with few columns; measured on one core, GFLOP/s:
 *
 *                  generic   skx  zen3
 *     1024x64x576     32.6 132.1  88.5
 *     256x16x144      25.5  34.8  75.5
 *     128x10x64       11.2  12.2  23.4
 *     300x64x64       29.4  97.0  81.8
 *
 * So zen3, which has the larger geometric mean, is chosen there.  On Arm the choice of BLIS
 * holds. */
#include "base/check.h"
#include "base/machine.h"

#include <blis.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <xmmintrin.h>
#endif

#include "base/available.h"
#include "base/parallel.h"
#include "base/decimal.h"

enum { MOST_THREADS = 1024 };

static pthread_once_t cpu_once = PTHREAD_ONCE_INIT, blis_once = PTHREAD_ONCE_INIT;
static ot__cpu cpu;
static char cpu_name[49] = "unknown";
static int threads;             /* 0: not set yet */
static const char *blis_reason; /* says who chose the kernels of BLIS */

#if defined(__x86_64__)
/* The brand string of CPUID, 48 bytes of three leaves. */
static void detect_name(void)
{
    unsigned word[12];
    char text[sizeof word + 1] = "";
    for (unsigned i = 0; i < 3; i++)
        if (!__get_cpuid(0x80000002 + i, &word[4 * i], &word[4 * i + 1], &word[4 * i + 2],
                         &word[4 * i + 3]))
            return;
    memcpy(text, word, sizeof word);
    size_t from = strspn(text, " "), to = strlen(text);
    while (to > from && text[to - 1] == ' ')
        to--;
    for (size_t i = from; i < to; i++) /* the name goes to JSON, which must be UTF-8 */
        if (text[i] < ' ' || text[i] > '~') text[i] = '?';
    if (to > from) snprintf(cpu_name, sizeof cpu_name, "%.*s", (int)(to - from), text + from);
}
#endif

static void detect_cpu(void)
{
#if defined(__x86_64__)
    detect_name();
    const char *most = getenv("ODETAPE_CPU");
    const bool baseline = most && strcmp(most, "baseline") == 0;
    __builtin_cpu_init();
    cpu.masked = baseline || (most && strcmp(most, "avx2") == 0);
    cpu.avx2 = !baseline && __builtin_cpu_supports("avx2");
    cpu.fma = !baseline && __builtin_cpu_supports("fma");
    cpu.avx512 = !cpu.masked && __builtin_cpu_supports("avx512f") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl");
    cpu.amd = __builtin_cpu_is("amd");
#elif defined(__aarch64__)
    const char *most = getenv("ODETAPE_CPU");
    cpu.neon = !most || strcmp(most, "baseline") != 0; /* every 64-bit Arm has it */
#endif
}

const ot__cpu *ot__cpu_features(void)
{
    pthread_once(&cpu_once, detect_cpu);
    return &cpu;
}

#if defined(__x86_64__)
static unsigned cpu_family(void)
{
    unsigned a = 0, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const unsigned base = a >> 8 & 0xF;
    return base == 0xF ? base + (a >> 20 & 0xFF) : base;
}

/* Whether BLIS 0.9 would choose generic kernels: for AMD after family 25 (Zen 3 and 4), and for
 * other makers. */
static bool unknown_to_blis(const ot__cpu *f)
{
    enum { LAST_KNOWN_FAMILY = 25 };
    return f->amd ? cpu_family() > LAST_KNOWN_FAMILY : !__builtin_cpu_is("intel");
}
#else
static bool unknown_to_blis(const ot__cpu *f)
{
    (void)f;
    return false;
}
#endif

/* The kernel family to choose for this CPU; BLIS_NUM_ARCHS: the one that BLIS chooses by itself. */
static arch_t better_family(const ot__cpu *f)
{
    if (f->avx512 && !f->amd) return BLIS_ARCH_SKX;
    if (!f->avx2 || !f->fma) return f->masked ? BLIS_ARCH_GENERIC : BLIS_NUM_ARCHS;
    if (!f->masked && !unknown_to_blis(f)) return BLIS_NUM_ARCHS;
    return f->amd ? BLIS_ARCH_ZEN3 : BLIS_ARCH_HASWELL;
}

static void start_blis(void)
{
    const arch_t family = better_family(ot__cpu_features());
    blis_reason = getenv("BLIS_ARCH_TYPE")   ? "as BLIS_ARCH_TYPE says"
                  : family != BLIS_NUM_ARCHS ? "chosen by odetape: those BLIS chooses are slower"
                                             : "as BLIS chooses";
    if (family != BLIS_NUM_ARCHS && !getenv("BLIS_ARCH_TYPE")) {
        char id[16]; /* BLIS 0.9 reads an integer here, not a name */
        snprintf(id, sizeof id, "%d", (int)family);
        setenv("BLIS_ARCH_TYPE", id, 0);
        bli_init();
        unsetenv("BLIS_ARCH_TYPE");
    } else {
        bli_init();
    }
}

void ot__blis_start(void)
{
    pthread_once(&blis_once, start_blis);
}

/* Kernels that pack their operands allocate two blocks per thread, whose size depends on the kernel
 * family only.  Other kernels, for small products, allocate nothing.  The dimensions of a product
 * decide which of them computes it. */
size_t ot__blis_bytes(size_t side, int n)
{
    enum { LARGE = 1 << 30 };
    ot__blis_start();
    cntx_t *const c = bli_gks_query_cntx();
    const dim_t s = (dim_t)side;
    if (side == 0 || (bli_cntx_l3_sup_thresh_is_met(BLIS_FLOAT, s, LARGE, LARGE, c) &&
                      bli_cntx_l3_sup_thresh_is_met(BLIS_FLOAT, LARGE, s, LARGE, c) &&
                      bli_cntx_l3_sup_thresh_is_met(BLIS_FLOAT, LARGE, LARGE, s, c)))
        return 0;
    static const packbuf_t kinds[] = { BLIS_BUFFER_FOR_A_BLOCK, BLIS_BUFFER_FOR_B_PANEL };
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        bytes +=
            bli_pool_block_size(bli_pba_pool((dim_t)bli_packbuf_index(kinds[i]), bli_pba_query()));
    return bytes * (size_t)n;
}

static int allowed_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static int usable_cpus(void)
{
    const int allowed = allowed_cores(), quota = (int)ceil(ot__cpu_quota());
    return quota > 0 && quota < allowed ? quota : allowed;
}

int ot__threads(void)
{
    if (threads == 0) {
        const char *wanted = getenv("OMP_NUM_THREADS");
        threads = wanted && *wanted ? omp_get_max_threads() : usable_cpus();
    }
    return threads;
}

ot_status ot_set_threads(int n)
{
    if (n < 1 || n > MOST_THREADS)
        return ot__fail(OT_EINVAL, "%d threads are not possible; 1 to %d are", n, MOST_THREADS);
    threads = n;
    return OT_OK;
}

static const char *const tier_names[] = { [OT_TIER_DEFAULT] = "default",
                                          [OT_TIER_REFERENCE] = "reference",
                                          [OT_TIER_PORTABLE] = "portable",
                                          [OT_TIER_BEST] = "best" };

const char *ot_tier_name(ot_tier tier)
{
    const bool known = (int)tier >= OT_TIER_DEFAULT && tier <= OT_TIER_BEST;
    return known ? tier_names[tier] : "unknown";
}

/* The features that each instruction set needs. */
#define HAS_avx512(f) (f)->avx512
#define HAS_avx2(f) ((f)->avx2 && (f)->fma)
#define HAS_neon(f) (f)->neon
#define HAS_none(f) ((void)(f), false)
#define HAS(isa) [OT__ISA_##isa] = HAS_##isa(f),

bool ot__has_isa(ot__isa isa)
{
    const ot__cpu *f = ot__cpu_features();
    return ((const bool[]){ OT__ISAS(HAS) HAS(none) })[isa];
}

ot__isa ot__best_isa(void)
{
    int isa = 0;
    while (isa < (int)OT__ISA_none && !ot__has_isa((ot__isa)isa))
        isa++;
    return (ot__isa)isa;
}

/* The instruction set that the best kernels use here; NULL if there are none for this CPU. */
static const char *best_kernels(void)
{
#define NAME(isa) [OT__ISA_##isa] = #isa,
    static const char *const names[] = { OT__ISAS(NAME)[OT__ISA_none] = NULL };
#undef NAME
    return names[ot__best_isa()];
}

/* The value of an environment variable; NULL if it is empty or not set. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool is_one_of(const char *word, int n, const char *const names[])
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, names[i]) == 0) return true;
    return false;
}

static const char *feature_names(const ot__cpu *f)
{
    static const char *const names[2][2] = { { "none", "avx512" },
                                             { "avx2 fma", "avx2 fma avx512" } };
    return f->neon ? "neon" : names[f->avx2 && f->fma][f->avx512];
}

/* The least features that special kernels of this build need. */
#if defined(OT__X86_KERNELS)
static const char needed[] = "avx2 and fma";
#elif defined(OT__NEON_KERNELS)
static const char needed[] = "neon";
#else
static const char needed[] = "a build for x86-64 or 64-bit Arm";
#endif

static ot_status check_best(const char *asked)
{
    if (best_kernels()) return OT_OK;
    return ot__fail(
        OT_EINVAL,
        "%s, but this CPU has no such kernels: they need %s, and it has %s; portable kernels run "
        "here and are the default",
        asked, needed, feature_names(ot__cpu_features()));
}

/* Whole numbers, separated by commas; NULL, a variable that is not set, is right too. */
static bool are_numbers(const char *list, int least, int most)
{
    int n;
    while (list && ot__read_count(&list, least, most, &n)) {
        if (*list == '\0') return true;
        if (*list++ != ',') return false;
    }
    return !list;
}

/* libgomp ignores a wrong number of threads, and BLIS takes what begins with no digit for 0. */
static ot_status check_numbers(void)
{
    const char *omp = setting("OMP_NUM_THREADS"), *blis = setting("BLIS_ARCH_TYPE");
    if (threads == 0 && !are_numbers(omp, 1, MOST_THREADS))
        return ot__fail(OT_EINVAL,
                        "OMP_NUM_THREADS is '%.80s'; it must be a whole number from 1 to %d", omp,
                        MOST_THREADS);
    if (!are_numbers(blis, 0, BLIS_NUM_ARCHS - 1) || (blis && strchr(blis, ',')))
        return ot__fail(OT_EINVAL,
                        "BLIS_ARCH_TYPE is '%.80s'; it must be a whole number from 0 to %d", blis,
                        BLIS_NUM_ARCHS - 1);
    return OT_OK;
}

/* ODETAPE_CPU may name an instruction set that this CPU supports, or hide all of them. */
static ot_status check_mask(const char *mask)
{
    static const char *const masks[] = { "avx2", "neon", "baseline" };
    if (!is_one_of(mask, 3, masks))
        return ot__fail(OT_EINVAL,
                        "ODETAPE_CPU is '%s'; it must be avx2, neon, baseline or not be set", mask);
    const ot__cpu *f = ot__cpu_features();
    const bool missing =
        (strcmp(mask, "avx2") == 0 && !f->avx2) || (strcmp(mask, "neon") == 0 && !f->neon);
    if (!missing) return OT_OK;
    return ot__fail(OT_EINVAL, "ODETAPE_CPU is %s, but this CPU has no %s; unset it", mask, mask);
}

ot_status ot_machine_check(void)
{
    OT_TRY(check_numbers());
    const char *kernels = setting("ODETAPE_KERNELS"), *mask = setting("ODETAPE_CPU");
    if (kernels && !is_one_of(kernels, 3, &tier_names[OT_TIER_REFERENCE]))
        return ot__fail(OT_EINVAL,
                        "ODETAPE_KERNELS is '%s'; it must be reference, portable or best", kernels);
    if (mask) OT_TRY(check_mask(mask));
    return kernels && strcmp(kernels, "best") == 0 ? check_best("ODETAPE_KERNELS is best") : OT_OK;
}

ot_status ot__check_tier(ot_tier tier)
{
    OT_TRY(ot__check_choice("kernels", "the tier", (int)tier, OT_TIER_BEST));
    if (tier == OT_TIER_DEFAULT) return ot_machine_check();
    return tier == OT_TIER_BEST ? check_best("the best kernels are asked for") : OT_OK;
}

static ot_tier default_tier(void)
{
    const char *wanted = setting("ODETAPE_KERNELS");
    if (wanted && strcmp(wanted, "reference") == 0) return OT_TIER_REFERENCE;
    if (wanted && strcmp(wanted, "portable") == 0) return OT_TIER_PORTABLE;
    return best_kernels() ? OT_TIER_BEST : OT_TIER_PORTABLE;
}

ot_machine_info ot_machine(void)
{
    ot__blis_start();
    return (ot_machine_info){
        .threads = ot__threads(),
        .cpus = usable_cpus(),
        .tier = default_tier(),
        .cpu = cpu_name,
        .cpu_features = feature_names(ot__cpu_features()),
        .best_kernels = best_kernels() ? best_kernels() : "none",
        .blis_version = bli_info_get_version_str(),
        .blis_kernels = bli_arch_string(bli_arch_query_id()),
        .blis_reason = blis_reason,
        .cores = allowed_cores(),
        .quota = ot__cpu_quota(),
    };
}

size_t ot_peak_rss(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
}

#if defined(__x86_64__)
static _Thread_local unsigned mode_before;

static void flush_denormals(void)
{
    enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 };
    mode_before = _mm_getcsr();
    _mm_setcsr(mode_before | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
}

static void restore_mode(void)
{
    _mm_setcsr(mode_before);
}
#elif defined(__aarch64__)
static _Thread_local uint64_t mode_before;

static void set_mode(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

static void flush_denormals(void)
{
    const uint64_t flush_to_zero = UINT64_C(1) << 24; /* FPCR.FZ: operands and results */
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode_before));
    set_mode(mode_before | flush_to_zero);
}

static void restore_mode(void)
{
    set_mode(mode_before);
}
#else
static void flush_denormals(void)
{
}

static void restore_mode(void)
{
}
#endif

/* Sets the mode of every thread.  That of the calling thread is set outside the parallel region:
 * LLVM's OpenMP undoes changes that a parallel region makes to it, and passes its mode on to the
 * threads of the next region. */
static void on_every_thread(void (*set)(void))
{
    set();
#pragma omp parallel num_threads(ot__threads())
    if (omp_get_thread_num() > 0) set();
}

void ot__float32_begin(void)
{
    on_every_thread(flush_denormals);
}

void ot__float32_end(void)
{
    on_every_thread(restore_mode);
}

int ot_machine_flushing(void)
{
    const int n = ot__threads();
    const volatile float tiny = 1e-38f, small = 1e-3f;
    int flushing = 0;
    ot__float32_begin();
    OT__PARALLEL_FOR
    for (int i = 0; i < n; i++) {
        const int flushed = tiny * small == 0.0f;
#pragma omp atomic
        flushing += flushed;
    }
    ot__float32_end();
    return flushing;
}
