/*
 * minorfaults: maps anonymous memory, touches every page once, unmaps it, and again.
 *
 * What it measures: the price of one minor page fault, in ns, for the benchmark: with its share of mmap and munmap, which
 * is the same in every run.
 */
#include "support.h"
#include "yardstick.h"

#include <sys/mman.h>

#define PAGES 16384ul
#define PAGE_BYTES 4096ul

static uint64_t touch_all_once(void)
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
    return PAGES;
}

int main(int argc, char **argv)
{
    return measure(argc, argv, (struct yardstick){.round = touch_all_once, .count = "faults", .price = "nsPerFault"});
}
