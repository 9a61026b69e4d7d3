import type { Clock } from "./clock.ts";
import type { Files } from "./files.ts";
import type { DatabaseOpener } from "./database.ts";
import type { Packaging } from "./packaging.ts";
import type { Processes } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Terminal } from "./terminal.ts";

/** Reads one environment variable; `undefined` when unset or when the permission is missing. */
export interface Environment {
  /** Returns the value of `name`, or `undefined`. */
  get(name: string): string | undefined;
}

/** How a request is sent. */
export interface FetchOptions {
  /**
   * Whether it may be put on the wire again when its connection drops, and so use one that was used before. GET and
   * HEAD may unless this says otherwise, any other method may not.
   */
  readonly mayRepeat?: boolean | undefined;
}

/** Sends one request. Takes a `Request`, as the web's `fetch` does. */
export type Fetch = (request: Request, options?: FetchOptions) => Promise<Response>;

/** A listening server. */
export interface Listener {
  /** Host name or address it listens on. */
  readonly hostname: string;
  /** Port it listens on, chosen by the system when 0 was asked for. */
  readonly port: number;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /** Counts what a guarded server has done; `null` for another one. */
  figures(): ServerFigures | null;
  /** Stops accepting and waits for open requests. */
  shutdown(): Promise<void>;
  /** Closes every connection, whatever is under way. */
  abort(): void;
}

/** What a guarded server counts. */
export interface ServerFigures {
  /** Connections that are open. */
  readonly open: number;
  /** Most connections at once. */
  readonly limit: number;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Connections closed to make place for a new one. */
  readonly gaveWay: number;
  /** Connections closed because their time was over in the middle of a request or an answer. */
  readonly late: number;
  /** Times that no connection could be accepted. */
  readonly shortages: number;
  /** Longest time in the last minute, in milliseconds, that work kept all requests waiting. */
  readonly longestDelayMs: number;
}

/** What a request handler may know of its connection. */
export interface ConnectionInfo {
  /** Address of the peer. */
  readonly remoteAddress: string;
}

/** Where to listen. */
export interface ListenOptions {
  /** Address, such as `127.0.0.1`. */
  readonly hostname: string;
  /** Port; 0 lets the system choose. */
  readonly port: number;
}

/** Answers one request. */
export type RequestHandler = (
  request: Request,
  info: ConnectionInfo,
) => Response | Promise<Response>;

/** How a server guards itself against strangers. */
export interface ServeGuard {
  /** Answers what is no request. */
  readonly refuse: (status: number, message: string) => Response;
}

/**
 * Starts an HTTP server. With a guard it is fit for strangers: it limits the time of each phase of a
 * request and the number of connections, and outlives running out of descriptors.
 */
export type Serve = (
  options: ListenOptions,
  handler: RequestHandler,
  guard?: ServeGuard,
) => Promise<Listener>;

/** Facts of this machine and process. */
export interface SystemFacts {
  /** `linux`, `darwin`, `windows`, … */
  readonly os: string;
  /** `x86_64`, `aarch64`, … */
  readonly arch: string;
  /** Version of Deno, such as `2.9.6`. */
  readonly denoVersion: string;
  /** This process. */
  readonly pid: number;
  /** True in a compiled binary. */
  readonly standalone: boolean;
  /** How this program came to the machine. */
  readonly packaging: Packaging;
  /** The script that starts the npm package; `null` in any other packaging. */
  readonly launcher: string | null;
  /** Directory of the modules that Deno reads when they are used; `null` where it has all from the start. */
  readonly sources: string | null;
  /** Returns the running executable (needs read permission when not standalone). */
  execPath(): string;
  /** The module the program started from, as a URL; used to start a copy of itself. */
  mainModule(): string;
  /** The machine's name, or `null` when it may not be read. */
  hostname(): string | null;
  /** The number of this process's user, or `null` when it may not be read or there is none. */
  userId(): number | null;
  /** The working directory. */
  cwd(): string;
  /** Whether a process with this id is alive. `null` when that cannot be known. */
  isAlive(pid: number): boolean | null;
  /**
   * The state of one Deno permission, never prompting; `partial` when it is granted but for something
   * below it that is denied.
   */
  permission(
    name: "read" | "write" | "net" | "env" | "run" | "sys",
    target?: string,
  ): "granted" | "partial" | "denied" | "prompt";
  /** Resident memory in bytes. */
  memory(): number;
  /** How many descriptors this process may have; `Infinity` where that is not known. */
  descriptorLimit(): number;
  /** Bytes that are free for this user on the disk of a path; `null` when that may not be read. */
  freeBytes(path: string): Promise<number | null>;
}

/** Names of signals that are listened for: to end, and that the terminal has another size (`SIGWINCH`). */
export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGWINCH";

/** Process signals. */
export interface Signals {
  /** Calls `handler` on each `signal` until the returned function is called. */
  listen(signal: SignalName, handler: () => void): () => void;
}

/**
 * The one door to the machine: everything outside this room that needs the environment, time, chance,
 * files, processes, the network or the terminal is handed one of these. `systemPlatform()` returns the real machine;
 * a caller that replaces a part spreads it: `{ ...systemPlatform(), env }`.
 */
export interface Platform {
  /** Environment variables. */
  readonly env: Environment;
  /** Time, sleeping and deadlines. */
  readonly clock: Clock;
  /** Sends HTTP requests. */
  readonly fetch: Fetch;
  /** Random numbers, bytes and UUIDs. */
  readonly random: Random;
  /** Files, directories and locks between processes. */
  readonly files: Files;
  /** Starts and ends other programs. */
  readonly processes: Processes;
  /** Standard input, output and error. */
  readonly terminal: Terminal;
  /** Facts of this machine and process. */
  readonly system: SystemFacts;
  /** Signals sent to this process. */
  readonly signals: Signals;
  /** Starts an HTTP server. */
  readonly serve: Serve;
  /** Opens an SQLite database. */
  readonly openDatabase: DatabaseOpener;
}
