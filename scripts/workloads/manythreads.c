/*
 * manythreads: a great many threads that only sleep, and a few that fault.
 *
 * What it proves: that views and costs stand 10,000 threads, and that the few that matter are found among them. The
 * sleepers wake once a minute; each "active" thread touches a cold page every millisecond.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COLD_PAGES_EACH ((size_t)2048)

static struct cold_file file;
static atomic_bool stopping;

static void *idle(void *unused)
{
    (void)unused;
    name_thread("idle");
    while (!stopping)
        sleep_ns(60 * NS_PER_SECOND);
    return NULL;
}

static void *active(void *argument)
{
    size_t first = (uintptr_t)argument * COLD_PAGES_EACH;

    announce_thread("active");
    for (size_t i = 0; !stopping; i++) {
        size_t page = first + i % COLD_PAGES_EACH;

        evict_pages(&file, page, 1);
        touch_page(&file, page);
        sleep_ns(NS_PER_MS);
    }
    printf("{\"event\":\"result\",\"tid\":%d,\"majflt\":%ld}\n", gettid(), thread_majflt());
    return NULL;
}

static void start_idle(long count)
{
    pthread_attr_t small;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
    for (long i = 0; i < count; i++) {
        pthread_t thread;

        errno = pthread_create(&thread, &small, idle, NULL);
        if (errno != 0)
            die("cannot start thread %ld of %ld (see ulimit -u, kernel.threads-max, vm.max_map_count)", i + 1, count);
        pthread_detach(thread);
    }
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    long idle_threads = 10000, active_threads = 4;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("threads", &idle_threads, "threads that sleep (10000)"),
        COUNT("active", &active_threads, "threads that fault (4)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start the active ones on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    file = open_cold_file(dir, (size_t)(active_threads > 0 ? active_threads : 1) * COLD_PAGES_EACH);
    block_end_signals();
    start_idle(idle_threads);
    ready(hold);

    pthread_t *threads = calloc((size_t)active_threads + 1, sizeof *threads);

    for (long i = 0; i < active_threads; i++)
        threads[i] = start_thread(active, (void *)(uintptr_t)i);
    wait_for_end(duration_ns);
    stopping = true;
    for (long i = 0; i < active_threads; i++)
        pthread_join(threads[i], NULL);
    printf("{\"event\":\"result\",\"pid\":%d,\"majflt\":%ld}\n", getpid(), process_majflt());
    return 0;
}
