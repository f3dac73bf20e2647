/*
 * hostilestorm: threads by the thousand that rename themselves, map and unmap files, fault, and end as fast as they can, while the files
 * are renamed too; all names try to break whatever prints them.
 *
 * What it proves: that a tracer stays within its memory, ends in time and tells nothing false of such a program: a "tid" line
 * says how many threads have had that tid and how many major faults they took together, as getrusage(RUSAGE_THREAD)
 * counts them; the last line has the totals.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* PID_MAX_LIMIT of include/linux/threads.h */
#define MOST_TIDS (4 << 20)
#define FILES 4
#define FILE_PAGES ((size_t)512)
#define MAPPED_PAGES 8
#define STEPS_OF_A_LIFE 8

static const char *const names[] = {
    "\033[2J\033[H", "\033]0;owned\007", "\xc2\x9b" "31mred", "\033P1$r\033\\", "{red-fg}x{/}", "{/}{bold}", "a\nM 1 2 3",
    "a\r\tb\b\b", "\xe2\x80\xae" "gnp.exe", "\xff\xfe\x80", "; x 1;y", "a) R 1 (b", "<script>", "%s%n%d", "\\012", "",
};
#define NAMES (sizeof names / sizeof *names)

static struct cold_file files[FILES];
static const char *dir = "/var/tmp";
static atomic_uint lives_of[MOST_TIDS], faults_of[MOST_TIDS];
static atomic_ulong lives, renames, mappings;
static atomic_long living;
static atomic_bool stopping;

static uint64_t seed_of(pid_t tid)
{
    return now_ns() ^ ((uint64_t)tid << 40) ^ 1;
}

static void map_and_fault(const struct cold_file *file, uint64_t *random)
{
    size_t page = next_random(random) % (FILE_PAGES - MAPPED_PAGES);
    uint8_t *mapping =
        mmap(NULL, MAPPED_PAGES * file->page_bytes, PROT_READ, MAP_SHARED, file->fd, (off_t)(page * file->page_bytes));

    /* Where there are too many mappings already. */
    if (mapping == MAP_FAILED)
        return;
    mappings++;
    madvise(mapping, MAPPED_PAGES * file->page_bytes, MADV_RANDOM);
    if (next_random(random) % 8 == 0)
        evict_pages(file, page, 1);
    (void)*(volatile uint8_t *)mapping;
    munmap(mapping, MAPPED_PAGES * file->page_bytes);
}

static void *live(void *unused)
{
    pid_t tid = gettid();
    uint64_t random = seed_of(tid);

    (void)unused;
    for (int step = 0; step < STEPS_OF_A_LIFE && !stopping; step++) {
        name_thread(names[next_random(&random) % NAMES]);
        renames++;
        map_and_fault(&files[next_random(&random) % FILES], &random);
    }
    lives_of[tid]++;
    faults_of[tid] += (unsigned)thread_majflt();
    living--;
    return NULL;
}

static void hostile_path(char *path, size_t number, uint64_t nonce)
{
    const char *name = names[nonce % NAMES];

    snprintf(path, PATH_MAX, "%s/%zu%s", dir, number, strchr(name, '/') == NULL ? name : "");
}

static void *rename_files(void *unused)
{
    char path[FILES][PATH_MAX], next[PATH_MAX];
    uint64_t random = seed_of(gettid());

    (void)unused;
    for (size_t i = 0; i < FILES; i++)
        snprintf(path[i], sizeof path[i], "%s/%zu/faultscope-cold-%zu.dat", dir, i, FILE_PAGES);
    for (size_t i = 0; !stopping; i = (i + 1) % FILES) {
        hostile_path(next, i + FILES, next_random(&random));
        if (rename(path[i], next) != 0)
            die("cannot rename");
        strcpy(path[i], next);
        sleep_ns(NS_PER_MS);
    }
    return NULL;
}

static void *keep_alive(void *argument)
{
    long wanted = *(const long *)argument;
    pthread_attr_t small;
    pthread_t thread;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    while (!stopping) {
        if (living >= wanted || pthread_create(&thread, &small, live, NULL) != 0) {
            sleep_ns(100 * NS_PER_US);
            continue;
        }
        living++;
        lives++;
    }
    return NULL;
}

static void open_files(void)
{
    for (size_t i = 0; i < FILES; i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/%zu", dir, i);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            die("cannot make %s", path);
        files[i] = open_cold_file(path, FILE_PAGES);
    }
}

int main(int argc, char **argv)
{
    long wanted = 5000;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "an empty directory for its files (/var/tmp); not on tmpfs"),
        COUNT("threads", &wanted, "threads at a time (5000)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    open_files();
    ready(hold);
    block_end_signals();
    pthread_t renamer = start_thread(rename_files, NULL);
    pthread_t keeper = start_thread(keep_alive, &wanted);

    wait_for_end(duration_ns);
    stopping = true;
    pthread_join(keeper, NULL);
    pthread_join(renamer, NULL);
    while (living > 0)
        sleep_ns(NS_PER_MS);
    for (int tid = 0; tid < MOST_TIDS; tid++)
        if (lives_of[tid] > 0)
            printf("{\"event\":\"tid\",\"tid\":%d,\"lives\":%u,\"majflt\":%u}\n", tid, lives_of[tid], faults_of[tid]);
    printf("{\"event\":\"result\",\"pid\":%d,\"lives\":%lu,\"renames\":%lu,\"mappings\":%lu,\"majflt\":%ld}\n", getpid(),
           lives, renames, mappings, process_majflt());
    return 0;
}
