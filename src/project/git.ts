import { dirname, join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { readRemembered } from "../platform/remembered_file.ts";
import { MAX_PROJECT_FILE_BYTES } from "./project_files.ts";

/** What is checked out in the repository around a project; `null` for what it does not say. */
export interface GitHead {
  /** The branch checked out; `null` when none is. */
  readonly branch: string | null;
  /** The commit checked out, in hexadecimal; `null` before the first. */
  readonly commit: string | null;
}

/** What the repository around a project says; `null` for what it does not say. */
export interface GitFacts extends GitHead {
  /** Address of the remote named `origin`, without user and password. */
  readonly originUrl: string | null;
}

/** A repository of many branches keeps a line of each in one file. */
const MAX_PACKED_REFS_BYTES = 16 * MAX_PROJECT_FILE_BYTES;

const NO_HEAD: GitHead = { branch: null, commit: null };
const NOTHING: GitFacts = { ...NO_HEAD, originUrl: null };

/**
 * Reads the repository's files (worktrees and packed references too), without running git. What is missing
 * or may not be read is `null`; it never throws.
 */
export async function gitFacts(platform: Pick<Platform, "files">, root: string): Promise<GitFacts> {
  const repository = await findRepository(platform, root);
  if (repository === null) return NOTHING;
  return {
    ...await readHead((path, maxBytes) => read(platform, path, maxBytes), repository) ?? NO_HEAD,
    originUrl: originOf(await read(platform, join(repository.common, "config")) ?? ""),
  };
}

/**
 * Like {@link gitFacts}, for who asks again and again: branch and commit are those of the moment, but where the
 * repository is, is looked up once, and a file that has not changed is not read again.
 */
export function gitHead(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
): () => Promise<GitHead> {
  let repository: Repository | null = null;
  const reread = changedFiles(platform);
  return async () => {
    repository ??= await findRepository(platform, root);
    const head = repository === null ? null : await readHead(reread, repository);
    if (head === null) repository = null;
    return head ?? NO_HEAD;
  };
}

/** The repository's own name in an address: `acme/web` of `git@example.com:acme/web.git`. */
export function repositorySlug(url: string): string | null {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/(.+)$/i.exec(url)?.[1] ??
    /^[^/:]+:(?!\/\/)(.+)$/.exec(url)?.[1] ?? url;
  const parts = path.replaceAll("\\", "/").replace(/\/+$/, "").replace(/\.git$/, "").split("/")
    .filter((part) => part !== "");
  return parts.length === 0 ? null : parts.slice(-2).join("/");
}

/** The repository directory above `root`, when it is an ordinary one inside the tree; `null` otherwise. */
export async function gitDirectory(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  for (let directory = root;; directory = dirname(directory)) {
    const path = join(directory, ".git");
    const facts = await quietly(() => platform.files.stat(path));
    if (facts?.kind === "directory") return path;
    if (facts?.kind === "file") {
      const target = /^gitdir: *(.+)$/m.exec(await read(platform, path) ?? "")?.[1]?.trim();
      return target === undefined ? null : resolveFrom(directory, target);
    }
    if (dirname(directory) === directory) return null;
  }
}

/**
 * The git directory that belongs to the project at `root` alone: the `.git` in it, or the one of a linked worktree or a
 * submodule that names the project in return; `null` otherwise, because a file of the project may name any directory.
 */
export async function ownGitDirectory(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  const path = join(root, ".git");
  const facts = await quietly(() => platform.files.stat(path));
  const real = (of: string) => quietly(() => platform.files.realPath(of));
  const [realRoot, realPath] = [await real(root), await real(path)];
  if (facts === null || realRoot === null || realPath === null) return null;
  if (facts.kind === "directory") return dirname(realPath) === realRoot ? path : null;
  const directory = await gitDirectory(platform, root);
  if (directory === null) return null;
  const pointer = (await read(platform, join(directory, "gitdir")))?.trim();
  if (pointer !== undefined) {
    return await real(resolveFrom(directory, pointer)) === realPath ? directory : null;
  }
  const config = await read(platform, join(directory, "config")) ?? "";
  const workTree = /^\s*worktree\s*=\s*(.+?)\s*$/m.exec(config)?.[1];
  if (workTree === undefined) return null;
  return await real(resolveFrom(directory, workTree)) === realRoot ? directory : null;
}

/** The directories of a repository; they differ in a worktree. */
interface Repository {
  readonly directory: string;
  readonly common: string;
}

async function findRepository(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<Repository | null> {
  const directory = await gitDirectory(platform, root);
  if (directory === null) return null;
  return { directory, common: await commonDirectory(platform, directory) };
}

async function readHead(
  read: Read,
  { directory, common }: Repository,
): Promise<GitHead | null> {
  const head = (await read(join(directory, "HEAD")))?.trim();
  if (head === undefined) return null;
  const reference = /^ref: *(\S+)$/.exec(head)?.[1] ?? null;
  // A repository in the newer reference format keeps a stand-in here.
  const branch = reference?.startsWith("refs/heads/") && reference !== "refs/heads/.invalid"
    ? reference.slice("refs/heads/".length)
    : null;
  const commit = reference === null
    ? commitId(head)
    : await resolveReference(read, directory, common, reference);
  return { branch, commit };
}

async function commonDirectory(
  platform: Pick<Platform, "files">,
  directory: string,
): Promise<string> {
  const common = (await read(platform, join(directory, "commondir")))?.trim() ?? "";
  return common === "" ? directory : resolveFrom(directory, common);
}

async function resolveReference(
  read: Read,
  directory: string,
  common: string,
  reference: string,
): Promise<string | null> {
  if (reference.split("/").includes("..")) return null;
  for (const place of [directory, common]) {
    const commit = commitId((await read(join(place, reference)))?.trim() ?? "");
    if (commit !== null) return commit;
  }
  const packed = await read(join(common, "packed-refs"), MAX_PACKED_REFS_BYTES) ?? "";
  const line = packed.split("\n").find((line) => line.trim().endsWith(` ${reference}`));
  return commitId(line?.trim().split(" ")[0] ?? "");
}

function commitId(text: string): string | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}

function originOf(config: string): string | null {
  let inOrigin = false;
  let url: string | null = null;
  for (const line of config.split("\n")) {
    const section = /^\s*\[(.*)\]\s*(?:[#;].*)?$/.exec(line)?.[1];
    if (section !== undefined) inOrigin = /^remote\s+"origin"$/i.test(section.trim());
    const value = inOrigin ? /^\s*url\s*=(.*)$/i.exec(line)?.[1]?.trim() : undefined;
    if (value !== undefined) url ??= value.replace(/^"(.*)"$/, "$1");
  }
  return url === null || url === "" ? null : withoutUser(url);
}

function withoutUser(url: string): string {
  return url.replace(/^(https?:\/\/)[^/]*@/i, "$1").replace(/^(ssh:\/\/[^/:@]*):[^/]*@/i, "$1@");
}

/** Returns the text of a file, or `null`. */
type Read = (path: string, maxBytes?: number) => Promise<string | null>;

/** Returns a {@link read} that opens no file a second time that has not changed. */
function changedFiles(platform: Pick<Platform, "files" | "clock">): Read {
  return (path, maxBytes = MAX_PROJECT_FILE_BYTES) =>
    quietly(async () => {
      const { bytes } = await readRemembered(platform, path, { maxBytes });
      return bytes === null ? null : new TextDecoder().decode(bytes);
    });
}

function read(
  platform: Pick<Platform, "files">,
  path: string,
  maxBytes = MAX_PROJECT_FILE_BYTES,
): Promise<string | null> {
  return quietly(() => platform.files.readText(path, { maxBytes }));
}

async function quietly<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch {
    // These facts are extras: without the permission to read them the work continues.
    return null;
  }
}
