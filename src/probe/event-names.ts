/** The names of groups and events, and of the places that probes stand at, as the kernel makes them. */

import type { Definition, ProbeKind } from './definition.ts';
import { MAX_EVENT_NAME } from './parse-definition.ts';
import { type Site, warn } from './site.ts';

const GROUPS: Readonly<Record<ProbeKind, string>> = {
  kprobe: 'kprobes',
  fprobe: 'fprobes',
  tracepoint: 'tracepoints',
  eprobe: 'eprobes',
  uprobe: 'uprobes',
};

/** The group that was given, or that of the kind. */
export function groupName({ group }: Definition, kind: ProbeKind): string {
  return group ?? GROUPS[kind];
}

/** The place as tracefs reads it: `loop:loop_configure+4`, without `%return`. */
export function placeText({ place }: Definition): string {
  switch (place.kind) {
    case 'symbol': {
      const module = place.module === undefined ? '' : `${place.module}:`;
      return module + place.symbol + (place.offset === 0 ? '' : `+${place.offset}`);
    }
    case 'address':
      return place.address;
    case 'file':
      return `${place.path}:${place.offset}`;
    case 'event':
      return `${place.system}.${place.event}`;
  }
}

/** The event's name, by default the kernel's own; one that is too long is cut as the kernel cuts it. */
export function eventName(definition: Definition, kind: ProbeKind, site: Pick<Site, 'warnings'>): string {
  const name = definition.event ?? defaultName(definition, kind).replaceAll(/\W/g, '_');
  if (name.length <= MAX_EVENT_NAME) return name;
  warn(site, 'W11', `the event's own name has ${name.length} characters and is cut to ${MAX_EVENT_NAME}`);
  return name.slice(0, MAX_EVENT_NAME);
}

function defaultName({ place, isReturn }: Definition, kind: ProbeKind): string {
  const letter = isReturn ? 'r' : 'p';
  switch (place.kind) {
    case 'symbol':
      if (kind === 'fprobe') return `${place.symbol}__${isReturn ? 'exit' : 'entry'}`;
      if (kind === 'tracepoint') return place.symbol.replace(/^(?=\d)/, '_');
      return `${letter}_${place.symbol}_${place.offset}`;
    case 'address':
      return `${letter}_0x${BigInt(place.address).toString(16)}`;
    case 'file':
      return `${letter}_${place.path.replace(/^.*\//, '')}_${place.offset}`;
    case 'event':
      return place.event;
  }
}
