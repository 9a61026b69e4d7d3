import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { join } from "../platform/paths.ts";
import type { MissionMeta } from "../project/mission_meta.ts";
import { projectFiles } from "../project/project_files.ts";

/** How directories of missions are named: by a number before the slug, or by the start of an id after it. */
export const MISSION_FORMS = ["numbered", "identified"] as const;

/** One of {@link MISSION_FORMS}. */
export type MissionForm = typeof MISSION_FORMS[number];

/** How many characters of its id an identified mission's directory has. */
const ID_CHARACTERS = 8;

/** What a mission's directory and metadata say of its name. */
export interface MissionName {
  /** `null` for a directory that is named in neither way. */
  readonly form: MissionForm | null;
  /** The directory's name without number or id. */
  readonly slug: string;
  /** Digits as they are written; `null` where there is no number. */
  readonly number: string | null;
}

/** Reads the name of a mission's directory; the metadata decides where it says more. */
export function missionName(directory: string, meta: MissionMeta): MissionName {
  const id = meta.mission_id ?? "";
  const written = meta.mission_number ?? null;
  const number = written === null ? null : String(written).padStart(3, "0");
  const end = `-${id.slice(0, ID_CHARACTERS)}`;
  if (id.length > ID_CHARACTERS && directory.endsWith(end)) {
    return { form: "identified", slug: directory.slice(0, -end.length), number };
  }
  const [, digits, slug] = /^(\d{3,})-(.+)$/.exec(directory) ?? [];
  if (digits === undefined || slug === undefined) return { form: null, slug: directory, number };
  return { form: "numbered", slug, number: digits };
}

/** The name of an identified mission's directory. */
export function identifiedDirectory(slug: string, id: string): string {
  return `${slug}-${id.slice(0, ID_CHARACTERS)}`;
}

/** What decides which of two missions is the newer. */
export interface Dated extends MissionName {
  readonly featureSlug: string;
  readonly createdAt: string | null;
}

/**
 * The form in which a project's next mission is made: that of the newest one; without any, identified where
 * `.kittify/metadata.yaml` says that spec-kitty 3 or newer made the project, else numbered.
 */
export async function projectForm(
  platform: Pick<Platform, "files">,
  root: string,
  missions: readonly Dated[],
): Promise<MissionForm> {
  const [newest] = missions.filter(({ form }) => form !== null).sort(newestFirst);
  if (newest?.form) return newest.form;
  const [major] = await specKittyVersion(platform, root);
  return major >= 3 ? "identified" : "numbered";
}

function newestFirst(a: Dated, b: Dated): number {
  return timeOf(b) - timeOf(a) || Number(b.number ?? -1) - Number(a.number ?? -1) ||
    (a.featureSlug < b.featureSlug ? 1 : -1);
}

function timeOf({ createdAt }: Dated): number {
  const time = Date.parse(createdAt ?? "");
  return Number.isNaN(time) ? 0 : time;
}

/** The first two numbers of spec-kitty's version; zeros where nothing says them. */
export async function specKittyVersion(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<readonly [major: number, minor: number]> {
  const path = join(root, ".kittify", "metadata.yaml");
  try {
    const text = await projectFiles(platform.files, root).readText(path);
    if (text === null) return [0, 0];
    const { parseYamlFile, valueAt } = await import("../project/yaml_document.ts");
    const version = valueAt(parseYamlFile(path, text), ["spec_kitty", "version"]);
    const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(String(version)) ?? [];
    return [Number(major ?? 0), Number(minor ?? 0)];
  } catch (error) {
    // Another program's file: one that cannot be read decides nothing.
    if (error instanceof TrackerError) return [0, 0];
    throw error;
  }
}

/**
 * Returns the branch made for a mission where spec-kitty 3 has to merge its lanes into that branch, else `null`: it commits
 * plans and lanes to the target, and refuses a protected one.
 */
export function targetOn(
  branch: { readonly name: string } | null,
  form: MissionForm,
): string | null {
  return form === "identified" && branch !== null ? branch.name : null;
}
