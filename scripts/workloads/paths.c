/*
 * paths: cold pages are touched, and waits begun, on known ways through the program.
 *
 * What it proves: that a tracer lays faults and waits to the code they come from. Thread "toucher" goes down five ways to
 * the same function, each a prime number of times; each touch is one major fault (MADV_RANDOM, no page twice). Thread
 * "waiter" sleeps on two ways, and measures that itself. Thread "stuck" goes to sleep once, in stay_stuck(), for good.
 * Built with frame pointers, so that stacks can be walked; functions that end in a call keep their frames.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define WAY __attribute__((noinline, noclone))
/* Behind a call that a compiler would make a jump of. */
#define STAY __asm__ volatile("")
#define SPACING 8

static struct cold_file file;
static size_t next_page;
/* All threads and main() pass it together: announced, begin. */
static pthread_barrier_t step;

WAY void choose_next(void)
{
    next_page += SPACING;
    STAY;
}

/* The call comes first: the compiler may read memory before a frame is complete, but not before a call. */
WAY void touch_next(void)
{
    choose_next();
    (void)file.mapping[next_page * file.page_bytes];
    STAY;
}

WAY void find_row(void)
{
    touch_next();
    STAY;
}

WAY void scan_rows(void)
{
    touch_next();
    STAY;
}

WAY void serve_find(void)
{
    find_row();
    STAY;
}

WAY void serve_scan(void)
{
    scan_rows();
    STAY;
}

WAY void rebuild_index(void)
{
    scan_rows();
    STAY;
}

WAY void warm_up(void)
{
    touch_next();
    STAY;
}

WAY void audit(void)
{
    find_row();
    STAY;
}

static const struct way {
    const char *name;
    void (*go)(void);
    int faults;
} ways[] = {
    {"serve_find", serve_find, 499}, {"serve_scan", serve_scan, 251}, {"rebuild_index", rebuild_index, 127},
    {"warm_up", warm_up, 61},        {"audit", audit, 31},
};
#define WAYS (sizeof ways / sizeof *ways)

static void *toucher(void *unused)
{
    (void)unused;
    announce_thread("toucher");
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    for (size_t i = 0; i < WAYS; i++)
        for (int n = 0; n < ways[i].faults; n++)
            ways[i].go();
    long majflt = thread_majflt();
    for (size_t i = 0; i < WAYS; i++)
        printf("{\"event\":\"way\",\"name\":\"%s\",\"faults\":%d}\n", ways[i].name, ways[i].faults);
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"toucher\",\"majflt\":%ld}\n", gettid(), majflt);
    wait_for_end(0);
    return NULL;
}

WAY uint64_t wait_for_reply(void)
{
    uint64_t before = now_ns();

    sleep_ns(5 * NS_PER_MS);
    return now_ns() - before;
}

WAY uint64_t wait_for_slot(void)
{
    uint64_t before = now_ns();

    sleep_ns(20 * NS_PER_MS);
    return now_ns() - before;
}

static void *waiter(void *unused)
{
    uint64_t reply_ns = 0, slot_ns = 0;

    (void)unused;
    announce_thread("waiter");
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    for (int i = 0; i < 40; i++)
        reply_ns += wait_for_reply();
    for (int i = 0; i < 20; i++)
        slot_ns += wait_for_slot();
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"waiter\",\"replyNs\":%llu,\"slotNs\":%llu}\n", gettid(),
           (unsigned long long)reply_ns, (unsigned long long)slot_ns);
    wait_for_end(0);
    return NULL;
}

WAY void stay_stuck(void)
{
    sleep_ns(3600 * NS_PER_SECOND);
    STAY;
}

static void *stuck(void *unused)
{
    (void)unused;
    announce_thread("stuck");
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    stay_stuck();
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    size_t pages = SPACING;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        SECONDS("seconds", &duration_ns, "how long it lives from the line on (0: until the next line)"),
        FLAG("hold", &hold, "start on a line from stdin: it always does"),
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (mlockall(MCL_CURRENT) != 0)
        die("cannot lock its own pages");
    for (size_t i = 0; i < WAYS; i++)
        pages += (size_t)ways[i].faults * SPACING;
    file = open_cold_file(dir, pages);
    pthread_barrier_init(&step, NULL, 4);
    setvbuf(stdout, NULL, _IOLBF, 0);
    start_thread(toucher, NULL);
    start_thread(waiter, NULL);
    start_thread(stuck, NULL);
    pthread_barrier_wait(&step);
    long before = process_majflt();

    ready(true);
    pthread_barrier_wait(&step);
    if (duration_ns == 0)
        wait_for_line();
    else
        sleep_ns(duration_ns);
    printf("{\"event\":\"result\",\"pid\":%d,\"majflt\":%ld}\n", getpid(), process_majflt() - before);
    return 0;
}
