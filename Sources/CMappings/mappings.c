#include "CMappings.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The handler walks the list while another thread may change it: an entry is never freed, and a reader that meets one
// being reused sees an empty range. The list is as long as there ever were mappings at once.
typedef struct entry {
  struct entry *next;
  _Atomic(uintptr_t) start;
  _Atomic(uintptr_t) end;  // 0 while the entry is nobody's
  const char *line;
  size_t length;
} entry;

static _Atomic(entry *) entries;
static pthread_mutex_t changes = PTHREAD_MUTEX_INITIALIZER;

void *espalier_watch_mapping(const void *start, size_t size, const char *line, size_t length) {
  char *copy = malloc(length);
  if (!copy) return NULL;
  memcpy(copy, line, length);
  pthread_mutex_lock(&changes);
  entry *place = atomic_load(&entries);
  while (place && place->line) place = place->next;
  if (!place) {
    place = calloc(1, sizeof *place);
    if (place) {
      place->next = atomic_load(&entries);
      atomic_store(&entries, place);
    }
  }
  if (place) {
    place->line = copy;
    place->length = length;
    atomic_store(&place->start, (uintptr_t)start);
    atomic_store(&place->end, (uintptr_t)start + size);
  } else {
    free(copy);
  }
  pthread_mutex_unlock(&changes);
  return place;
}

void espalier_forget_mapping(void *handle) {
  entry *place = handle;
  if (!place) return;
  pthread_mutex_lock(&changes);
  atomic_store(&place->end, 0);
  free((char *)place->line);
  place->line = NULL;
  pthread_mutex_unlock(&changes);
}

// Set by the first thread that meets a lost page: others that meet one at the same time have nothing to add.
static atomic_flag ending = ATOMIC_FLAG_INIT;

// Everything here may be called by a signal's handler.
static void end(int number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  // A signal that another process sent has no address.
  for (entry *place = info->si_code > 0 ? atomic_load(&entries) : NULL; place; place = place->next) {
    if (address < atomic_load(&place->start) || address >= atomic_load(&place->end)) continue;
    while (atomic_flag_test_and_set(&ending)) pause();
    const char *rest = place->line;
    for (size_t left = place->length; left > 0;) {
      ssize_t count = write(STDERR_FILENO, rest, left);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      rest += count;
      left -= (size_t)count;
    }
    _exit(1);
  }
  // What is read again ends the process as it would have without this handler.
  signal(number, SIG_DFL);
  if (info->si_code <= 0) raise(number);
}

void espalier_end_where_mappings_fail(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = end;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, NULL);
  // Whoever started this may have blocked it, which a fault ignores, and ends the process.
  sigset_t bus;
  sigemptyset(&bus);
  sigaddset(&bus, SIGBUS);
  pthread_sigmask(SIG_UNBLOCK, &bus, NULL);
}
