// A system that fails, for tests: preloaded, it makes one call of some kinds fail or be short.
//
// FAULTS_CALLS   names of calls, separated by commas, or all
// FAULTS_AT      the number of the call that fails, from 1; 0 for none, -1 for all
// FAULTS_ERROR   the number of its error; "short" for half of what was asked
// FAULTS_COUNT   a file that gets the number of calls that there were
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long at;
static int error, is_short;
static const char *kinds, *count_file;
static int ready;

// Files of the program itself, not those of the loader and of the system: numbers are the same on every machine.
__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("FAULTS_AT");
  at = text ? atol(text) : 0;
  text = getenv("FAULTS_ERROR");
  is_short = text && !strcmp(text, "short");
  error = text && !is_short ? atoi(text) : EIO;
  kinds = getenv("FAULTS_CALLS");
  count_file = getenv("FAULTS_COUNT");
  ready = kinds != NULL;
}

static ssize_t (*real_write)(int, const void *, size_t);

__attribute__((destructor)) static void end(void) {
  if (!ready || !count_file) return;
  ready = 0;
  int file = open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
  if (write(file, text, (size_t)length) < 0) return;
  close(file);
}

// Whether this call is the one that fails.
static int fails(const char *name) {
  if (!ready) return 0;
  size_t length = strlen(name);
  const char *place = kinds;
  int listed = !strcmp(kinds, "all");
  while (!listed && place && *place) {
    if (!strncmp(place, name, length) && (place[length] == ',' || !place[length])) listed = 1;
    place = strchr(place, ',');
    if (place) place++;
  }
  return listed && (atomic_fetch_add(&calls, 1) + 1 == at || at == -1);
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define FAIL(result) \
  do { \
    errno = error; \
    return result; \
  } while (0)

ssize_t write(int file, const void *bytes, size_t size) {
  if (!real_write) real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  // What is said on stderr has to be heard.
  if (file != STDERR_FILENO && fails("write")) {
    if (!is_short) FAIL(-1);
    return real_write(file, bytes, size / 2);
  }
  return real_write(file, bytes, size);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t place) {
  REAL(pwrite64);
  if (fails("pwrite")) {
    if (!is_short) FAIL(-1);
    return real(file, bytes, size / 2, place);
  }
  return real(file, bytes, size, place);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t place) {
  return pwrite64(file, bytes, size, place);
}

ssize_t read(int file, void *bytes, size_t size) {
  REAL(read);
  if (fails("read")) {
    if (!is_short) FAIL(-1);
    return real(file, bytes, size / 2);
  }
  return real(file, bytes, size);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t place) {
  REAL(pread64);
  if (fails("pread")) {
    if (!is_short) FAIL(-1);
    return real(file, bytes, size / 2, place);
  }
  return real(file, bytes, size, place);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev);
  if (file != STDERR_FILENO && fails("writev")) FAIL(-1);
  return real(file, parts, count);
}

int fsync(int file) {
  REAL(fsync);
  if (fails("fsync") && !is_short) FAIL(-1);
  return real(file);
}

int flock(int file, int operation) {
  REAL(flock);
  if (fails("flock") && !is_short) FAIL(-1);
  return real(file, operation);
}

// Asked how much room there is, the system says none.
int statvfs64(const char *path, struct statvfs64 *status) {
  REAL(statvfs64);
  int result = real(path, status);
  if (result == 0 && fails("statvfs")) status->f_bavail = 0;
  return result;
}

int statvfs(const char *path, struct statvfs *status) {
  REAL(statvfs);
  int result = real(path, status);
  if (result == 0 && fails("statvfs")) status->f_bavail = 0;
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  if (fails("rename") && !is_short) FAIL(-1);
  return real(from, to);
}

int ftruncate64(int file, off64_t size) {
  REAL(ftruncate64);
  if (fails("ftruncate") && !is_short) FAIL(-1);
  return real(file, size);
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

void *mmap64(void *place, size_t size, int protection, int flags, int file, off64_t offset) {
  REAL(mmap64);
  // Memory without a file is the business of the allocator.
  if (file >= 0 && fails("mmap") && !is_short) FAIL(MAP_FAILED);
  return real(place, size, protection, flags, file, offset);
}

void *mmap(void *place, size_t size, int protection, int flags, int file, off_t offset) {
  return mmap64(place, size, protection, flags, file, offset);
}

static int opens(const char *path, int flags) {
  // Those of the system are not the program's.
  if (!strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5) || !strncmp(path, "/dev/", 5)) return 0;
  return fails((flags & O_ACCMODE) == O_RDONLY ? "openread" : "openwrite") && !is_short;
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list list;
  va_start(list, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;
  va_end(list);
  if (ready && opens(path, flags)) FAIL(-1);
  return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;
  va_end(list);
  return open64(path, flags, mode);
}
