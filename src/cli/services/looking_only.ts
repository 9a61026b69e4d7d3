import type { DatabaseOptions } from "../../platform/database.ts";
import type { Platform } from "../../platform/platform.ts";
import { unwritableConfig } from "../../project/config_file.ts";

/**
 * Returns the same machine for a command that only looks: nothing is repaired, created or warned of in
 * passing, a change is refused, and a database leaves no file that was not there before.
 */
export function lookingOnly(platform: Platform): Platform {
  const renewing = onlyRenewing(platform);
  const refuse = (path: string) =>
    Promise.reject(unwritableConfig(path, "nothing is changed while looking"));
  return {
    ...renewing,
    files: {
      ...renewing.files,
      writeAtomic: refuse,
      append: refuse,
      rename: refuse,
      remove: refuse,
      lock: refuse,
    },
    async openDatabase(path, options) {
      if (path === ":memory:") return await platform.openDatabase(path, options);
      return await platform.openDatabase(path, withoutChanges(options));
    },
  };
}

/**
 * Returns the same machine for calls to the host: a session that is due may be renewed, which rewrites the
 * credentials, as any other call would do. Nothing else is repaired or warned of in passing.
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

function withoutChanges(options: DatabaseOptions | undefined): DatabaseOptions {
  const { migrations: _none, ...rest } = options ?? {};
  return { ...rest, readOnly: true };
}
