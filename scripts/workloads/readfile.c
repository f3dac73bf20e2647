/*
 * readfile: reads a file from its begin to its end, again and again, as grep or a backup does, and can do other things that
 * take pages out of the page cache: --dontneed (posix_fadvise), --truncate, --direct (a direct write in place). Its comm is
 * its own: "readfile".
 *
 * What it proves: who it is that evicts. It prints the bytes that it has read, and what getrusage says that it had to
 * wait for.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES (1 << 17)

static uint64_t read_through(int fd)
{
    static char block[BLOCK_BYTES];
    uint64_t bytes = 0;
    ssize_t got;

    while ((got = read(fd, block, sizeof block)) > 0)
        bytes += (uint64_t)got;
    if (got < 0)
        die("read");
    return bytes;
}

/* Writes back what is there, around the page cache. */
static void write_direct(const char *path)
{
    int fd = open(path, O_RDWR | O_DIRECT);
    void *block = aligned_alloc(4096, BLOCK_BYTES);
    off_t offset = 0;
    ssize_t got;

    if (fd == -1 || block == NULL)
        die("cannot open %s", path);
    while ((got = pread(fd, block, BLOCK_BYTES, offset)) > 0) {
        if (pwrite(fd, block, (size_t)got, offset) != got)
            die("pwrite");
        offset += got;
    }
    close(fd);
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    long times = 1;
    bool hold = false, dontneed = false, truncated = false, direct = false;
    const struct option_spec options[] = {
        TEXT("file", &path, "what to read"),
        COUNT("times", &times, "how often (1)"),
        FLAG("dontneed", &dontneed, "posix_fadvise(POSIX_FADV_DONTNEED) the file in place of reading it"),
        FLAG("truncate", &truncated, "truncate it to half its size"),
        FLAG("direct", &direct, "write it over with what it holds, by direct I/O"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    int fd = path == NULL ? -1 : open(path, O_RDONLY);
    struct stat status;
    uint64_t bytes = 0;

    if (fd == -1 || fstat(fd, &status) != 0)
        die("cannot open the file");
    ready(hold);
    if (dontneed) {
        errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        if (errno != 0)
            die("posix_fadvise");
    } else if (truncated) {
        if (truncate(path, status.st_size / 2) != 0)
            die("truncate");
    } else if (direct) {
        write_direct(path);
    } else {
        for (long i = 0; i < times; i++) {
            if (lseek(fd, 0, SEEK_SET) != 0)
                die("lseek");
            bytes += read_through(fd);
        }
    }
    printf("{\"event\":\"result\",\"pid\":%d,\"bytes\":%lu}\n", getpid(), bytes);
    fflush(stdout);
    if (hold)
        wait_for_line();
    return 0;
}
