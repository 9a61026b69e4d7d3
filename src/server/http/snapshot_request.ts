import { NormalizedIssueSchema } from "../../contract/issue.ts";
import { faultsOf, type ParseFault, parseWith } from "../../contract/parse.ts";
import { type SnapshotFrame, SnapshotFrameSchema } from "../../contract/snapshots.ts";
import { MappingSchema } from "../../contract/status.ts";
import type { Clock } from "../../platform/clock.ts";
import { pausesOf } from "../../platform/pauses.ts";
import type * as v from "valibot";

/** Faults that are named; more help nobody. */
const MOST_FAULTS = 100;

/** A snapshot, or what is wrong with it. */
export type ReadSnapshot =
  | { readonly ok: true; readonly value: SnapshotFrame }
  | { readonly ok: false; readonly faults: readonly ParseFault[] };

/** Reads a snapshot, its issues a few at a time. */
export async function readSnapshot(clock: Clock, value: unknown): Promise<ReadSnapshot> {
  const frame = parseWith(SnapshotFrameSchema, value);
  const faults = frame.ok
    ? await faultsInLists(clock, frame.value)
    : faultsOf(SnapshotFrameSchema, value);
  return frame.ok && faults.length === 0 ? { ok: true, value: frame.value } : { ok: false, faults };
}

async function faultsInLists(
  clock: Clock,
  { issues, mappings }: SnapshotFrame,
): Promise<ParseFault[]> {
  const pause = pausesOf(clock);
  const lists: [string, readonly unknown[], v.GenericSchema<unknown, unknown>][] = [
    ["issues", issues, NormalizedIssueSchema],
    ["mappings", mappings, MappingSchema],
  ];
  const faults: ParseFault[] = [];
  for (const [name, list, schema] of lists) {
    for (const [index, one] of list.entries()) {
      await pause();
      if (parseWith(schema, one).ok) continue;
      for (const { path, message } of faultsOf(schema, one)) {
        const at = `${name}[${index}]`;
        faults.push({ path: path === "" ? at : `${at}.${path}`, message });
      }
      if (faults.length >= MOST_FAULTS) return faults;
    }
  }
  return faults;
}
