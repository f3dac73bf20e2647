/*
 * patterns: three threads, each with a file of its own, that read it in a known order: "scan" page after page, "random"
 * with the same chance for every page, "hot" nine times in ten within one tenth of it, from six tenths on.
 *
 * What it proves: by which file, where in it and in what order pages are faulted in. Every page is evicted before it is
 * touched and nothing is read ahead, so that each touch is one major fault.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <unistd.h>

/* Files are told apart by their size. */
#define PAGES 20000ul

enum order { SCAN, RANDOM, HOT, ORDERS };
static const char *const names[ORDERS] = {"scan", "random", "hot"};
static struct cold_file files[ORDERS];
static volatile bool stopping;

static size_t next_page(enum order order, size_t touched, uint64_t *state)
{
    size_t pages = files[order].pages;

    if (order == SCAN)
        return touched % pages;
    if (order == HOT && next_random(state) % 10 != 0)
        return pages * 6 / 10 + next_random(state) % (pages / 10);
    return next_random(state) % pages;
}

static void *reader(void *argument)
{
    enum order order = (enum order)(uintptr_t)argument;
    uint64_t state = 88172645463325252ull + order;

    announce_thread(names[order]);
    for (size_t touched = 0; !stopping; touched++) {
        size_t page = next_page(order, touched, &state);

        evict_pages(&files[order], page, 1);
        touch_page(&files[order], page);
    }
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"pages\":%zu,\"majflt\":%ld}\n", gettid(), names[order],
           files[order].pages, thread_majflt());
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its files are kept (/var/tmp); not on tmpfs"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    pthread_t threads[ORDERS];

    read_options(argc, argv, options);
    for (size_t order = 0; order < ORDERS; order++)
        files[order] = open_cold_file(dir, PAGES + order);
    ready(hold);
    block_end_signals();
    for (size_t order = 0; order < ORDERS; order++)
        threads[order] = start_thread(reader, (void *)order);
    wait_for_end(duration_ns);
    stopping = true;
    for (size_t order = 0; order < ORDERS; order++)
        pthread_join(threads[order], NULL);
    return 0;
}
