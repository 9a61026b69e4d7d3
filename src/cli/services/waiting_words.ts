import { type SyncState, waitingCounts } from "../../tracker/sync_state.ts";
import { ago, number, plural } from "../terminal/format.ts";

/** A line of a status: its name, and what it says. */
export type StatusFact = readonly [name: string, value: string];

/**
 * What waits here, in the words of every status. Where the issues are not `listed` below, the command that lists them is
 * named. `now` is milliseconds since 1970.
 */
export function waitingFacts(
  state: Pick<SyncState, "pending" | "held" | "refused" | "skipped">,
  { now, listed }: { readonly now: number; readonly listed: boolean },
): readonly StatusFact[] {
  const since = (times: readonly (number | null)[]) => {
    const known = times.filter((time) => time !== null);
    return known.length === 0 ? "" : `, the oldest ${ago(Math.min(...known), now)}`;
  };
  const list = listed ? "" : ": `tracker sync status`";
  const counts = waitingCounts(state);
  const edited = state.pending.flatMap(({ edits }) => edits.map(({ editedAt }) => editedAt));
  const detected = state.held.map(({ conflict }) => conflict.detectedAt);
  const refused = state.refused.map(({ refusedAt }) => refusedAt);
  const issues = (count: number) => plural(count, "issue");
  return [
    [
      "to push",
      counts.pending === 0
        ? "nothing"
        : `${issues(counts.pending)}${since(edited)}: \`tracker sync push\``,
    ],
    ...counts.held === 0 ? [] : [
      [
        "conflicts",
        `${number(counts.held)} to decide${since(detected)}: \`tracker sync conflicts\``,
      ] as const,
    ],
    ...counts.refused === 0
      ? []
      : [["refused", `${issues(counts.refused)}${since(refused)}${list}`] as const],
    ...counts.stayHere === 0 ? [] : [
      [
        "stays here",
        `${issues(counts.stayHere)} with edits that the tracker cannot take${list}`,
      ] as const,
    ],
  ];
}
