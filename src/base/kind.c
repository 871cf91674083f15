/* SPDX-License-Identifier: BSD-3-Clause
 * Kinds of files are known by their first bytes: a table of them, with what each is and what would
 * be right. */
#include "base/kind.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/system.h"

#define TORCH                                                                                      \
    "in Python, safetensors.torch.save_file(torch.load(FILE, map_location=\"cpu\"), "              \
    "\"weights.safetensors\") converts a state_dict"
#define BINARY                                                                                     \
    "the Python version of CIFAR is made of these; its binary version is read, "                   \
    "cifar-10-binary.tar.gz or cifar-100-binary.tar.gz"
#define PNGS "write its images as PNG files, one folder for each class, for odetape data import"
#define IMPORT "odetape data import makes a set of folders of PNG files, one for each class"
#define AGAIN                                                                                      \
    "servers send one in place of a file that needs a login or another link; download the file "   \
    "itself"
#define BITS(text) .bytes = (text), .n = sizeof(text) - 1

enum { HEAD = 512 }; /* bytes that are read */

typedef struct kind {
    const char *bytes; /* the file has these */
    size_t n;
    size_t at;        /* at this offset, */
    bool is_text;     /* or, in any case of letters, after blanks */
    const char *what; /* "a zip archive" */
    const char *weights, *images,
        *all;      /* what would be right for readers of weights, of images, and
                                           for all that have no advice of their own; may be NULL */
    unsigned good; /* bit e: a reader that expects e reads such files */
} kind;

/* clang-format off */
static const kind kinds[] = {
    { BITS("\0\0\0\0{"), .at = 4, .what = "a safetensors file, which holds weights",
      .good = 1u << OT__EXPECT_WEIGHTS },
    { BITS("version https://git-lfs.github.com/spec/"),
      .what = "a Git-LFS pointer, a few lines of text in place of the file",
      .all = "git lfs pull in the repository gets the file, or download it itself" },
    { BITS("<!doctype html"), .is_text = true, .what = "an HTML page", .all = AGAIN },
    { BITS("<html"), .is_text = true, .what = "an HTML page", .all = AGAIN },
    { BITS("PK\x03\x04"), .what = "a zip archive, as torch.save and numpy.savez write",
      .weights = TORCH, .all = "unzip FILE unpacks it" },
    { BITS("\x80\x02"), .what = "a pickle of Python", .weights = TORCH, .images = BINARY },
    { BITS("\x80\x03"), .what = "a pickle of Python", .weights = TORCH, .images = BINARY },
    { BITS("\x80\x04"), .what = "a pickle of Python", .weights = TORCH, .images = BINARY },
    { BITS("\x80\x05"), .what = "a pickle of Python", .weights = TORCH, .images = BINARY },
    { BITS("GGUF"), .what = "a GGUF file of llama.cpp, which holds weights",
      .weights = "take the safetensors file of the same model" },
    { BITS("\x1f\x8b"), .what = "packed by gzip",
      .all = "tar -xzf FILE unpacks a .tar.gz or .tgz, and gunzip FILE any other" },
    { BITS("BZh"), .what = "packed by bzip2",
      .all = "tar -xjf FILE unpacks a .tar.bz2, and bunzip2 FILE any other" },
    { BITS("\xfd\x37zXZ"), .what = "packed by xz",
      .all = "tar -xJf FILE unpacks a .tar.xz, and unxz FILE any other" },
    { BITS("\x28\xb5\x2f\xfd"), .what = "packed by zstd",
      .all = "tar --zstd -xf FILE unpacks a .tar.zst, and unzstd FILE any other" },
    { BITS("7z\xbc\xaf\x27\x1c"), .what = "a 7z archive", .all = "7z x FILE unpacks it" },
    { BITS("ustar"), .at = 257, .what = "a tar archive", .all = "tar -xf FILE unpacks it" },
    { BITS("\x89HDF\r\n\x1a\n"), .what = "an HDF5 file, as Keras writes",
      .weights = "write the weights to a safetensors file with the library that made it",
      .images = PNGS },
    { BITS("\x93NUMPY"), .what = "an array of NumPy",
      .weights = "in Python, safetensors.numpy.save_file({NAME: numpy.load(FILE)}, "
                 "\"weights.safetensors\") converts it",
      .images = PNGS },
    { BITS("PAR1"), .what = "a Parquet file", .images = PNGS },
    { BITS("MATLAB 5.0 MAT-file"), .what = "a MATLAB file", .images = PNGS },
    { BITS("\x89PNG\r\n\x1a\n"), .what = "a PNG image", .images = IMPORT,
      .good = 1u << OT__EXPECT_PNG },
    { BITS("\xff\xd8\xff"), .what = "a JPEG image", .images = PNGS },
    { BITS("GIF8"), .what = "a GIF image", .images = PNGS },
    { BITS("\x89OTSET\r\n"), .what = "an image set of odetape data import, which --data opens",
      .good = 1u << OT__EXPECT_IMAGES },
    { BITS("\x7f\x45LF"), .what = "a program or a shared library" },
    { BITS("%PDF-"), .what = "a PDF document" },
};
/* clang-format on */

static const char *const expected_name[] = {
    [OT__EXPECT_WEIGHTS] = "a safetensors file",
    [OT__EXPECT_TABLEAU] = "the text of a tableau",
    [OT__EXPECT_EXPERIMENT] = "an experiment file",
    [OT__EXPECT_LINES] = "a file of JSON lines",
    [OT__EXPECT_IMAGES] = "a data set",
    [OT__EXPECT_PNG] = "a PNG image",
};

/* Whether the first n bytes of a file are those of the kind. */
static bool is_of(const kind *k, const unsigned char *head, size_t n)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    size_t at = k->at;
    if (!k->is_text) return n >= at + k->n && memcmp(head + at, k->bytes, k->n) == 0;
    if (n >= 3 && memcmp(head, byte_order_mark, 3) == 0) at = 3;
    while (at < n && isspace(head[at]))
        at++;
    for (size_t i = 0; i < k->n; i++)
        if (at + i >= n || tolower(head[at + i]) != k->bytes[i]) return false;
    return true;
}

static const kind *kind_of(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_of(&kinds[i], head, n)) return &kinds[i];
    return NULL;
}

/* Reads the beginning of a file, without a message.  Returns how many bytes there are. */
static size_t read_head(const char *path, unsigned char head[HEAD])
{
    const int fd = ot__sys_open_to_read(AT_FDCWD, path, O_NONBLOCK);
    if (fd < 0) return 0;
    const ssize_t n = ot__sys_pread(fd, head, HEAD, 0);
    close(fd);
    return n > 0 ? (size_t)n : 0;
}

ot_status ot__name_kind(ot_status status, const char *path, ot__expected expected)
{
    unsigned char head[HEAD];
    if (status == OT_OK || status == OT_ENOMEM || status == OT_EIO) return status;
    const kind *const k = kind_of(head, read_head(path, head));
    if (!k || k->good & 1u << expected) return status;
    const char *const own = expected == OT__EXPECT_WEIGHTS  ? k->weights
                            : expected == OT__EXPECT_IMAGES ? k->images
                                                            : NULL;
    const char *const advice = own ? own : k->all;
    return ot__fail(status, "%s: this is %s; %s is expected%s%s", path, k->what,
                    expected_name[expected], advice ? ": " : "", advice ? advice : "");
}
