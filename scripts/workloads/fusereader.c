/*
 * fusereader: maps a file of fusedelay, or a loop device over it, and touches its pages one by one, timing every touch itself.
 *
 * What it proves: the true latency of each major fault, measured in the faulting thread with clock_gettime(2) right
 * before and after the touch, to hold a tracer's figures against. Every thread has pages of its own.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096ul

static const volatile char *mapping;
static long pages_per_thread = 100;

/* Time on the CPU: what is not waiting. A hypervisor that takes the CPU away makes it longer. */
static uint64_t thread_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void *reader(void *argument)
{
    const volatile char *first = mapping + (uintptr_t)argument * (size_t)pages_per_thread * PAGE_BYTES;
    uint64_t total_ns = 0, longest_off_cpu_ns = 0, *took_ns = calloc((size_t)pages_per_thread, sizeof *took_ns);

    if (took_ns == NULL)
        die("out of memory");
    announce_thread("fusereader");
    for (long i = 0; i < pages_per_thread; i++) {
        uint64_t began_ns = now_ns(), cpu_began_ns = thread_cpu_ns();

        (void)first[(size_t)i * PAGE_BYTES];
        took_ns[i] = now_ns() - began_ns;
        uint64_t off_cpu_ns = took_ns[i] - (thread_cpu_ns() - cpu_began_ns);

        total_ns += took_ns[i];
        longest_off_cpu_ns = off_cpu_ns > longest_off_cpu_ns ? off_cpu_ns : longest_off_cpu_ns;
    }
    qsort(took_ns, (size_t)pages_per_thread, sizeof *took_ns, compare);
    printf("{\"event\":\"result\",\"tid\":%d,\"touched\":%ld,\"majflt\":%ld,\"totalNs\":%lu,\"meanNs\":%lu,"
           "\"minNs\":%lu,\"p50Ns\":%lu,\"maxNs\":%lu,\"maxOffCpuNs\":%lu}\n",
           gettid(), pages_per_thread, thread_majflt(), total_ns, total_ns / (uint64_t)pages_per_thread, took_ns[0],
           took_ns[pages_per_thread / 2], took_ns[pages_per_thread - 1], longest_off_cpu_ns);
    free(took_ns);
    return NULL;
}

static void map_file(const char *path, size_t needed)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* Of a block device stat(2) tells no size. */
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

    if (size < 0)
        die("cannot open %s", path);
    errno = 0;
    if ((size_t)size < needed)
        die("%s has fewer than %zu bytes", path, needed);
    mapping = mmap(NULL, needed, PROT_READ, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED)
        die("cannot map %s", path);
    madvise((void *)mapping, needed, MADV_RANDOM);
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    long threads = 1;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("file", &path, "the mounted file"),
        COUNT("threads", &threads, "readers (1)"),
        COUNT("pages", &pages_per_thread, "pages that each touches, once (100)"),
        FLAG("hold", &hold, "start on a line from stdin, and end on another"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (path == NULL || threads < 1 || pages_per_thread < 1) {
        errno = 0;
        die("needs --file, and at least one thread and one page");
    }
    map_file(path, (size_t)threads * (size_t)pages_per_thread * PAGE_BYTES);
    ready(hold);

    pthread_t *readers = calloc((size_t)threads, sizeof *readers);

    for (long i = 0; i < threads; i++)
        readers[i] = start_thread(reader, (void *)(uintptr_t)i);
    for (long i = 0; i < threads; i++)
        pthread_join(readers[i], NULL);
    if (hold)
        wait_for_line();
    return 0;
}
