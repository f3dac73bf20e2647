/*
 * wakers: threads whose waits are ended by somebody known, a known number of times.
 *
 * What it proves: that a tracer lays each wait to who ended it. `futex` waits as a mutex does (FUTEX_WAIT) and is woken by
 * the thread `waker`; `pipe` reads from a pipe that a child process, named wakers-child, writes to; `timer` sleeps; `fault` touches cold
 * pages of a file. Each says how often it waited, by the kernel's count, and for how long by its own clock. The waker sleeps a period between
 * two wakeups, so whoever waits is asleep by then.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long rounds = 100;
static uint64_t period_ns = 4 * NS_PER_MS;
static uint32_t word;
static int ends[2];
static struct cold_file file;

/* How often the calling thread has gone to sleep. */
static long sleeps(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

static void say(const char *name, long waits, uint64_t waited_ns)
{
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"waits\":%ld,\"waitNs\":%lu,\"majflt\":%ld}\n", gettid(),
           name, waits, waited_ns, thread_majflt());
}

static void *futex_waiter(void *unused)
{
    uint64_t waited_ns = 0;

    (void)unused;
    announce_thread("futex");
    long waits = -sleeps();

    for (uint32_t round = 0; round < (uint32_t)rounds; round++) {
        uint64_t began_ns = now_ns();

        while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == round)
            syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, round, NULL, NULL, 0);
        waited_ns += now_ns() - began_ns;
    }
    waits += sleeps();
    say("futex", waits, waited_ns);
    return NULL;
}

static void *waker(void *unused)
{
    (void)unused;
    announce_thread("waker");
    for (long round = 0; round < rounds; round++) {
        sleep_ns(period_ns);
        __atomic_add_fetch(&word, 1, __ATOMIC_RELEASE);
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
    return NULL;
}

static void *pipe_reader(void *unused)
{
    uint64_t waited_ns = 0;
    char byte;

    (void)unused;
    announce_thread("pipe");
    long waits = -sleeps();

    for (long round = 0; round < rounds; round++) {
        uint64_t began_ns = now_ns();

        if (read(ends[0], &byte, 1) != 1)
            die("cannot read the pipe");
        waited_ns += now_ns() - began_ns;
    }
    waits += sleeps();
    say("pipe", waits, waited_ns);
    return NULL;
}

static void *timer_sleeper(void *unused)
{
    uint64_t waited_ns = 0;

    (void)unused;
    announce_thread("timer");
    long waits = -sleeps();

    for (long round = 0; round < rounds; round++) {
        uint64_t began_ns = now_ns();

        sleep_ns(period_ns);
        waited_ns += now_ns() - began_ns;
    }
    waits += sleeps();
    say("timer", waits, waited_ns);
    return NULL;
}

/*
 * A period apart as well: a page is read within a tenth of a millisecond, and a hundred in one burst could all fall into
 * the few milliseconds in which a tracer that reads its maps sees no fault.
 */
static void *fault_taker(void *unused)
{
    uint64_t waited_ns = 0;
    long waits = 0;

    (void)unused;
    announce_thread("fault");
    for (long round = 0; round < rounds; round++) {
        sleep_ns(period_ns);

        long slept = sleeps();
        uint64_t began_ns = now_ns();

        touch_page(&file, (size_t)round * 16);
        waited_ns += now_ns() - began_ns;
        waits += sleeps() - slept;
    }
    say("fault", waits, waited_ns);
    return NULL;
}

/* Holds no end of the pipe but its own, and dies with its parent. */
static pid_t start_child(void)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    name_thread("wakers-child");
    wait_for_line();
    for (long round = 0; round < rounds; round++) {
        sleep_ns(period_ns);
        if (write(ends[1], "x", 1) != 1)
            die("cannot write to the pipe");
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    const char *dir = ".";
    bool hold = false;
    const struct option_spec options[] = {
        COUNT("rounds", &rounds, "waits of each thread (100)"),
        SECONDS("period", &period_ns, "seconds from one wakeup to the next (0.004)"),
        TEXT("dir", &dir, "where the cold file is or will be (.)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    void *(*const bodies[])(void *) = {futex_waiter, waker, pipe_reader, timer_sleeper, fault_taker};
    pthread_t threads[sizeof bodies / sizeof *bodies];
    int start[2];

    read_options(argc, argv, options);
    file = open_cold_file(dir, (size_t)rounds * 16);
    if (pipe(ends) != 0 || pipe(start) != 0)
        die("no pipe");

    /* The child starts on a line too, from this process. */
    int own_input = dup(STDIN_FILENO);

    dup2(start[0], STDIN_FILENO);
    pid_t child = start_child();

    dup2(own_input, STDIN_FILENO);
    printf("{\"event\":\"child\",\"pid\":%d}\n", child);
    ready(hold);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        threads[i] = start_thread(bodies[i], NULL);
    if (write(start[1], "\n", 1) != 1)
        die("cannot start the child");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        pthread_join(threads[i], NULL);
    waitpid(child, NULL, 0);
    printf("{\"event\":\"result\",\"majflt\":%ld}\n", process_majflt());
    return 0;
}
