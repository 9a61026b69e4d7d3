import { namedMission } from "../../../missions/missions.ts";
import { readAllPackages } from "../../../missions/packages/read_packages.ts";
import type { MissionPackages } from "../../../missions/packages/work_package.ts";
import type { Platform } from "../../../platform/platform.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { gitFacts } from "../../../project/git.ts";
import type { PackageName } from "../../../sync/package_tickets.ts";

/** The work packages that a command line chooses. */
export interface ChosenPackages {
  /** All missions of the project. */
  readonly all: readonly MissionPackages[];
  /** Those of which packages were chosen. */
  readonly missions: readonly MissionPackages[];
  readonly isWanted: (name: PackageName) => boolean;
}

/** What a command line says of it. */
export interface PackageChoice {
  readonly mission: string | undefined;
  readonly all: boolean;
  readonly packages: readonly string[];
}

/**
 * Reads the missions of the project, and chooses among their work packages.
 *
 * @throws {TrackerError} `mission_not_found`, `mission_ambiguous`, `mission_not_chosen`, `work_package_not_found`.
 */
export async function chosenPackages(
  platform: Platform,
  root: string,
  { mission, all: isAll, packages }: PackageChoice,
): Promise<ChosenPackages> {
  const all = await readAllPackages(platform, root);
  const named = mission === undefined
    ? null
    : namedMission(all.map(({ mission }) => mission), mission).missionDir;
  const missions = isAll
    ? all
    : named === null
    ? await currentMission(platform, root, all)
    : all.filter(({ mission: { missionDir } }) => missionDir === named);
  const idOf = (given: string) => given.trim().toUpperCase();
  const wanted = packages.map(idOf);
  const known = missions.flatMap((one) => one.packages.map(({ wpId }) => wpId));
  const missing = packages.filter((given) => !known.includes(idOf(given)));
  if (missing.length > 0) throw packageNotFound(missing, known);
  const chosen = new Set(missions.map((one) => one.mission.featureSlug));
  return {
    all,
    missions,
    isWanted: (name) =>
      chosen.has(name.mission) && (wanted.length === 0 || wanted.includes(name.wpId)),
  };
}

/** The mission that the branch is named after, else the only one with work packages. */
async function currentMission(
  platform: Platform,
  root: string,
  all: readonly MissionPackages[],
): Promise<readonly MissionPackages[]> {
  const some = all.filter(({ packages }) => packages.length > 0);
  const { branch } = await gitFacts(platform, root);
  const ofBranch = some.filter(({ mission: { featureSlug } }) => branch?.includes(featureSlug));
  const found = ofBranch.length === 1 ? ofBranch : some;
  if (found.length < 2) return found;
  throw new TrackerError({
    code: "mission_not_chosen",
    message: "Several missions have work packages, and the branch is of none of them",
    nextAction: "Name one, as in `tracker wp push MISSION`, or push all with `--all`.",
    details: { missions: some.map(({ mission }) => mission.featureSlug) },
  });
}

/** How many ids of packages a message names. */
const MOST_NAMED = 10;

function packageNotFound(missing: readonly string[], known: readonly string[]): TrackerError {
  return new TrackerError({
    code: "work_package_not_found",
    message: `There is no work package ${
      missing.map((id) => `"${id}"`).join(", ")
    } in what was chosen`,
    nextAction: known.length === 0
      ? "Nothing that was chosen has work packages: see `tracker wp list`."
      : `What was chosen has ${[...new Set(known)].slice(0, MOST_NAMED).join(", ")}${
        known.length > MOST_NAMED ? ", …" : ""
      }: see \`tracker wp list\`.`,
    details: { missing, known: [...new Set(known)] },
  });
}
