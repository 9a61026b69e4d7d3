import type { NormalizedIssue } from "../contract/issue.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { CredentialStore } from "../user/credentials.ts";
import { loadSettings, resolveHostUrl } from "../user/settings.ts";
import { openGit } from "./git_command.ts";
import type { OriginPlace } from "./origin_tracker.ts";

/** Whose names are wanted. */
export interface MyNamesOptions {
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  /** Where the tickets are. */
  readonly place: Pick<OriginPlace, "kind">;
  /** Cached issues, whose assignees show how a tracker writes names. */
  readonly issues: readonly NormalizedIssue[];
}

/**
 * The user as the tracker calls them, best first: `mission.assignee` of the settings alone where it is set; else the name
 * that git has for a tool on this machine, as `bd` takes it itself; else the name they are signed in by, where an issue is
 * assigned to somebody of that name. Empty where none is known: a guess would assign a ticket to a stranger.
 *
 * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
 */
export async function myNames(options: MyNamesOptions): Promise<readonly string[]> {
  const { platform, root, place, issues } = options;
  const known = await knownNames(platform, root, place.kind);
  if (known.isSure) return known.names;
  const written = issues.flatMap(({ assignees }) => assignees)
    .filter((name) => isMe(known.names, name));
  return [...new Set(written)];
}

/** Names that the user may have at a tracker. */
export interface KnownNames {
  readonly names: readonly string[];
  /** Whether the tracker has them so; the name they are signed in by at a host may be another one. */
  readonly isSure: boolean;
}

/**
 * Returns the names that the user may have at the tracker of a project.
 *
 * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
 */
export async function knownNames(
  platform: Platform,
  root: string,
  kind: OriginPlace["kind"],
): Promise<KnownNames> {
  const set = await loadSettings(platform).missionAssignee();
  if (set !== null) return { names: [set], isSure: true };
  if (kind === "hosted") return { names: await signedInNames(platform), isSure: false };
  const name = await gitUser(platform, root);
  return { names: name === null ? [] : [name], isSure: true };
}

/** Whether a name is one of these, in whatever case. */
export function isMe(names: readonly string[], name: string): boolean {
  const wanted = name.trim().toLowerCase();
  return wanted !== "" && names.some((one) => one.trim().toLowerCase() === wanted);
}

async function signedInNames(platform: Platform): Promise<string[]> {
  const url = (await resolveHostUrl(platform))?.url ?? null;
  if (url === null) return [];
  const user = await new CredentialStore({ platform }).user(url);
  const name = user?.username ?? "";
  return name === "" ? [] : [name];
}

async function gitUser(
  platform: Pick<Platform, "processes">,
  root: string,
): Promise<string | null> {
  try {
    const { code, stdout } = await openGit(platform, root).run(["config", "user.name"]);
    return code === 0 && stdout.trim() !== "" ? stdout.trim() : null;
  } catch (error) {
    if (error instanceof TrackerError) return null;
    throw error;
  }
}
