/*
 * pagecache: a target whose pages others evict. It maps a file, reads all of it once, and then, at each line on stdin,
 * asks mincore(2) which of its pages are gone, and touches those, and only those, in a random order.
 *
 * What it proves: each round tells how many pages were gone before it and how many major faults the thread took in it
 * (getrusage), so that refaults and evictions can be held against what the target itself knows. The mapping has MADV_RANDOM:
 * no readahead, a fault reads one page.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t *pages_gone(const struct cold_file *file, size_t *count)
{
    unsigned char *resident = malloc(file->pages);
    size_t *gone = malloc(file->pages * sizeof *gone);

    if (resident == NULL || gone == NULL)
        die("no memory");
    if (mincore((void *)(uintptr_t)file->mapping, file->pages * file->page_bytes, resident) != 0)
        die("mincore");
    *count = 0;
    for (size_t page = 0; page < file->pages; page++)
        if ((resident[page] & 1) == 0)
            gone[(*count)++] = page;
    free(resident);
    return gone;
}

static void shuffle(size_t *pages, size_t count)
{
    uint64_t random = 88172645463325252ull;

    for (size_t i = count; i > 1; i--) {
        size_t other = next_random(&random) % i, page = pages[other];

        pages[other] = pages[i - 1];
        pages[i - 1] = page;
    }
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    long mebibytes = 64;
    bool cold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("mib", &mebibytes, "size of the file (64)"),
        FLAG("cold", &cold, "leave the file cold at first"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (mebibytes < 1) {
        errno = 0;
        die("needs at least one MiB");
    }
    struct cold_file file = open_cold_file(dir, ((size_t)mebibytes << 20) / (size_t)sysconf(_SC_PAGESIZE));

    if (!cold)
        for (size_t page = 0; page < file.pages; page++)
            touch_page(&file, page);
    ready(false);
    for (long round = 0;; round++) {
        size_t count;

        wait_for_line();
        size_t *gone = pages_gone(&file, &count);
        long before = thread_majflt();
        uint64_t begin_ns = now_ns();

        shuffle(gone, count);
        for (size_t i = 0; i < count; i++)
            touch_page(&file, gone[i]);
        printf("{\"event\":\"round\",\"round\":%ld,\"gone\":%zu,\"majflt\":%ld,\"tookNs\":%lu}\n", round, count,
               thread_majflt() - before, now_ns() - begin_ns);
        free(gone);
    }
}
