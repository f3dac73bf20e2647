/*
 * pagechurn: a yardstick. One thread reads single pages of a sparse file and drops them again (posix_fadvise), so that a page
 * is added to the page cache and removed for each read, and no disk is waited for.
 *
 * What it proves: what looking on costs a process that only churns the page cache. It prints the pages it read and the
 * time that took.
 */
#include "options.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_PAGES 256

int main(int argc, char **argv)
{
    uint64_t duration_ns = 2 * NS_PER_SECOND, pages = 0;
    const char *dir = "/var/tmp";
    bool hold = false;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept, unlinked (/var/tmp); not on tmpfs"),
        SECONDS("seconds", &duration_ns, "how long it runs (2)"),
        FLAG("hold", &hold, "start on a line from stdin"),
        END_OF_OPTIONS,
    };

    read_options(argc, argv, options);
    int fd = open(dir, O_TMPFILE | O_RDWR, 0600);

    if (fd == -1 || ftruncate(fd, (off_t)FILE_PAGES * 4096) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM) != 0)
        die("cannot make a file in %s", dir);
    ready(hold);

    uint64_t begin_ns = now_ns(), now = begin_ns;

    for (; now - begin_ns < duration_ns; now = now_ns()) {
        char byte;

        for (off_t page = 0; page < FILE_PAGES; page++)
            if (pread(fd, &byte, 1, page * 4096) != 1)
                die("pread");
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        pages += FILE_PAGES;
    }
    printf("{\"event\":\"result\",\"pages\":%lu,\"durationNs\":%lu}\n", pages, now - begin_ns);
    return 0;
}
