/*
 * storm: pairs of threads, each on a CPU of its own, hand a byte to and fro over pipes as fast as they can: every hand-over is
 * a wait of one of them, some 100,000 a second and CPU.
 *
 * What it proves: that a tracer counts every wait however many there are. It waits for a line on stdin before the storm and again
 * before its threads end, so that all can be read at rest. Each thread says how often it gave up the CPU of itself meanwhile
 * (ru_nvcsw of RUSAGE_THREAD), which the kernel counts, and how many bytes it was handed, which it counts itself.
 */
#include "options.h"
#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct end {
    int from;
    int to;
    long cpu;
    bool begins;
};

static atomic_bool over;
/* All threads and main() pass it together: announced, begin, done, end. */
static pthread_barrier_t step;

static long voluntary_switches(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        die("getrusage");
    return usage.ru_nvcsw;
}

/* Returns how many bytes it was handed; the last one says that it is over. */
static long hand_over(const struct end *end)
{
    long handed = 0;
    char byte = 0;

    if (end->begins && write(end->to, &byte, 1) != 1)
        die("write");
    while (read(end->from, &byte, 1) == 1) {
        handed++;
        if (byte != 0)
            break;
        byte = (char)(end->begins && over);
        if (write(end->to, &byte, 1) != 1)
            die("write");
        if (byte != 0)
            break;
    }
    return handed;
}

static void *thrower(void *argument)
{
    const struct end *end = argument;

    pin_to_cpu(end->cpu);
    announce_thread("storm");
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    long before = voluntary_switches();
    long handed = hand_over(end);
    printf("{\"event\":\"result\",\"tid\":%d,\"handed\":%ld,\"switches\":%ld}\n", gettid(), handed,
           voluntary_switches() - before);
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    return NULL;
}

static void start_pair(struct end *ends, long cpu)
{
    int there[2], back[2];

    if (pipe(there) != 0 || pipe(back) != 0)
        die("pipe");
    ends[0] = (struct end){.from = back[0], .to = there[1], .cpu = cpu, .begins = true};
    ends[1] = (struct end){.from = there[0], .to = back[1], .cpu = cpu};
    start_thread(thrower, &ends[0]);
    start_thread(thrower, &ends[1]);
}

int main(int argc, char **argv)
{
    long pairs = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t duration_ns = 5 * NS_PER_SECOND;
    const struct option_spec options[] = {
        COUNT("pairs", &pairs, "pairs of threads (as many as there are CPUs)"),
        SECONDS("duration", &duration_ns, "how long the storm lasts (5)"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_barrier_init(&step, NULL, (unsigned)(2 * pairs + 1));

    struct end *ends = calloc((size_t)(2 * pairs), sizeof *ends);

    if (ends == NULL)
        die("no memory");
    for (long i = 0; i < pairs; i++)
        start_pair(ends + 2 * i, i % sysconf(_SC_NPROCESSORS_ONLN));
    pthread_barrier_wait(&step);
    ready(true);
    pthread_barrier_wait(&step);
    sleep_ns(duration_ns);
    over = true;
    pthread_barrier_wait(&step);
    wait_for_line();
    pthread_barrier_wait(&step);
    return 0;
}
