/*
 * mapchurn: several threads touch cold pages of several files, each page once, through windows that come and go: one
 * address belongs to another file in every round, while other threads map and unmap all the time.
 *
 * What it proves: that a tracer lays each fault to the file and page it was of, and not to what is mapped there before or
 * after. A "round" line says what was touched: `count` pages of file `inode`, from page `first` on every `spacing`-th,
 * through a mapping at `address`; `majflt` of them were major faults (MADV_RANDOM: all of them).
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPACING 4
#define MAPPERS 2
#define MAPPER_PAGES 64

static long threads = 4, files = 4, rounds = 8, touches = 100;
static uint64_t pause_ns;
static struct cold_file *cold;
static size_t slot_pages, page_bytes;
static atomic_bool stopping;

static ino_t inode_of(int fd)
{
    struct stat file;

    if (fstat(fd, &file) != 0)
        die("fstat");
    return file.st_ino;
}

static void *toucher(void *argument)
{
    long self = (long)(uintptr_t)argument;
    size_t bytes = slot_pages * page_bytes;
    uint8_t *window = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (window == MAP_FAILED)
        die("cannot reserve a window");
    announce_thread("toucher");
    for (long round = 0; round < rounds; round++) {
        const struct cold_file *file = &cold[(self + round) % files];
        /* Each thread comes to a file once in as many rounds as there are files. */
        size_t first = (size_t)((self * rounds + round) / files) * slot_pages;
        long before = thread_majflt();

        if (mmap(window, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, file->fd, (off_t)(first * page_bytes)) == MAP_FAILED)
            die("cannot map a window");
        madvise(window, bytes, MADV_RANDOM);
        for (long i = 0; i < touches; i++) {
            (void)*(volatile uint8_t *)(window + (size_t)i * SPACING * page_bytes);
            if (pause_ns != 0)
                sleep_ns(pause_ns);
        }
        printf("{\"event\":\"round\",\"tid\":%d,\"address\":%lu,\"inode\":%lu,\"first\":%zu,\"count\":%ld,"
               "\"spacing\":%d,\"majflt\":%ld}\n",
               gettid(), (uintptr_t)window, inode_of(file->fd), first, touches, SPACING, thread_majflt() - before);
    }
    return NULL;
}

static void *mapper(void *argument)
{
    uint64_t random = 88172645463325252ull + (uint64_t)(uintptr_t)argument;

    announce_thread("mapper");
    while (!stopping) {
        const struct cold_file *file = &cold[next_random(&random) % (uint64_t)files];
        off_t offset = (off_t)(next_random(&random) % (file->pages - MAPPER_PAGES) * page_bytes);
        void *mapping = mmap(NULL, MAPPER_PAGES * page_bytes, PROT_READ, MAP_SHARED, file->fd, offset);

        if (mapping == MAP_FAILED)
            die("cannot map");
        sleep_ns(NS_PER_MS);
        munmap(mapping, MAPPER_PAGES * page_bytes);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its files are kept (/var/tmp); not on tmpfs"),
        COUNT("threads", &threads, "threads that touch (4)"),
        COUNT("files", &files, "files (4)"),
        COUNT("rounds", &rounds, "windows of each thread, one after the other: a multiple of the files (8)"),
        COUNT("touches", &touches, "cold pages touched in a window (100)"),
        SECONDS("pause", &pause_ns, "between two touches of a thread (0)"),
        END_OF_OPTIONS,
    };
    pthread_t mappers[MAPPERS];

    read_options(argc, argv, options);
    if (files < 1 || rounds % files != 0) {
        errno = 0;
        die("needs a multiple of --files for --rounds");
    }
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    slot_pages = (size_t)touches * SPACING;
    cold = calloc((size_t)files, sizeof *cold);
    for (long i = 0; i < files; i++) {
        cold[i] = open_cold_file(dir, (size_t)(threads * rounds / files) * slot_pages + (size_t)i);
        munmap((void *)cold[i].mapping, cold[i].pages * page_bytes);
    }
    ready(true);

    pthread_t *touchers = calloc((size_t)threads, sizeof *touchers);
    long before = process_majflt();

    for (long i = 0; i < MAPPERS; i++)
        mappers[i] = start_thread(mapper, (void *)(uintptr_t)i);
    for (long i = 0; i < threads; i++)
        touchers[i] = start_thread(toucher, (void *)(uintptr_t)i);
    for (long i = 0; i < threads; i++)
        pthread_join(touchers[i], NULL);
    stopping = true;
    for (long i = 0; i < MAPPERS; i++)
        pthread_join(mappers[i], NULL);
    printf("{\"event\":\"result\",\"pid\":%d,\"majflt\":%ld}\n", getpid(), process_majflt() - before);
    wait_for_line();
    return 0;
}
