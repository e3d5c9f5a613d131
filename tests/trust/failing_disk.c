/* A layer between a program and the C library that lets file operations fail.

   Loaded with LD_PRELOAD, it sits under SQLite and under Python alike. It does nothing until
   `disk_fail` names a folder; from then on it counts the operations on files in that folder by kind,
   and lets the n-th one of a kind fail with an error, once or from then on. Every other operation
   passes through. `disk_record` writes them all down instead, with their bytes, so that the disk can be
   put together as a power cut would have left it. Only one thread of the program may use the folder. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, SYNC, RENAME, TRUNCATE, UNLINK, OPEN, READ, KINDS };

static char folder[PATH_MAX];
static size_t folder_length;
static long counts[KINDS];
static long failed;
static int fail_kind = -1, fail_error, fail_on;
static long fail_at;

/* Watch `path`; let operation number `at` of `kind` fail (0: none), and all later ones too if `on`.
   Kind -1 with an error makes every kind fail together, counted over all of them. */
void disk_fail(const char *path, int kind, long at, int error, int on) {
  memset(counts, 0, sizeof counts);
  failed = 0;
  fail_kind = kind;
  fail_at = at;
  fail_error = error;
  fail_on = on;
  snprintf(folder, sizeof folder, "%s/", path);
  folder_length = strlen(folder);
}

static int record = -1;

/* Watch `path` and write every operation that succeeds into the file `log`. */
void disk_record(const char *path, const char *log) {
  disk_fail(path, -1, 0, 0, 0);
  record = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
}

/* One operation: kind, bytes of the name, offset, bytes of data; then name and data. */
static void note(enum kind kind, const char *path, long long at, const void *data, long long size) {
  struct { int kind, name; long long at, size; } head = {kind, (int)strlen(path), at, data ? size : 0};
  struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, strlen(path)}, {(void *)data, data ? size : 0}};
  int error = errno;
  ssize_t (*real)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
  if (record >= 0) real(record, parts, 3);
  errno = error;
}

static void note_handle(enum kind kind, int handle, long long at, const void *data, long long size) {
  char link[64], path[PATH_MAX];
  ssize_t length;
  if (record < 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  note(kind, path, at, data, size);
}

long disk_count(int kind) { return counts[kind]; }
long disk_failed(void) { return failed; }

static long slow_us;

/* From now on every operation on the folder takes so many microseconds more, as on a disk that others use. */
void disk_slow(long microseconds) { slow_us = microseconds; }

static int is_watched(const char *path) {
  return folder_length && path && strncmp(path, folder, folder_length) == 0;
}

static int is_watched_handle(int handle) {
  char link[64], path[PATH_MAX];
  ssize_t length;
  if (!folder_length) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_watched(path);
}

/* Count one operation; 1 where it has to fail. */
static int fails(enum kind kind) {
  long number = ++counts[kind];
  if (slow_us) usleep(slow_us);
  if (fail_kind == -1) {
    number = 0;
    for (int each = 0; each < READ; each++) number += counts[each];
    if (kind == READ) return 0;
  } else if (fail_kind != (int)kind) {
    return 0;
  }
  if (!fail_at || number < fail_at || (number > fail_at && !fail_on)) return 0;
  failed++;
  errno = fail_error;
  return 1;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define ON_HANDLE(kind, type, name, parameters, handle, arguments) \
  type name parameters { \
    REAL(name); \
    if (is_watched_handle(handle) && fails(kind)) return -1; \
    return real arguments; \
  }

#define ON_NOTED(kind, type, name, parameters, handle, arguments, at) \
  type name parameters { \
    REAL(name); \
    int is_ours = is_watched_handle(handle); \
    if (is_ours && fails(kind)) return -1; \
    type result = real arguments; \
    if (is_ours && result >= 0) note_handle(kind, handle, at, NULL, 0); \
    return result; \
  }

#define ON_PATH(kind, type, name, parameters, path, arguments) \
  type name parameters { \
    REAL(name); \
    if (is_watched(path) && fails(kind)) return -1; \
    type result = real arguments; \
    if (is_watched(path) && result >= 0) note(kind, path, 0, NULL, 0); \
    return result; \
  }

/* A write that fails has written half of it, as on a disk that fills up or breaks under it. */
#define ON_WRITE(name, parameters, whole, half, place) \
  ssize_t name parameters { \
    REAL(name); \
    int is_ours = is_watched_handle(fd); \
    if (is_ours && fails(WRITE)) { \
      int error = errno; \
      if (n > 1 && real half < 0) error = errno; \
      errno = error; \
      return -1; \
    } \
    ssize_t result = real whole; \
    if (is_ours && result > 0) note_handle(WRITE, fd, place, b, result); \
    return result; \
  }

ON_WRITE(write, (int fd, const void *b, size_t n), (fd, b, n), (fd, b, n / 2), lseek(fd, 0, SEEK_CUR) - result)
ON_WRITE(pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at), (fd, b, n / 2, at), at)
ON_WRITE(pwrite64, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at), (fd, b, n / 2, at), at)
/* Nobody on this way writes in parts: it is counted, and not written down. */
ON_WRITE(writev, (int fd, const struct iovec *b, int n), (fd, b, n), (fd, b, n / 2), -1)
ON_NOTED(SYNC, int, fsync, (int fd), fd, (fd), 0)
ON_NOTED(SYNC, int, fdatasync, (int fd), fd, (fd), 0)
ON_NOTED(TRUNCATE, int, ftruncate, (int fd, off_t n), fd, (fd, n), n)
ON_NOTED(TRUNCATE, int, ftruncate64, (int fd, off64_t n), fd, (fd, n), n)
ON_HANDLE(READ, ssize_t, read, (int fd, void *b, size_t n), fd, (fd, b, n))
ON_HANDLE(READ, ssize_t, pread, (int fd, void *b, size_t n, off_t at), fd, (fd, b, n, at))
ON_HANDLE(READ, ssize_t, pread64, (int fd, void *b, size_t n, off64_t at), fd, (fd, b, n, at))
ON_PATH(RENAME, int, rename, (const char *from, const char *to), from, (from, to))
ON_PATH(RENAME, int, renameat, (int d, const char *from, int e, const char *to), from, (d, from, e, to))
ON_PATH(UNLINK, int, unlink, (const char *path), path, (path))
ON_PATH(UNLINK, int, unlinkat, (int d, const char *path, int flags), path, (d, path, flags))

#define MODE(flags, last) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, last); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  REAL(open);
  MODE(flags, flags)
  if (is_watched(path) && fails(OPEN)) return -1;
  return real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  MODE(flags, flags)
  if (is_watched(path) && fails(OPEN)) return -1;
  return real(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
  REAL(openat);
  MODE(flags, flags)
  if (is_watched(path) && fails(OPEN)) return -1;
  return real(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...) {
  REAL(openat64);
  MODE(flags, flags)
  if (is_watched(path) && fails(OPEN)) return -1;
  return real(directory, path, flags, mode);
}
