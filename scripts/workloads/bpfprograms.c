/*
 * bpfprograms: prints those of the BPF programs given by number that the kernel still has.
 *
 * What it proves: that a tracer which has ended, or was killed, left nothing attached. bpf(2) BPF_PROG_GET_FD_BY_ID.
 */
#include "support.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        union bpf_attr attributes = {.prog_id = (uint32_t)strtoul(argv[i], NULL, 10)};
        long fd = syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attributes, sizeof attributes);

        if (fd < 0 && errno != ENOENT)
            die("cannot look up BPF program %s", argv[i]);
        if (fd >= 0) {
            puts(argv[i]);
            close((int)fd);
        }
    }
    return 0;
}
