import assert from "node:assert/strict";
import type { Fetch } from "../../src/platform/platform.ts";
import type { TestClock } from "./clock.ts";

/** An answer, a failure of the network, or silence until the request is given up. */
export type Reply =
  | {
    status: number;
    json?: unknown;
    text?: string;
    bytes?: Uint8Array;
    headers?: Record<string, string>;
  }
  | { fail: "connection refused" | "connection reset" }
  | { hang: true }
  | ((request: Request) => Response | Promise<Response>);

/** One expected request and its answer. */
export interface Stub {
  /** `METHOD /path?query`, the path seen from the origin; matched exactly. */
  readonly request: string;
  /** Headers the request must carry; `null` for one it must not. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** The JSON body the request must carry. */
  readonly body?: unknown;
  readonly reply: Reply;
}

/** A request that was made. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** When it was made, by the test clock. */
  readonly at: number;
}

/** A network that follows a script. */
export interface ScriptedFetch {
  readonly fetch: Fetch;
  readonly requests: readonly SeenRequest[];
  /** Fails when a stub was not used. */
  assertUsed(): void;
}

/** Answers requests in the order of `stubs`; an unexpected request fails the test. */
export function scriptedFetch(stubs: readonly Stub[], clock?: TestClock): ScriptedFetch {
  const waiting = [...stubs];
  const requests: SeenRequest[] = [];
  const faults: Error[] = [];
  const check = (request: Request, seen: SeenRequest): Stub => {
    const url = new URL(request.url);
    const line = `${request.method} ${url.pathname}${url.search}`;
    const stub = waiting.shift();
    if (stub === undefined) throw new Error(`Unexpected request: ${line}`);
    assert.equal(line, stub.request);
    for (const [name, expected] of Object.entries(stub.headers ?? {})) {
      const actual = request.headers.get(name);
      if (expected instanceof RegExp) assert.match(actual ?? "(absent)", expected, name);
      else assert.equal(actual, expected, `header ${name}`);
    }
    if ("body" in stub) assert.deepEqual(JSON.parse(seen.body), stub.body);
    return stub;
  };
  return {
    requests,
    async fetch(request) {
      const seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body === null ? "" : await request.clone().text(),
        at: clock?.now() ?? 0,
      };
      requests.push(seen);
      let stub: Stub;
      try {
        stub = check(request, seen);
      } catch (error) {
        // Kept as well: code under test may turn the failure into a report of its own.
        faults.push(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
      return await reply(stub.reply, request, clock);
    },
    assertUsed() {
      if (faults[0] !== undefined) throw faults[0];
      assert.deepEqual(waiting.map((stub) => stub.request), [], "requests that were never made");
    },
  };
}

async function reply(
  answer: Reply,
  request: Request,
  clock: TestClock | undefined,
): Promise<Response> {
  if (typeof answer === "function") return await answer(request);
  if ("fail" in answer) throw new TypeError(`error sending request: ${answer.fail}`);
  if ("hang" in answer) {
    while (!request.signal.aborted && (clock?.advanceToDeadline() ?? false)) {
      await Promise.resolve();
    }
    assert.ok(request.signal.aborted, "the request has no time limit");
    throw request.signal.reason;
  }
  const headers = new Headers(answer.headers);
  if (answer.json !== undefined && !headers.has("content-type")) {
    headers.set("content-type", "application/json");
  }
  const body = answer.json !== undefined
    ? JSON.stringify(answer.json)
    : answer.bytes === undefined
    ? answer.text ?? null
    : new Uint8Array(answer.bytes);
  return new Response(body, { status: answer.status, headers });
}
