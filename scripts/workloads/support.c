#include "support.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void die(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0)
        fprintf(stderr, ": %s", strerror(error));
    fputc('\n', stderr);
    exit(1);
}

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void sleep_until_ns(uint64_t deadline_ns)
{
    struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / NS_PER_SECOND),
                                .tv_nsec = (long)(deadline_ns % NS_PER_SECOND)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR)
        continue;
}

void sleep_ns(uint64_t duration_ns)
{
    sleep_until_ns(now_ns() + duration_ns);
}

pthread_t start_thread(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, body, argument);
    if (errno != 0)
        die("cannot start a thread");
    return thread;
}

void name_thread(const char *name)
{
    if (prctl(PR_SET_NAME, name) != 0)
        die("cannot name a thread");
}

void announce_thread(const char *name)
{
    name_thread(name);
    printf("{\"event\":\"thread\",\"tid\":%d,\"name\":\"%s\"}\n", gettid(), name);
}

void pin_to_cpu(long cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        die("cannot stay on CPU %ld", cpu);
}

static long majflt_of(int who)
{
    struct rusage usage;

    if (getrusage(who, &usage) != 0)
        die("getrusage");
    return usage.ru_majflt;
}

long thread_majflt(void)
{
    return majflt_of(RUSAGE_THREAD);
}

long process_majflt(void)
{
    return majflt_of(RUSAGE_SELF);
}

void wait_for_line(void)
{
    char byte;
    ssize_t got;

    /* Unbuffered, byte by byte: a second line written early must still be there for the second wait. */
    do {
        got = read(STDIN_FILENO, &byte, 1);
    } while (got == 1 && byte != '\n');
    if (got == 0)
        exit(0);
    if (got < 0)
        die("cannot read stdin");
}

void ready(bool hold)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("{\"event\":\"ready\",\"pid\":%d}\n", getpid());
    if (hold)
        wait_for_line();
}

static sigset_t end_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void block_end_signals(void)
{
    sigset_t set = end_signals();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void wait_for_end(uint64_t duration_ns)
{
    sigset_t set = end_signals();
    uint64_t deadline = now_ns() + duration_ns;
    int received;

    if (duration_ns == 0) {
        sigwait(&set, &received);
        return;
    }
    for (uint64_t now = now_ns(); now < deadline; now = now_ns()) {
        uint64_t left = deadline - now;
        struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_SECOND), .tv_nsec = (long)(left % NS_PER_SECOND)};

        if (sigtimedwait(&set, NULL, &timeout) > 0)
            return;
    }
}
