/*
 * threadchurn: threads that begin and end all the time, next to a few that stay.
 *
 * What it proves: that the faults and the time of ended threads are not lost, and that a tracer's memory does not grow
 * with every thread that ever was. Each short-lived thread touches --faults cold pages, sleeps 1 ms, and ends; the last
 * line says how many there were and how many major faults the process had, ended threads included.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define COLD_PAGES ((size_t)16384)
/* A thread is joined when this many younger ones have been started. */
#define IN_FLIGHT 64

static struct cold_file file;
static long faults_each = 1;
static atomic_bool stopping;

static void *short_lived(void *argument)
{
    size_t first = (uintptr_t)argument * (size_t)faults_each;

    name_thread("short-lived");
    for (long i = 0; i < faults_each; i++) {
        size_t page = (first + (size_t)i) % COLD_PAGES;

        /* The file is gone through more than once. */
        evict_pages(&file, page, 1);
        touch_page(&file, page);
    }
    sleep_ns(NS_PER_MS);
    return NULL;
}

static void *long_lived(void *unused)
{
    (void)unused;
    announce_thread("long-lived");
    while (!stopping)
        sleep_ns(10 * NS_PER_MS);
    return NULL;
}

struct churn {
    long rate_hz;
    unsigned long started;
};

static void *churner(void *argument)
{
    struct churn *churn = argument;
    uint64_t due_ns = now_ns();
    pthread_t threads[IN_FLIGHT];

    announce_thread("churner");
    for (; !stopping; churn->started++) {
        if (churn->started >= IN_FLIGHT)
            pthread_join(threads[churn->started % IN_FLIGHT], NULL);
        threads[churn->started % IN_FLIGHT] = start_thread(short_lived, (void *)(uintptr_t)churn->started);
        due_ns += NS_PER_SECOND / (uint64_t)churn->rate_hz;
        sleep_until_ns(due_ns);
    }
    for (unsigned long i = churn->started < IN_FLIGHT ? 0 : churn->started - IN_FLIGHT; i < churn->started; i++)
        pthread_join(threads[i % IN_FLIGHT], NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    long staying = 4;
    struct churn churn = {.rate_hz = 1000};
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("rate", &churn.rate_hz, "threads started a second (1000)"),
        COUNT("faults", &faults_each, "cold pages that each short-lived thread touches (1)"),
        COUNT("long-lived", &staying, "threads that stay (4)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (churn.rate_hz < 1)
        die("needs a rate of at least 1");
    file = open_cold_file(dir, COLD_PAGES);
    ready(hold);
    block_end_signals();
    for (long i = 0; i < staying; i++)
        pthread_detach(start_thread(long_lived, NULL));
    pthread_t main_churner = start_thread(churner, &churn);

    wait_for_end(duration_ns);
    stopping = true;
    pthread_join(main_churner, NULL);
    printf("{\"event\":\"result\",\"pid\":%d,\"started\":%lu,\"touched\":%lu,\"majflt\":%ld}\n", getpid(),
           churn.started, churn.started * (unsigned long)faults_each, process_majflt());
    return 0;
}
