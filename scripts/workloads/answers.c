/*
 * answers: answers HTTP requests after a delay, a thread a connection, and measures each itself.
 *
 * What it measures: the time from a request's last read() to the end of the write() of its answer; says at its end how many
 * there were, how long in all, and the longest, and how long it ran. With --requests a child of it asks that many, one
 * after another.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST "GET / HTTP/1.1\r\nHost: here\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    } at;
    socklen_t length;
};

static struct address own;
static struct address upstream;
static uint64_t delay_ns = 5 * NS_PER_MS;
static atomic_ulong answered, total_ns, max_ns;
static atomic_long connections;

/* A port of 127.0.0.1, or a unix socket's path, @ standing for the NUL of an abstract one. */
static struct address parse(const char *text)
{
    struct address address = {.length = sizeof address.at.in};
    char *end;
    long port = strtol(text, &end, 10);

    if (*end == '\0') {
        address.at.in = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        return address;
    }
    address.at.un.sun_family = AF_UNIX;
    if (strlen(text) >= sizeof address.at.un.sun_path)
        die("%s is too long for a socket's path", text);
    strcpy(address.at.un.sun_path, text);
    address.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(text) + (text[0] != '@'));
    if (text[0] == '@')
        address.at.un.sun_path[0] = '\0';
    return address;
}

static int connect_to(const struct address *address)
{
    int fd = socket(address->at.any.sa_family, SOCK_STREAM, 0);
    sa_family_t family = AF_UNIX;

    /* A unix client with an address of its own, as sd-bus has: the kernel picks one (autobind, unix(7)). */
    if (family == address->at.any.sa_family && bind(fd, (struct sockaddr *)&family, sizeof family) != 0)
        die("cannot bind a client");
    if (fd < 0 || connect(fd, &address->at.any, address->length) != 0)
        die("cannot connect");
    return fd;
}

/* Reads up to the `end` of a message; false at the end of the connection. */
static bool receive(int fd, const char *end)
{
    char buffer[4096];
    size_t length = 0;

    while (length < sizeof buffer - 1) {
        ssize_t got = read(fd, buffer + length, sizeof buffer - 1 - length);

        if (got <= 0)
            return false;
        length += (size_t)got;
        buffer[length] = '\0';
        if (strstr(buffer, end) != NULL)
            return true;
    }
    die("a message of more than %zu bytes", sizeof buffer - 1);
}

static void send_all(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
        die("cannot send");
}

static void ask(int fd)
{
    send_all(fd, REQUEST);
    if (!receive(fd, "ok"))
        die("no answer");
}

static void account(uint64_t ns)
{
    unsigned long longest = max_ns;

    answered++;
    total_ns += ns;
    while (ns > longest && !atomic_compare_exchange_weak(&max_ns, &longest, ns))
        continue;
}

static void *answer(void *argument)
{
    int fd = (int)(intptr_t)argument;
    int behind = upstream.length > 0 ? connect_to(&upstream) : -1;

    name_thread("answerer");
    while (receive(fd, "\r\n\r\n")) {
        uint64_t begin = now_ns();

        if (behind >= 0)
            ask(behind);
        sleep_until_ns(begin + delay_ns);
        send_all(fd, ANSWER);
        account(now_ns() - begin);
    }
    close(fd);
    close(behind);
    connections--;
    return NULL;
}

static int listen_at(struct address *address)
{
    int fd = socket(address->at.any.sa_family, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, &address->at.any, address->length) != 0 || listen(fd, 1024) != 0)
        die("cannot listen");
    if (getsockname(fd, &address->at.any, &address->length) != 0)
        die("getsockname");
    printf("{\"event\":\"listening\",\"port\":%d}\n",
           address->at.any.sa_family == AF_INET ? ntohs(address->at.in.sin_port) : 0);
    return fd;
}

static void *accept_all(void *argument)
{
    int fd = (int)(intptr_t)argument;

    announce_thread("acceptor");
    for (;;) {
        int connection = accept(fd, NULL, NULL);

        if (connection < 0)
            die("accept");
        connections++;
        pthread_detach(start_thread(answer, (void *)(intptr_t)connection));
    }
}

/* A child that asks once the pipe says where; returns the pipe's end to tell it by. */
static int start_client(long requests)
{
    int pipe_ends[2];

    if (pipe(pipe_ends) != 0)
        die("pipe");
    switch (fork()) {
    case -1:
        die("fork");
    case 0:
        close(pipe_ends[1]);
        if (read(pipe_ends[0], &own, sizeof own) == (ssize_t)sizeof own) {
            int fd = connect_to(&own);

            for (long i = 0; i < requests; i++)
                ask(fd);
        }
        _exit(0);
    default:
        close(pipe_ends[0]);
        return pipe_ends[1];
    }
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp", *where = "0", *behind = NULL;
    long requests = 0;
    bool hold = false, late = false;
    const struct option_spec options[] = {
        TEXT("listen", &where, "a port of 127.0.0.1 (0: any), or a unix socket's path, @NAME for an abstract one (0)"),
        TEXT("upstream", &behind, "such a server that is asked before each answer"),
        TEXT("dir", &dir, "what a path is relative to (/var/tmp)"),
        SECONDS("delay", &delay_ns, "from a request to its answer (0.005)"),
        COUNT("requests", &requests, "requests that a child of it asks; then it ends (0: none, it ends on SIGTERM)"),
        FLAG("late", &late, "listen only when the line from stdin has come"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (chdir(dir) != 0)
        die("cannot enter %s", dir);
    own = parse(where);
    if (behind != NULL)
        upstream = parse(behind);
    int client = requests > 0 ? start_client(requests) : -1;
    int fd = late ? -1 : listen_at(&own);

    ready(hold);
    if (late)
        fd = listen_at(&own);
    block_end_signals();
    start_thread(accept_all, (void *)(intptr_t)fd);
    uint64_t begin = now_ns();
    if (client < 0) {
        wait_for_end(0);
    } else {
        if (write(client, &own, sizeof own) != (ssize_t)sizeof own)
            die("cannot tell the client");
        wait(NULL);
    }
    uint64_t duration_ns = now_ns() - begin;
    /* Who has the last answer closes next; the last answers are accounted for then. */
    for (int i = 0; i < 1000 && connections > 0; i++)
        sleep_ns(NS_PER_MS);
    printf("{\"event\":\"result\",\"answered\":%lu,\"totalNs\":%lu,\"maxNs\":%lu,\"durationNs\":%lu}\n", answered, total_ns,
           max_ns, duration_ns);
    return 0;
}
