/* Command line options of a workload as a table: --name VALUE, or --name alone for a flag; --help prints the table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct option_spec {
    const char *name;
    enum { OPTION_FLAG, OPTION_COUNT, OPTION_SECONDS, OPTION_TEXT } kind;
    union {
        bool *flag;
        /* A whole number, 0 or more. */
        long *count;
        /* Seconds on the command line, fractions too; nanoseconds here. */
        uint64_t *duration_ns;
        const char **text;
    } value;
    const char *help;
};

#define FLAG(spelling, variable, text) {.name = spelling, .kind = OPTION_FLAG, .value.flag = variable, .help = text}
#define COUNT(spelling, variable, text) {.name = spelling, .kind = OPTION_COUNT, .value.count = variable, .help = text}
#define SECONDS(spelling, variable, text)                                                                              \
    {.name = spelling, .kind = OPTION_SECONDS, .value.duration_ns = variable, .help = text}
#define TEXT(spelling, variable, words) {.name = spelling, .kind = OPTION_TEXT, .value.text = variable, .help = words}
#define END_OF_OPTIONS {.name = 0}

/* Fills the variables of `specs` from the command line; a mistake ends the program with 2. */
void read_options(int argc, char **argv, const struct option_spec *specs);
