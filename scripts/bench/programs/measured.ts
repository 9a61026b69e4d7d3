import {
  emptyDatabase,
  type PostgresServer,
  type ServerOptions,
  startPostgres,
} from "../../../tests/support/postgres.ts";
import { runFor, startProgram } from "./child.ts";
import { type HostCalls, signIn } from "./host_process.ts";
import { FILLED } from "./many_issues.ts";
import type { Usage } from "./measured_host.ts";

/** A host in a process of its own that tells what it needs, and calls of its demo user. */
export interface MeasuredHost extends HostCalls {
  /** The binding of the resource that has the many issues. */
  readonly ref: string;
  /** The binding of a small resource that nothing is pushed to. */
  readonly smallRef: string;
  /** What the process has needed; its stalls since the last time. */
  usage(): Promise<Usage>;
  /** Pushes new issues and waits until the host is through with them. */
  push(count: number): Promise<void>;
  /** Pushes new issues; what it returns resolves when the host is through with them. */
  beginPush(count: number): Promise<() => Promise<void>>;
  /** Asks for a page of issues; answers its text. */
  pull(limit: number, cursor: string | null): Promise<string>;
  stop(): Promise<void>;
}

/** The places that hosts are measured on: SQLite, and PostgreSQL where it is installed, which is said. */
export interface Places {
  readonly names: readonly string[];
  /** Returns a new place for the data of a host, by one of the names. */
  make(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes ready for hosts on SQLite and PostgreSQL, whose server has no durable commits unless told so. */
export async function places(options: ServerOptions = {}): Promise<Places> {
  const base = await Deno.makeTempDir({ prefix: "tracker-bench-host-" });
  const server: PostgresServer | null = await startPostgres(options);
  if (server === null) console.log("PostgreSQL is not installed: SQLite alone is measured");
  let made = 0;
  return {
    names: server === null ? ["SQLite"] : ["SQLite", "PostgreSQL"],
    make: async (name) =>
      name === "PostgreSQL" && server !== null
        ? (await emptyDatabase(server.url)).url
        : `${base}/${++made}`,
    async remove() {
      await server?.stop();
      await Deno.remove(base, { recursive: true });
    },
  };
}

/** Starts a host with as many issues in one resource. */
export async function startMeasured(place: string, issues: number): Promise<MeasuredHost> {
  await runFor("filled_host.ts", [place, String(issues)]);
  const { line, stop } = await startProgram("measured_host.ts", [place]);
  const { url, usageUrl } = JSON.parse(line);
  const calls = await signIn(url);
  const ref = await calls.bind(FILLED);
  const smallRef = await calls.bind("Engineering (ENG)");
  const beginPush = async (count: number) => {
    const id = await sendPush(calls, ref, count);
    return () => ended(calls, id);
  };
  return {
    ...calls,
    ref,
    smallRef,
    stop,
    usage: async () => await (await fetch(usageUrl)).json(),
    beginPush,
    push: async (count) => await (await beginPush(count))(),
    async pull(limit, cursor) {
      const answer = await fetch(`${url}/api/v1/tracker/pull/`, {
        method: "POST",
        headers: { ...calls.headers, "content-type": "application/json" },
        body: JSON.stringify({ provider: "linear", binding_ref: ref, limit, cursor }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`A pull was answered with ${answer.status}: ${text}`);
      return text;
    },
  };
}

/** Returns the cursor of the page after one; `null` when it is the last. */
export function cursorIn(page: string): string | null {
  return JSON.parse(page).next_cursor;
}

/** Returns the operation that works on the push; `null` when the answer has done so. */
async function sendPush(
  { url, headers }: HostCalls,
  binding_ref: string,
  count: number,
): Promise<string | null> {
  const name = crypto.randomUUID();
  const items = Array.from({ length: count }, (_, index) => ({
    ref: { system: "linear", workspace: "acme", id: `${name}-${index}` },
    action: "create",
    patch: { title: `Issue ${index}` },
  }));
  const answer = await fetch(`${url}/api/v1/tracker/push/`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": name },
    body: JSON.stringify({ provider: "linear", binding_ref, items }),
  });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(`The push was answered with ${answer.status}: ${JSON.stringify(body)}`);
  }
  if (answer.status !== 202) requireSuccess(body);
  return answer.status === 202 ? body.operation_id : null;
}

async function ended({ url, headers }: HostCalls, id: string | null): Promise<void> {
  while (id !== null) {
    const answer = await fetch(`${url}/api/v1/tracker/operations/${id}/`, { headers });
    const { status, result, error } = await answer.json();
    if (status === "completed") return requireSuccess(result);
    if (status !== "pending" && status !== "running") {
      throw new Error(`The push has ${status}: ${JSON.stringify(error)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function requireSuccess({ summary }: { readonly summary: { readonly failed: number } }): void {
  if (summary.failed > 0) throw new Error(`${summary.failed} items of a push have failed`);
}
