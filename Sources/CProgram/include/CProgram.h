#ifndef ESPALIER_CPROGRAM_H
#define ESPALIER_CPROGRAM_H

// What a program may decide for its whole process and a library may not. Linking it is enough.

// OpenBLAS asks this, its own function, how many threads to start while it is loaded. A program's answer comes before
// OpenBLAS's. Products are split among the threads of a pool, so threads of OpenBLAS's would only sleep; but each would
// take stack and 128 MiB of address space first, and where there are none, try again for ever, or raise SIGINT where
// there is no thread to be had, before the program's first line.
int get_num_procs(void);

// Under a limit of address space threads share one heap (memory.c), which needs no call either.

// Has large blocks given back to the system when they are freed, whatever sizes come one after the other: for a program that
// runs for months, and whose memory is looked at. Without it the C library keeps up to 32 MiB for each size it has seen.
void espalier_return_memory(void);

#endif
