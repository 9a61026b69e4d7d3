import type { Connectable, Remotes } from "../providers/mod.ts";
import type { ListenOptions, Platform } from "../platform/platform.ts";
import type { HostContext } from "./context/host_context.ts";
import type { HostLocation } from "./context/location.ts";
import type { Levers } from "./http/levers.ts";
import type { LogForm } from "./http/request_log.ts";
import type { RateLimit } from "./model/rate_limit.ts";

/** How to start a host. */
export type HostOptions =
  & {
    readonly platform: Platform;
    /** Trackers that connections reach over the network; all that the program knows unless given. */
    readonly providers?: Remotes;
    /** Providers that can be connected, instead of those of the same name. */
    readonly connectable?: Connectable;
    /** 127.0.0.1 and a free port unless given. */
    readonly listen?: ListenOptions;
    /** The version that health tells. */
    readonly version?: string;
    /** Calls one user may make; 2,000 at once and 200 a second unless given, `null` for no limit. */
    readonly rateLimit?: RateLimit | null;
    /** Where people and programs reach the host, without a slash at its end; where they happen to ask unless given. */
    readonly publicUrl?: string;
    /** Addresses and ranges of proxies whose `X-Forwarded-For` counts; none unless given. */
    readonly trustedProxies?: readonly string[];
    /** Where the figures are served, and to everybody; to admins only, at `listen`, unless given. */
    readonly metricsListen?: ListenOptions;
    /** How requests are logged on standard error; not at all unless given. */
    readonly log?: LogForm;
    /** Milliseconds between not being ready any more and taking no more calls; 0 unless given. */
    readonly drainMs?: number;
    /** A file with the host's key; what the environment or the directory of the data holds unless given. */
    readonly keyFile?: string | undefined;
    /** Levers that a development host has in common with others; its own unless given. */
    readonly levers?: Levers;
  }
  & (
    /** Data in a directory or in a PostgreSQL database, for good. */
    | (HostLocation & { readonly dev?: boolean })
    /** Demo data in memory, and the levers under `/dev/`. */
    | { readonly dev: true; readonly dataDir?: undefined; readonly databaseUrl?: undefined }
    /** Data that is open, and is closed with the host. */
    | { readonly context: HostContext; readonly dev?: boolean }
  );
