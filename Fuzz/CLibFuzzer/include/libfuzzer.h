#ifndef ESPALIER_LIBFUZZER_H
#define ESPALIER_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

/* Reads one input; always returns 0. */
typedef int (*espalier_fuzz_input)(const uint8_t *bytes, size_t count);

/* Hands the program over to libFuzzer, with the arguments of its command line. Returns -1 in a program that was built
   without it. */
int espalier_fuzz(int argc, char **argv, espalier_fuzz_input input);

/* Opens a file in memory that processes started from here have too; -1 where there is none. Swift does not see the
   function of glibc. */
int espalier_shared_file(void);

#endif
