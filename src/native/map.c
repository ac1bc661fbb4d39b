/*
 * tspahole_map: maps a file of sysfs into memory, read-only, and finds the type records in it.
 *
 * Reading /sys/kernel/btf/vmlinux takes one call per page; a mapping of it costs a tenth of that. Only
 * sysfs is mapped: its files keep their size, where a regular file that is cut short under a mapping
 * kills the reader.
 *
 * Finding where each record starts is one short loop, but over a hundred thousand records, and JavaScript that
 * has just been loaded is interpreted.
 */

#include <fcntl.h>
#include <linux/magic.h>
#include <node_api.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Raised here and in map.ts with every change of the interface. */
#define INTERFACE_VERSION 2

/* Longer paths are refused; names below /sys/kernel/btf are those of kernel modules. */
#define PATH_BYTES 512

/* Words of every record; what the word behind the name says: a kind of 7 bits, and a count of 24. */
#define COMMON_WORDS 3
#define KINDS 128
/* In place of the words of a kind that is not known. */
#define UNKNOWN_KIND 255

/* Byte size of the sysfs file that fd refers to; 0 for every other file. */
static size_t sysfs_file_size(int fd)
{
	struct statfs fs;
	struct stat file;

	if (fstatfs(fd, &fs) != 0 || fs.f_type != SYSFS_MAGIC)
		return 0;
	if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size <= 0)
		return 0;
	return (size_t)file.st_size;
}

/* Maps the file and sets *size; MAP_FAILED where the file or the kernel does not allow it. */
static void *map_sysfs_file(const char *path, size_t *size)
{
	void *data = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return MAP_FAILED;
	*size = sysfs_file_size(fd);
	if (*size > 0)
		data = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return data;
}

static void unmap(napi_env env, void *data, void *size)
{
	(void)env;
	munmap(data, (size_t)(uintptr_t)size);
}

/* Copies a string to path; 0 for what is none, or too long. A string that fills the buffer may have been cut. */
static int get_path(napi_env env, napi_value value, char path[PATH_BYTES])
{
	size_t size = 0;

	return napi_get_value_string_utf8(env, value, path, PATH_BYTES, &size) == napi_ok && size < PATH_BYTES - 1;
}

/* map(path: string): ArrayBuffer | undefined. Never throws. Writing to the result faults. */
static napi_value map(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	size_t argc = 1, size = 0;
	napi_value arg, result;
	void *data;

	if (napi_get_cb_info(env, info, &argc, &arg, NULL, NULL) != napi_ok || argc < 1 || !get_path(env, arg, path))
		return NULL;
	data = map_sysfs_file(path, &size);
	if (data == MAP_FAILED)
		return NULL;
	/* Some runtimes refuse memory that is not their own. */
	if (napi_create_external_arraybuffer(env, data, size, unmap, (void *)(uintptr_t)size, &result) != napi_ok) {
		munmap(data, size);
		return NULL;
	}
	return result;
}

/* A typed array of the caller. */
struct array {
	napi_typedarray_type type;
	size_t length;
	void *data;
};

static int get_array(napi_env env, napi_value value, napi_typedarray_type type, struct array *array)
{
	return napi_get_typedarray_info(env, value, &array->type, &array->length, &array->data, NULL, NULL) == napi_ok &&
	       array->type == type;
}

/* Since Linux 5.14. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Has the kernel find memory in one call: the faults of the first touch, page by page, cost more than the copy. */
static void find_memory(void *data, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)data + page - 1) & ~(page - 1);
	uintptr_t end = (uintptr_t)data + size;

	/* It only saves time. */
	if (start < end)
		(void)madvise((void *)start, end - start, MADV_POPULATE_WRITE);
}

/* populate(into: Uint8Array): memory that is about to be written and has not been touched. Never throws. */
static napi_value populate(napi_env env, napi_callback_info info)
{
	size_t argc = 1;
	napi_value arg;
	struct array into;

	if (napi_get_cb_info(env, info, &argc, &arg, NULL, NULL) == napi_ok && argc == 1 &&
	    get_array(env, arg, napi_uint8_array, &into))
		find_memory(into.data, into.length);
	return NULL;
}

/*
 * Writes the index of the first word of each record to starts, which has room for all records of three words or
 * more. Returns how many there are; -1 where one is of an unknown kind or does not fit.
 */
static int64_t find_records(const uint32_t *words, size_t total, const uint8_t *extra, const uint8_t *element,
			    uint32_t *starts)
{
	int64_t count = 0;
	size_t at = 0;

	while (at < total) {
		uint32_t info = at + 1 < total ? words[at + 1] : 0;
		uint32_t kind = info >> 24 & 0x7f;
		size_t end = at + COMMON_WORDS + extra[kind] + (size_t)(info & 0xffffff) * element[kind];

		if (extra[kind] == UNKNOWN_KIND || end > total)
			return -1;
		starts[count++] = (uint32_t)at;
		at = end;
	}
	return count;
}

/* indexRecords(words: Uint32Array, extraWords, elementWords: Uint8Array, starts: Uint32Array): number; see map.ts. */
static napi_value index_records(napi_env env, napi_callback_info info)
{
	size_t argc = 4;
	napi_value args[4], result;
	struct array words, extra, element, starts;

	if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc < 4)
		return NULL;
	if (!get_array(env, args[0], napi_uint32_array, &words) || !get_array(env, args[1], napi_uint8_array, &extra) ||
	    !get_array(env, args[2], napi_uint8_array, &element) || !get_array(env, args[3], napi_uint32_array, &starts))
		return NULL;
	if (extra.length < KINDS || element.length < KINDS || starts.length < words.length / COMMON_WORDS)
		return NULL;
	if (napi_create_int64(env, find_records(words.data, words.length, extra.data, element.data, starts.data),
			      &result) != napi_ok)
		return NULL;
	return result;
}

/* leave(code: number): never returns. Nothing is taken apart: neither node nor its threads. */
static napi_value leave(napi_env env, napi_callback_info info)
{
	size_t argc = 1;
	int32_t code = 0;
	napi_value arg;

	if (napi_get_cb_info(env, info, &argc, &arg, NULL, NULL) == napi_ok && argc == 1 &&
	    napi_get_value_int32(env, arg, &code) == napi_ok)
		_exit(code);
	return NULL;
}

static void export_version(napi_env env, napi_value exports)
{
	napi_value version;

	if (napi_create_uint32(env, INTERFACE_VERSION, &version) == napi_ok)
		napi_set_named_property(env, exports, "interfaceVersion", version);
}

static void export(napi_env env, napi_value exports, const char *name, napi_callback callback)
{
	napi_value function;

	if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT()
{
	export(env, exports, "map", map);
	export(env, exports, "populate", populate);
	export(env, exports, "leave", leave);
	export(env, exports, "indexRecords", index_records);
	export_version(env, exports);
	return exports;
}
