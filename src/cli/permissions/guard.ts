import type { PlaceOptions } from "../../platform/files.ts";
import type { Platform } from "../../platform/platform.ts";
import { NotCapableError, type PermissionKind } from "../../platform/not_capable.ts";
import { dirname, resolveFrom } from "../../platform/paths.ts";

/**
 * The same machine, asking for its permissions before it is touched: where Deno would stop and ask a
 * question in its own words, the operation fails at once, as if it had been denied. A variable that may
 * not be read is unset, but for the home directory, without which nothing is found.
 */
export function withoutPrompts(platform: Platform): Platform {
  const { files, system, processes } = platform;
  const need = (kind: PermissionKind, target: string) => {
    if (system.permission(kind, target) === "prompt") throw new NotCapableError(kind, target);
  };
  const read = (path: string) => {
    need("read", resolveFrom(system.cwd(), path));
    // The YAML library reads these two while parsing, past this door.
    if (path.endsWith(".yaml")) { for (const name of YAML_VARIABLES) need("env", name); }
  };
  const write = (path: string) => {
    const whole = resolveFrom(system.cwd(), path);
    // A file is replaced by another one beside it.
    need("write", whole);
    need("write", dirname(whole));
  };
  // Where a path really is can be said only by reading the directories it goes through.
  const place = (options?: PlaceOptions) => {
    if (options?.within !== undefined) read(options.within);
  };
  const home = system.os === "windows" ? "USERPROFILE" : "HOME";
  return {
    ...platform,
    env: {
      get(name) {
        if (name === home) need("env", name);
        return platform.env.get(name);
      },
    },
    async fetch(request, options) {
      need("net", portOf(new URL(request.url)));
      return await platform.fetch(request, options);
    },
    async serve(options, handler, guard) {
      need("net", `${options.hostname}:${options.port}`);
      return await platform.serve(options, handler, guard);
    },
    async openDatabase(path, options) {
      const file = fileOf(path);
      if (file !== null) read(file);
      if (file !== null && options?.readOnly !== true) write(file);
      return await platform.openDatabase(path, options);
    },
    system: {
      ...system,
      isAlive: (pid) => system.permission("run") === "granted" ? system.isAlive(pid) : null,
    },
    processes: {
      async run(options) {
        need("run", options.command);
        return await processes.run(options);
      },
      async runAttached(options) {
        need("run", options.command);
        return await processes.runAttached(options);
      },
      startDetached(options) {
        need("run", options.command);
        return processes.startDetached(options);
      },
      kill: (pid, signal) => processes.kill(pid, signal),
    },
    files: {
      async readText(path, options) {
        read(path);
        return await files.readText(path, options);
      },
      async readBytes(path, options) {
        read(path);
        return await files.readBytes(path, options);
      },
      async readHead(path, maxBytes, options) {
        read(path);
        return await files.readHead(path, maxBytes, options);
      },
      async open(path) {
        read(path);
        return await files.open(path);
      },
      async stat(path) {
        read(path);
        return await files.stat(path);
      },
      async list(path) {
        read(path);
        return await files.list(path);
      },
      async realPath(path) {
        read(path);
        return await files.realPath(path);
      },
      async writeAtomic(path, content, options) {
        read(path);
        place(options);
        write(path);
        await files.writeAtomic(path, content, options);
      },
      async whyUnwritable(path) {
        need("write", resolveFrom(system.cwd(), path));
        return await files.whyUnwritable(path);
      },
      async append(path, text, options) {
        write(path);
        await files.append(path, text, options);
      },
      async makeDirectory(path, mode, options) {
        // One that may not be made is most often there; if not, the write into it says so.
        if (system.permission("write", resolveFrom(system.cwd(), path)) === "prompt") return;
        place(options);
        await files.makeDirectory(path, mode, options);
      },
      makeTemporaryDirectory: (prefix) => files.makeTemporaryDirectory(prefix),
      async setMode(path, mode) {
        need("write", resolveFrom(system.cwd(), path));
        await files.setMode(path, mode);
      },
      async rename(from, to, options) {
        read(from);
        place(options);
        write(from);
        write(to);
        await files.rename(from, to, options);
      },
      async remove(path, options) {
        place(options);
        write(path);
        await files.remove(path, options);
      },
      async lock(path, options) {
        read(path);
        place(options);
        write(path);
        return await files.lock(path, options);
      },
    },
  };
}

const YAML_VARIABLES = ["LOG_TOKENS", "LOG_STREAM"] as const;

/** The host and port of a URL, the default port named: a grant may be for that alone. */
export function portOf(url: URL): string {
  if (url.port !== "") return url.host;
  return `${url.hostname}:${url.protocol === "https:" ? 443 : 80}`;
}

function fileOf(database: string): string | null {
  if (database === ":memory:") return null;
  return database.startsWith("file:") ? decodeURIComponent(new URL(database).pathname) : database;
}
