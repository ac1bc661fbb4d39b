/**
 * From a definition to a probe: finds the function, expands `$$args`, resolves every argument, names it and
 * checks it against the limits of the target.
 */

import { TypeFacts } from '../layout/type-facts.ts';
import type { TypeTable } from '../model/table.ts';
import type { Architecture } from './architectures.ts';
import type { AbiRule } from './calling-convention.ts';
import type { Argument, Definition, ProbeKind } from './definition.ts';
import { eventName, groupName, placeText } from './event-names.ts';
import { type FoundFunction, findFunction, findTracepoint, variantBase } from './functions.ts';
import { checkArgument, checkCount } from './limits.ts';
import { giveNames, nameWish } from './names.ts';
import type { Location } from './place.ts';
import type { Probe, ProbeArgument, ProbeFunction } from './probe.ts';
import { refusal } from './refusal.ts';
import { requireParameters, resolveFetch } from './resolve.ts';
import { placesOf, type Reach, type Site, warn } from './site.ts';
import { sinceText, type Target } from './targets.ts';
import { typedText } from './typed.ts';
import type { Warning } from './warning.ts';
import { warnAboutFunction } from './warnings.ts';

/** What a definition is expanded for. */
export interface ExpandOptions {
  readonly architecture: Architecture;
  readonly target: Target;
  readonly rule: AbiRule;
  /** Registers by name instead of `$argN`, as modules that are not loaded need it. */
  readonly registers: boolean;
  /** `kernel`: what is no sole parameter is called `argI`. */
  readonly names: 'field' | 'kernel';
  /** Pointers to characters and arrays of them become strings. */
  readonly strings: boolean;
}

/** Expands a definition. `table` holds the types of its place. Throws the kernel's refusals. */
export function expandDefinition(definition: Definition, table: TypeTable, options: ExpandOptions): Probe {
  const kind = availableKind(definition, options.target);
  const { site, found } = siteOf(definition, kind, table, options);
  const sources = definition.args.flatMap((arg) => expandAll(site, arg));
  if (definition.args.filter(({ fetch }) => fetch.kind === 'all').length > 1) {
    throw refusal('DOUBLE_ARGS', `'${definition.text}'`);
  }
  checkCount(sources.length);
  const args = resolveAll(site, sources, options);
  if (found !== undefined) warnAboutFunction(site, found, sources);
  const place = placeText(definition);
  return {
    definition,
    kind,
    hasReturnSuffix: definition.isReturn && (kind === 'fprobe' || wantsSuffix(definition, options.target)),
    architecture: options.architecture,
    group: groupName(definition, kind),
    event: eventName(definition, kind, site),
    place,
    args,
    function: found,
    warnings: site.warnings,
  };
}

/** `p SYM%return` where the target has it; a number of calls to follow has its place behind `r` alone. */
function wantsSuffix({ text, maxActive }: Definition, { features }: Target): boolean {
  return text.startsWith('p') && maxActive === undefined && features.has('returnSuffix');
}

/** The kind of probe that the target has for what was asked. */
function availableKind({ kind, filter, text }: Definition, { features, name }: Target): ProbeKind {
  if (kind === 'fprobe' && !features.has('fprobe')) return 'kprobe';
  if (kind === 'tracepoint' && !features.has('tracepoint')) {
    const hint = 'probe __traceiter_NAME with p, or use the fields of the event that the tracepoint has';
    throw refusal(
      'BAD_PROBE_ADDR',
      `'${text}': ${name} has no probes on tracepoints, before ${sinceText('tracepoint')}: ${hint}`,
    );
  }
  const wanted = filter === undefined ? 'eprobe' : 'eprobeFilter';
  if (kind === 'eprobe' && !features.has(wanted)) {
    throw refusal('BAD_PROBE_ADDR', `'${text}': ${name} lacks it, which came with ${sinceText(wanted)}`);
  }
  return kind;
}

interface FoundSite {
  readonly site: Site;
  readonly found: ProbeFunction | undefined;
}

function siteOf(
  definition: Definition,
  kind: ProbeKind,
  table: TypeTable,
  options: ExpandOptions,
): FoundSite {
  const { architecture, target, rule } = options;
  const warnings: Warning[] = [];
  const useRegisters =
    kind === 'kprobe' && (options.registers || !architecture.hasArgN || !target.features.has('argN'));
  const reach: Reach = {
    facts: new TypeFacts(table),
    architecture,
    form: { wordSize: architecture.wordSize, bigEndian: table.endian === 'big' },
    rule,
    useRegisters: useRegisters || kind === 'uprobe',
    kind,
    isReturn: definition.isReturn,
  };
  if (architecture.endian !== undefined && architecture.endian !== table.endian && kind !== 'uprobe') {
    const text = `the types are of a ${table.endian}-endian kernel, ${architecture.name} is ${architecture.endian}-endian`;
    warn({ warnings }, 'W13', text);
  }
  const what = functionName(definition) ?? placeText(definition);
  const common = { ...reach, target, what, warnings };
  const none = whyNoParameters(definition);
  const function_ = none === undefined ? lookUp(common, table, what) : undefined;
  if (function_ === undefined) {
    const parameters = none ?? ({ refusal: 'NO_BTF_ENTRY', why: noFunction(what, definition) } as const);
    return { site: { ...common, parameters, returned: undefined, returnsVoid: false }, found: undefined };
  }
  const hidden = kind === 'tracepoint' ? 1 : 0;
  const { id, proto, others } = function_;
  const { parameters, passings, returned } = placesOf(reach, proto, hidden);
  const site = { ...common, parameters, returned, returnsVoid: returned === undefined };
  if (others.length > 0) {
    warn(site, 'W1', `there are other functions ${what}, such as ${others[0]}: this may be the wrong one`);
  }
  return { site, found: { table, id, name: what, proto, hidden, passings } };
}

/** The name of the function that a probe stands in. */
function functionName({ place }: Definition): string | undefined {
  return place.kind === 'symbol' || place.kind === 'file' ? place.symbol : undefined;
}

/** What the compiler made of a function has the types of that one, if not its parameters. */
function lookUp(
  site: Pick<Site, 'kind' | 'warnings'>,
  table: TypeTable,
  name: string,
): FoundFunction | undefined {
  if (site.kind === 'tracepoint') return findTracepoint(table, name);
  const base = variantBase(name);
  const found = findFunction(table, name);
  if (found !== undefined || base === undefined) return found;
  warn(site, 'W3', `the compiler made ${name} of ${base}: its parameters may be elsewhere or be gone`);
  return findFunction(table, base);
}

function noFunction(what: string, { place }: Definition): string {
  if (place.kind === 'file') return `the debugging information of ${place.path} has no function ${what}`;
  const module =
    place.kind === 'symbol' && place.module === undefined ? ' (of a module: MODULE:FUNCTION)' : '';
  return `there is no function ${what}${module}`;
}

function whyNoParameters({ place }: Definition): Exclude<Site['parameters'], readonly unknown[]> | undefined {
  if (place.kind === 'symbol' && place.offset === 0) return undefined;
  if (place.kind === 'file' && place.symbol !== undefined) return undefined;
  const why =
    place.kind === 'symbol'
      ? `parameters are where the ABI says only when ${place.symbol} begins, not at +${place.offset}`
      : place.kind === 'event'
        ? 'an event has fields, $NAME, and no parameters'
        : 'nothing is known of the function at a mere address';
  return { refusal: 'NOSUP_BTFARG', why };
}

/** `$$args` as one argument per parameter; `$argN` without a name as the parameter of that number. */
function expandAll(site: Site, arg: Argument): Argument[] {
  if (arg.fetch.kind === 'all') {
    return requireParameters(site, arg.text)
      .filter(({ value }) => !skipsUnreachable(site, value.at))
      .map(({ name }) => ({ ...named(arg, name), type: undefined, text: name }));
  }
  const isNumber = arg.fetch.kind === 'argument' && arg.name === undefined;
  if (!isNumber || 'refusal' in site.parameters || site.kind === 'uprobe') return [arg];
  const { index } = arg.fetch as { readonly index: number };
  const parameter = site.parameters[index - 1];
  if (parameter !== undefined) return [named(arg, parameter.name)];
  throw refusal('NO_BTFARG', `${site.what} has no parameter ${index}`);
}

function named(arg: Argument, name: string): Argument {
  return { ...arg, fetch: { kind: 'name', name }, body: name };
}

function skipsUnreachable(site: Site, at: Location): boolean {
  if (at.kind !== 'nowhere') return false;
  warn(site, 'W4', at.why);
  return true;
}

function resolveAll(site: Site, sources: readonly Argument[], options: ExpandOptions): ProbeArgument[] {
  const names = giveNames(sources.map(nameWish), options.names === 'kernel');
  return sources.map((source, index) => {
    const { fetch } = source;
    if (fetch.kind === 'all') throw refusal('BAD_VAR', `'${source.text}'`);
    checkReturnArgument(site, source);
    const resolved = resolveFetch(site, fetch);
    const user = fetch.kind === 'path' && fetch.user;
    const typed = typedText(site, resolved, { type: source.type, user, strings: options.strings });
    checkArgument(site.target, source.text, typed);
    const typeId = resolved.kind === 'value' ? resolved.value.typeId : undefined;
    return { name: names[index], ...typed, source, typeId };
  });
}

/** A return probe reads parameters only where the kernel keeps them from the entry. */
function checkReturnArgument(site: Site, source: Argument): void {
  if (!site.isReturn || !readsParameter(source)) return;
  const { features, name } = site.target;
  const pair = `use a pair, p ${site.what} ... and r ${site.what} $retval, joined by common_pid`;
  if (site.kind === 'uprobe' || site.useRegisters) {
    throw refusal('BAD_VAR', `'${source.text}': registers hold no parameters any more at return; ${pair}`);
  }
  if (!features.has('returnArguments')) {
    throw refusal(
      'BAD_VAR',
      `'${source.text}': ${name} keeps no parameters for return probes, before ${sinceText('returnArguments')}; ${pair}`,
    );
  }
  warn(
    site,
    'W8',
    'a return probe has the parameters of the entry, but reads what they point to at the exit',
  );
}

function readsParameter({ fetch }: Argument): boolean {
  let inner = fetch;
  while (inner.kind === 'path' || inner.kind === 'cast' || inner.kind === 'dereference') {
    inner = inner.kind === 'path' ? inner.base : inner.inner;
  }
  return inner.kind === 'name' || inner.kind === 'argument';
}
