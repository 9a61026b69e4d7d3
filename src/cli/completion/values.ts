import type { Platform } from "../../platform/platform.ts";
import type { Command, ValueSource } from "../command/command.ts";

/** The most keys that are offered at once; a shell shows no more in a useful way. */
const MOST_KEYS = 200;

/** A word that may come next, and what it stands for. */
export interface LiveValue {
  readonly text: string;
  readonly meaning: string | null;
}

/** Where values are looked for. */
export interface LiveContext {
  /** A machine on which nothing can be changed. */
  readonly platform: Platform;
  /** The `--repo` of the line. */
  readonly repo: string | null;
  /** What the value has to begin with. */
  readonly prefix: string;
}

type Source = (context: LiveContext) => Promise<readonly LiveValue[]>;

const SOURCES: Readonly<Record<ValueSource, Source>> = {
  issues: cachedKeys,
  missions,
  settings,
  conflicts: openConflicts,
  states,
};

/** The values of this machine that a command takes, by what its help calls them; reads, never writes. */
export async function liveValues(
  { completion = {} }: Pick<Command, "completion">,
  context: LiveContext,
): Promise<ReadonlyMap<string, readonly LiveValue[]>> {
  const found = new Map<string, readonly LiveValue[]>();
  for (const [metavar, source] of Object.entries(completion)) {
    // Whatever is wrong with the project or the cache, there is a better moment to say so.
    found.set(metavar, await SOURCES[source](context).catch(() => []));
  }
  return found;
}

async function settings({ platform }: LiveContext): Promise<readonly LiveValue[]> {
  const [{ shownSettings }, { PROJECT_SETTINGS }, { isHostedSyncEnabled }] = await Promise.all([
    import("../../user/settings.ts"),
    import("../services/project_settings.ts"),
    import("../../client/rollout.ts"),
  ]);
  return [...shownSettings(isHostedSyncEnabled(platform.env)), ...PROJECT_SETTINGS].map((
    { key, description },
  ) => ({
    text: key,
    meaning: description,
  }));
}

async function cachedKeys({ platform, repo, prefix }: LiveContext): Promise<readonly LiveValue[]> {
  const { openCache } = await import("../../tracker/cache.ts");
  const root = await rootOf(platform, repo);
  const { store } = await openCache({ platform, root });
  try {
    const issues = store?.list() ?? [];
    return issues
      .map(({ ref, title }) => ({ text: ref.key ?? ref.id, meaning: title }))
      .filter(({ text }) => text.toLowerCase().startsWith(prefix.toLowerCase()))
      .slice(0, MOST_KEYS);
  } finally {
    store?.close();
  }
}

async function openConflicts({ platform, repo }: LiveContext): Promise<readonly LiveValue[]> {
  const { openCache } = await import("../../tracker/cache.ts");
  using store = (await openCache({ platform, root: await rootOf(platform, repo) })).store;
  return (store?.conflicts.open() ?? []).map(({ id, issueId, field }) => ({
    text: String(id),
    meaning: `${field.replaceAll("_", " ")} of ${store?.get(issueId)?.ref.key ?? issueId}`,
  }));
}

async function missions({ platform, repo }: LiveContext): Promise<readonly LiveValue[]> {
  const { listMissions } = await import("../../missions/missions.ts");
  const found = await listMissions(platform, await rootOf(platform, repo));
  return found
    .filter(({ form, fault }) => form !== null || fault === null)
    .map(({ featureSlug, friendlyName }) => ({ text: featureSlug, meaning: friendlyName }));
}

async function states({ platform }: LiveContext): Promise<readonly LiveValue[]> {
  const { allKept } = await import("../../tracker/kept_states.ts");
  const found = await allKept(platform);
  return found.map(({ id, place }) => ({ text: id, meaning: place?.repository ?? null }));
}

async function rootOf(platform: Platform, repo: string | null): Promise<string> {
  const { requireProjectRoot } = await import("../../project/root.ts");
  return await requireProjectRoot(platform, repo);
}
