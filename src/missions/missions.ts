import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { missionsDirectory } from "../project/mission_lock.ts";
import { type OriginTicket, originTicketOf, readMeta } from "../project/mission_meta.ts";

/** A mission of the project. */
export interface Mission {
  readonly missionDir: string;
  /** The directory's name: number, dash, slug. */
  readonly featureSlug: string;
  readonly friendlyName: string | null;
  readonly targetBranch: string | null;
  /** ISO 8601 with an offset. */
  readonly createdAt: string | null;
  readonly originTicket: OriginTicket | null;
  /** Why the metadata cannot be read; `null` when it can. */
  readonly fault: string | null;
}

/** The missions of a project, by number. One whose metadata is broken or missing is listed with its fault. */
export async function listMissions(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<Mission[]> {
  const parent = missionsDirectory(root);
  const missions: Mission[] = [];
  for (const entry of await platform.files.list(parent)) {
    if (!/^\d{3}-/.test(entry.name) || entry.kind === "file") continue;
    missions.push(await describe(platform, join(parent, entry.name)));
  }
  return missions;
}

/**
 * The directory of a mission that a person names: by its whole name, its number, or its slug when one mission has it.
 *
 * @throws {TrackerError} `mission_not_found`, `mission_ambiguous`.
 */
export async function findMission(
  platform: Pick<Platform, "files">,
  root: string,
  name: string,
): Promise<string> {
  const parent = missionsDirectory(root);
  const wanted = name.trim().replace(/\/+$/, "").replace(/^kitty-specs\//, "");
  const names = (await platform.files.list(parent)).map((entry) => entry.name)
    .filter((entry) => /^\d{3}-/.test(entry));
  const whole = names.filter((entry) => entry === wanted);
  const found = whole.length > 0
    ? whole
    : names.filter((entry) => entry.slice(4) === wanted || entry.slice(0, 3) === wanted);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return join(parent, only);
  throw only === undefined
    ? new TrackerError({
      code: "mission_not_found",
      message: `No mission "${name}" in this project`,
      nextAction: "`tracker mission list` shows the missions of this project.",
    })
    : new TrackerError({
      code: "mission_ambiguous",
      message: `Several missions are called "${name}": ${found.join(", ")}`,
      nextAction: "Give the whole name, number included.",
      details: { missions: found },
    });
}

async function describe(platform: Pick<Platform, "files">, missionDir: string): Promise<Mission> {
  const known = { missionDir, featureSlug: basename(missionDir) };
  try {
    const meta = await readMeta(platform, missionDir);
    return {
      ...known,
      friendlyName: meta.friendly_name ?? null,
      targetBranch: meta.target_branch ?? null,
      createdAt: meta.created_at ?? null,
      originTicket: originTicketOf(meta),
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return {
      ...known,
      friendlyName: null,
      targetBranch: null,
      createdAt: null,
      originTicket: null,
      fault: error.message,
    };
  }
}
