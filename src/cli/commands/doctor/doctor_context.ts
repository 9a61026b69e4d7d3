import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import type { Platform } from "../../../platform/platform.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { BindingConfig } from "../../../project/config.ts";
import { userPaths } from "../../../user/paths.ts";
import { explain } from "../../services/failure.ts";
import type { Context } from "../../command/context.ts";
import { type Check, ofFailure } from "../../services/report.ts";
import { command } from "./doctor.ts";

/** What the checks of the doctor work in. */
export interface DoctorContext {
  readonly context: Context;
  /** The same machine, on which nothing is changed. */
  readonly platform: Platform;
  /** Whether the rollout gate is on. */
  readonly hosted: boolean;
}

/** The project that is examined; `binding` is `null` where the config cannot be read. */
export interface ExaminedProject {
  /** `null` outside of a project. */
  readonly root: string | null;
  readonly binding: BindingConfig | null;
}

/** Tells whether the rollout gate is on now. */
export function isHosted(platform: Platform): boolean {
  return isHostedSyncEnabled(platform.env);
}

/** Returns a path as people write it, with `~` for the home directory. */
export function shownPath(platform: Platform, path: string): string {
  const { root } = userPaths(platform);
  const home = platform.env.get("HOME") ?? platform.env.get("USERPROFILE") ?? "";
  if (home !== "" && path.startsWith(`${home}/`)) return `~${path.slice(home.length)}`;
  return path === root ? root : path;
}

/** Returns a path as a word of a shell command. */
export function shellWord(platform: Platform, path: string): string {
  const shown = shownPath(platform, path);
  return /^[\w~./@%+=:,-]+$/.test(shown) ? shown : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Runs a check; a failure that it throws becomes its result. */
export async function examined(
  doctor: DoctorContext,
  check: string,
  work: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    return [failureOf(doctor, check, error)];
  }
}

/** Returns what was thrown as a line of the report. */
export function failureOf({ context }: DoctorContext, check: string, error: unknown): Check {
  return ofFailure(check, explain(error, { platform: context.platform, command }));
}

/** Returns the code of a failure, or `null` for anything else. */
export function codeOf(error: unknown): string | null {
  return error instanceof TrackerError ? error.code : null;
}

/** Returns permission bits as people write them, such as `0755`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
