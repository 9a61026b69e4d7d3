import { type OpenFile, openFile } from "./bytes_reader.ts";
import { notAFile, readBounded, readHead, type ReadOptions, readPiped } from "./bounded_read.ts";
import { containedEntry, containedPath } from "./contained.ts";
import { basename, dirname, join, resolveFrom } from "./paths.ts";
import { acquireLock, type Lock, type LockOptions } from "./lock.ts";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";
import { randomHex } from "./random.ts";

export type { ReadOptions } from "./bounded_read.ts";

/** Facts of a file. */
export interface FileFacts {
  /** What the path is, once links are followed; `other` is a pipe, a device or a socket. */
  readonly kind: "file" | "directory" | "other";
  /** Bytes. */
  readonly size: number;
  /** Permission bits, or `null` where the system has none. */
  readonly mode: number | null;
  /** The number of the user it belongs to, or `null` where the system has none. */
  readonly owner: number | null;
  /** Last change, milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Tells a file from another one that has taken its name, or `null` where the system cannot. */
  readonly identity: string | null;
}

/** One entry of a directory. */
export interface DirectoryEntry {
  /** The name, without the directory. */
  readonly name: string;
  /** What the entry is; `other` includes links. */
  readonly kind: "file" | "directory" | "other";
}

/** Where a change may go. */
export interface PlaceOptions {
  /**
   * The root of the project that the path belongs to: a path that a link leads out of it is refused
   * (`leaves_project`), because a repository may bring links that its user has never seen.
   */
  readonly within?: string;
}

/** How {@link Files.writeAtomic} writes. */
export interface WriteOptions extends PlaceOptions {
  /**
   * Permission bits of a new file, whatever the umask; without it the umask decides. An existing file keeps its own
   * unless `forceMode`.
   */
  readonly mode?: number;
  /** Sets `mode` on an existing file too. */
  readonly forceMode?: boolean;
  /** The caller holds the lock of the file: what killed writers have left beside it is taken away. */
  readonly exclusive?: boolean;
}

/**
 * Files and directories. A read returns `null` for what does not exist; every other fault throws what the system
 * threw (`Deno.errors.*`), which the edge explains.
 */
export interface Files {
  /** Returns the whole text (UTF-8), or `null` when there is no such file. */
  readText(path: string, options?: ReadOptions): Promise<string | null>;
  /** Returns the whole content, or `null`. */
  readBytes(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Returns the start of a regular file as text (UTF-8), at most `maxBytes` of it, or `null` when there is none. */
  readHead(
    path: string,
    maxBytes: number,
    options?: Pick<ReadOptions, "isRegular">,
  ): Promise<string | null>;
  /**
   * Opens a regular file, which may be larger than memory, or returns `null` when there is none. The caller disposes of it.
   */
  open(path: string): Promise<OpenFile | null>;
  /** Returns the facts of a path, or `null`; follows links. */
  stat(path: string): Promise<FileFacts | null>;
  /** Returns the entries, sorted by name; none when there is no such directory. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Returns the path with links resolved, or `null`. */
  realPath(path: string): Promise<string | null>;
  /**
   * Replaces a file as a whole: a temporary file in the same directory, flushed, renamed over the old.
   * A kill at any instant leaves the old content or the new. Creates missing directories. A link stays, and its
   * target gets the content.
   */
  writeAtomic(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<void>;
  /** Returns why a file that is there cannot be written, or `null` when it can; changes nothing. */
  whyUnwritable(path: string): Promise<string | null>;
  /** Adds text to the end of a file; creates it when missing. */
  append(path: string, text: string, options?: WriteOptions): Promise<void>;
  /** Creates a directory with its parents; does nothing when it exists. */
  makeDirectory(path: string, mode?: number, options?: PlaceOptions): Promise<void>;
  /** Creates an empty, private directory under the system's temporary one, and returns its path. */
  makeTemporaryDirectory(prefix: string): Promise<string>;
  /** Sets permission bits, where the system has them. */
  setMode(path: string, mode: number): Promise<void>;
  /** Renames within a file system. */
  rename(from: string, to: string, options?: PlaceOptions): Promise<void>;
  /** Removes a file, or a directory with all in it; does nothing when there is none. */
  remove(path: string, options?: PlaceOptions): Promise<void>;
  /** Takes an advisory lock on `path`; see {@link acquireLock}. */
  lock(path: string, options?: LockOptions): Promise<Lock>;
}

/** Returns the real files. */
export function systemFiles(clock: Clock, random: Random): Files {
  const files: Files = {
    async readText(path, options) {
      if (options?.maxBytes === undefined) {
        return await unlessMissing(() => Deno.readTextFile(path));
      }
      const bytes = await files.readBytes(path, options);
      // The byte order mark stays, as it does above.
      return bytes === null ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    },
    readBytes: (path, options) =>
      unlessMissing(() =>
        options?.maxBytes === undefined
          ? Deno.readFile(path)
          : options.takesPipes === true
          ? readPiped(path, options.maxBytes)
          : readBounded(path, options.maxBytes, options.isRegular)
      ),
    readHead: (path, maxBytes, options) =>
      unlessMissing(() => readHead(path, maxBytes, options?.isRegular)),
    open: (path) => unlessMissing(() => openFile(path)),
    async stat(path) {
      // Handing over to another thread takes longer than the look itself.
      const info = await unlessMissing(() => Deno.statSync(path));
      if (info === null) return null;
      return {
        kind: kindOf(info),
        size: info.size,
        mode: info.mode === null ? null : info.mode & 0o777,
        owner: info.uid,
        modifiedAt: info.mtime?.getTime() ?? 0,
        identity: info.ino === null ? null : `${info.dev}:${info.ino}`,
      };
    },
    async list(path) {
      // As with small files, handing over to another thread takes longer than the call.
      const entries = await unlessMissing(() =>
        Array.from(Deno.readDirSync(path), (entry) => ({ name: entry.name, kind: kindOf(entry) }))
      );
      return (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    realPath: (path) => unlessMissing(() => Deno.realPath(path)),
    writeAtomic: (path, content, options) => writeAtomic(random, path, content, options),
    async whyUnwritable(path) {
      try {
        (await Deno.open(path, { write: true })).close();
        return null;
      } catch (error) {
        if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
        return error.message.replace(/: open '.*$/s, "");
      }
    },
    async append(path, text, options) {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text, {
        append: true,
        create: true,
        ...(options?.mode === undefined ? {} : { mode: options.mode }),
      });
    },
    async makeDirectory(path, mode, options) {
      const place = await placeOf(path, options);
      await Deno.mkdir(place, { recursive: true, ...(mode === undefined ? {} : { mode }) });
    },
    makeTemporaryDirectory: (prefix) => Deno.makeTempDir({ prefix }),
    async setMode(path, mode) {
      if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
    },
    async rename(from, to, options) {
      await Deno.rename(await entryOf(from, options), await entryOf(to, options));
    },
    async remove(path, options) {
      await unlessMissing(async () => {
        await Deno.remove(await entryOf(path, options), { recursive: true });
      });
    },
    lock: (path, options) => acquireLock(clock, path, options),
  };
  return files;
}

async function writeAtomic(
  random: Random,
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const target = options.within === undefined
    ? await targetOf(path)
    : await containedPath(options.within, path);
  const directory = dirname(target);
  await Deno.mkdir(directory, { recursive: true });
  const existing = await unlessMissing(() => Deno.stat(target));
  if (existing !== null && !existing.isFile) throw notAFile(path, existing.isDirectory);
  const kept = options.forceMode === true ? null : existing?.mode ?? null;
  const mode = kept === null ? options.mode ?? null : kept & 0o777;
  const prefix = temporaryPrefix(target);
  if (options.exclusive === true) await removeLeftovers(directory, prefix);
  const temporary = join(directory, `${prefix}${randomHex(random, 8)}.tmp`);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true, mode: mode ?? 0o666 });
    try {
      for (let written = 0; written < bytes.length;) {
        written += await file.write(bytes.subarray(written));
      }
      await file.sync();
    } finally {
      file.close();
    }
    // The mode given at creation is cut by the umask, which has the last word only where no mode was asked for.
    if (mode !== null && Deno.build.os !== "windows") await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw naming(target, error);
  }
  await flushDirectory(directory);
}

/** Where a change of `path` goes, links followed. */
async function placeOf(path: string, { within }: PlaceOptions = {}): Promise<string> {
  return within === undefined ? path : await containedPath(within, path);
}

/** Where a change of the entry `path` of a directory goes. */
async function entryOf(path: string, { within }: PlaceOptions = {}): Promise<string> {
  return within === undefined ? path : await containedEntry(within, path);
}

/** Tells what a temporary file is for, where the file's name is a plain one. */
function temporaryPrefix(target: string): string {
  const name = basename(target);
  return /^[\w.-]{1,60}$/.test(name) ? `.tracker-${name}-` : ".tracker-";
}

/** A copy of a secret must not outlive the secret. What cannot be taken away hinders nothing. */
async function removeLeftovers(directory: string, prefix: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(directory)) {
      const random = name.startsWith(prefix) ? name.slice(prefix.length) : "";
      if (/^[0-9a-f]{16}\.tmp$/.test(random)) await Deno.remove(join(directory, name));
    }
  } catch {
    // The write itself says what is wrong with the directory.
  }
}

/** Says which file it was: the system does not when a write fails, and names the temporary one else. */
function naming(path: string, error: unknown): unknown {
  if (error instanceof Error && /\(os error \d+\)/.test(error.message)) {
    error.message = `${error.message.replace(/: \w+ '.*$/s, "")}: write '${path}'`;
  }
  return error;
}

/** Returns the file behind a path: through links, also through one whose target is still missing. */
async function targetOf(path: string): Promise<string> {
  const real = await unlessMissing(() => Deno.realPath(path));
  if (real !== null) return real;
  const link = await unlessMissing(() => Deno.readLink(path));
  return link === null ? path : await targetOf(resolveFrom(dirname(path), link));
}

/** Makes a rename durable; a system that cannot open directories does without. */
async function flushDirectory(directory: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const handle = await Deno.open(directory, { read: true }).catch(() => null);
  if (handle === null) return;
  await handle.sync().catch(() => {});
  handle.close();
}

async function unlessMissing<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

function kindOf(entry: { isFile: boolean; isDirectory: boolean }): "file" | "directory" | "other" {
  return entry.isFile ? "file" : entry.isDirectory ? "directory" : "other";
}
