import { systemClock } from "./clock.ts";
import { systemDatabaseOpener } from "./database.ts";
import { descriptorLimit } from "./descriptors.ts";
import { permissionQuery, systemEnvironment } from "./environment.ts";
import { systemFiles } from "./files.ts";
import type { Listener, Platform, Serve, SystemFacts } from "./platform.ts";
import { systemFetch } from "./network.ts";
import { NPM_LAUNCHER, PACKAGING, type Packaging } from "./packaging.ts";
import { join } from "./paths.ts";
import { systemProcesses } from "./processes.ts";
import { systemRandom } from "./random.ts";
import { systemTerminal } from "./terminal.ts";

/** Returns the real machine. */
export function systemPlatform(): Platform {
  const clock = systemClock();
  const random = systemRandom();
  const permission = permissionQuery();
  return {
    env: systemEnvironment(permission),
    clock,
    random,
    fetch: systemFetch(),
    files: systemFiles(clock, random),
    processes: systemProcesses(clock),
    terminal: systemTerminal(),
    system: systemFacts(permission),
    signals: {
      listen(signal, handler) {
        // Windows knows Ctrl-C only.
        if (Deno.build.os === "windows" && signal !== "SIGINT") return () => {};
        Deno.addSignalListener(signal, handler);
        return () => Deno.removeSignalListener(signal, handler);
      },
    },
    serve,
    openDatabase: systemDatabaseOpener(),
  };
}

const serve: Serve = async (options, handler, guard) => {
  if (guard !== undefined) {
    const { serveGuarded, SERVER_LIMITS } = await import("./http_server.ts");
    return serveGuarded(systemClock(), { ...options, ...guard, handler, limits: SERVER_LIMITS });
  }
  const listening = Promise.withResolvers<void>();
  const aborting = new AbortController();
  const server = Deno.serve({
    signal: aborting.signal,
    hostname: options.hostname,
    port: options.port,
    onListen: () => listening.resolve(),
    onError: () => new Response("Internal error", { status: 500 }),
  }, (request, info) => handler(request, { remoteAddress: info.remoteAddr.hostname }));
  await listening.promise;
  const listener: Listener = {
    hostname: server.addr.hostname,
    port: server.addr.port,
    finished: server.finished,
    figures: () => null,
    shutdown: () => server.shutdown(),
    abort: () => aborting.abort(),
  };
  return listener;
};

function systemFacts(permission: SystemFacts["permission"]): SystemFacts {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    denoVersion: Deno.version.deno,
    pid: Deno.pid,
    standalone: Deno.build.standalone,
    packaging: PACKAGING,
    launcher: launcherOf(PACKAGING, import.meta.dirname),
    sources: sourcesOf(PACKAGING, import.meta.dirname),
    execPath: () => Deno.execPath(),
    mainModule: () => Deno.mainModule,
    hostname() {
      return permission("sys", "hostname") === "granted" ? Deno.hostname() : null;
    },
    userId() {
      return permission("sys", "uid") === "granted" ? Deno.uid() : null;
    },
    cwd: () => Deno.cwd(),
    isAlive,
    permission,
    memory: () => Deno.memoryUsage().rss,
    descriptorLimit,
    async freeBytes(path) {
      if (permission("sys", "statfs") !== "granted") return null;
      const { statfs } = await import("node:fs/promises");
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
}

/** The launcher lies beside the bundle of its package. */
export function launcherOf(packaging: Packaging, directory: string | undefined): string | null {
  return packaging === "npm" && directory !== undefined ? join(directory, NPM_LAUNCHER) : null;
}

/** The checkout, two directories above this module. Modules of a registry do not lie in files. */
export function sourcesOf(packaging: Packaging, directory: string | undefined): string | null {
  return packaging === "source" && directory !== undefined ? join(directory, "../..") : null;
}

function isAlive(pid: number): boolean | null {
  try {
    // SIGCONT does nothing to a process that runs; it only asks whether there is one.
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.PermissionDenied) return true;
    return null;
  }
}
