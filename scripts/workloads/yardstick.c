#include "yardstick.h"

#include "options.h"
#include "support.h"

#include <stdio.h>

int measure(int argc, char **argv, struct yardstick yardstick)
{
    uint64_t duration_ns = 2 * NS_PER_SECOND;
    long cpu = 0;
    bool hold = false;
    const struct option_spec options[] = {
        SECONDS("seconds", &duration_ns, "how long it runs (2)"),
        COUNT("cpu", &cpu, "the CPU that all of it stays on (0)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    uint64_t done = 0;

    read_options(argc, argv, options);
    pin_to_cpu(cpu);
    if (yardstick.set_up != NULL)
        yardstick.set_up();
    ready(hold);

    uint64_t began_ns = now_ns(), now;

    do {
        done += yardstick.round();
        now = now_ns();
    } while (now - began_ns < duration_ns);
    printf("{\"event\":\"result\",\"%s\":%lu,\"%s\":%.1f}\n", yardstick.count, done, yardstick.price,
           (double)(now - began_ns) / (double)done);
    return 0;
}
