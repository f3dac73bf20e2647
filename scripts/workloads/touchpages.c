/*
 * touchpages: one thread touches cold pages of one file, each once, and between them pages of anonymous memory that were
 * paged out.
 *
 * What it proves: that a tracer names the file whatever has become of its name and wherever it is mounted, keeps offsets
 * of any size to the last bit, finds it among a hundred thousand mappings, and counts swapping in apart. `fileMajflt` and
 * `anonymousMajflt` are what getrusage(RUSAGE_THREAD) counted of each.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPACING 8

static size_t page_bytes;

/* One page in SPACING, the others are a hole. */
static void write_pages(int fd, uint64_t first, uint64_t pages)
{
    uint64_t *page = malloc(page_bytes);
    uint64_t random = 88172645463325252ull;

    for (uint64_t i = 0; i < pages; i += SPACING) {
        for (size_t word = 0; word < page_bytes / sizeof *page; word++)
            page[word] = next_random(&random);
        if (pwrite(fd, page, page_bytes, (off_t)((first + i) * page_bytes)) != (ssize_t)page_bytes)
            die("cannot write");
    }
    if (ftruncate(fd, (off_t)((first + pages) * page_bytes)) != 0 || fsync(fd) != 0)
        die("cannot write");
    free(page);
}

/* Each second page in a mapping of its own. */
static void map_many(size_t mappings)
{
    size_t bytes = mappings * page_bytes;
    uint8_t *memory = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        die("cannot map");
    for (size_t i = 0; i < mappings; i += 2)
        if (mprotect(memory + i * page_bytes, page_bytes, PROT_NONE) != 0)
            die("cannot have %zu mappings", mappings);
}

static uint8_t *page_out(size_t pages)
{
    size_t bytes = pages * page_bytes;
    uint8_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t random = 88172645463325252ull;

    if (memory == MAP_FAILED)
        die("cannot map");
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes / sizeof random; i++)
        ((uint64_t *)(void *)memory)[i] = next_random(&random);
    madvise(memory, bytes, MADV_RANDOM);
    if (madvise(memory, bytes, MADV_PAGEOUT) != 0)
        die("cannot page out");
    return memory;
}

int main(int argc, char **argv)
{
    const char *path = "/var/tmp/faultscope-touchpages.dat";
    long first = 0, touches = 100, mappings = 0, anonymous = 0;
    bool existing = false, unlinked = false;
    uint64_t pause_ns = 0;
    const struct option_spec options[] = {
        TEXT("file", &path, "the file (/var/tmp/faultscope-touchpages.dat)"),
        COUNT("first", &first, "first page touched (0)"),
        COUNT("touches", &touches, "cold pages touched (100)"),
        COUNT("anonymous", &anonymous, "paged out pages touched between them (0)"),
        COUNT("mappings", &mappings, "mappings to have beside it (0)"),
        FLAG("existing", &existing, "the file is there; it is opened for reading only"),
        FLAG("delete", &unlinked, "delete the file before it is touched"),
        SECONDS("pause", &pause_ns, "between two touches (0)"),
        END_OF_OPTIONS,
    };
    struct stat file;
    long file_majflt = 0, anonymous_majflt = 0;

    read_options(argc, argv, options);
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    if (mlockall(MCL_CURRENT) != 0)
        die("cannot lock its own pages");

    int fd = existing ? open(path, O_RDONLY | O_CLOEXEC) : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    size_t pages = (size_t)touches * SPACING;

    if (fd < 0)
        die("cannot open %s", path);
    if (!existing)
        write_pages(fd, (uint64_t)first, pages);
    if (mappings > 0)
        map_many((size_t)mappings);
    if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 || fstat(fd, &file) != 0)
        die("%s", path);

    const volatile uint8_t *mapping =
        mmap(NULL, pages * page_bytes, PROT_READ, MAP_SHARED, fd, (off_t)((size_t)first * page_bytes));
    if (mapping == MAP_FAILED)
        die("cannot map %s", path);
    madvise((void *)mapping, pages * page_bytes, MADV_RANDOM);
    if (unlinked && unlink(path) != 0)
        die("cannot delete %s", path);

    uint8_t *memory = anonymous == 0 ? NULL : page_out((size_t)anonymous);

    close(fd);
    ready(true);
    for (long i = 0; i < touches || i < anonymous; i++) {
        long before = thread_majflt();

        if (i < touches)
            (void)mapping[(size_t)i * SPACING * page_bytes];
        long between = thread_majflt();

        if (i < anonymous)
            (void)*(volatile uint8_t *)(memory + (size_t)i * page_bytes);
        file_majflt += between - before;
        anonymous_majflt += thread_majflt() - between;
        if (pause_ns != 0)
            sleep_ns(pause_ns);
    }
    printf("{\"event\":\"result\",\"pid\":%d,\"inode\":%lu,\"address\":%lu,\"fileMajflt\":%ld,\"anonymousMajflt\":%ld}\n",
           getpid(), file.st_ino, (uintptr_t)mapping, file_majflt, anonymous_majflt);
    wait_for_line();
    return 0;
}
