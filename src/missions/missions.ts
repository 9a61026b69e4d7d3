import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { missionsDirectory } from "../project/mission_lock.ts";
import {
  missionNotFound,
  type OriginTicket,
  originTicketOf,
  readMeta,
} from "../project/mission_meta.ts";
import { type MissionName, missionName } from "./mission_form.ts";

/** A mission of the project, or a directory beside them that is none. */
export interface Mission extends MissionName {
  /** The absolute path of its directory. */
  readonly missionDir: string;
  /** The directory's name. */
  readonly featureSlug: string;
  /** A ULID; `null` for missions that were created without. */
  readonly missionId: string | null;
  /** Its name for people; `null` where the metadata has none. */
  readonly friendlyName: string | null;
  /** Where the work will be merged; `null` where the metadata does not say. */
  readonly targetBranch: string | null;
  /** ISO 8601 with an offset. */
  readonly createdAt: string | null;
  /** The ticket it starts from; `null` for a mission without one. */
  readonly originTicket: OriginTicket | null;
  /** What else the metadata calls it. */
  readonly otherNames: readonly string[];
  /** Why it is no mission, or cannot be read; `null` when it can. */
  readonly fault: string | null;
}

/**
 * Returns the missions of a project, by the name of their directories. A directory that is none, or whose metadata cannot be
 * read, is listed with its fault.
 */
export async function listMissions(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<Mission[]> {
  const parent = missionsDirectory(root);
  const missions: Mission[] = [];
  for (const entry of await platform.files.list(parent)) {
    if (entry.kind === "file" || entry.name.startsWith(".")) continue;
    missions.push(await describe(platform, join(parent, entry.name)));
  }
  return missions;
}

/** The start of an id is at least so long. */
const LEAST_ID_CHARACTERS = 4;

/**
 * Returns the directory of a mission that a person names; see {@link namedMission}.
 *
 * @throws {TrackerError} `mission_not_found`, `mission_ambiguous`.
 */
export async function findMission(
  platform: Pick<Platform, "files">,
  root: string,
  name: string,
): Promise<string> {
  return namedMission(await listMissions(platform, root), name).missionDir;
}

/**
 * Returns the mission that a person names: by its whole name, its number, its slug, its id or the start of that, when one
 * mission has it.
 *
 * @throws {TrackerError} `mission_not_found`, `mission_ambiguous`.
 */
export function namedMission(all: readonly Mission[], name: string): Mission {
  const wanted = name.trim().replace(/\/+$/, "").replace(/^kitty-specs\//, "");
  const missions = all.filter(({ form, fault }) => form !== null || fault === null);
  const id = wanted.toUpperCase();
  const found = [
    ({ featureSlug }: Mission) => featureSlug === wanted,
    ({ slug, otherNames, number, missionId }: Mission) =>
      slug === wanted || otherNames.includes(wanted) || missionId === id ||
      (number !== null && /^\d+$/.test(wanted) && number === wanted.padStart(3, "0")),
    ({ missionId }: Mission) =>
      id.length >= LEAST_ID_CHARACTERS && missionId !== null && missionId.startsWith(id),
  ].map((isNamed) => missions.filter(isNamed)).find((some) => some.length > 0) ?? [];
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const names = found.map(({ featureSlug }) => featureSlug);
  throw only === undefined
    ? missionNotFound(`No mission "${name}" in this project`)
    : new TrackerError({
      code: "mission_ambiguous",
      message: `Several missions are called "${name}": ${names.join(", ")}`,
      nextAction: "Give the whole name of the directory.",
      details: { missions: names },
    });
}

async function describe(platform: Pick<Platform, "files">, missionDir: string): Promise<Mission> {
  const featureSlug = basename(missionDir);
  const known = { missionDir, featureSlug };
  try {
    const meta = await readMeta(platform, missionDir);
    return {
      ...known,
      ...missionName(featureSlug, meta),
      missionId: meta.mission_id ?? null,
      friendlyName: meta.friendly_name ?? null,
      targetBranch: meta.target_branch ?? null,
      createdAt: meta.created_at ?? null,
      originTicket: originTicketOf(meta),
      otherNames: [meta.slug, meta.mission_slug].flatMap((other) => other ? [other] : []),
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return {
      ...known,
      ...missionName(featureSlug, {}),
      missionId: null,
      friendlyName: null,
      targetBranch: null,
      createdAt: null,
      originTicket: null,
      otherNames: [],
      fault: error.message,
    };
  }
}
