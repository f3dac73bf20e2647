/*
 * swapreader: throws its own memory out to swap and touches it again page by page, timing every touch itself.
 *
 * What it proves: that every swap-in is counted, also where it never sleeps (zram), and that the time its device took
 * is no more than the touch took. It needs swap that is on, and Linux 5.4 (MADV_PAGEOUT).
 */
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096ul

static long pages = 2000;

int main(int argc, char **argv)
{
    bool hold = false;
    const struct option_spec options[] = {
        COUNT("pages", &pages, "pages to throw out and touch again (2000)"),
        FLAG("hold", &hold, "start on a line from stdin, and end on another"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    size_t bytes = (size_t)pages * PAGE_BYTES;
    volatile uint64_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        die("out of memory");
    /* A huge page would come back at once. */
    madvise((void *)memory, bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes / sizeof *memory; i++)
        memory[i] = i * 0x9e3779b97f4a7c15ull;
    ready(hold);

    /* Only now, so that the swap may come after this program. */
    if (madvise((void *)memory, bytes, MADV_PAGEOUT) != 0)
        die("cannot page out");
    uint64_t total_ns = 0;
    long majflt_before = thread_majflt();

    for (long i = 0; i < pages; i++) {
        uint64_t began_ns = now_ns();

        (void)memory[(size_t)i * (PAGE_BYTES / sizeof *memory)];
        total_ns += now_ns() - began_ns;
    }
    printf("{\"event\":\"result\",\"touched\":%ld,\"majflt\":%ld,\"totalNs\":%lu}\n", pages,
           thread_majflt() - majflt_before, total_ns);
    fflush(stdout);
    if (hold)
        wait_for_line();
    return 0;
}
