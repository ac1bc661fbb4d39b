/*
 * tspahole_bpf: gives BTF to the running kernel and says what became of it.
 *
 * BPF_BTF_LOAD checks a blob and keeps it as long as its descriptor is open, which is closed at once.
 */

#include <errno.h>
#include <node_api.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Raised here and in bpf.ts with every change of the interface. */
#define INTERFACE_VERSION 1

#define BTF_LOAD_COMMAND 18

/* What bpf(2) wants for it, see union bpf_attr in linux uapi/linux/bpf.h. */
struct btf_load {
	uint64_t btf;
	uint64_t log;
	uint32_t btf_size;
	uint32_t log_size;
	uint32_t log_level;
	uint32_t log_true_size;
};

/* 0, or the number of the error. Without log_size the kernel writes no log. */
static int load(const void *btf, size_t btf_size, void *log, size_t log_size)
{
	struct btf_load attr = {
		.btf = (uintptr_t)btf,
		.log = log_size > 0 ? (uintptr_t)log : 0,
		.btf_size = btf_size,
		.log_size = log_size,
		.log_level = log_size > 0,
	};
	long fd = syscall(SYS_bpf, BTF_LOAD_COMMAND, &attr, sizeof(attr));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Finds the bytes of a Uint8Array of less than 4 GiB; false for anything else. */
static bool find_bytes(napi_env env, napi_value value, void **data, size_t *size)
{
	napi_typedarray_type type;
	bool is_array;

	if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array)
		return false;
	if (napi_get_typedarray_info(env, value, &type, size, data, NULL, NULL) != napi_ok)
		return false;
	return type == napi_uint8_array && *size <= UINT32_MAX;
}

/* loadBtf(btf: Uint8Array, log: Uint8Array): number | undefined. Never throws. */
static napi_value load_btf(napi_env env, napi_callback_info info)
{
	size_t argc = 2, btf_size = 0, log_size = 0;
	void *btf = NULL, *log = NULL;
	napi_value args[2], result;

	if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc < 2)
		return NULL;
	if (!find_bytes(env, args[0], &btf, &btf_size) || !find_bytes(env, args[1], &log, &log_size))
		return NULL;
	if (napi_create_int32(env, load(btf, btf_size, log, log_size), &result) != napi_ok)
		return NULL;
	return result;
}

static void export_version(napi_env env, napi_value exports)
{
	napi_value version;

	if (napi_create_uint32(env, INTERFACE_VERSION, &version) == napi_ok)
		napi_set_named_property(env, exports, "interfaceVersion", version);
}

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "loadBtf", NAPI_AUTO_LENGTH, load_btf, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, "loadBtf", function);
	export_version(env, exports);
	return exports;
}
