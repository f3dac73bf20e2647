/*
 * causes: every thread waits for one reason only, over and over, and is named after it.
 *
 * What it proves: that a tracer tells the causes of waits apart. Each thread measures its waits itself, around the one
 * call that blocks, and prints their number and sum at its end, with its major faults. The waits that need somebody
 * else (a lock's holder, a sender) last --period each; the helpers that end them are named "helper" and "holder".
 *
 *   name        blocks in                                                              expected cause
 *   futex       pthread_mutex_lock(3) on a lock that "holder" holds for one period     lock
 *   cond        pthread_cond_wait(3), signalled every period                           parked
 *   epoll       epoll_wait(2) until its time-out                                       poll
 *   poll        poll(2) until its time-out                                             poll
 *   nanosleep   nanosleep(2)                                                           sleep
 *   pread       pread(2) of a cold page (state D)                                      disk
 *   fsync       fsync(2) of a page just written (state D)                              disk
 *   pipe        read(2) of an empty pipe                                               other: read
 *   recv        recv(2) on a socket pair                                               net
 *   uffd        touching a page that a userfaultfd answers a period later (state S)    fault-other, no major fault
 *   mmap        touching a cold page of a mapping (state D)                            fault, all of them major
 *   cpu         nothing: two threads burn the same CPU                                 half on-CPU, half run queue
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define COLD_PAGES ((size_t)4096)

static atomic_bool stopping;
static uint64_t period_ns = 20 * NS_PER_MS;
static const char *dir = "/var/tmp";
static struct cold_file file;

/* What one thread waits in: set_up() before any thread runs, wait() over and over. */
struct role {
    const char *name;
    void (*set_up)(void);
    void (*wait)(void);
    /* What it does between two waits, outside the measured time. */
    void (*prepare)(void);
    int threads;
};

/*
 * futex: two locks taken hand over hand. The holder always takes the next one before it releases the last, so the other
 * thread never finds both free and waits one period for each.
 */
static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t first_lock_held;

static void *holder(void *unused)
{
    (void)unused;
    name_thread("holder");
    pthread_mutex_lock(&locks[0]);
    pthread_barrier_wait(&first_lock_held);
    for (unsigned turn = 0;; turn++) {
        sleep_ns(period_ns);
        if (stopping) {
            pthread_mutex_unlock(&locks[turn % 2]);
            return NULL;
        }
        pthread_mutex_lock(&locks[(turn + 1) % 2]);
        pthread_mutex_unlock(&locks[turn % 2]);
    }
}

static void set_up_futex(void)
{
    pthread_barrier_init(&first_lock_held, NULL, 2);
    pthread_detach(start_thread(holder, NULL));
    pthread_barrier_wait(&first_lock_held);
}

static void wait_futex(void)
{
    static unsigned turn;

    pthread_mutex_lock(&locks[turn % 2]);
    pthread_mutex_unlock(&locks[turn % 2]);
    turn++;
}

/* cond, pipe, recv: one helper ends the waits of all three, once a period. */
static pthread_mutex_t signal_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t signal_condition = PTHREAD_COND_INITIALIZER;
static unsigned signals;
static int pipe_ends[2], socket_ends[2];

static void wait_cond(void)
{
    pthread_mutex_lock(&signal_lock);
    for (unsigned seen = signals; signals == seen;)
        pthread_cond_wait(&signal_condition, &signal_lock);
    pthread_mutex_unlock(&signal_lock);
}

static void wait_pipe(void)
{
    char byte;

    if (read(pipe_ends[0], &byte, 1) != 1)
        die("read from the pipe");
}

static void wait_recv(void)
{
    char byte;

    if (recv(socket_ends[0], &byte, 1, 0) != 1)
        die("recv");
}

/* Runs for as long as the process: a thread must not be left alone in its last wait. */
static void *helper(void *unused)
{
    (void)unused;
    name_thread("helper");
    for (;;) {
        sleep_ns(period_ns);
        pthread_mutex_lock(&signal_lock);
        signals++;
        pthread_cond_signal(&signal_condition);
        pthread_mutex_unlock(&signal_lock);
        /* Non-blocking: where nobody reads (--only), a full pipe is no reason to stop. */
        if (write(pipe_ends[1], "x", 1) != 1 && errno != EAGAIN)
            die("write to the pipe");
        if (send(socket_ends[1], "x", 1, MSG_DONTWAIT) != 1 && errno != EAGAIN)
            die("send");
    }
}

static void start_helper(void)
{
    if (pipe2(pipe_ends, O_CLOEXEC) != 0 || fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket_ends) != 0)
        die("cannot make a pipe and a socket pair");
    pthread_detach(start_thread(helper, NULL));
}

static int epoll_fd;

static void set_up_epoll(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        die("epoll_create1");
}

static void wait_epoll(void)
{
    struct epoll_event event;

    if (epoll_wait(epoll_fd, &event, 1, (int)(period_ns / NS_PER_MS)) < 0)
        die("epoll_wait");
}

static void wait_poll(void)
{
    if (poll(NULL, 0, (int)(period_ns / NS_PER_MS)) < 0)
        die("poll");
}

static void wait_nanosleep(void)
{
    struct timespec duration = {.tv_sec = (time_t)(period_ns / NS_PER_SECOND),
                                .tv_nsec = (long)(period_ns % NS_PER_SECOND)};

    nanosleep(&duration, NULL);
}

/* pread and mmap each keep to their half of the cold file, and make cold again the page that they come to next. */
static size_t pread_page, mmap_page;

static void prepare_pread(void)
{
    pread_page = (pread_page + 1) % (COLD_PAGES / 2);
    evict_pages(&file, pread_page, 1);
}

static void wait_pread(void)
{
    char page[4096];

    if (pread(file.fd, page, sizeof page, (off_t)(pread_page * file.page_bytes)) != sizeof page)
        die("pread");
}

static void prepare_mmap(void)
{
    mmap_page = (mmap_page + 1) % (COLD_PAGES / 2);
    evict_pages(&file, COLD_PAGES / 2 + mmap_page, 1);
}

static void wait_mmap(void)
{
    touch_page(&file, COLD_PAGES / 2 + mmap_page);
}

static int fsync_fd;

static void set_up_fsync(void)
{
    char path[4096];

    /* Without a name it is gone with the process. */
    snprintf(path, sizeof path, "%s/faultscope-fsync-XXXXXX", dir);
    fsync_fd = mkstemp(path);
    if (fsync_fd < 0)
        die("cannot make %s", path);
    unlink(path);
}

static void prepare_fsync(void)
{
    static char page[4096];

    page[0]++;
    if (pwrite(fsync_fd, page, sizeof page, 0) != sizeof page)
        die("pwrite");
}

static void wait_fsync(void)
{
    if (fsync(fsync_fd) != 0)
        die("fsync");
}

/* uffd: the thread touches missing pages one by one; the answerer lets it wait a period for each. */
#define UFFD_PAGES ((size_t)512)
static int uffd;
static char *uffd_area;

static void *answerer(void *unused)
{
    struct uffd_msg message;

    (void)unused;
    name_thread("helper");
    while (read(uffd, &message, sizeof message) == sizeof message) {
        uint64_t page = message.arg.pagefault.address & ~4095ull;
        struct uffdio_zeropage answer = {.range = {.start = page, .len = 4096}};

        sleep_ns(period_ns);
        if (ioctl(uffd, UFFDIO_ZEROPAGE, &answer) != 0)
            die("UFFDIO_ZEROPAGE");
    }
    die("cannot read from the userfaultfd");
}

static void set_up_uffd(void)
{
    size_t bytes = UFFD_PAGES * 4096;
    struct uffdio_api api = {.api = UFFD_API};

    uffd_area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    if (uffd_area == MAP_FAILED || uffd < 0 || ioctl(uffd, UFFDIO_API, &api) != 0)
        die("cannot open a userfaultfd");
    struct uffdio_register all = {.range = {.start = (uintptr_t)uffd_area, .len = bytes},
                                  .mode = UFFDIO_REGISTER_MODE_MISSING};

    if (ioctl(uffd, UFFDIO_REGISTER, &all) != 0)
        die("UFFDIO_REGISTER");
    pthread_detach(start_thread(answerer, NULL));
}

static size_t uffd_page;

static void prepare_uffd(void)
{
    uffd_page = (uffd_page + 1) % UFFD_PAGES;
    /* Missing again, should the area have been gone through once. */
    madvise(uffd_area + uffd_page * 4096, 4096, MADV_DONTNEED);
}

static void wait_uffd(void)
{
    (void)*(volatile char *)(uffd_area + uffd_page * 4096);
}

/* cpu: not a wait at all; the time is what the clock says, on the CPU or waiting for it. */
static void burn(void)
{
    for (uint64_t until_ns = now_ns() + period_ns; now_ns() < until_ns && !stopping;)
        continue;
}

static void prepare_burn(void)
{
    static _Thread_local bool pinned;

    if (!pinned)
        pin_to_cpu(0);
    pinned = true;
}

static const struct role roles[] = {
    {.name = "futex", .set_up = set_up_futex, .wait = wait_futex},
    {.name = "cond", .wait = wait_cond},
    {.name = "epoll", .set_up = set_up_epoll, .wait = wait_epoll},
    {.name = "poll", .wait = wait_poll},
    {.name = "nanosleep", .wait = wait_nanosleep},
    {.name = "pread", .wait = wait_pread, .prepare = prepare_pread},
    {.name = "fsync", .set_up = set_up_fsync, .wait = wait_fsync, .prepare = prepare_fsync},
    {.name = "pipe", .wait = wait_pipe},
    {.name = "recv", .wait = wait_recv},
    {.name = "uffd", .set_up = set_up_uffd, .wait = wait_uffd, .prepare = prepare_uffd},
    {.name = "mmap", .wait = wait_mmap, .prepare = prepare_mmap},
    {.name = "cpu", .wait = burn, .prepare = prepare_burn, .threads = 2},
};
#define ROLES (sizeof roles / sizeof *roles)

static void *play(void *argument)
{
    const struct role *role = argument;
    uint64_t waits = 0, waited_ns = 0;

    announce_thread(role->name);
    while (!stopping) {
        if (role->prepare != NULL)
            role->prepare();
        uint64_t began_ns = now_ns();

        role->wait();
        waited_ns += now_ns() - began_ns;
        waits++;
    }
    printf("{\"event\":\"result\",\"tid\":%d,\"name\":\"%s\",\"waits\":%lu,\"waitNs\":%lu,\"majflt\":%ld}\n", gettid(),
           role->name, waits, waited_ns, thread_majflt());
    return NULL;
}

/* Whether `name` is one of the comma-separated `list`; every name is in NULL. */
static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    if (list == NULL)
        return true;
    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strncmp(list, name, length) == 0 && (list[length] == ',' || list[length] == '\0'))
            return true;
    }
    return false;
}

static size_t start_roles(const char *only, pthread_t *threads)
{
    size_t started = 0;

    for (const struct role *role = roles; role < roles + ROLES; role++) {
        if (!listed(only, role->name))
            continue;
        if (role->set_up != NULL)
            role->set_up();
        for (int i = 0; i < (role->threads > 0 ? role->threads : 1); i++)
            threads[started++] = start_thread(play, (void *)role);
    }
    return started;
}

int main(int argc, char **argv)
{
    const char *only = NULL;
    uint64_t duration_ns = 0;
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("only", &only, "names, comma-separated (all): futex,cond,epoll,poll,nanosleep,pread,fsync,..."),
        TEXT("dir", &dir, "where its files are kept (/var/tmp); not on tmpfs"),
        SECONDS("period", &period_ns, "length of the waits that something else ends (0.02)"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };
    pthread_t threads[ROLES * 2];

    read_options(argc, argv, options);
    file = open_cold_file(dir, COLD_PAGES);
    ready(hold);
    block_end_signals();
    start_helper();
    size_t started = start_roles(only, threads);

    wait_for_end(duration_ns);
    stopping = true;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
