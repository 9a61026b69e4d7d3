/**
 * Clients that keep a server busy and need little of the processor themselves: `wrk` where it is installed, and else a
 * program of plain sockets. Both run beside this process.
 */
import { programUrl } from "./child.ts";

/** Connections that each send the next request as soon as the last one is answered. */
export const CLIENTS = 50;

/** How long one load lasts, unless said otherwise. */
const SECONDS = 2;

/** How long one lasts at most that has got no answer in a shorter time, s. */
const LONGEST = 16;

/** Stands in a request, once or more often, for a number of as many digits that no other request of a load has. */
export const SERIAL = "{serial}";

/** What a server was asked, and how it has answered. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds within which 99 of 100 were answered. */
  readonly p99: number;
  /** Milliseconds of the slowest answer. */
  readonly slowest: number;
  /** Bytes of all answers, heads included. */
  readonly bytes: number;
  /** Requests that were not answered, or with another status than success. */
  readonly failed: number;
}

/** A program that sends requests. */
export interface LoadClient {
  /** What it is, for people. */
  readonly name: string;
  /** Sends the requests in turn over connections ({@link CLIENTS} unless given) for whole seconds; throws when one fails. */
  send(requests: readonly Request[], seconds?: number, clients?: number): Promise<LoadResult>;
}

/** Returns the client of this machine: `wrk`, or else plain sockets. */
export async function loadClient(): Promise<LoadClient> {
  return await wrkClient() ?? socketClient();
}

/** Returns `wrk`; `null` where it is not installed. */
export async function wrkClient(): Promise<LoadClient | null> {
  return await hasWrk() ? clientOf("wrk", wrkCommand) : null;
}

/** Returns the client that needs no program beside Deno. */
export function socketClient(): LoadClient {
  return clientOf("plain sockets of Deno", socketCommand);
}

async function hasWrk(): Promise<boolean> {
  try {
    // It ends with 1 after it has said its version.
    const { stdout } = await new Deno.Command("wrk", { args: ["-v"], stderr: "null" }).output();
    return new TextDecoder().decode(stdout).startsWith("wrk");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

type CommandOf = (load: Commanded) => string[];

/** What a client is told to do. */
interface Commanded {
  readonly origin: string;
  readonly file: string;
  readonly seconds: number;
  readonly clients: number;
}

function clientOf(name: string, commandOf: CommandOf): LoadClient {
  return {
    name,
    async send(requests, seconds = SECONDS, clients = CLIENTS) {
      const [first] = requests;
      if (first === undefined) throw new Error("There is no request to send");
      const least = await answeredBytes(first.clone());
      const file = await Deno.makeTempFile({ prefix: "tracker-bench-load-" });
      try {
        await Deno.writeFile(file, await fileOf(requests));
        const { origin } = new URL(first.url);
        const during = (seconds: number) => sent(commandOf({ origin, file, seconds, clients }));
        let result = await during(seconds);
        // A busy machine may not answer one within so short a time.
        for (let longer = 2 * seconds; answeredNone(result) && longer <= LONGEST; longer *= 2) {
          result = await during(longer);
        }
        if (result.failed > 0 || result.requests === 0) {
          throw new Error(
            `${first.url}: ${result.failed} of ${result.requests} requests have failed`,
          );
        }
        if (result.bytes < result.requests * least) {
          throw new Error(`${first.url}: answers were shorter than the first, of ${least} bytes`);
        }
        return result;
      } finally {
        await Deno.remove(file);
      }
    },
  };
}

function answeredNone({ requests, failed }: LoadResult): boolean {
  return requests === 0 && failed === 0;
}

/** Sends a request once, requires success, and returns the length of the body: `wrk` looks at no body. */
async function answeredBytes(request: Request): Promise<number> {
  const answer = await fetch(await numbered(request));
  const body = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${request.url} was answered with ${answer.status}`);
  return body.byteLength;
}

/** Returns a request with a number where it has {@link SERIAL}. */
async function numbered(request: Request): Promise<Request> {
  const numberIn = (text: string) => text.replaceAll(SERIAL, "0".repeat(SERIAL.length));
  const { url, method } = request;
  const headers = [...request.headers].map((
    [name, value],
  ): [string, string] => [name, numberIn(value)]);
  const body = await request.bytes();
  const text = new TextDecoder().decode(body);
  const sent = text.includes(SERIAL) ? numberIn(text) : body;
  return new Request(url, { method, headers, ...(body.length === 0 ? {} : { body: sent }) });
}

function wrkCommand({ origin, file, seconds, clients }: Commanded): string[] {
  const script = decodeURIComponent(new URL("load.lua", import.meta.url).pathname);
  const options = ["-t", "1", "-c", String(clients), "-d", `${seconds}s`, "--timeout", "60s"];
  return ["wrk", ...options, "-s", script, origin, "--", file];
}

function socketCommand({ origin, file, seconds, clients }: Commanded): string[] {
  const program = programUrl("socket_load.ts");
  const options = ["run", "-A", "--quiet", "--no-check"];
  return [Deno.execPath(), ...options, program, origin, file, String(clients), String(seconds)];
}

/** Runs a client; what it has found is the last line that it prints. */
async function sent([program = "", ...args]: readonly string[]): Promise<LoadResult> {
  const { stdout, stderr, success } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) {
    throw new Error(`${program} has failed: ${new TextDecoder().decode(stderr)}${text}`);
  }
  return JSON.parse(text.trim().split("\n").at(-1) ?? "");
}

/** The requests as they are sent, the length of each on a line before it. */
async function fileOf(requests: readonly Request[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  for (const request of requests) {
    const bytes = await new Blob(await partsOf(request)).bytes();
    parts.push(`${bytes.byteLength}\n`, bytes);
  }
  return await new Blob(parts).bytes();
}

async function partsOf(request: Request): Promise<BlobPart[]> {
  const { host, pathname, search } = new URL(request.url);
  const body = await request.clone().arrayBuffer();
  const head = [
    `${request.method} ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    ...[...request.headers].map(([name, value]) => `${name}: ${value}`),
    ...(request.method === "GET" ? [] : [`content-length: ${body.byteLength}`]),
  ];
  return [`${head.join("\r\n")}\r\n\r\n`, body];
}
