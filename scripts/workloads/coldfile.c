#include "coldfile.h"

#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 20)

uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

/* Random bytes, so that no file system compresses them away; fsync, because a dirty page cannot be evicted. */
static void write_blocks(int fd, size_t bytes)
{
    uint64_t *chunk = malloc(CHUNK_BYTES);
    uint64_t random = 88172645463325252ull;

    if (chunk == NULL)
        die("out of memory");
    for (size_t done = 0; done < bytes;) {
        size_t wanted = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;

        for (size_t i = 0; i < CHUNK_BYTES / sizeof *chunk; i++)
            chunk[i] = next_random(&random);
        ssize_t written = write(fd, chunk, wanted);
        if (written < 0)
            die("cannot write %zu bytes of cold file", bytes);
        done += (size_t)written;
    }
    if (fsync(fd) != 0)
        die("cannot fsync the cold file");
    free(chunk);
}

/* Under another name first: a run that is stopped half way, or two at once, leave no half file behind. */
static void make_file(const char *path, size_t bytes)
{
    char *unfinished;
    int fd;

    if (asprintf(&unfinished, "%s.XXXXXX", path) < 0)
        die("out of memory");
    fd = mkstemp(unfinished);
    if (fd < 0)
        die("cannot make %s", unfinished);
    write_blocks(fd, bytes);
    close(fd);
    if (rename(unfinished, path) != 0)
        die("cannot rename %s", unfinished);
    free(unfinished);
}

static bool is_whole(const char *path, size_t bytes)
{
    struct stat file;

    return stat(path, &file) == 0 && (size_t)file.st_size == bytes && (size_t)file.st_blocks * 512 >= bytes;
}

static size_t resident_pages(const struct cold_file *file)
{
    unsigned char *map = malloc(file->pages);
    size_t resident = 0;

    if (map == NULL || mincore((void *)file->mapping, file->pages * file->page_bytes, map) != 0)
        die("mincore");
    for (size_t i = 0; i < file->pages; i++)
        resident += map[i] & 1;
    free(map);
    return resident;
}

struct cold_file open_cold_file(const char *dir, size_t pages)
{
    struct cold_file file = {.pages = pages, .page_bytes = (size_t)sysconf(_SC_PAGESIZE)};
    size_t bytes = pages * file.page_bytes;
    char *path;

    if (asprintf(&path, "%s/faultscope-cold-%zu.dat", dir, pages) < 0)
        die("out of memory");
    if (!is_whole(path, bytes))
        make_file(path, bytes);
    file.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file.fd < 0)
        die("cannot open %s", path);
    file.mapping = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file.fd, 0);
    if (file.mapping == MAP_FAILED)
        die("cannot map %s", path);
    madvise((void *)file.mapping, bytes, MADV_RANDOM);
    evict_pages(&file, 0, pages);
    if (resident_pages(&file) * 10 > pages) {
        errno = 0;
        die("%s stays in memory: give --dir on a disk, not on tmpfs", path);
    }
    free(path);
    return file;
}

void evict_pages(const struct cold_file *file, size_t first, size_t count)
{
    off_t offset = (off_t)(first * file->page_bytes);
    size_t bytes = count * file->page_bytes;

    /* Unmap first: the kernel does not drop a page that is still mapped (mapping_evict_folio). */
    madvise((void *)(file->mapping + offset), bytes, MADV_DONTNEED);
    posix_fadvise(file->fd, offset, (off_t)bytes, POSIX_FADV_DONTNEED);
}

void touch_page(const struct cold_file *file, size_t page)
{
    (void)file->mapping[page * file->page_bytes];
}
