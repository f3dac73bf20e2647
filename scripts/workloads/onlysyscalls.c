/*
 * onlysyscalls: executes a command that may use the system calls of a list and no others; they fail with EPERM, as under
 * SystemCallFilter= of a systemd unit with SystemCallErrorNumber=EPERM.
 *
 *   onlysyscalls 0,1,3,... CMD ARGS...
 *
 * The numbers are those of this architecture; calls of another one fail too.
 */
#include "support.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field)                                                                                                    \
    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define UNLESS_EQUAL_SKIP(value, skipped) (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)
#define RETURN(action) (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action)

static struct sock_filter filter[BPF_MAXINSNS];
static unsigned short length;

static void add(struct sock_filter instruction)
{
    if (length == BPF_MAXINSNS)
        die("too many system calls");
    filter[length++] = instruction;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        errno = 0;
        die("needs a list of numbers and a command");
    }
    add(LOAD(arch));
    add(UNLESS_EQUAL_SKIP(ARCHITECTURE, 1));
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    add(RETURN(SECCOMP_RET_ERRNO | EPERM));
    add(LOAD(nr));
    for (char *rest = argv[1]; *rest != '\0'; rest += *rest == ',') {
        add(UNLESS_EQUAL_SKIP((uint32_t)strtoul(rest, &rest, 10), 1));
        add(RETURN(SECCOMP_RET_ALLOW));
    }
    add(RETURN(SECCOMP_RET_ERRNO | EPERM));

    struct sock_fprog program = {.len = length, .filter = filter};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        die("cannot filter system calls");
    execvp(argv[2], argv + 2);
    die("cannot execute %s", argv[2]);
}
