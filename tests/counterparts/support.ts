import assert from "node:assert/strict";

/** A host of another make: a program of ours on a server that is not. */
export interface Counterpart {
  /** What it runs on, such as "Python wsgiref". */
  readonly name: string;
  /** The runtime, looked for on `PATH`. */
  readonly runtime: string;
  /** The program beside this file. */
  readonly program: string;
}

/** The hosts of other makes. */
export const COUNTERPARTS: readonly Counterpart[] = [
  { name: "Python wsgiref", runtime: "python3", program: "wsgiref_host.py" },
  { name: "Python http.server", runtime: "python3", program: "http_server_host.py" },
  { name: "Node http", runtime: "node", program: "node_host.mjs" },
];

/** One answer of a host: JSON, or a text of some type. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** The content type; that of JSON unless given. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers by `METHOD target`, used up in turn; the last one stays. Anything else is a 404. */
export type HostScript = Readonly<Record<string, readonly ScriptedAnswer[]>>;

/** A request as the server has seen it. */
export interface SeenByHost {
  readonly method: string;
  /** What stood in the request line. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A counterpart that runs. */
export interface RunningCounterpart {
  readonly url: string;
  /** Every request so far, oldest first. */
  seen(): Promise<readonly SeenByHost[]>;
}

/** Runs a test against a counterpart as a process of its own; skips with a word where its runtime is absent. */
export async function withCounterpart(
  counterpart: Counterpart,
  script: HostScript,
  test: (host: RunningCounterpart) => Promise<void>,
): Promise<void> {
  if (!await isInstalled(counterpart.runtime)) {
    console.log(`    skipped: no \`${counterpart.runtime}\` on PATH for ${counterpart.name}`);
    return;
  }
  const directory = await Deno.makeTempDir({ prefix: "tracker-counterpart-" });
  const file = `${directory}/script.json`;
  await Deno.writeTextFile(file, JSON.stringify(script));
  const program = new URL(counterpart.program, import.meta.url).pathname;
  const child = new Deno.Command(counterpart.runtime, {
    args: [program, file],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const url = await firstLine(child.stdout);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/, `${counterpart.name} did not start`);
    await test({ url, seen: async () => await (await fetch(`${url}/seen`)).json() });
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(directory, { recursive: true });
  }
}

async function isInstalled(runtime: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(runtime, { args: ["--version"] }).output();
    return success;
  } catch {
    return false;
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.trim();
}
