#ifndef ESPALIER_CALLOCATIONS_H
#define ESPALIER_CALLOCATIONS_H

/*
 * Allocations that this thread has asked the C library for, however they were written in Swift: the functions below
 * take the place of the library's own in a process that links them.
 */
long espalier_allocations(void);

/* Whether they are counted: not under a sanitizer. */
int espalier_counts_allocations(void);

#endif
