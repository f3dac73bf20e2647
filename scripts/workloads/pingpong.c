/*
 * pingpong: two threads on one CPU hand a byte to and fro over two pipes; every hand-over is a context switch.
 *
 * What it measures: the price of one context switch, in ns, for the benchmark. Both ends must share one CPU: on two,
 * a tracer keeps the other core awake and makes the whole thing faster.
 */
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <unistd.h>

/* The clock is read once in so many round trips. */
#define BATCH 100

static int there[2], back[2];

static void *returner(void *unused)
{
    char byte;

    (void)unused;
    name_thread("pong");
    while (read(there[0], &byte, 1) == 1)
        if (write(back[1], &byte, 1) != 1)
            die("write");
    return NULL;
}

static void round_trip(void)
{
    char byte = 0;

    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
        die("pipe");
}

int main(int argc, char **argv)
{
    uint64_t duration_ns = 2 * NS_PER_SECOND;
    long cpu = 0;
    bool hold = false;
    const struct option_spec options[] = {
        SECONDS("seconds", &duration_ns, "how long it runs (2)"),
        COUNT("cpu", &cpu, "the CPU that both threads stay on (0)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    uint64_t trips = 0;

    read_options(argc, argv, options);
    pin_to_cpu(cpu);
    if (pipe(there) != 0 || pipe(back) != 0)
        die("pipe");
    start_thread(returner, NULL);
    ready(hold);

    uint64_t began_ns = now_ns(), now;

    do {
        for (int i = 0; i < BATCH; i++)
            round_trip();
        trips += BATCH;
        now = now_ns();
    } while (now - began_ns < duration_ns);
    printf("{\"event\":\"result\",\"switches\":%lu,\"nsPerSwitch\":%.1f}\n", 2 * trips,
           (double)(now - began_ns) / (double)(2 * trips));
    return 0;
}
