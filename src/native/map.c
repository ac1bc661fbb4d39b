/*
 * tspahole_map: maps a file of sysfs into memory, read-only.
 *
 * Reading /sys/kernel/btf/vmlinux takes one call per page; a mapping of it costs a tenth of that. Only
 * sysfs is mapped: its files keep their size, where a regular file that is cut short under a mapping
 * kills the reader.
 */

#include <fcntl.h>
#include <linux/magic.h>
#include <node_api.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Longer paths are refused; names below /sys/kernel/btf are those of kernel modules. */
#define PATH_BYTES 512

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

/* map(path: string): ArrayBuffer | undefined. Never throws. Writing to the result faults. */
static napi_value map(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	size_t argc = 1, path_size = 0, size = 0;
	napi_value arg, result;
	void *data;

	if (napi_get_cb_info(env, info, &argc, &arg, NULL, NULL) != napi_ok || argc < 1)
		return NULL;
	if (napi_get_value_string_utf8(env, arg, path, sizeof(path), &path_size) != napi_ok)
		return NULL;
	/* A path that fills the buffer may have been cut. */
	if (path_size == sizeof(path) - 1)
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

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "map", NAPI_AUTO_LENGTH, map, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, "map", function);
	return exports;
}
