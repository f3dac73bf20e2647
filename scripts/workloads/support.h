/*
 * What every workload needs: clocks, threads with names, cold files, and one way of talking to whoever started it.
 *
 * The conversation is the same everywhere. A workload prints JSON, one object a line, each with an "event":
 *   {"event":"ready","pid":N}   set up; with --hold it now waits for a line on stdin
 *   {"event":"thread",...}      a thread began: its tid and name
 *   {"event":"result",...}      what a thread, or the whole process, can say of itself at its end
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NS_PER_SECOND 1000000000ull
#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull

/* Prints "<program>: <message>" with errno's text where errno is set, and exits with 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns(). */
uint64_t now_ns(void);
void sleep_ns(uint64_t duration_ns);
void sleep_until_ns(uint64_t deadline_ns);

pthread_t start_thread(void *(*body)(void *), void *argument);
/* Sets the calling thread's name (15 bytes at most, prctl(2)) without saying so. */
void name_thread(const char *name);
/* Names the calling thread and prints its "thread" line. */
void announce_thread(const char *name);
/* Keeps the calling thread, and the threads it starts, on one CPU. */
void pin_to_cpu(long cpu);

/* Major faults of the calling thread since its birth, as getrusage(RUSAGE_THREAD) counts them. */
long thread_majflt(void);
/* Major faults of the whole process, ended threads too. */
long process_majflt(void);

/* Prints the "ready" line and, if `hold`, waits for a line on stdin (end of file ends the program). */
void ready(bool hold);
/* Waits for a line on stdin. */
void wait_for_line(void);

/*
 * SIGINT and SIGTERM end a workload early but in order, so that it still prints its results: block them in main()
 * before the first thread starts (and after ready(), so that they end a workload on hold), then let main() wait for
 * `duration_ns` (0: for ever) or one of them.
 */
void block_end_signals(void);
void wait_for_end(uint64_t duration_ns);
