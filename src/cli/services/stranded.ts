import type { Platform } from "../../platform/platform.ts";
import type { KeptContent, KeptState } from "../../store/kept_state.ts";
import { strandedAtOnce } from "../../tracker/kept_states.ts";
import type { Context } from "../command/context.ts";
import { plural } from "../terminal/format.ts";
import { ATTENTION, text } from "../terminal/text.ts";

/** Warns of caches that hold work and that no sync finds any more. */
export function warnOfStranded({ output }: Context, found: readonly KeptState[]): void {
  for (const state of found) {
    output.warning(text`${ATTENTION} ${wordsOf(state)}.`);
    output.warning(`  ${adviceFor(state)}`);
  }
}

/** Finds the caches that hold work and that no sync finds any more; skips what may not be read. */
export async function strandedStates(platform: Platform): Promise<readonly KeptState[]> {
  try {
    return await strandedAtOnce(platform);
  } catch {
    // The command's own work is done.
    return [];
  }
}

/** Returns what a cache holds that no sync finds any more, and why. */
export function wordsOf(state: KeptState): string {
  const { provider, workspace, repository, database } = state.place ?? UNKNOWN;
  const cache = `the cache of its ${provider} workspace "${workspace}" holds ${workOf(state)}`;
  if (state.standing === "replaced") {
    return `The project in "${repository}" uses another database than "${database}", and ${cache}`;
  }
  return `"${state.missing}" is gone, and ${cache}`;
}

/** Returns what a cache holds that exists nowhere else, in words; empty for nothing. */
export function workOf({ content }: Pick<KeptState, "content">): string {
  if (content === null) return "";
  const { held, mappings, unanswered } = content;
  return listed([
    ...editsOf(content),
    ...(held > 0 ? [plural(held, "held conflict")] : []),
    ...(mappings > 0 ? [plural(mappings, "mapping")] : []),
    ...(unanswered > 0 ? [plural(unanswered, "request") + " without an answer"] : []),
  ]);
}

/** Returns which edits are kept, in words, as every status tells them apart. */
export function editsOf(
  { edits, pending, held, refused, stay_here }: Pick<
    KeptContent,
    "edits" | "pending" | "held" | "refused" | "stay_here"
  >,
): readonly string[] {
  const issues = (count: number, which: string) =>
    count > 0 ? [`${plural(count, "issue")} with ${which}`] : [];
  const told = [
    ...issues(pending, "unpushed edits"),
    ...issues(refused, "refused edits"),
    ...issues(stay_here, "edits that the tracker cannot take"),
  ];
  // An edit may have been sent, and its answer lost.
  return told.length === 0 && held === 0 ? issues(edits, "edits") : told;
}

/** Returns words as one list. */
export function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}

/** Returns how to get at it. */
export function adviceFor({ id, standing, place }: KeptState): string {
  const back = standing === "gone" && place?.root !== undefined
    ? `Bring "${place.root}" back and run \`tracker sync push\` there, or keep`
    : "Keep";
  return `${back} what it holds with \`tracker state export FILE --id ${id}\`, then \`tracker state remove ${id}\`.`;
}

const UNKNOWN = {
  provider: "unknown",
  workspace: "unknown",
  repository: undefined,
  database: undefined,
};
