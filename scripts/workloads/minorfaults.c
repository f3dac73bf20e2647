/*
 * minorfaults: maps anonymous memory, touches every page once, unmaps it, and again.
 *
 * What it measures: the price of one minor page fault, in ns, for the benchmark: with its share of mmap and munmap, which
 * is the same in every run.
 */
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <sys/mman.h>

#define PAGES 16384ul
#define PAGE_BYTES 4096ul

static void touch_all_once(void)
{
    volatile char *area =
        mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED)
        die("mmap");
    /* A huge page would take 512 faults away. */
    madvise((void *)area, PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < PAGES; i++)
        area[i * PAGE_BYTES] = 1;
    munmap((void *)area, PAGES * PAGE_BYTES);
}

int main(int argc, char **argv)
{
    uint64_t duration_ns = 2 * NS_PER_SECOND;
    long cpu = 0;
    bool hold = false;
    const struct option_spec options[] = {
        SECONDS("seconds", &duration_ns, "how long it runs (2)"),
        COUNT("cpu", &cpu, "the CPU that it stays on (0)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    uint64_t faults = 0;

    read_options(argc, argv, options);
    pin_to_cpu(cpu);
    ready(hold);

    uint64_t began_ns = now_ns(), now;

    do {
        touch_all_once();
        faults += PAGES;
        now = now_ns();
    } while (now - began_ns < duration_ns);
    printf("{\"event\":\"result\",\"faults\":%lu,\"nsPerFault\":%.1f}\n", faults,
           (double)(now - began_ns) / (double)faults);
    return 0;
}
