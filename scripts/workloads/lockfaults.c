/*
 * lockfaults: a lock whose holder touches slow pages while others wait for it.
 *
 * What it proves: that lock waits are laid to the major faults that kept the holder from ending them. In each turn
 * `faulter` takes lock 1 and touches pages of a mapped file, which fusedelay makes slow; `middle` takes lock 2 and then
 * waits for lock 1; `waiter` waits for lock 2. So the middle one waits for a fault of its lock's holder, and the waiter for
 * the same fault, two locks away. Each measures its waits, and how much of them the touches took, itself.
 * With --before the faulter touches the pages before it takes the lock: nobody waits for a fault then, although as many are
 * taken, and holds the lock asleep for as long.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES 4096ul

static const volatile char *mapping;
static long turns = 30, pages = 4;
static uint64_t period_ns = 40 * NS_PER_MS, apart_ns = NS_PER_MS, begin_ns;
static bool before;
static pthread_mutex_t lock1 = PTHREAD_MUTEX_INITIALIZER, lock2 = PTHREAD_MUTEX_INITIALIZER;
static atomic_long done;

/* The touches of the present turn; read only by who has had a lock after the faulter let go of it. */
static uint64_t *touch_began_ns, *touch_ended_ns;

static void touch(long turn)
{
    for (long i = 0; i < pages; i++) {
        touch_began_ns[i] = now_ns();
        (void)mapping[(size_t)(turn * pages + i) * PAGE_BYTES];
        touch_ended_ns[i] = now_ns();
    }
}

/* How much of a wait the touches took. */
static uint64_t overlap_ns(uint64_t from_ns, uint64_t to_ns)
{
    uint64_t total_ns = 0;

    for (long i = 0; i < pages; i++) {
        uint64_t began_ns = touch_began_ns[i] > from_ns ? touch_began_ns[i] : from_ns;
        uint64_t ended_ns = touch_ended_ns[i] < to_ns ? touch_ended_ns[i] : to_ns;

        total_ns += ended_ns > began_ns ? ended_ns - began_ns : 0;
    }
    return total_ns;
}

/* `place`: who comes first in a turn, second and third. Returns when the turn has begun for it. */
static void begin_turn(long turn, uint64_t place)
{
    sleep_until_ns(begin_ns + (uint64_t)turn * period_ns + place * apart_ns);
}

/* Waits for the others, and not on a futex: that would be one more lock to a tracer. */
static void end_turn(long turn)
{
    for (done++; done < 3 * (turn + 1);)
        sleep_ns(NS_PER_MS / 5);
}

static void say(const char *name, uint64_t waited_ns, uint64_t behind_ns)
{
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"turns\":%ld,\"waitNs\":%lu,\"behindNs\":%lu,"
           "\"majflt\":%ld}\n",
           gettid(), name, turns, waited_ns, behind_ns, thread_majflt());
}

static void *faulter(void *unused)
{
    uint64_t touched_ns = 0;

    (void)unused;
    announce_thread("faulter");
    for (long turn = 0; turn < turns; turn++) {
        begin_turn(turn, 0);
        if (before) {
            touch(turn);
            pthread_mutex_lock(&lock1);
            sleep_ns(period_ns / 4);
        } else {
            pthread_mutex_lock(&lock1);
            touch(turn);
        }
        touched_ns += touch_ended_ns[pages - 1] - touch_began_ns[0];
        pthread_mutex_unlock(&lock1);
        end_turn(turn);
    }
    say("faulter", 0, touched_ns);
    return NULL;
}

static void *middle(void *unused)
{
    uint64_t waited_ns = 0, behind_ns = 0;

    (void)unused;
    announce_thread("middle");
    for (long turn = 0; turn < turns; turn++) {
        begin_turn(turn, before ? (uint64_t)pages * 6 : 1);
        pthread_mutex_lock(&lock2);
        uint64_t began_ns = now_ns();

        pthread_mutex_lock(&lock1);
        uint64_t got_ns = now_ns();

        waited_ns += got_ns - began_ns;
        behind_ns += overlap_ns(began_ns, got_ns);
        pthread_mutex_unlock(&lock1);
        pthread_mutex_unlock(&lock2);
        end_turn(turn);
    }
    say("middle", waited_ns, behind_ns);
    return NULL;
}

static void *waiter(void *unused)
{
    uint64_t waited_ns = 0, behind_ns = 0;

    (void)unused;
    announce_thread("waiter");
    for (long turn = 0; turn < turns; turn++) {
        begin_turn(turn, before ? (uint64_t)pages * 6 + 1 : 2);
        uint64_t began_ns = now_ns();

        pthread_mutex_lock(&lock2);
        uint64_t got_ns = now_ns();

        waited_ns += got_ns - began_ns;
        behind_ns += overlap_ns(began_ns, got_ns);
        pthread_mutex_unlock(&lock2);
        end_turn(turn);
    }
    say("waiter", waited_ns, behind_ns);
    return NULL;
}

static void map_file(const char *path, size_t needed)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat made;

    if (fd < 0 || fstat(fd, &made) != 0)
        die("cannot open %s", path);
    errno = 0;
    if ((size_t)made.st_size < needed)
        die("%s has fewer than %zu bytes", path, needed);
    mapping = mmap(NULL, needed, PROT_READ, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED)
        die("cannot map %s", path);
    madvise((void *)mapping, needed, MADV_RANDOM);
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("file", &path, "the mounted file"),
        COUNT("turns", &turns, "how often the lock is held (30)"),
        COUNT("pages", &pages, "pages touched in each turn (4)"),
        SECONDS("period", &period_ns, "seconds from one turn to the next (0.04)"),
        FLAG("before", &before, "touch the pages before taking the lock"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    void *(*const bodies[])(void *) = {faulter, middle, waiter};
    pthread_t threads[sizeof bodies / sizeof *bodies];

    read_options(argc, argv, options);
    if (path == NULL || turns < 1 || pages < 1) {
        errno = 0;
        die("needs --file, and at least one turn and one page");
    }
    map_file(path, (size_t)(turns * pages) * PAGE_BYTES);
    touch_began_ns = calloc((size_t)pages, sizeof *touch_began_ns);
    touch_ended_ns = calloc((size_t)pages, sizeof *touch_ended_ns);
    ready(hold);
    begin_ns = now_ns() + 20 * NS_PER_MS;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        threads[i] = start_thread(bodies[i], NULL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        pthread_join(threads[i], NULL);
    printf("{\"event\":\"result\",\"majflt\":%ld}\n", process_majflt());
    return 0;
}
