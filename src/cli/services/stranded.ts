import type { Platform } from "../../platform/platform.ts";
import { type StrandedStore, strandedStores } from "../../store/places.ts";
import { userPaths } from "../../user/paths.ts";
import type { Context } from "../command/context.ts";
import { ATTENTION, text } from "../terminal/text.ts";
import { plural } from "../terminal/format.ts";

/** Warns of caches that hold work and whose directories are gone; skips what may not be read. */
export async function warnOfStranded({ platform, output }: Context): Promise<void> {
  for (const store of await found(platform)) {
    output.warning(text`${ATTENTION} ${wordsOf(store)}.`);
    output.warning(`  ${adviceFor(store)}`);
  }
}

async function found(platform: Platform): Promise<readonly StrandedStore[]> {
  try {
    return await strandedStores(platform, userPaths(platform).trackers);
  } catch {
    // The command's own work is done.
    return [];
  }
}

/** Returns what a cache holds whose directory is gone. */
export function wordsOf(
  { provider, workspace, directory, edits, mappings }: StrandedStore,
): string {
  const what = [
    ...(edits > 0 ? [plural(edits, "issue") + " with unpushed edits"] : []),
    ...(mappings > 0 ? [plural(mappings, "mapping")] : []),
  ].join(" and ");
  return `"${directory}" is gone, and the cache of its ${provider} workspace "${workspace}" holds ${what}`;
}

/** Returns how to get at it. */
export function adviceFor({ directory }: StrandedStore): string {
  return `Bring the directory back (\`git worktree add ${directory}\`), then run \`tracker sync push\` there.`;
}
