/*
 * pingpong: two threads on one CPU hand a byte to and fro over two pipes; every hand-over is a context switch.
 *
 * What it measures: the price of one context switch, in ns, for the benchmark. Both ends must share one CPU: on two,
 * a tracer keeps the other core awake and makes the whole thing faster.
 */
#include "support.h"
#include "yardstick.h"

#include <unistd.h>

/* Round trips between two looks at the clock; each is two switches. */
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

static void start_pong(void)
{
    if (pipe(there) != 0 || pipe(back) != 0)
        die("pipe");
    start_thread(returner, NULL);
}

static uint64_t round_trips(void)
{
    char byte = 0;

    for (int i = 0; i < BATCH; i++)
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            die("pipe");
    return 2 * BATCH;
}

int main(int argc, char **argv)
{
    return measure(argc, argv,
                   (struct yardstick){
                       .set_up = start_pong, .round = round_trips, .count = "switches", .price = "nsPerSwitch"});
}
