#include "options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(const char *program, const struct option_spec *specs, FILE *out)
{
    fprintf(out, "usage: %s [options]\n", program);
    for (; specs->name != NULL; specs++)
        fprintf(out, "  --%-20s %s\n", specs->name, specs->help);
}

static const struct option_spec *find(const struct option_spec *specs, const char *argument)
{
    if (strncmp(argument, "--", 2) != 0)
        return NULL;
    for (; specs->name != NULL; specs++)
        if (strcmp(specs->name, argument + 2) == 0)
            return specs;
    return NULL;
}

static bool store(const struct option_spec *spec, const char *text)
{
    char *end;

    if (spec->kind == OPTION_TEXT) {
        *spec->value.text = text;
        return true;
    }
    if (spec->kind == OPTION_COUNT) {
        *spec->value.count = strtol(text, &end, 10);
        return end != text && *end == '\0' && *spec->value.count >= 0;
    }
    double seconds = strtod(text, &end);

    *spec->value.duration_ns = (uint64_t)(seconds * 1e9);
    return end != text && *end == '\0' && isfinite(seconds) && seconds >= 0;
}

void read_options(int argc, char **argv, const struct option_spec *specs)
{
    for (int i = 1; i < argc; i++) {
        const struct option_spec *spec = find(specs, argv[i]);

        if (strcmp(argv[i], "--help") == 0) {
            usage(argv[0], specs, stdout);
            exit(0);
        }
        if (spec != NULL && spec->kind == OPTION_FLAG) {
            *spec->value.flag = true;
            continue;
        }
        if (spec == NULL || i + 1 == argc || !store(spec, argv[i + 1])) {
            fprintf(stderr, "%s: do not understand %s\n", argv[0], argv[i]);
            usage(argv[0], specs, stderr);
            exit(2);
        }
        i++;
    }
}
