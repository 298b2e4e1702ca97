#include "CProgram.h"

#include <malloc.h>
#include <sys/resource.h>

void espalier_return_memory(void) {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
#endif
}

// The C library gives each thread a heap of its own, 64 MiB of address space that mostly stays empty. Where address
// space is short, what the threads' heaps have taken is missing for what all of them work on, so they share one.
__attribute__((constructor)) static void share_heap(void) {
#ifdef M_ARENA_MAX
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
}
