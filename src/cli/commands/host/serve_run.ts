import {
  DEFAULT_RATE,
  DEMO,
  firstUser,
  type HostLocation,
  importIssues,
  type LogForm,
  type RateLimit,
  type RunningHost,
  startHost,
} from "../../../server/mod.ts";
import type { ListenOptions } from "../../../platform/platform.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { isOpenable, withoutCredentials } from "../../../user/host_url.ts";
import type { Context } from "../../command/context.ts";
import { openInput } from "../../services/input_file.ts";
import { labelOfFile, reportImport } from "./import_report.ts";
import { warnOfExposedKey } from "./key.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { VERSION } from "../../version.ts";

/** How to serve. */
export interface HostServeOptions {
  readonly listen: string | undefined;
  readonly data: HostPlace;
  readonly dev: boolean;
  readonly keyFile: string | undefined;
  readonly importFile: string | undefined;
  readonly rate: number | undefined;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string | undefined;
  readonly metricsListen: string | undefined;
  readonly log: LogForm | undefined;
  readonly drainSeconds: number | undefined;
}

const DEFAULT_LISTEN = "127.0.0.1:8787";

/** Serves until SIGINT or SIGTERM, then finishes what is under way; a second signal ends it at once. */
export async function run(context: Context, options: HostServeOptions): Promise<number> {
  const { platform } = context;
  const storage = storageOf(context, options);
  const listen = listenAddress("--listen", options.listen ?? DEFAULT_LISTEN);
  const file = options.importFile;
  using opened = new DisposableStack();
  const records = file === undefined ? null : opened.use(await openInput(context, file));
  const { rate, trustedProxies, publicUrl, metricsListen, log, drainSeconds } = options;
  const common = {
    platform,
    version: VERSION,
    listen,
    trustedProxies,
    keyFile: options.keyFile,
    ...(rate === undefined ? {} : { rateLimit: rateLimit(rate) }),
    ...(publicUrl === undefined ? {} : { publicUrl: publicAddress(publicUrl) }),
    ...(metricsListen === undefined
      ? {}
      : { metricsListen: listenAddress("--metrics-listen", metricsListen) }),
    ...(log === undefined ? {} : { log }),
    ...(drainSeconds === undefined ? {} : { drainMs: drainSeconds * 1000 }),
  };
  const host = await startHost(
    storage === "dev" ? { ...common, dev: true } : { ...common, ...storage },
  );
  const stopping = stopOnSignal(context, host);
  try {
    if (file !== undefined && records !== null) {
      const options = { label: labelOfFile(file), file };
      reportImport(context, await importIssues(host.context, records, options));
      opened.dispose();
    }
    announce(context, host, storage === "dev");
    if (await firstUser(host.context.store) === null) {
      context.output.notice("No user can sign in yet. Add one with `tracker host user add NAME`.");
    }
    warnOfExposedKey(context, host.key);
    if (host.isExposed) {
      context.output.warning(
        `The host listens on "${listen.hostname}" by plain HTTP: anybody on the network in between can read passwords and tokens. ` +
          "Put a proxy in front that ends TLS, and listen on 127.0.0.1.",
      );
    }
    if (common.publicUrl !== undefined && !isOpenable(common.publicUrl)) {
      context.output.warning(
        `"${common.publicUrl}" is plain HTTP: \`tracker\` does not sign in there, and anybody on the way can read what browsers and providers send. ` +
          "Name the https address of the proxy with `--public-url`.",
      );
    }
    return await Promise.race([host.finished.then(() => 0), stopping.forced]);
  } catch (error) {
    await host.stop();
    throw error;
  } finally {
    stopping.end();
  }
}

/** Returns where the data is; `dev` for a host that keeps nothing. */
function storageOf(context: Context, options: HostServeOptions): HostLocation | "dev" {
  const { data, dev, keyFile } = options;
  if (!dev) return hostLocation(context, data, "Or try the host out with `--dev`.");
  if (data.dir !== undefined || data.url !== undefined || keyFile !== undefined) {
    throw usageError(
      "`--dev` keeps nothing: it takes no `--data`, no `--database` and no `--key-file`",
    );
  }
  return "dev";
}

/** A burst lasts ten seconds; 0 is no limit. */
function rateLimit(perSecond: number): RateLimit | null {
  if (perSecond === 0) return null;
  return { burst: perSecond * (DEFAULT_RATE.burst / DEFAULT_RATE.perSecond), perSecond };
}

function announce(context: Context, host: RunningHost, dev: boolean): void {
  if (context.globals.json) {
    const metrics = host.metricsUrl === null ? {} : { metrics_url: `${host.metricsUrl}/metrics` };
    context.output.json({ url: host.url, ...metrics, dev }, "line");
    return;
  }
  const { output } = context;
  output.result(`Serving a control-plane host at ${host.url} (Ctrl-C stops it)`);
  if (host.metricsUrl !== null) output.result(`  metrics   ${host.metricsUrl}/metrics`);
  if (!dev) return;
  output.result(`  user      ${DEMO.username}`);
  output.result(`  password  ${DEMO.password}`);
  output.result(`  team      ${DEMO.team}`);
  output.result("");
  output.result("For development only: the data is gone when it stops.");
  output.result(
    `Sign in with \`tracker auth login --host ${host.url} --username ${DEMO.username}\`.`,
  );
}

/** What a process ends with that a signal has ended: 128 and the number of the signal. */
const FORCED_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Milliseconds within which a signal is the same one: a terminal and a wrapper both send what a person pressed once. */
const SAME_SIGNAL_MS = 1_000;

/** Waits for signals. */
interface Stopping {
  /** The exit code of a second signal, when it comes. */
  readonly forced: Promise<number>;
  /** Waits no longer. */
  end(): void;
}

function stopOnSignal(context: Context, host: RunningHost): Stopping {
  const forced = Promise.withResolvers<number>();
  const { clock } = context.platform;
  let stoppedAt: number | null = null;
  const stop = (signal: keyof typeof FORCED_CODES) => {
    if (stoppedAt !== null) {
      if (clock.monotonic() - stoppedAt < SAME_SIGNAL_MS) return;
      host.abort();
      return forced.resolve(FORCED_CODES[signal]);
    }
    stoppedAt = clock.monotonic();
    context.output.notice("Finishing what is under way …");
    // `finished` tells the end, and what went wrong on the way there.
    host.stop().catch(() => {});
  };
  const removers = (["SIGINT", "SIGTERM"] as const)
    .map((signal) => context.platform.signals.listen(signal, () => stop(signal)));
  return { forced: forced.promise, end: () => removers.forEach((remove) => remove()) };
}

function listenAddress(option: string, text: string): ListenOptions {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+))?:(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match === null || port > 65_535) {
    throw usageError(`\`${option}\` takes ADDRESS:PORT such as ${DEFAULT_LISTEN}, not "${text}"`);
  }
  return { hostname: match[1] ?? match[2] ?? "127.0.0.1", port };
}

/** The address that pages and links begin with; the host answers at its root only. */
function publicAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" &&
    url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (isAddress) return url.origin;
  throw usageError(
    "`--public-url` takes an address without a path, a user name or a password, " +
      `such as https://tracker.example.com, not "${withoutCredentials(text)}"`,
  );
}
