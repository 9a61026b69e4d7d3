import { NormalizedIssueSchema } from "../../contract/issue.ts";
import { faultsOf, type ParseFault, parseWith } from "../../contract/parse.ts";
import { type SnapshotFrame, SnapshotFrameSchema } from "../../contract/snapshots.ts";
import { MappingSchema } from "../../contract/status.ts";
import type { Clock } from "../../platform/clock.ts";
import { pausesOf } from "../../platform/pauses.ts";
import { invalidRequest } from "./http_error.ts";
import type * as v from "valibot";

/** Faults that are named; more help nobody. */
const MOST_FAULTS = 100;

/**
 * Reads a snapshot, its issues a few at a time. Returns what gives the request, or throws what is wrong with it, so
 * that the caller decides what is looked at first.
 */
export async function readSnapshot(clock: Clock, value: unknown): Promise<() => SnapshotFrame> {
  const frame = parseWith(SnapshotFrameSchema, value);
  const faults = frame.ok
    ? await faultsInLists(clock, frame.value)
    : faultsOf(SnapshotFrameSchema, value);
  return () => {
    if (!frame.ok || faults.length > 0) throw invalidRequest(faults);
    return frame.value;
  };
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
