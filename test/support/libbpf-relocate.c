/*
 * Has libbpf relocate a BPF object for the types of a file: libbpf-relocate TYPES OBJECT
 * What libbpf asks of the kernel is granted here, so that this runs without privileges, and under an emulator that
 * does not know bpf(2). Prints libbpf's log, a line `loaded ERROR` with 0 or an error number, and where it is 0 for each
 * program a line `program NAME HEX` with its instructions as a kernel gets them. Without arguments it prints the
 * version of libbpf.
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stands for a map, a program or types. Maps may be mapped into memory. */
static int descriptor(void)
{
	int fd = memfd_create("granted", 0);

	return fd >= 0 && ftruncate(fd, 1 << 20) == 0 ? fd : -1;
}

static int answer(long command)
{
	switch (command) {
	case BPF_MAP_CREATE:
	case BPF_PROG_LOAD:
	case BPF_BTF_LOAD:
		return descriptor();
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_FREEZE:
	case BPF_OBJ_GET_INFO_BY_FD:
	case BPF_PROG_BIND_MAP:
		return 0;
	default:
		errno = EOPNOTSUPP;
		return -1;
	}
}

/* libbpf is linked dynamically and finds this one before that of the C library. */
long syscall(long number, ...)
{
	long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long words[5];
	va_list list;

	va_start(list, number);
	for (int index = 0; index < 5; index++)
		words[index] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf)
		return answer(words[0]);
	return next(number, words[0], words[1], words[2], words[3], words[4]);
}

static int print(enum libbpf_print_level level, const char *format, va_list list)
{
	(void)level;
	return vprintf(format, list);
}

static void print_program(const struct bpf_program *program)
{
	const unsigned char *bytes = (const unsigned char *)bpf_program__insns(program);
	size_t size = bpf_program__insn_cnt(program) * sizeof(struct bpf_insn);

	printf("program %s ", bpf_program__name(program));
	for (size_t index = 0; index < size; index++)
		printf("%02x", bytes[index]);
	printf("\n");
}

int main(int count, char **words)
{
	struct bpf_object_open_opts options = { .sz = sizeof(options) };
	struct bpf_object *object;
	struct bpf_program *program;
	int error;

	if (count != 3) {
		printf("%s\n", libbpf_version_string());
		return 0;
	}
	libbpf_set_print(print);
	/* As what they are these programs would need the types of the running kernel. */
	libbpf_register_prog_handler("tp_btf+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL);
	options.btf_custom_path = words[1];
	object = bpf_object__open_file(words[2], &options);
	if (object == NULL)
		return 1;
	error = -bpf_object__load(object);
	printf("loaded %d\n", error);
	if (error == 0)
		bpf_object__for_each_program(program, object)
			print_program(program);
	bpf_object__close(object);
	return 0;
}
