import type { Host } from "../http/context.ts";
import { exposeHistogram, exposeSamples } from "../metrics/exposition.ts";
import { type MetricName, METRICS } from "../metrics/host_metrics.ts";
import type { Sample } from "../metrics/metric.ts";
import { connectionFigures, jobFigures, outboxFigures } from "../store/figures.ts";

/** Samples by metric. */
type Samples = Partial<Record<MetricName, readonly Sample[]>>;

/** Returns all figures of the host in the text format of Prometheus; those of the database only while it answers. */
export async function metricsText(host: Host, isStoreUp: boolean): Promise<string> {
  const samples: Samples = {
    ...ofProcess(host),
    ...ofServer(host),
    storeUp: one(isStoreUp ? 1 : 0),
    ready: one(isStoreUp && !host.condition.isStopping ? 1 : 0),
    ...(isStoreUp ? await ofStore(host) : {}),
  };
  const values = new Map(Object.entries(samples));
  const texts = Object.entries(METRICS).map(([name, definition]) =>
    name === "duration"
      ? exposeHistogram(definition, host.metrics.duration)
      : exposeSamples(definition, values.get(name) ?? [])
  );
  return texts.join("");
}

function ofProcess({ platform, version, metrics, rooms, started }: Host): Samples {
  const { system, terminal } = platform;
  return {
    build: [{ labels: [version ?? "unknown", system.denoVersion], value: 1 }],
    requests: metrics.requests.samples(),
    errors: metrics.errors.samples(),
    webhooks: metrics.webhooks.samples(),
    signInFailures: metrics.signInFailures.samples(),
    inFlight: one(metrics.inFlight),
    bodyBytes: one(rooms.bodies.taken + rooms.unpacked.taken),
    bodyLimit: one(rooms.bodies.limit + rooms.unpacked.limit),
    bodiesWaiting: one(rooms.bodies.waiting + rooms.unpacked.waiting),
    logDropped: one(terminal.log.dropped()),
    memory: one(system.memory()),
    started: one(started / 1000),
  };
}

function ofServer({ condition, metrics }: Host): Samples {
  const server = condition.server();
  const limits = [...metrics.limits.samples()];
  if (server === null) return { limits };
  const { open, limit, accepted, gaveWay, late, shortages, longestDelayMs } = server;
  return {
    connections: one(open),
    connectionLimit: one(limit),
    accepted: one(accepted),
    loopDelay: one(longestDelayMs / 1000),
    limits: [
      ...limits,
      { labels: ["connections"], value: gaveWay },
      { labels: ["time"], value: late },
      { labels: ["descriptors"], value: shortages },
    ],
  };
}

async function ofStore({ context }: Host): Promise<Samples> {
  const { store } = context;
  const now = context.now();
  const { open, idle, waiting } = store.figures();
  const jobs = await jobFigures(store, now);
  const items = await outboxFigures(store);
  const connections = await connectionFigures(store);
  return {
    storeWaiting: one(waiting),
    storeOpen: [
      { labels: ["idle"], value: idle },
      { labels: ["busy"], value: open - idle },
    ],
    jobs: jobs.map(({ kind, state, count }) => ({ labels: [kind, state], value: count })),
    jobAge: jobs.flatMap(({ kind, state, oldestDue }) =>
      state === "waiting" ? [{ labels: [kind], value: ageOf(oldestDue, now) }] : []
    ),
    outbox: items.map(({ provider, count }) => ({ labels: [provider], value: count })),
    outboxAge: items.map(({ provider, oldest }) => ({
      labels: [provider],
      value: ageOf(oldest, now),
    })),
    providerState: counted(connections.map(({ provider, state }) => [provider, state])),
    providerBudget: connections.flatMap(({ id, provider, budgetLeft }) =>
      budgetLeft === null ? [] : [{ labels: [provider, id], value: budgetLeft }]
    ),
  };
}

/** A job that is due later has no age. */
function ageOf(since: number, now: number): number {
  return Math.max(0, now - since) / 1000;
}

/** Counts equal labels. */
function counted(all: readonly (readonly string[])[]): readonly Sample[] {
  const counts = new Map<string, { labels: readonly string[]; value: number }>();
  for (const labels of all) {
    const key = labels.join("\0");
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels, value: 1 });
    else known.value += 1;
  }
  return [...counts.values()];
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }];
}
