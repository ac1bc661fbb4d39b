/** Probes as data. */

import { declarationText } from './c-text.ts';
import { tracefsLine } from './format-tracefs.ts';
import type { Probe } from './probe.ts';

/** One probe as a JSON value; docs/probe.md describes its fields. */
export function probeJson(probe: Probe, source: string): Readonly<Record<string, unknown>> {
  const { definition, kind, group, event, place, architecture, warnings, function: found } = probe;
  const table = found?.table;
  return {
    input: definition.text,
    kind,
    isReturn: definition.isReturn,
    group,
    event,
    place,
    arch: architecture.name,
    tracefs: tracefsLine(probe),
    prototype: found && declarationText(found.table, found.proto.id, found.name),
    types: source,
    arguments: probe.args.map(({ name, body, type, source: written, typeId }) => ({
      name,
      input: written.text,
      fetch: body,
      type,
      cType: table === undefined || typeId === undefined ? undefined : declarationText(table, typeId, ''),
    })),
    warnings,
  };
}
