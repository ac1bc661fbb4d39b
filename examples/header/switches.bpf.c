/* Counts how often each task is switched to. Needs nothing but the header of the kernel's types. */

#include "vmlinux.h"

#define SEC(name) __attribute__((section(name), used))

static long (*bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

struct {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[1024];
	pid_t *key;
	u64 *value;
} switches SEC(".maps");

SEC("tp_btf/sched_switch")
int count_switch(u64 *arguments)
{
	struct task_struct *next = (struct task_struct *)arguments[2];
	pid_t pid = next->pid;
	u64 one = 1, *count = bpf_map_lookup_elem(&switches, &pid);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&switches, &pid, &one, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "GPL";
