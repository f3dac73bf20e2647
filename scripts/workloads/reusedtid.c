/*
 * reusedtid: a thread faults and ends, and a later thread of the same process gets its number.
 *
 * What it proves: that a tracer takes the two for two. The kernel hands out numbers in rising order; writing the one
 * before to /proc/sys/kernel/ns_last_pid (pid_namespaces(7), needs root) makes the next thread get it, unless another
 * process of the host was quicker: then it tries again. Both announce themselves and say what they faulted.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_PAGES ((size_t)101)
#define SECOND_PAGES ((size_t)211)
/* A thread's start time is told in ticks of 10 ms: the two must not begin in the same one, and shall live a second. */
#define APART_NS (1 * NS_PER_SECOND)

static struct cold_file file;
/* Pages that have been touched. */
static size_t used;
/* The number to get; 0 before the first thread. */
static pid_t wanted;
static bool got_it;

static void touch_and_tell(const char *name, size_t pages)
{
    announce_thread(name);
    for (size_t i = 0; i < pages; i++)
        touch_page(&file, used++);
    sleep_ns(APART_NS);
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"touched\":%zu,\"majflt\":%ld}\n", gettid(), name, pages,
           thread_majflt());
}

static void *first(void *unused)
{
    (void)unused;
    wanted = gettid();
    touch_and_tell("first", FIRST_PAGES);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    got_it = gettid() == wanted;
    if (got_it)
        touch_and_tell("second", SECOND_PAGES);
    return NULL;
}

static void set_last_number(pid_t last)
{
    FILE *setting = fopen("/proc/sys/kernel/ns_last_pid", "w");

    if (setting == NULL || fprintf(setting, "%d", last) < 0 || fclose(setting) != 0)
        die("cannot write ns_last_pid");
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        FLAG("hold", &hold, "start on a line from stdin, and end on another"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    file = open_cold_file(dir, FIRST_PAGES + SECOND_PAGES);
    ready(hold);
    pthread_join(start_thread(first, NULL), NULL);
    sleep_ns(APART_NS);
    while (!got_it) {
        set_last_number(wanted - 1);
        pthread_join(start_thread(second, NULL), NULL);
    }
    if (hold)
        wait_for_line();
    return 0;
}
