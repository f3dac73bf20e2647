/* A file of real blocks that can be made cold again and again, and a mapping of it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cold_file {
    int fd;
    size_t pages;
    size_t page_bytes;
    /* Shared and read-only, with MADV_RANDOM: no readahead, a fault reads the one page. */
    const volatile uint8_t *mapping;
};

/*
 * Opens `<dir>/faultscope-cold-<pages>.dat`, and writes it first if it is missing, too short or sparse (a hole is
 * never read from disk). Maps it and evicts it, and dies where the file system cannot evict (tmpfs).
 */
struct cold_file open_cold_file(const char *dir, size_t pages);

/* Evicts `count` pages from `first` on: a later touch is a major fault again. */
void evict_pages(const struct cold_file *file, size_t first, size_t count);

/* Reads one byte of the page: a major fault if it is cold. */
void touch_page(const struct cold_file *file, size_t page);

/* A cheap random number (xorshift64*); `state` must not be 0. */
uint64_t next_random(uint64_t *state);
