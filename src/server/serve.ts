import { errorEnvelope } from "../contract/errors.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { Listener, ListenOptions, Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { createHandler, createProbeHandler, type HostHandler } from "./app.ts";
import { parseRange } from "./http/client_address.ts";
import type { HostOptions } from "./host_options.ts";
import { hostLimits } from "./accounts/host_limits.ts";
import { notePublicUrl } from "./bindings/public_url.ts";
import { CheckQueue } from "./accounts/password_queue.ts";
import { type Host, type HostCondition, sendJson } from "./http/context.ts";
import { type HostContext, openHostData, openTemporaryHostData } from "./context/host_context.ts";
import { hostKey, KEY_BYTES } from "./context/host_key.ts";
import {
  keySource,
  type LoadedKey,
  loadKey,
  provideHostKey,
  requireHostKey,
  requireKeyOfData,
} from "./context/key_source.ts";
import type { HostLocation } from "./context/location.ts";
import { connectableProviders, connectedRemotes } from "../providers/mod.ts";
import { type BodyRooms, bodyRooms } from "./http/body_room.ts";
import { type RequestLog, requestLog } from "./http/request_log.ts";
import { type OutageReader, tellingOutages } from "./store/outages.ts";
import { HostMetrics } from "./metrics/host_metrics.ts";
import { hostMemory } from "./http/host_memory.ts";
import { forgetOnceLost } from "./sync/kept_pages.ts";
import { KeyTurns } from "./http/key_turns.ts";
import { restingLevers } from "./http/levers.ts";
import { secretsOf } from "./connections/secrets.ts";
import { startTidying } from "./jobs/cleanup.ts";
import { Providers } from "./jobs/at_provider.ts";
import { jobKinds } from "./jobs/kinds.ts";
import { startIndexing } from "./jobs/index_job.ts";
import { startSyncing } from "./jobs/start_syncing.ts";
import { Worker } from "./jobs/worker.ts";
import type { RateLimit } from "./model/rate_limit.ts";

/** A host that listens. */
export interface RunningHost {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Base URL of the figures; `null` when they have no listener of their own. */
  readonly metricsUrl: string | null;
  /** Whether it listens beyond this machine. */
  readonly isExposed: boolean;
  /** What it works in. */
  readonly context: HostContext;
  /** The key that its credentials are encrypted under; `null` while it has none. */
  readonly key: LoadedKey | null;
  /** Resolves when it has stopped. */
  readonly finished: Promise<void>;
  /**
   * Stops: not ready at once; after the drain no new calls, those under way are answered (for 10 s), operations that have had no effect yet
   * are left to the next start.
   */
  stop(): Promise<void>;
  /** Ends the stopping at once, whatever is under way. */
  abort(): void;
}

/** A host without a socket. */
export interface SocketlessHost {
  /** What it works in. */
  readonly context: HostContext;
  /** What it is doing. */
  readonly condition: HostCondition;
  /** Large bodies that are in memory. */
  readonly rooms: BodyRooms;
  /** Does the work that continues after answers. */
  readonly worker: Worker;
  /** The key that its credentials are encrypted under; `null` while it has none. */
  readonly key: LoadedKey | null;
  /** Answers one request. */
  readonly handle: HostHandler;
  /** Answers whether it is alive and ready, and with its figures, and asks for no sign-in. */
  readonly probe: HostHandler;
  /** Answers what is no request. */
  readonly refuse: (status: number, message: string) => Response;
  /** Stops background work and closes the data. */
  close(): Promise<void>;
}

/** What one user may ask for. */
export const DEFAULT_RATE: RateLimit = { burst: 2_000, perSecond: 200 };

/** Milliseconds that calls under way have to end once the host stops. */
const STOP_WITHIN_MS = 10_000;

const ADDRESS_FAULTS: readonly string[] = ["AddrInUse", "AddrNotAvailable", "PermissionDenied"];

/**
 * Starts a control-plane host.
 *
 * @throws {TrackerError} `dev_host_exposed` for a development host on another address than loopback;
 * `address_unavailable`; `database_unusable`.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const listen = options.listen ?? { hostname: "127.0.0.1", port: 0 };
  if (options.dev === true && !isLoopback(listen.hostname)) {
    throw new TrackerError({
      code: "dev_host_exposed",
      message: `A development host does not listen on "${listen.hostname}": its password is public`,
      nextAction: "Listen on 127.0.0.1, or use --data DIR without --dev.",
      exitCode: 2,
    });
  }
  const { platform, metricsListen } = options;
  const host = await openHost(options);
  const listeners: Listener[] = [];
  // The host does not wait for a client that no longer sends or receives.
  const gaveUp = Promise.withResolvers<void>();
  const close = async () => {
    for (const listener of listeners) listener.abort();
    const closed = listeners.map((listener) => listener.shutdown());
    await Promise.race([Promise.all(closed), gaveUp.promise]);
    await host.close();
    await flushed(platform);
  };
  try {
    const listener = await listening(platform, listen, host.handle, host.refuse);
    listeners.push(listener);
    const probes = metricsListen === undefined
      ? null
      : await listening(platform, metricsListen, host.probe, host.refuse, "--metrics-listen");
    if (probes !== null) listeners.push(probes);
    host.condition.server = () => listener.figures();
    const finished = Promise.race([listener.finished, gaveUp.promise]).then(close);
    return {
      url: urlOf(listener),
      metricsUrl: probes === null ? null : urlOf(probes),
      isExposed: !isLoopback(listen.hostname),
      context: host.context,
      key: host.key,
      finished,
      abort: () => gaveUp.resolve(),
      async stop() {
        host.condition.isStopping = true;
        if (options.drainMs !== undefined) {
          await Promise.race([platform.clock.sleep(options.drainMs), gaveUp.promise]);
        }
        const patience = platform.clock.deadline(STOP_WITHIN_MS);
        patience.signal.addEventListener("abort", () => gaveUp.resolve(), { once: true });
        await Promise.race([listener.shutdown(), gaveUp.promise]);
        patience.clear();
        await finished;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Milliseconds that the last lines of the log have to find their reader. */
const LOG_WITHIN_MS = 1_000;

async function flushed({ terminal, clock }: Platform): Promise<void> {
  const deadline = clock.deadline(LOG_WITHIN_MS);
  const late = Promise.withResolvers<void>();
  deadline.signal.addEventListener("abort", () => late.resolve(), { once: true });
  await Promise.race([terminal.log.flush(), late.promise]);
  deadline.clear();
}

function urlOf({ hostname, port }: Listener): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

async function listening(
  platform: Platform,
  listen: ListenOptions,
  handle: HostHandler,
  refuse: SocketlessHost["refuse"],
  option = "--listen",
): Promise<Listener> {
  try {
    return await platform.serve(listen, handle, { refuse });
  } catch (error) {
    if (!(error instanceof Error) || !ADDRESS_FAULTS.includes(error.name)) throw error;
    throw new TrackerError({
      code: "address_unavailable",
      message: `Cannot listen on ${listen.hostname}, port ${listen.port}: ${error.message}`,
      nextAction:
        `Choose another address with \`${option} ADDRESS:PORT\`; port 0 takes a free one.`,
      cause: error,
    });
  }
}

/** Answers what is no request of HTTP, as every other failure is answered. */
function refuseNoRequest({ metrics }: Host, status: number, message: string): Response {
  metrics.requests.add(["none", String(status)]);
  return sendJson(errorEnvelope({ code: "validation_error", status, message }), status);
}

/** Opens the data and answers requests without listening anywhere. */
export async function openHost(options: HostOptions): Promise<SocketlessHost> {
  const { platform } = options;
  const log = requestLog(platform, options.log ?? "none");
  const { context: opened, key } = await openData(options);
  const context = { ...opened, store: tellingOutages(opened.store, platform.clock, toldTo(log)) };
  const development = options.dev === true ? await import("./dev/mod.ts") : null;
  const levers = development === null ? null : options.levers ?? restingLevers();
  await development?.seedDemo(context);
  if (options.publicUrl !== undefined) await notePublicUrl(context, options.publicUrl);
  const remotes = options.providers ?? connectedRemotes();
  const { provideKey, secretOf } = keysOf(context, options);
  const providers = new Providers({
    remotes,
    secretOf,
    provideKey,
    onCall: (call) => log.providerCall(call),
  });
  const { rateLimit = DEFAULT_RATE } = options;
  const host: Host = {
    platform,
    context,
    version: options.version ?? null,
    publicUrl: options.publicUrl ?? null,
    levers,
    keys: new KeyTurns(),
    limits: hostLimits(context, rateLimit),
    remembered: hostMemory(),
    trustedProxies: (options.trustedProxies ?? []).map(parseRange),
    warnings: new Set(),
    checks: new CheckQueue({ running: 2, waiting: 1_000, perLane: 20 }),
    rooms: bodyRooms(platform.clock),
    started: platform.clock.now(),
    metrics: new HostMetrics(),
    log,
    connectable: { ...connectableProviders(), ...options.connectable },
    remotes,
    providers,
    secretOf,
    provideKey,
    condition: { isStopping: false, server: () => null },
  };
  const operationDelayMs = () => levers?.operationDelayMs ?? 0;
  const kinds = jobKinds({ operationDelayMs, remotes, secretOf, provideKey }, providers);
  const worker = new Worker(context, kinds);
  await startTidying(context);
  await startIndexing(context);
  await startSyncing(context);
  await worker.start();
  const stopForgetting = await forgetOnceLost(context.store, host.remembered.kept);
  return {
    context,
    condition: host.condition,
    rooms: host.rooms,
    worker,
    key,
    handle: createHandler(host, development),
    probe: createProbeHandler(host),
    refuse: (status, message) => refuseNoRequest(host, status, message),
    async close() {
      stopForgetting();
      await worker.stop();
      await context.store.close();
    },
  };
}

function toldTo(log: RequestLog): OutageReader {
  return {
    began: (reason) => log.note("error", `The database cannot be used: ${reason}`),
    ended: (ms) =>
      log.note("info", `The database can be used again, after ${Math.ceil(ms / 1000)} s`),
  };
}

/** Opens the data, once the key is known to be the host's. */
async function openData(
  options: HostOptions,
): Promise<{ readonly context: HostContext; readonly key: LoadedKey | null }> {
  if ("context" in options) return { context: options.context, key: null };
  const { platform, keyFile } = options;
  const location = locationOf(options);
  if (location === null) return { context: await openTemporaryHostData(platform), key: null };
  const source = keySource(location, keyFile);
  await requireKeyOfData(platform, location, source);
  const context = await openHostData(platform, location);
  try {
    return { context, key: await requireHostKey(context, source) };
  } catch (error) {
    await context.store.close();
    throw error;
  }
}

/** Data in memory has the key of the environment, or one of this process. */
function keysOf(
  context: HostContext,
  options: HostOptions,
): Pick<Host, "provideKey" | "secretOf"> {
  const { random } = context.platform;
  const location = locationOf(options);
  if (location === null) {
    const bytes = random.bytes(KEY_BYTES);
    const provideKey = async () =>
      (await loadKey(context.platform, { directory: null }))?.key ?? await hostKey(bytes, random);
    return {
      provideKey,
      secretOf: async ({ id, credential }) => await (await provideKey()).decrypt(id, credential),
    };
  }
  const source = keySource(location, options.keyFile);
  return {
    provideKey: async () => (await provideHostKey(context, source)).key,
    secretOf: secretsOf(context, source),
  };
}

function locationOf(options: HostOptions): HostLocation | null {
  if ("databaseUrl" in options && options.databaseUrl !== undefined) return options;
  return "dataDir" in options && options.dataDir !== undefined ? options : null;
}
