/*
 * hostilenames: threads whose names try to break whatever prints them. The even ones fault, the odd ones sleep.
 *
 * What it proves: that a name cannot move the cursor, colour a row, forge a record, or shift a column. The names are
 * printed in hexadecimal, since some are not even UTF-8; the kernel keeps 15 bytes of each, newlines included.
 */
#include "coldfile.h"
#include "options.h"
#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define COLD_PAGES_EACH ((size_t)256)

static const char *const names[] = {
    "{red-fg}x{/}",        /* a tag of blessed's */
    "{/}{bold}",           /* closes what it did not open */
    "\033[2J",             /* ANSI: clear the screen */
    "\033]0;owned\007",    /* ANSI: set the window's title */
    "\xc2\x9b" "31mred",   /* the same as ESC [ in C1 */
    "a\nM 1 2 3",          /* a second line, looking like a record */
    "a\r\tb\b\b",          /* carriage return, tab, backspaces */
    "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", /* five wide characters, ten columns */
    "\xe2\x80\xae" "gnp.exe", /* right-to-left override */
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", /* one letter under four accents */
    "\xff\xfe\x80",        /* not UTF-8 */
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", /* two emoji joined into one */
    "=1+1;\"a\",b",        /* CSV and folded stacks */
    "<b>&amp;</b>",        /* HTML */
    "%s%n%d",              /* printf */
    " ",                   /* nothing to be seen */
    "",                    /* nothing at all */
    "a) R 1 (b",           /* /proc/PID/stat */
};
#define NAMES (sizeof names / sizeof *names)

static struct cold_file file;
static atomic_bool stopping;

static void announce_in_hex(const char *name)
{
    char hex[2 * 64] = "";
    size_t length = 0;

    for (const char *byte = name; *byte != '\0'; byte++)
        length += (size_t)snprintf(hex + length, sizeof hex - length, "%02x", (unsigned char)*byte);
    printf("{\"event\":\"thread\",\"tid\":%d,\"nameHex\":\"%s\"}\n", gettid(), hex);
}

static void *play(void *argument)
{
    size_t number = (uintptr_t)argument;

    name_thread(names[number]);
    announce_in_hex(names[number]);
    for (size_t i = 0; !stopping; i++) {
        size_t page = number * COLD_PAGES_EACH + i % COLD_PAGES_EACH;

        if (number % 2 == 0) {
            evict_pages(&file, page, 1);
            touch_page(&file, page);
        }
        sleep_ns(5 * NS_PER_MS);
    }
    printf("{\"event\":\"result\",\"tid\":%d,\"majflt\":%ld}\n", gettid(), thread_majflt());
    return NULL;
}

int main(int argc, char **argv)
{
    const char *dir = "/var/tmp";
    uint64_t duration_ns = 0;
    const struct option_spec options[] = {
        TEXT("dir", &dir, "where its file is kept (/var/tmp); not on tmpfs"),
        SECONDS("seconds", &duration_ns, "how long it runs (0: until SIGINT or SIGTERM)"),
        END_OF_OPTIONS,
    };
    pthread_t threads[NAMES];

    read_options(argc, argv, options);
    file = open_cold_file(dir, NAMES * COLD_PAGES_EACH);
    block_end_signals();
    ready(false);
    for (size_t i = 0; i < NAMES; i++)
        threads[i] = start_thread(play, (void *)(uintptr_t)i);
    wait_for_end(duration_ns);
    stopping = true;
    for (size_t i = 0; i < NAMES; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
