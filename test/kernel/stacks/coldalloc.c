/*
 * Preloaded into a program without mappings of its own: the first allocation of 64 MiB is the cold file COLD_FILE, each
 * page of which is a major fault when it is first touched (MADV_RANDOM).
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SIZE ((size_t)64 << 20)

static void *(*next)(size_t, size_t);
/* dlsym(3) may allocate before it has found calloc(3). */
static char early[4096];

void *calloc(size_t count, size_t size)
{
    static int looking;

    if (count * size == SIZE) {
        int fd = open(getenv("COLD_FILE"), O_RDONLY);
        void *cold = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        madvise(cold, SIZE, MADV_RANDOM);
        return cold;
    }
    if (next == NULL) {
        if (looking)
            return early;
        looking = 1;
        next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    }
    return next(count, size);
}
