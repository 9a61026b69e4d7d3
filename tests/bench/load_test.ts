import assert from "node:assert/strict";
import {
  CLIENTS,
  type LoadClient,
  SERIAL,
  socketClient,
  wrkClient,
} from "../../scripts/bench/programs/load.ts";

type Answer = (body: string, request: Request, count: number) => Response | Promise<Response>;

/** Runs `work` with the address of a server. */
async function withServer(answer: Answer, work: (url: string) => Promise<void>): Promise<void> {
  let count = 0;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => answer(await request.text(), request, ++count),
  );
  await work(`http://127.0.0.1:${server.addr.port}`);
}

const wrk = await wrkClient();
const clients: readonly (readonly [string, LoadClient | null])[] = [
  ["plain sockets", socketClient()],
  ["wrk", wrk],
];

for (const [name, client] of clients) {
  const test = (what: string, fn: (client: LoadClient) => Promise<void>) =>
    Deno.test({
      name: `A load by ${name}${client === null ? " (not installed)" : ""} ${what}`,
      ignore: client === null,
      fn: async () => {
        if (client !== null) await fn(client);
      },
    });

  test("sends each request as it is, over its connections", async (client) => {
    const seen = new Map<string, Set<string>>();
    const ports = new Set<number>();
    await using server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, async (request, { remoteAddr }) => {
      ports.add(remoteAddr.port);
      const key = `${request.method} ${new URL(request.url).search} ${await request.text()}`;
      const numbers = seen.get(key) ?? new Set();
      seen.set(key, numbers.add(request.headers.get("x-number") ?? ""));
      return new Response("taken");
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    const result = await client.send([
      new Request(`${url}/?a=1`, { headers: { "x-number": SERIAL } }),
      new Request(url, { method: "POST", body: "Grüße", headers: { "x-number": SERIAL } }),
    ], 1);
    assert.deepEqual([...seen.keys()].sort(), ["GET ?a=1 ", "POST  Grüße"]);
    // One more connection is that of the first look.
    assert.ok(ports.size > 1 && ports.size <= CLIENTS + 1, `${ports.size} connections`);
    const numbers = [...seen.values()].reduce((sum, set) => sum + set.size, 0);
    assert.ok(numbers >= result.requests, `${numbers} of ${result.requests} differ`);
    assert.ok(result.requests > 0 && result.bytes > result.requests * "taken".length);
    assert.ok(result.p99 > 0 && result.p99 <= result.slowest);
  });

  // Plain sockets wait for the answers that they have asked for.
  if (name === "wrk") {
    test("lasts longer where nothing is answered in its time", async (client) => {
      const hold = (signal: AbortSignal) =>
        new Promise<Response>((resolve) => {
          signal.addEventListener("abort", () => resolve(new Response("too late")));
        });
      // The first is the look at the answer, the second all that the first load sends.
      const answer: Answer = (_, request, count) =>
        count === 2 ? hold(request.signal) : new Response("taken");
      await withServer(answer, async (url) => {
        const result = await client.send([new Request(url)], 1, 1);
        assert.ok(result.requests > 0 && result.seconds > 1, `${result.seconds} s`);
      });
    });
  }

  test("puts its number wherever it belongs, over as many connections as asked for", async (client) => {
    const bodies = new Set<string>();
    const ports = new Set<number>();
    await using server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, async (request, { remoteAddr }) => {
      ports.add(remoteAddr.port);
      bodies.add(`${request.headers.get("x-number")} ${await request.text()}`);
      return new Response("taken");
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    const body = `ü ${SERIAL}-${SERIAL} ü`;
    await client.send(
      [
        new Request(url, { method: "POST", body, headers: { "x-number": SERIAL } }),
      ],
      1,
      2,
    );
    for (const one of bodies) assert.match(one, /^(\d{8}) ü \1-\1 ü$/);
    assert.ok(bodies.size > 1);
    // One more connection is that of the first look.
    assert.ok(ports.size <= 3, `${ports.size} connections`);
  });

  test("fails when an answer is a refusal", async (client) => {
    await withServer(
      (_body, _request, count) => new Response("x", { status: count > 1 ? 503 : 200 }),
      async (url) => {
        await assert.rejects(client.send([new Request(url)], 1), /requests have failed/);
      },
    );
  });

  test("fails at once when the first answer is a refusal", async (client) => {
    await withServer(() => new Response("x", { status: 401 }), async (url) => {
      await assert.rejects(client.send([new Request(url)], 1), /was answered with 401/);
    });
  });

  test("fails when answers become shorter", async (client) => {
    await withServer(
      (_body, _request, count) => new Response("x".repeat(count > 1 ? 1 : 10_000)),
      async (url) => {
        await assert.rejects(client.send([new Request(url)], 1), /shorter than the first/);
      },
    );
  });
}
