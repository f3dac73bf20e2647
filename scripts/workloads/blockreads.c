/*
 * blockreads: reads blocks of 4 KiB past the page cache from a loop device over a file in memory, one at a time, and
 * tells what one costs.
 *
 * The price of a block I/O, for the benchmark: the device itself takes next to nothing, so that what looks on shows. The
 * device goes with the process (LO_FLAGS_AUTOCLEAR).
 */
#include "support.h"
#include "yardstick.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_BYTES 4096
#define BLOCKS 4096

static int device_fd;
static void *block;

static void attach_device(void)
{
    int file = memfd_create("blockreads", MFD_CLOEXEC), control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    char path[32];

    if (file < 0 || ftruncate(file, (off_t)BLOCKS * BLOCK_BYTES) != 0 || control < 0)
        die("cannot make a loop device");
    int number = ioctl(control, LOOP_CTL_GET_FREE);

    snprintf(path, sizeof path, "/dev/loop%d", number);
    device_fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    struct loop_config config = {.fd = (__u32)file,
                                 .info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY};

    if (number < 0 || device_fd < 0 || ioctl(device_fd, LOOP_CONFIGURE, &config) != 0)
        die("cannot set up %s", path);
    if (posix_memalign(&block, BLOCK_BYTES, BLOCK_BYTES) != 0)
        die("out of memory");
}

static uint64_t read_blocks(void)
{
    static uint64_t next;

    for (int i = 0; i < 200; i++, next++)
        if (pread(device_fd, block, BLOCK_BYTES, (off_t)(next * 7919 % BLOCKS) * BLOCK_BYTES) != BLOCK_BYTES)
            die("cannot read");
    return 200;
}

int main(int argc, char **argv)
{
    return measure(argc, argv, (struct yardstick){attach_device, read_blocks, "reads", "nsPerRead"});
}
