/*
 * fusedelay: mounts a file whose every read takes an exact time, so that a major fault on it has a known latency.
 *
 * What it proves, together with fusereader: that a traced fault latency is the true one. The mount point is itself a
 * file, and the whole file system is that one file. A READ is answered --delay after it arrived, by a thread that does
 * nothing else meanwhile; readahead is off, so one fault of a MADV_RANDOM reader is one READ of one page. The
 * faulting thread waits in the FUSE code for it (state S or D), and the kernel counts the fault as major. With --content it
 * is a copy of another file, which may be a program: stopped by SIGSTOP once that runs, it is a server that does not answer.
 *
 * It speaks the raw protocol of <linux/fuse.h> on /dev/fuse (Documentation/filesystems/fuse.rst), which needs no
 * library and hides no thread. SIGINT and SIGTERM unmount it and print how many reads were answered, and how late.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE_BYTES 4096ul
#define MAX_READ_BYTES (128 * 1024ul)
/* The kernel wants room for its largest request: max_write and a header. */
#define REQUEST_BYTES (FUSE_MIN_READ_BUFFER + MAX_READ_BYTES)
#define FOR_EVER_S 1000000000ul

static int fuse_fd;
static long pages = 4096;
static uint64_t file_bytes;
static const char *content;
static uint64_t delay_ns = 5 * NS_PER_MS;
static atomic_ulong reads, total_ns, longest_ns;

static void answer(const struct fuse_in_header *request, int error, const void *body, size_t bytes)
{
    struct fuse_out_header header = {
        .len = (uint32_t)(sizeof header + bytes), .error = -error, .unique = request->unique};
    struct iovec parts[] = {{&header, sizeof header}, {(void *)body, bytes}};

    /* ENOENT: the reader was killed meanwhile. ENODEV: the mount is gone. */
    if (writev(fuse_fd, parts, 2) < 0 && errno != ENOENT && errno != ENODEV)
        die("cannot answer request %u", request->opcode);
}

static void answer_init(const struct fuse_in_header *request, const struct fuse_init_in *init)
{
    struct fuse_init_out body = {.major = FUSE_KERNEL_VERSION,
                                 .minor = FUSE_KERNEL_MINOR_VERSION,
                                 .max_readahead = 0,
                                 .max_background = 64,
                                 .congestion_threshold = 64,
                                 .max_write = MAX_READ_BYTES,
                                 .time_gran = 1};

    if (init->major != FUSE_KERNEL_VERSION) {
        errno = 0;
        die("the kernel speaks FUSE %u, not %d", init->major, FUSE_KERNEL_VERSION);
    }
    if (init->minor < body.minor)
        body.minor = init->minor;
    answer(request, 0, &body, sizeof body);
}

static void answer_getattr(const struct fuse_in_header *request)
{
    struct fuse_attr_out body = {.attr_valid = FOR_EVER_S,
                                 .attr = {.ino = FUSE_ROOT_ID,
                                          .size = file_bytes,
                                          .blocks = (file_bytes + 511) / 512,
                                          .mode = S_IFREG | 0555,
                                          .nlink = 1,
                                          .blksize = PAGE_BYTES}};

    answer(request, 0, &body, sizeof body);
}

/* Without FOPEN_KEEP_CACHE every open makes the whole file cold; a program whose server has gone silent needs its pages. */
static void answer_open(const struct fuse_in_header *request)
{
    struct fuse_open_out body = {.open_flags = content == NULL ? 0 : FOPEN_KEEP_CACHE};

    answer(request, 0, &body, sizeof body);
}

static void note_read(uint64_t took_ns)
{
    unsigned long longest = longest_ns;

    reads++;
    total_ns += took_ns;
    while (took_ns > longest && !atomic_compare_exchange_weak(&longest_ns, &longest, took_ns))
        continue;
}

static void answer_read(const struct fuse_in_header *request, const struct fuse_read_in *read_in, uint64_t arrived_ns)
{
    static const char zeros[MAX_READ_BYTES];
    uint64_t left = read_in->offset < file_bytes ? file_bytes - read_in->offset : 0;

    sleep_until_ns(arrived_ns + delay_ns);
    answer(request, 0, content == NULL ? zeros : content + read_in->offset, left < read_in->size ? left : read_in->size);
    note_read(now_ns() - arrived_ns);
}

static void serve_request(const struct fuse_in_header *request, uint64_t arrived_ns)
{
    const void *body = request + 1;

    switch (request->opcode) {
    case FUSE_INIT:
        return answer_init(request, body);
    case FUSE_GETATTR:
        return answer_getattr(request);
    case FUSE_OPEN:
        return answer_open(request);
    case FUSE_READ:
        return answer_read(request, body, arrived_ns);
    case FUSE_FLUSH:
    case FUSE_RELEASE:
        return answer(request, 0, NULL, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        /* These take no answer. An interrupted read is answered in its time all the same. */
        return;
    default:
        return answer(request, ENOSYS, NULL, 0);
    }
}

/* Ends when the file system is unmounted: read(2) then fails with ENODEV. */
static void *server(void *unused)
{
    char *buffer = malloc(REQUEST_BYTES);

    (void)unused;
    name_thread("fusedelay");
    /* By default a timer may be 50 us late on purpose. */
    prctl(PR_SET_TIMERSLACK, 1);
    for (;;) {
        ssize_t got = read(fuse_fd, buffer, REQUEST_BYTES);

        if (got >= (ssize_t)sizeof(struct fuse_in_header))
            serve_request((const struct fuse_in_header *)buffer, now_ns());
        else if (got < 0 && errno == ENODEV)
            break;
        else if (got < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
            die("cannot read requests");
    }
    free(buffer);
    return NULL;
}

static void take_content(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) != 0)
        die("cannot open %s", path);
    file_bytes = (uint64_t)status.st_size;
    content = mmap(NULL, file_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (content == MAP_FAILED)
        die("cannot map %s", path);
    close(fd);
}

static void mount_file(const char *path)
{
    char options[128];

    /* What an earlier run that was killed left mounted. */
    umount2(path, MNT_DETACH);
    int made = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0644);

    if (made < 0)
        die("cannot make %s", path);
    close(made);
    fuse_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fuse_fd < 0)
        die("cannot open /dev/fuse");
    snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=0,group_id=0,allow_other", fuse_fd, S_IFREG);
    if (mount("fusedelay", path, "fuse", MS_NOSUID | MS_NODEV | MS_RDONLY, options) != 0)
        die("cannot mount on %s", path);
}

int main(int argc, char **argv)
{
    const char *path = NULL, *content_path = NULL;
    long servers = 16;
    const struct option_spec options[] = {
        TEXT("file", &path, "the file to mount on; made if missing"),
        COUNT("pages", &pages, "size of the file in pages of 4096 bytes (4096)"),
        TEXT("content", &content_path, "what it is a copy of (zeros)"),
        SECONDS("delay", &delay_ns, "seconds from a read's arrival to its answer (0.005)"),
        COUNT("servers", &servers, "reads that are answered side by side (16)"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    if (path == NULL) {
        errno = 0;
        die("needs --file");
    }
    file_bytes = (uint64_t)pages * PAGE_BYTES;
    if (content_path != NULL)
        take_content(content_path);
    mount_file(path);
    block_end_signals();

    pthread_t *threads = calloc((size_t)servers, sizeof *threads);

    for (long i = 0; i < servers; i++)
        threads[i] = start_thread(server, NULL);
    ready(false);
    wait_for_end(0);
    if (umount2(path, MNT_DETACH) != 0)
        die("cannot unmount %s", path);
    for (long i = 0; i < servers; i++)
        pthread_join(threads[i], NULL);
    printf("{\"event\":\"result\",\"reads\":%lu,\"meanNs\":%lu,\"maxNs\":%lu}\n", reads,
           reads == 0 ? 0 : total_ns / reads, longest_ns);
    return 0;
}
