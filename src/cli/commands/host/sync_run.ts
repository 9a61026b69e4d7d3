import {
  COMMAND_LINE,
  connectedRemotes,
  keySource,
  openExistingHostData,
  provideHostKey,
  type Remotes,
  secretsOf,
  syncConnections,
  type SyncedConnection,
  type SyncedPlace,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { plural } from "../../terminal/format.ts";
import { ATTENTION, CLEAR_LINE, DONE, FAILED, text } from "../../terminal/text.ts";
import { stateWords } from "./connection_words.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** What to read. */
export interface HostSyncOptions {
  readonly name: string | undefined;
  readonly sweep: boolean;
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
}

/** Reads connections now; exit 1 when a part of them could not be read. */
export async function run(
  context: Context,
  { name, sweep, data: place, keyFile }: HostSyncOptions,
  remotes: Remotes = connectedRemotes(),
): Promise<number> {
  const location = hostLocation(context, place);
  const data = await openExistingHostData(context.platform, location);
  const source = keySource(location, keyFile);
  const progress = placesProgress(context);
  try {
    const synced = await syncConnections(data, COMMAND_LINE, { name: name ?? null, sweep }, {
      remotes,
      secretOf: secretsOf(data, source),
      provideKey: async () => (await provideHostKey(data, source)).key,
      operationDelayMs: () => 0,
    }, progress.show);
    progress.end();
    if (context.globals.json) context.output.json({ connections: synced.map(documentOf) });
    else report(context, synced);
    return synced.every(isWhole) ? 0 : 1;
  } finally {
    progress.end();
    await data.store.close();
  }
}

function isWhole({ places }: SyncedConnection): boolean {
  return places.every(({ isRead, error }) => isRead && error === null);
}

/** Shows on a terminal how far the work is; elsewhere says nothing. */
function placesProgress({ globals, output }: Context) {
  const isDrawn = !globals.quiet && output.canRedraw;
  let shown = "";
  return {
    show(places: readonly SyncedPlace[]) {
      const read = places.filter(({ isRead }) => isRead).length;
      const issues = places.reduce((sum, one) => sum + one.issues, 0);
      const line = `Reading … ${plural(issues, "issue")}, ${read} of ${
        plural(places.length, "place")
      } done`;
      if (!isDrawn || line === shown) return;
      shown = line;
      output.prompt(text`${CLEAR_LINE}${line}`);
    },
    end() {
      if (shown !== "") output.prompt(CLEAR_LINE);
      shown = "";
    },
  };
}

function report({ output }: Context, synced: readonly SyncedConnection[]) {
  if (synced.length === 0) return output.result("No provider is connected.");
  for (const one of synced) {
    const { connection, places } = one;
    const isFine = connection.state === "ok" && connection.pausedAt === null;
    const why = connection.stateDetail === null ? "" : `: ${connection.stateDetail}`;
    if (!isFine) {
      output.result(text`${FAILED} ${connection.name} is ${stateWords(connection)}${why}`);
    } else if (places.length === 0) {
      output.result(text`${ATTENTION} ${connection.name} brings no place.`);
    }
    for (const place of places) {
      const mark = place.isRead && place.error === null ? DONE : ATTENTION;
      const words = place.error ?? plural(place.issues, "issue");
      const rest = place.isRead || place.error !== null ? "" : ", not all read";
      output.result(text`${mark} ${connection.name}  ${place.label}: ${words}${rest}`);
    }
  }
}

function documentOf(
  { connection: { name, provider, state, stateDetail }, places }: SyncedConnection,
) {
  return {
    name,
    provider,
    state,
    problem: stateDetail,
    places: places.map(({ label, issues, isRead, error }) => ({
      label,
      issues,
      is_read: isRead,
      problem: error,
    })),
  };
}
