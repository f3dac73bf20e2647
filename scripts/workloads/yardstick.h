/* What the benchmark's yardsticks share: one thing done again and again on one CPU, and what one of it costs. */
#pragma once

#include <stdint.h>

struct yardstick {
    /* Called once, on the CPU that is measured, before the clock starts; may be NULL. */
    void (*set_up)(void);
    /* Does the thing some hundred times or more (the clock is read in between) and returns how often. */
    uint64_t (*round)(void);
    /* The names of the count and of its price in the "result" line. */
    const char *count, *price;
};

/* A yardstick's main(): takes --seconds, --cpu and --hold. */
int measure(int argc, char **argv, struct yardstick yardstick);
