/*
 * execthread: a thread beside the first one calls execve(2), and so takes over the first one's number and start time.
 *
 * What it proves: that a tracer takes the two for two. The first thread says its major faults while it waits for its end;
 * the other one at the end of the program, all of them, and how many it took before, under its own number.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_PAGES ((size_t)101)
#define BEFORE_PAGES ((size_t)53)
#define AFTER_PAGES ((size_t)211)
#define REST_NS (300 * NS_PER_MS)

static struct cold_file file;
static const char *dir = "/var/tmp";

static void touch_pages(size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        touch_page(&file, i);
    sleep_ns(REST_NS);
}

static void tell(long before)
{
    printf("{\"event\":\"result\",\"tid\":%d,\"majflt\":%ld,\"before\":%ld}\n", gettid(), thread_majflt(), before);
    fflush(stdout);
}

static void *execute_itself(void *unused)
{
    char before[32];

    (void)unused;
    touch_pages(FIRST_PAGES, BEFORE_PAGES);
    snprintf(before, sizeof before, "%ld", thread_majflt());
    execl("/proc/self/exe", "execthread", "--dir", dir, "--before", before, NULL);
    die("cannot execute itself");
}

int main(int argc, char **argv)
{
    long before = -1;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        COUNT("before", &before, "what it was before it executed itself: its major faults so far"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    file = open_cold_file(dir, FIRST_PAGES + BEFORE_PAGES + AFTER_PAGES);
    if (before >= 0) {
        touch_pages(FIRST_PAGES + BEFORE_PAGES, AFTER_PAGES);
        tell(before);
        return 0;
    }
    ready(hold);
    touch_pages(0, FIRST_PAGES);
    tell(0);
    pthread_join(start_thread(execute_itself, NULL), NULL);
}
