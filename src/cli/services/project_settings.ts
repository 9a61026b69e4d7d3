import { DOCTRINE_MODES, STRATEGIES } from "../../sync/ownership.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError, usageError } from "../../platform/tracker_error.ts";
import { loadBinding, NO_BINDING } from "../../project/config.ts";
import { configPath, editConfigFile, readConfigFile } from "../../project/config_file.ts";
import { requireProjectRoot } from "../../project/root.ts";
import { nearest } from "../../user/nearest.ts";
import { notBound } from "../../user/readiness_wording.ts";
import { SETTINGS, unknownSetting } from "../../user/setting_table.ts";

/** A setting that the project's config holds, for everyone who works on it. */
export interface ProjectSettingDefinition {
  readonly key: "project.repo_slug" | "tracker.doctrine.mode" | "tracker.doctrine.strategy";
  readonly description: string;
  /** The values it may have; empty for any text. */
  readonly choices: readonly string[];
  readonly default: string | null;
}

/** Every setting of the project. Who it is and what it is bound to are not set by hand. */
export const PROJECT_SETTINGS: readonly ProjectSettingDefinition[] = [
  {
    key: "project.repo_slug",
    description: "Name of the repository, owner/name; from the origin remote unless set",
    choices: [],
    default: null,
  },
  {
    key: "tracker.doctrine.mode",
    description: "Who owns the fields of an issue",
    choices: DOCTRINE_MODES,
    default: NO_BINDING.doctrineMode,
  },
  {
    key: "tracker.doctrine.strategy",
    description: "How a conflict in a shared field is settled",
    choices: STRATEGIES,
    default: "newer_timestamp",
  },
];

/** One setting of the project as it holds now. */
export interface ProjectSettingRow {
  readonly key: ProjectSettingDefinition["key"];
  readonly value: string | null;
  readonly source: "file" | "default";
  /** The file it comes from; `null` for a default. */
  readonly origin: string | null;
  readonly description: string;
  /** What is wrong with the value given, completing "`key` …"; `null` when it is fine. */
  readonly fault: string | null;
}

/**
 * The definition of a key that a person typed; `null` for one of the user's settings.
 *
 * @throws {TrackerError} `usage` for an unknown key, with the nearest one.
 */
export function projectSetting(key: string): ProjectSettingDefinition | null {
  const name = key.trim();
  const found = PROJECT_SETTINGS.find((setting) => setting.key === name);
  if (found !== undefined) return found;
  if (SETTINGS.some((setting) => setting.key === name)) return null;
  throw unknownSetting(key, [...SETTINGS, ...PROJECT_SETTINGS].map((setting) => setting.key));
}

/**
 * Every setting of a project with its value and where that comes from.
 *
 * @throws {TrackerError} `config_invalid`.
 */
export async function listProjectSettings(
  platform: Platform,
  root: string,
): Promise<readonly ProjectSettingRow[]> {
  const origin = configPath(root);
  const given = await valuesIn(platform, root);
  return PROJECT_SETTINGS.map((setting) => {
    const { key, description } = setting;
    const value = given[key];
    if (value === null) {
      return {
        key,
        description,
        value: setting.default,
        source: "default",
        origin: null,
        fault: null,
      };
    }
    const fault = faultOf(setting, value);
    return {
      key,
      description,
      value: fault === null ? value : null,
      source: "file",
      origin,
      fault,
    };
  });
}

/**
 * Writes a setting into the project's config, keeping all else in it; `null` takes it out. Answers
 * whether the file changed.
 *
 * @throws {TrackerError} `usage` for a value that is not one of its choices; `missing_mission_binding` for a setting
 * of a binding that is not there; `config_invalid`, `config_unwritable`, `locked`.
 */
export async function saveProjectSetting(
  platform: Platform,
  root: string,
  setting: ProjectSettingDefinition,
  value: string | null,
): Promise<boolean> {
  const fault = value === null ? null : faultOf(setting, value);
  if (fault !== null) throw usageError(`\`${setting.key}\` ${fault}`);
  if (value === null && (await valuesIn(platform, root))[setting.key] === null) return false;
  if (value !== null && setting.key !== "project.repo_slug") {
    await requireBinding(platform, root);
  }
  const edit = { path: setting.key.split("."), value: value ?? undefined };
  return await editConfigFile(platform, root, () => [edit]);
}

/** The root of the project, or `null` where the command runs outside of one and was not told of one. */
export async function projectRoot(
  platform: Platform,
  repo: string | undefined,
): Promise<string | null> {
  try {
    return await requireProjectRoot(platform, repo ?? null);
  } catch (error) {
    const isOutside = error instanceof TrackerError && error.code === "not_a_project";
    if (isOutside && repo === undefined) return null;
    throw error;
  }
}

async function valuesIn(
  platform: Platform,
  root: string,
): Promise<Readonly<Record<ProjectSettingDefinition["key"], string | null>>> {
  const { yaml, path } = await readConfigFile(platform, root);
  if (yaml === null) return NOTHING_SET;
  const { textAt } = await import("../../project/yaml_document.ts");
  return {
    "project.repo_slug": textAt(path, yaml, ["project", "repo_slug"]),
    "tracker.doctrine.mode": textAt(path, yaml, ["tracker", "doctrine", "mode"]),
    "tracker.doctrine.strategy": textAt(path, yaml, ["tracker", "doctrine", "strategy"]),
  };
}

const NOTHING_SET = {
  "project.repo_slug": null,
  "tracker.doctrine.mode": null,
  "tracker.doctrine.strategy": null,
} as const;

function faultOf({ choices }: ProjectSettingDefinition, value: string): string | null {
  if (value === "") return "must not be empty";
  if (choices.length === 0 || choices.includes(value)) return null;
  const meant = nearest(value, choices);
  const list = `must be one of ${choices.join(", ")}`;
  return meant === null ? list : `${list}; did you mean "${meant}"?`;
}

async function requireBinding(platform: Platform, root: string): Promise<void> {
  if ((await loadBinding(platform, root)).provider !== null) return;
  throw notBound();
}
