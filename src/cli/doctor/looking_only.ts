import type { DatabaseOptions } from "../../platform/database.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";

/**
 * The same machine for someone who only looks: what others would mend, make or warn of in passing stays
 * as it is, a change is refused, and a database leaves nothing behind that was not there before.
 */
export function lookingOnly(platform: Platform): Platform {
  const mending = onlyRenewing(platform);
  const refuse = () => Promise.reject(looking());
  return {
    ...mending,
    files: {
      ...mending.files,
      writeAtomic: refuse,
      append: refuse,
      rename: refuse,
      remove: refuse,
      lock: refuse,
    },
    async openDatabase(path, options) {
      if (path === ":memory:") return await platform.openDatabase(path, options);
      return await platform.openDatabase(await quietPath(platform, path), withoutChanges(options));
    },
  };
}

/**
 * The same machine for calls to the host: a session that is due may be renewed, which rewrites the
 * credentials, as any other call would do. Nothing else is mended or warned of in passing.
 */
export function onlyRenewing(platform: Platform): Platform {
  return {
    ...platform,
    terminal: {
      ...platform.terminal,
      // A report says everything itself, once.
      stderr: { ...platform.terminal.stderr, write: () => {} },
    },
    files: {
      ...platform.files,
      setMode: () => Promise.resolve(),
      makeDirectory: () => Promise.resolve(),
    },
  };
}

/**
 * SQLite makes two files beside a database in WAL mode even to read it. Where no writer has left any,
 * there is nothing in them to miss. Deno takes the address that says so only from a program that may
 * read and write everywhere.
 */
async function quietPath(platform: Platform, path: string): Promise<string> {
  const { system, files } = platform;
  const free = (["read", "write"] as const).every((kind) => system.permission(kind) === "granted");
  const log = free ? await files.stat(`${path}-wal`) : null;
  return !free || log !== null && log.size > 0 ? path : immutableAddress(path);
}

function immutableAddress(path: string): string {
  const encoded = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  return `file:${encoded.startsWith("/") ? "" : "/"}${encoded}?immutable=1`;
}

function withoutChanges(options: DatabaseOptions | undefined): DatabaseOptions {
  const { migrations: _none, ...rest } = options ?? {};
  return { ...rest, readOnly: true };
}

function looking(): TrackerError {
  return new TrackerError({
    code: "config_unwritable",
    message: "Nothing is changed while looking",
  });
}
