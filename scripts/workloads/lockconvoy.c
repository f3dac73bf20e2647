/*
 * lockconvoy: threads that queue for one mutex, again and again, because each holds it for longer than it does without.
 *
 * What it proves: that a tracer calls a lock convoy a lock convoy: its threads wait for the lock nearly all the time, and
 * take no major fault. Each thread measures itself how long it waited for the lock.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool stopping;
static uint64_t hold_ns = NS_PER_MS;

static void burn(uint64_t duration_ns)
{
    for (uint64_t until_ns = now_ns() + duration_ns; now_ns() < until_ns && !stopping;)
        continue;
}

static void *worker(void *unused)
{
    uint64_t waited_ns = 0, turns = 0;

    (void)unused;
    announce_thread("worker");
    for (; !stopping; turns++) {
        uint64_t began_ns = now_ns();

        pthread_mutex_lock(&lock);
        waited_ns += now_ns() - began_ns;
        burn(hold_ns);
        pthread_mutex_unlock(&lock);
        /* A fifth of the time outside, asleep, so that somebody else has the lock on return. */
        sleep_ns(hold_ns / 5);
    }
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"worker\",\"turns\":%lu,\"waitNs\":%lu,\"majflt\":%ld}\n",
           gettid(), turns, waited_ns, thread_majflt());
    return NULL;
}

int main(int argc, char **argv)
{
    long count = 8;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        COUNT("threads", &count, "threads that queue (8)"),
        SECONDS("lock", &hold_ns, "seconds that each holds the lock (0.001)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (count < 1) {
        errno = 0;
        die("needs at least one thread");
    }
    ready(hold);
    block_end_signals();

    pthread_t *threads = calloc((size_t)count, sizeof *threads);

    for (long i = 0; i < count; i++)
        threads[i] = start_thread(worker, NULL);
    wait_for_end(duration_ns);
    stopping = true;
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return 0;
}
