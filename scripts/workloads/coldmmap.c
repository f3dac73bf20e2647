/*
 * coldmmap: the demonstration. Several threads read a cold file mapping at random, as a database does that trusts
 * mmap, and one thread only sleeps 1 ms at a time, as a request handler that touches no mapping.
 *
 * What it proves: that the threads named "reader" are in major faults nearly all of the time, as often as
 * getrusage(RUSAGE_THREAD) says at the end, and that "sleeper" and "evict" never are. An "evict" thread throws the
 * file out of the page cache, a twentieth every 50 ms, so that it goes on faulting for as long as it runs.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define EVICT_STEPS 20
#define EVICT_PERIOD_NS (50 * NS_PER_MS)
/* How far a rate-limited reader may lag behind and still catch up. */
#define CATCH_UP_NS (10 * NS_PER_MS)

static struct cold_file file;
static atomic_bool stopping;
/* Between two touches of one reader; 0 is as fast as it goes. */
static uint64_t touch_period_ns;

static void print_thread_result(const char *name, uint64_t rounds)
{
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"rounds\":%lu,\"majflt\":%ld}\n", gettid(), name, rounds,
           thread_majflt());
}

static uint64_t pace(uint64_t due_ns)
{
    uint64_t now = now_ns();

    if (due_ns + CATCH_UP_NS < now)
        due_ns = now;
    if (due_ns > now)
        sleep_until_ns(due_ns);
    return due_ns + touch_period_ns;
}

static void *reader(void *argument)
{
    uint64_t random = (uint64_t)(uintptr_t)argument * 0x9e3779b97f4a7c15ull;
    uint64_t due_ns = now_ns();
    uint64_t touches = 0;

    announce_thread("reader");
    for (; !stopping; touches++) {
        if (touch_period_ns > 0)
            due_ns = pace(due_ns);
        touch_page(&file, next_random(&random) % file.pages);
    }
    print_thread_result("reader", touches);
    return NULL;
}

static long voluntary_switches(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

static void *sleeper(void *unused)
{
    uint64_t sleeps = 0;

    (void)unused;
    announce_thread("sleeper");
    while (!stopping) {
        long before = voluntary_switches();

        sleep_ns(NS_PER_MS);
        /* One that was held up on its way to sleep for all of the millisecond never slept. */
        if (voluntary_switches() > before)
            sleeps++;
    }
    print_thread_result("sleeper", sleeps);
    return NULL;
}

static void *evictor(void *unused)
{
    size_t share = file.pages / EVICT_STEPS;
    uint64_t steps = 0;

    (void)unused;
    announce_thread("evict");
    for (; !stopping; steps++) {
        evict_pages(&file, steps % EVICT_STEPS * share, share);
        sleep_ns(EVICT_PERIOD_NS);
    }
    print_thread_result("evict", steps);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    long readers = 4, mebibytes = 512, rate_hz = 0;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("threads", &readers, "readers (4)"),
        COUNT("mib", &mebibytes, "size of the file (512)"),
        COUNT("rate", &rate_hz, "touches a second of all readers together (0: as fast as it goes)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (readers < 1 || mebibytes < 1) {
        errno = 0;
        die("needs at least one thread and one MiB");
    }
    file = open_cold_file(dir, ((size_t)mebibytes << 20) / (size_t)sysconf(_SC_PAGESIZE));
    touch_period_ns = rate_hz == 0 ? 0 : NS_PER_SECOND * (uint64_t)readers / (uint64_t)rate_hz;
    ready(hold);
    block_end_signals();

    pthread_t *threads = calloc((size_t)readers + 2, sizeof *threads);
    uint64_t started_ns = now_ns();

    for (long i = 0; i < readers; i++)
        threads[i] = start_thread(reader, (void *)(uintptr_t)(i + 1));
    threads[readers] = start_thread(sleeper, NULL);
    threads[readers + 1] = start_thread(evictor, NULL);
    wait_for_end(duration_ns);
    stopping = true;
    for (long i = 0; i < readers + 2; i++)
        pthread_join(threads[i], NULL);
    printf("{\"event\":\"result\",\"pid\":%d,\"durationNs\":%lu,\"majflt\":%ld}\n", getpid(), now_ns() - started_ns,
           process_majflt());
    return 0;
}
