/*
 * count: every thread touches a known, prime number of cold pages, each once.
 *
 * What it proves: that a tracer counts major faults exactly. No page is touched twice and none is a neighbour's
 * readahead (MADV_RANDOM, and SPACING pages between two touches), so each touch is one major fault; the program's own
 * pages are locked first, so nothing else of it faults. It waits for a line on stdin before the touches and again before
 * the threads end, so that a tracer, and /proc/PID/task/TID/stat, can be read at rest.
 *
 * With --write-from-mapping the kernel takes the faults: the thread hands each cold page to pwrite(2), into a file in
 * memory. Each thread has its own: pwrite(2) holds the file's lock while it faults, and nobody else shall wait for that.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SPACING 8

static struct cold_file file;
static long pages_per_thread = 1511;
static bool write_from_mapping;
/* All threads and main() pass it together: announced, begin, touched, end. */
static pthread_barrier_t step;

static void touch(size_t page, int sink)
{
    if (!write_from_mapping)
        touch_page(&file, page);
    else if (pwrite(sink, (const void *)(file.mapping + page * file.page_bytes), file.page_bytes, 0) < 0)
        die("pwrite");
}

static void *counter(void *argument)
{
    size_t first = (size_t)(uintptr_t)argument * (size_t)pages_per_thread * SPACING;

    int sink = memfd_create("sink", MFD_CLOEXEC);

    if (sink < 0)
        die("memfd_create");
    announce_thread("counter");
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    for (long i = 0; i < pages_per_thread; i++)
        touch(first + (size_t)i * SPACING, sink);
    printf("{\"event\":\"result\",\"tid\":%d,\"touched\":%ld,\"majflt\":%ld}\n", gettid(), pages_per_thread,
           thread_majflt());
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    long threads = 4;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("threads", &threads, "threads (4)"),
        COUNT("pages", &pages_per_thread, "cold pages that each touches (1511)"),
        FLAG("write-from-mapping", &write_from_mapping, "let pwrite(2) touch them: faults in kernel mode"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (mlockall(MCL_CURRENT) != 0)
        die("cannot lock its own pages");
    file = open_cold_file(dir, (size_t)(threads * pages_per_thread) * SPACING);
    pthread_barrier_init(&step, NULL, (unsigned)threads + 1);

    pthread_t *counters = calloc((size_t)threads, sizeof *counters);

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (long i = 0; i < threads; i++)
        counters[i] = start_thread(counter, (void *)(uintptr_t)i);
    pthread_barrier_wait(&step);
    /* The start of the program itself may have cost some. */
    long before = process_majflt();

    ready(true);
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    printf("{\"event\":\"result\",\"pid\":%d,\"majflt\":%ld}\n", getpid(), process_majflt() - before);
    wait_for_line();
    pthread_barrier_wait(&step);
    for (long i = 0; i < threads; i++)
        pthread_join(counters[i], NULL);
    return 0;
}
