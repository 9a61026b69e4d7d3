import type { Hono } from "hono";
import { requireSignedIn } from "../http/auth.ts";
import type { Host, HostEnv } from "../http/context.ts";
import { HttpError } from "../http/http_error.ts";
import { EXPOSITION_TYPE } from "../metrics/exposition.ts";
import { requireReadable } from "../store/store.ts";
import { metricsText } from "./metrics_text.ts";

/** Paths by which operators and their programs look at the host; no part of the contract. */
export const PROBE_PATHS = { alive: "/healthz", ready: "/readyz", metrics: "/metrics" } as const;

/** Milliseconds within which the database has to answer. */
const STORE_WITHIN_MS = 2_000;
/** Milliseconds for which what was found holds, so that no crowd of probes reaches the database. */
const HOLDS_MS = 1_000;

/** Who may read the figures: admins with their token, or all who reach the listener that is for it alone. */
export type MetricsReaders = "admins" | "everybody";

/** Adds what tells whether the host is alive and ready, and its figures. */
export function addProbes(app: Hono<HostEnv>, host: Host, readers: MetricsReaders): void {
  const storeFault = storeProbe(host);
  const text = figures(host, storeFault);

  app.get(PROBE_PATHS.alive, () => plain(200, "ok\n"));

  app.get(PROBE_PATHS.ready, async () => {
    const fault = host.condition.isStopping ? "The host is stopping" : await storeFault();
    return fault === null ? plain(200, "ready\n") : plain(503, `${fault}\n`);
  });

  app.get(PROBE_PATHS.metrics, async (call) => {
    if (readers === "admins") {
      const { teams } = await requireSignedIn(host, call);
      if (!teams.some(({ role }) => role === "admin")) throw forAdmins();
    }
    return new Response(await text(), { headers: { "content-type": EXPOSITION_TYPE } });
  });
}

function forAdmins(): HttpError {
  return new HttpError({
    code: "no_installation",
    message: "Only an admin of a team may read the figures of the host",
  });
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

/** Returns what is wrong with the database, or `null`. */
type StoreProbe = () => Promise<string | null>;

function storeProbe(host: Host): StoreProbe {
  return remembered(host, HOLDS_MS, async () => {
    const deadline = host.platform.clock.deadline(STORE_WITHIN_MS);
    const late = Promise.withResolvers<string>();
    deadline.signal.addEventListener(
      "abort",
      () => late.resolve(`The database does not answer within ${STORE_WITHIN_MS / 1000} s`),
      { once: true },
    );
    const looked = requireReadable(host.context.store).then(
      () => null,
      // What is wrong may name files and machines, which are not for strangers.
      () => "The database cannot be read",
    );
    try {
      return await Promise.race([looked, late.promise]);
    } finally {
      deadline.clear();
    }
  });
}

/** Milliseconds for which the figures hold. */
const FIGURES_HOLD_MS = 2_000;

function figures(host: Host, storeFault: StoreProbe): () => Promise<string> {
  return remembered(
    host,
    FIGURES_HOLD_MS,
    async () => await metricsText(host, await storeFault() === null),
  );
}

/** Asks once for all who ask within a time. */
function remembered<T>(host: Host, holdsMs: number, ask: () => Promise<T>): () => Promise<T> {
  const { clock } = host.platform;
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<T> | null = null;
  return async () => {
    if (answer === null || clock.monotonic() - asked > holdsMs) {
      asked = clock.monotonic();
      answer = ask();
    }
    return await answer;
  };
}
