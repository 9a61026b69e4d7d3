import { classifyProvider } from "../contract/providers.ts";
import type { Platform } from "../platform/platform.ts";
import {
  type CountWaiting,
  type KeptState,
  keptStates,
  orphaned,
  orphanedStates,
} from "../store/kept_state.ts";
import type { StorePlace } from "../store/places.ts";
import type { Side } from "../sync/side.ts";
import { userPaths } from "../user/paths.ts";
import { waitingCounts, waitingIn } from "./sync_state.ts";

/** Everything that this machine keeps, what versions before 0.2 kept at other places, too. */
export async function allKept(platform: Platform): Promise<readonly KeptState[]> {
  const { trackers, old } = userPaths(platform);
  const countWaiting = countingOn(platform);
  return await keptStates(platform, { trackers, old: old.trackers, countWaiting });
}

/** The caches of this machine that hold work which no sync will find by itself. Opens each cache. */
export async function stranded(platform: Platform): Promise<readonly KeptState[]> {
  const { trackers } = userPaths(platform);
  return orphaned(await keptStates(platform, { trackers, countWaiting: countingOn(platform) }));
}

/** The same, and opens only those whose repository or database is gone or another one. */
export async function strandedAtOnce(platform: Platform): Promise<readonly KeptState[]> {
  const { trackers } = userPaths(platform);
  return await orphanedStates(platform, { trackers, countWaiting: countingOn(platform) });
}

function countingOn(platform: Platform): CountWaiting {
  return async (store, place) => {
    const waiting = await waitingIn(store, () => sideOf(platform, place));
    const { pending, refused, stayHere } = waitingCounts(waiting);
    return { pending, refused, stay_here: stayHere };
  };
}

/** What the other side of a cache can take; `null` where no note says which it is. Asks nothing of it. */
async function sideOf(
  platform: Platform,
  place: StorePlace | null,
): Promise<Pick<Side, "refusal"> | null> {
  if (place === null) return null;
  const { workspace } = place;
  const known = classifyProvider(place.provider);
  if (known.kind === "hosted") {
    return (await import("../client/hosted_side.ts")).hostedSide(known.provider, workspace);
  }
  if (known.kind !== "local") return null;
  const { sideWithoutTool } = await import("../local/connectors.ts");
  return sideWithoutTool(platform, known.provider, workspace);
}
