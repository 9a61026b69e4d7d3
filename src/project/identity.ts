import type { PartialIdentity, ProjectIdentity } from "../contract/routing.ts";
import { basename } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { randomHex, sha256Hex } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type ConfigFile, editConfigFile, readConfigFile } from "./config_file.ts";
import { gitFacts, repositorySlug } from "./git.ts";
import type { YamlEdit } from "./yaml_edit.ts";

/** Who a project is. */
export interface Identity {
  /** Version 4 when created here. */
  readonly uuid: string;
  /** Kebab-case when created here: from the origin remote's name, else the directory's. */
  readonly slug: string;
  /** 12 hexadecimal digits, stable per machine. */
  readonly nodeId: string;
  /** A UUID. */
  readonly buildId: string;
  /** What the user set, else `owner/name` of the origin remote; `null` without either. */
  readonly repoSlug: string | null;
  /** False when it is not saved whole: the next process may create another identity. */
  readonly persisted: boolean;
}

/** An identity as it is, with what is missing created in memory. */
export interface CurrentIdentity extends Identity {
  /** The saved UUID; `null` when the project has none yet. */
  readonly savedUuid: string | null;
}

/** What the identity needs of the machine. */
export type IdentityPlatform = Pick<
  Platform,
  "files" | "clock" | "random" | "system" | "env" | "terminal"
>;

/** How an identity is loaded. */
export interface IdentityOptions {
  /** Told once when the identity could not be saved; standard error unless given. */
  readonly warn?: (message: string) => void;
}

/**
 * Reads the project's identity; creates and saves what is missing. A project that cannot be written to gets one in
 * memory, with one warning. Load it once per command.
 *
 * @throws {TrackerError} `config_invalid`, `locked`.
 */
export async function loadIdentity(
  platform: IdentityPlatform,
  root: string,
  options: IdentityOptions = {},
): Promise<Identity> {
  const originSlug = await originSlugOf(platform, root);
  const saved = await savedFields(await readConfigFile(platform, root));
  const done = complete(saved, originSlug, true);
  if (done !== null) return done;
  const made = await makeFields(platform, root, originSlug);
  try {
    let fields = saved;
    await editConfigFile(platform, root, async (file) => {
      // Another process may have created one since.
      const current = await savedFields(file);
      fields = { ...made, ...present(current), repoSlug: current.repoSlug };
      return missingEdits(current, fields);
    });
    return complete(fields, originSlug, true) ?? made;
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    const warn = options.warn ??
      ((message) => platform.terminal.stderr.write(`Warning: ${message}\n`));
    warn(
      `The project's identity could not be saved (${reasonOf(error)}); a temporary one is used.`,
    );
    return { ...made, ...present(saved), repoSlug: saved.repoSlug ?? originSlug, persisted: false };
  }
}

/**
 * Reads the project's identity and writes nothing: what is missing is created in memory.
 *
 * @throws {TrackerError} `config_invalid`.
 */
export async function currentIdentity(
  platform: IdentityPlatform,
  root: string,
): Promise<CurrentIdentity> {
  const originSlug = await originSlugOf(platform, root);
  const saved = await savedFields(await readConfigFile(platform, root));
  const done = complete(saved, originSlug, true);
  if (done !== null) return { ...done, savedUuid: done.uuid };
  const made = await makeFields(platform, root, originSlug);
  const repoSlug = saved.repoSlug ?? originSlug;
  return { ...made, ...present(saved), repoSlug, persisted: false, savedUuid: saved.uuid };
}

/**
 * Saves the UUID that the host knows the project by, when the project has none of its own.
 *
 * @throws {TrackerError} `config_invalid`, `config_unwritable`, `locked`.
 */
export async function adoptUuid(
  platform: Pick<Platform, "files">,
  root: string,
  uuid: string,
): Promise<void> {
  await editConfigFile(platform, root, async (file) => {
    const current = await savedFields(file);
    return current.uuid === null ? [{ path: ["project", KEYS.uuid], value: uuid }] : [];
  });
}

/** What a reference is validated with: the UUID only when it is saved (wire.md, Tracker calls). */
export function partialIdentity(identity: CurrentIdentity): PartialIdentity {
  const { uuid: _, ...rest } = projectIdentity(identity);
  return identity.savedUuid === null ? rest : { uuid: identity.savedUuid, ...rest };
}

/** Returns the identity as the wire has it (wire.md, Tracker calls). */
export function projectIdentity(identity: Identity): ProjectIdentity {
  return {
    uuid: identity.uuid,
    slug: identity.slug,
    node_id: identity.nodeId,
    repo_slug: identity.repoSlug,
    build_id: identity.buildId,
  };
}

/** Lower-case words joined by dashes; empty when the text has no letter or digit. */
export function kebabCase(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "")
    .toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
}

interface IdentityFields {
  readonly uuid: string | null;
  readonly slug: string | null;
  readonly nodeId: string | null;
  readonly buildId: string | null;
  readonly repoSlug: string | null;
}

const KEYS = { uuid: "uuid", slug: "slug", nodeId: "node_id", buildId: "build_id" } as const;
const FIELDS = ["uuid", "slug", "nodeId", "buildId"] as const;

async function savedFields(file: ConfigFile): Promise<IdentityFields> {
  const { yaml, path } = file;
  if (yaml === null) {
    return { uuid: null, slug: null, nodeId: null, buildId: null, repoSlug: null };
  }
  const { textAt } = await import("./yaml_document.ts");
  const text = (key: string) => textAt(path, yaml, ["project", key]);
  return {
    uuid: text(KEYS.uuid),
    slug: text(KEYS.slug),
    nodeId: text(KEYS.nodeId),
    buildId: text(KEYS.buildId),
    repoSlug: text("repo_slug"),
  };
}

async function originSlugOf(platform: IdentityPlatform, root: string): Promise<string | null> {
  const { originUrl } = await gitFacts(platform, root);
  return originUrl === null ? null : repositorySlug(originUrl);
}

function complete(
  fields: IdentityFields,
  originSlug: string | null,
  persisted: boolean,
): Identity | null {
  const { uuid, slug, nodeId, buildId, repoSlug } = fields;
  if (uuid === null || slug === null || nodeId === null || buildId === null) return null;
  return { uuid, slug, nodeId, buildId, repoSlug: repoSlug ?? originSlug, persisted };
}

async function makeFields(
  platform: IdentityPlatform,
  root: string,
  originSlug: string | null,
): Promise<Identity> {
  const remoteName = originSlug?.split("/").at(-1) ?? "";
  return {
    uuid: platform.random.uuid(),
    slug: kebabCase(remoteName) || kebabCase(basename(root)) || "project",
    nodeId: await nodeIdOf(platform),
    buildId: platform.random.uuid(),
    repoSlug: originSlug,
    persisted: false,
  };
}

async function nodeIdOf(platform: IdentityPlatform): Promise<string> {
  const host = platform.system.hostname();
  const user = platform.env.get("USER") ?? platform.env.get("LOGNAME") ??
    platform.env.get("USERNAME");
  if (host === null || host === "" || user === undefined || user === "") {
    return randomHex(platform.random, 6);
  }
  return (await sha256Hex(`${host}\n${user}`)).slice(0, 12);
}

function present(fields: IdentityFields): Partial<Record<typeof FIELDS[number], string>> {
  return Object.fromEntries(FIELDS.flatMap((name) => {
    const value = fields[name];
    return value === null ? [] : [[name, value]];
  }));
}

function missingEdits(current: IdentityFields, wanted: IdentityFields): YamlEdit[] {
  return FIELDS.flatMap((name) => {
    const value = wanted[name];
    return current[name] !== null || value === null
      ? []
      : [{ path: ["project", KEYS[name]], value }];
  });
}

function isUnwritable(error: unknown): boolean {
  return error instanceof TrackerError
    ? error.code === "config_unwritable"
    : error instanceof Error && error.name === "NotCapable";
}

function reasonOf(error: unknown): string {
  if (error instanceof TrackerError) return String(error.details["reason"] ?? error.message);
  return error instanceof Error ? error.message : String(error);
}
