import * as v from "valibot";
import { FilledSchema, isJsonObject } from "../contract/field.ts";
import { isTooDeep } from "../contract/nesting.ts";
import { parseWith } from "../contract/parse.ts";
import { HOSTED_PROVIDERS, LOCAL_PROVIDERS, type Provider } from "../contract/providers.ts";
import { basename, dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { lockMissions } from "./mission_lock.ts";
import { withMember } from "./json_member.ts";
import { projectFiles } from "./project_files.ts";

/** The ticket a mission started from, as its metadata keeps it: all seven keys, always. */
export type OriginTicket = {
  /** Where the ticket is. */
  readonly provider: Provider;
  /** The kind of resource it is in, such as `jira_project`. */
  readonly resource_type: string;
  /** The provider's own id of that resource. */
  readonly resource_id: string;
  /** The provider's own id of the ticket. */
  readonly external_issue_id: string;
  /** The key people know the ticket by, such as `WEB-12`. */
  readonly external_issue_key: string;
  /** The ticket's web page; of a tool without such, its address in the tool, such as `beads:web-12`. */
  readonly external_issue_url: string;
  /** The ticket's title. */
  readonly title: string;
};

/** What `meta.json` says of a mission; files of some ages lack any of it, and hold more. */
export type MissionMeta = {
  /** A ULID; missions before spec-kitty 3.1 have none. */
  readonly mission_id?: string | null | undefined;
  /** `null` until the mission is merged, where its directory has no number. */
  readonly mission_number?: number | string | null | undefined;
  /** The mission's directory, or the slug. */
  readonly mission_slug?: string | null | undefined;
  readonly mission_type?: string | null | undefined;
  /** The slug, or the mission's directory. */
  readonly slug?: string | null | undefined;
  readonly friendly_name?: string | null | undefined;
  readonly target_branch?: string | null | undefined;
  /** ISO 8601 with an offset. */
  readonly created_at?: string | null | undefined;
  /** As it stands in the file; {@link originTicketOf} reads it. */
  readonly origin_ticket?: unknown;
};

/** The metadata of a new mission: the keys of today's spec-kitty, which refuses those of its past. */
export type NewMissionMeta = {
  readonly mission_id: string;
  readonly mission_number: number | null;
  readonly mission_slug: string;
  readonly mission_type: string;
  readonly slug: string;
  readonly friendly_name: string;
  readonly target_branch: string;
  readonly created_at: string;
} & MissionShape;

/** What spec-kitty 3.2 and newer keep of a mission's branches. */
export type MissionShape = {
  /** Whether it once had a branch for coordination. */
  readonly flattened?: false;
  /** That no branch is there for coordination alone. */
  readonly topology?: "single_branch";
};

/** What the metadata needs of the machine. */
export type MetaPlatform = Pick<Platform, "files">;

/** Schema of {@link OriginTicket}. */
export const OriginTicketSchema: v.GenericSchema<unknown, OriginTicket> = v.looseObject({
  provider: v.picklist([...HOSTED_PROVIDERS, ...LOCAL_PROVIDERS]),
  resource_type: FilledSchema,
  resource_id: FilledSchema,
  external_issue_id: FilledSchema,
  external_issue_key: FilledSchema,
  external_issue_url: FilledSchema,
  title: v.string(),
});

const MissionMetaSchema: v.GenericSchema<unknown, MissionMeta> = v.looseObject({
  mission_id: v.nullish(v.string()),
  mission_number: v.nullish(v.union([v.number(), v.string()])),
  mission_slug: v.nullish(v.string()),
  mission_type: v.nullish(v.string()),
  slug: v.nullish(v.string()),
  friendly_name: v.nullish(v.string()),
  target_branch: v.nullish(v.string()),
  created_at: v.nullish(v.string()),
  origin_ticket: v.optional(v.unknown()),
});

/** The path of a mission's metadata. */
export function metaPath(missionDir: string): string {
  return join(missionDir, "meta.json");
}

/** The project of a mission: its directory lies in the directory of missions. */
function rootOf(missionDir: string): string {
  return dirname(dirname(missionDir));
}

/**
 * Reads a mission's metadata; what this program does not know of is kept.
 *
 * @throws {TrackerError} `mission_not_found` without the file; `meta_invalid`, naming file, line and reason;
 * `not_a_file`, `file_too_large`.
 */
export async function readMeta(platform: MetaPlatform, missionDir: string): Promise<MissionMeta> {
  return (await readMetaFile(platform, missionDir)).meta;
}

/** Writes the metadata of a new mission, whole and atomically, with its keys in order. */
export async function writeMeta(
  platform: MetaPlatform,
  missionDir: string,
  meta: NewMissionMeta,
): Promise<void> {
  const files = projectFiles(platform.files, rootOf(missionDir));
  await files.writeAtomic(metaPath(missionDir), sorted(meta));
}

/** Whether two tickets are one issue of one resource, whatever they are called now. */
export function isSameIssue(a: OriginTicket, b: OriginTicket): boolean {
  return a.provider === b.provider && a.resource_type === b.resource_type &&
    a.resource_id === b.resource_id && a.external_issue_id === b.external_issue_id;
}

/** The ticket in a mission's metadata; `null` when there is none, or not with all seven keys. */
export function originTicketOf(meta: MissionMeta): OriginTicket | null {
  if (meta.origin_ticket === undefined) return null;
  const parsed = parseWith(OriginTicketSchema, meta.origin_ticket);
  return parsed.ok ? parsed.value : null;
}

/**
 * Writes the ticket into `meta.json`, atomically and under a lock, and leaves every other byte as it was. Answers
 * false when the same ticket stood there already.
 *
 * @throws {TrackerError} `origin_ticket_invalid`, naming the key; `mission_not_found`, `meta_invalid`, `locked`,
 * `leaves_project`.
 */
export async function setOriginTicket(
  platform: MetaPlatform,
  missionDir: string,
  ticket: OriginTicket,
): Promise<boolean> {
  const exact = writableTicket(ticket);
  const root = rootOf(missionDir);
  const lock = await lockMissions(platform, root, "writing a mission's metadata");
  try {
    const { meta, text, mark } = await readMetaFile(platform, missionDir);
    if (JSON.stringify(meta.origin_ticket) === JSON.stringify(exact)) return false;
    const changed = inOrder({ ...meta, origin_ticket: exact }, meta, text) ??
      withMember(text, "origin_ticket", exact);
    const files = projectFiles(platform.files, root);
    await files.writeAtomic(metaPath(missionDir), mark + changed, { exclusive: true });
    return true;
  } finally {
    await lock.release();
  }
}

/**
 * Returns the text of the metadata with its keys in order, as spec-kitty writes it, where the text is in that form; else
 * `null`. spec-kitty sorts the keys on every branch of a mission: a file that it moves lines in meets conflicts in its merge.
 */
function inOrder(changed: MissionMeta, meta: MissionMeta, text: string): string | null {
  if (text !== sorted(meta)) return null;
  return sorted(changed);
}

function sorted(meta: MissionMeta): string {
  const members = Object.entries(meta).sort(([a], [b]) => a < b ? -1 : 1);
  return `${JSON.stringify(Object.fromEntries(members), null, 2)}\n`;
}

/**
 * The ticket with its seven keys alone, as it can be written.
 *
 * @throws {TrackerError} `origin_ticket_invalid`, naming the key that is missing or blank.
 */
export function writableTicket(ticket: OriginTicket): OriginTicket {
  const parsed = parseWith(OriginTicketSchema, ticket);
  if (!parsed.ok) {
    throw new TrackerError({
      code: "origin_ticket_invalid",
      message: `The origin ticket cannot be written: \`${parsed.path}\` ${parsed.message}`,
      nextAction: "Choose another ticket, or tell those who run the host what its answer lacks.",
      details: { field: parsed.path },
    });
  }
  const { value } = parsed;
  return {
    provider: value.provider,
    resource_type: value.resource_type,
    resource_id: value.resource_id,
    external_issue_id: value.external_issue_id,
    external_issue_key: value.external_issue_key,
    external_issue_url: value.external_issue_url,
    title: value.title,
  };
}

interface MetaFile {
  readonly meta: MissionMeta;
  /** The text without the byte order mark. */
  readonly text: string;
  /** The byte order mark, where the file has one. */
  readonly mark: string;
}

async function readMetaFile(platform: MetaPlatform, missionDir: string): Promise<MetaFile> {
  const path = metaPath(missionDir);
  const bytes = await projectFiles(platform.files, rootOf(missionDir)).readBytes(path);
  if (bytes === null) {
    throw missionNotFound(`"${basename(missionDir)}" is not a mission: it has no "meta.json"`);
  }
  let whole: string;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidMeta(path, null, "it is not UTF-8 text");
  }
  const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
  const text = whole.slice(mark.length);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = /\(line (\d+)/.exec(errorText(error))?.[1] ?? null;
    throw invalidMeta(path, line, errorText(error));
  }
  if (isTooDeep(value)) throw invalidMeta(path, null, "it is nested too deep");
  if (!isJsonObject(value)) throw invalidMeta(path, null, "it is not a JSON object");
  const parsed = parseWith(MissionMetaSchema, value);
  if (!parsed.ok) throw invalidMeta(path, null, `\`${parsed.path}\` ${parsed.message}`);
  return { meta: parsed.value, text, mark };
}

/** Returns the failure of a name or a directory that is no mission. */
export function missionNotFound(message: string): TrackerError {
  return new TrackerError({
    code: "mission_not_found",
    message,
    nextAction: "Run `tracker mission list` to list the missions of this project.",
  });
}

function invalidMeta(path: string, line: string | null, reason: string): TrackerError {
  const place = line === null ? `"${path}"` : `Line ${line} of "${path}"`;
  return new TrackerError({
    code: "meta_invalid",
    message: `${place} cannot be read: ${reason}`,
    nextAction: "Correct the file, then try again; it was not changed.",
    details: { file: path, line: line === null ? null : Number(line), reason },
  });
}
