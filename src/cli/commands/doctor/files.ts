import { configPath } from "../../../project/config_file.ts";
import { loadBinding } from "../../../project/config.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import { userPaths } from "../../../user/paths.ts";
import { listSettings } from "../../../user/settings.ts";
import { readToml } from "../../../user/toml_file.ts";
import { examineDirectory } from "./directory.ts";
import {
  codeOf,
  type DoctorContext,
  examined,
  type ExaminedProject,
  failureOf,
  octal,
  shellWord,
  shownPath,
} from "./doctor_context.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";

/** What the files came to, and what of them the other checks may build on. */
export interface FilesFinding {
  readonly checks: readonly Check[];
  /** Whether the settings can be read and are right. */
  readonly settings: boolean;
  /** Whether the credentials can be read. */
  readonly credentials: boolean;
  readonly project: ExaminedProject;
}

/** Examines the project's config and the user's files: can they be read, are they right, are they private. */
export async function examineFiles(doctor: DoctorContext): Promise<FilesFinding> {
  const { project, checks } = await examineProject(doctor);
  const directory = await examined(
    doctor,
    "user directory",
    () => examineDirectory(doctor.platform),
  );
  const settings = await examineSettings(doctor);
  const credentials = await examineCredentials(doctor);
  return {
    checks: [...checks, ...directory, ...settings, ...credentials],
    settings: isSound(settings),
    credentials: isSound(credentials),
    project,
  };
}

/** A file whose mode is wrong can still be read. */
function isSound(checks: readonly Check[]): boolean {
  return checks.every((check) =>
    check.status !== "failed" && check.details["permission"] === undefined
  );
}

async function examineProject(
  doctor: DoctorContext,
): Promise<{ project: ExaminedProject; checks: readonly Check[] }> {
  const { platform, context } = doctor;
  let root: string;
  try {
    root = await requireProjectRoot(platform, context.globals.repo ?? null);
  } catch (error) {
    const found = context.globals.repo === undefined && codeOf(error) === "not_a_project"
      ? info("project", "not in a project, so no binding is examined")
      : failureOf(doctor, "project", error);
    return { project: { root: null, binding: null }, checks: [found] };
  }
  try {
    const binding = await loadBinding(platform, root);
    const path = configPath(root);
    const facts = await platform.files.stat(path);
    const shown = path.slice(root.length + 1);
    const checks = facts === null
      ? [info("project config", `${shown} is not there yet`)]
      : openToAll(facts.mode)
      ? [openFile(doctor, "project config", path, "o-w")]
      : [fine("project config", `${shown} is sound`)];
    return { project: { root, binding }, checks };
  } catch (error) {
    return {
      project: { root, binding: null },
      checks: [failureOf(doctor, "project config", error)],
    };
  }
}

async function examineSettings(doctor: DoctorContext): Promise<readonly Check[]> {
  const { platform } = doctor;
  try {
    const { config } = userPaths(platform);
    const faults = (await listSettings(platform, true)).flatMap((row): Check[] => {
      if (row.fault === null) return [];
      const where = row.source === "environment" ? row.origin ?? "" : row.key;
      const message = `\`${where}\` ${row.fault}`;
      const next = row.source === "environment"
        ? `correct \`${where}\` in your environment`
        : `run \`tracker config set ${row.key} VALUE\`, or \`tracker config unset ${row.key}\``;
      const details = { setting: row.key, source: row.source };
      return [
        row.key === "sync.server_url"
          ? failed("settings", message, next, details)
          : warning("settings", message, next, details),
      ];
    });
    if (faults.length > 0) return faults;
    const facts = await platform.files.stat(config);
    if (facts === null) return [];
    if (openToAll(facts.mode)) return [openFile(doctor, "settings", config, "o-w")];
    return [fine("settings", `${shownPath(platform, config)} is sound`)];
  } catch (error) {
    return [failureOf(doctor, "settings", error)];
  }
}

async function examineCredentials(doctor: DoctorContext): Promise<readonly Check[]> {
  const { platform } = doctor;
  try {
    const { credentials } = userPaths(platform);
    const facts = await platform.files.stat(credentials);
    if (facts === null) return [];
    await readToml(platform, credentials);
    if (facts.mode !== null && (facts.mode & 0o077) !== 0) {
      return [openFile(doctor, "credentials", credentials, "600", facts.mode)];
    }
    return [fine("credentials", `${shownPath(platform, credentials)} is sound and private`)];
  } catch (error) {
    if (error instanceof Error && error.name === "PermissionDenied") {
      const { credentials } = userPaths(platform);
      return [failed(
        "credentials",
        `${shownPath(platform, credentials)} cannot be read`,
        `run \`chmod 600 ${shellWord(platform, credentials)}\` as the file's owner`,
        { path: credentials },
      )];
    }
    return [failureOf(doctor, "credentials", error)];
  }
}

function openToAll(mode: number | null): boolean {
  return mode !== null && (mode & 0o002) !== 0;
}

function openFile(
  { platform }: DoctorContext,
  check: string,
  path: string,
  mode: string,
  found: number | null = null,
): Check {
  const how = found === null
    ? "can be changed by every user"
    : `is open to other users (mode ${octal(found)})`;
  return warning(
    check,
    `${shownPath(platform, path)} ${how}`,
    `run \`chmod ${mode} ${shellWord(platform, path)}\``,
    { path },
  );
}
