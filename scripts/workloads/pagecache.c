/*
 * pagecache: a target whose pages others evict. It maps a file, reads all of it once, and then, at each line on stdin,
 * asks mincore(2) which of its pages are gone, and touches those, and only those, in a random order.
 *
 * With --cold the first round reads all of it.
 *
 * What it proves: each round tells how many pages were gone before it and how many major faults the thread took in it
 * (getrusage), so that refaults and evictions can be held against what the target itself knows. The mapping has MADV_RANDOM:
 * no readahead, a fault reads one page.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

static void touch_all(const struct cold_file *file)
{
    for (size_t page = 0; page < file->pages; page++)
        touch_page(file, page);
}

/* The pages stay in the page cache, but in no page table: fadvise(2) and vm.drop_caches leave mapped pages alone. */
static void unmap_pages(const struct cold_file *file)
{
    if (madvise((void *)(uintptr_t)file->mapping, file->pages * file->page_bytes, MADV_DONTNEED) != 0)
        die("madvise");
}

/* Maps a file, touches all of it, and lets go of it. */
static void visit(const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat status;

    if (fd == -1 || fstat(fd, &status) != 0)
        die("cannot open %s", path);
    const volatile uint8_t *mapping = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);

    if (mapping == MAP_FAILED)
        die("mmap");
    for (off_t at = 0; at < status.st_size; at += sysconf(_SC_PAGESIZE))
        (void)mapping[at];
    munmap((void *)(uintptr_t)mapping, (size_t)status.st_size);
    close(fd);
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp", *other = NULL;
    long mebibytes = 64;
    bool cold = false, unmapped = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("mib", &mebibytes, "size of the file (64)"),
        FLAG("cold", &cold, "leave the file cold at first"),
        FLAG("unmapped", &unmapped, "after each round, drop the pages from its page tables (not from the page cache)"),
        TEXT("visit", &other, "a file to map, read and unmap before the first round"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (mebibytes < 1) {
        errno = 0;
        die("needs at least one MiB");
    }
    struct cold_file file = open_cold_file(dir, ((size_t)mebibytes << 20) / (size_t)sysconf(_SC_PAGESIZE));

    if (!cold)
        touch_all(&file);
    if (unmapped)
        unmap_pages(&file);
    ready(false);
    for (long round = 0;; round++) {
        size_t count;

        wait_for_line();
        if (round == 0 && other != NULL)
            visit(other);
        size_t *gone = pages_gone(&file, &count);
        long before = thread_majflt();
        uint64_t begin_ns = now_ns();

        shuffle(gone, count);
        for (size_t i = 0; i < count; i++)
            touch_page(&file, gone[i]);
        if (unmapped)
            unmap_pages(&file);
        printf("{\"event\":\"round\",\"round\":%ld,\"gone\":%zu,\"majflt\":%ld,\"tookNs\":%lu}\n", round, count,
               thread_majflt() - before, now_ns() - begin_ns);
        free(gone);
    }
}
