import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { evaluateReadiness } from "../../src/client/readiness.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { freePort } from "../support/free_port.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { EMPTY_PAGE, failing, hostOf, rotatingTokens, STATUS } from "./support.ts";
import { openHost } from "../../src/client/open_host.ts";

interface Seen {
  readonly line: string;
  readonly headers: Headers;
  readonly body: string;
}

interface World {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly client: HostedClient;
  /** A test machine on the real network. */
  readonly platform: Platform & { readonly home: TestPlatform["home"] };
}

/** Runs a test against a real listener on a port of the system's choice. */
async function withListener(
  answer: (request: Request) => Response | Promise<Response>,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const system = systemPlatform();
  const seen: Seen[] = [];
  const listener = await system.serve({ hostname: "127.0.0.1", port: 0 }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push({
      line: `${request.method} ${pathname}${search}`,
      headers: request.headers,
      body: await request.clone().text(),
    });
    return await answer(request);
  });
  const url = `http://127.0.0.1:${listener.port}`;
  try {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_SAAS_URL: url };
    await withPlatform({ env }, async (scripted) => {
      const platform = { ...scripted, fetch: system.fetch, clock: system.clock };
      const host = await openHost({ platform, baseUrl: url, version: "1.2.3" });
      const client = new HostedClient({ ...host, tokens: rotatingTokens() });
      await test({ url, seen, platform, client });
    });
  } finally {
    await listener.shutdown();
  }
}

async function signIn(platform: Platform, host: string): Promise<void> {
  await new CredentialStore({ platform }).saveSession({
    host,
    access: "a",
    refresh: null,
    accessExpiresAt: null,
    refreshExpiresAt: null,
    username: null,
    teamSlug: null,
  });
}

const ROUTING = { binding_ref: "srm_1" } as const;

Deno.test("over a real connection the request is what the page says", async () => {
  await withListener(() => Response.json(EMPTY_PAGE), async ({ client, seen }) => {
    assert.deepEqual(await client.pull("linear", ROUTING), EMPTY_PAGE);
    assert.equal(seen[0]?.line, "POST /api/v1/tracker/pull/");
    assert.equal(seen[0].headers.get("authorization"), "Bearer t1");
    assert.equal(seen[0].headers.get("x-team-slug"), "core");
    assert.equal(seen[0].headers.get("user-agent"), "tracker/1.2.3");
    assert.equal(seen[0].headers.get("accept"), "application/json");
    assert.deepEqual(JSON.parse(seen[0].body), {
      provider: "linear",
      binding_ref: "srm_1",
      limit: 100,
    });
  });
});

Deno.test("over a real connection a redirect is refused and its target never asked", async () => {
  const redirect = (request: Request) =>
    new URL(request.url).pathname === "/stolen"
      ? Response.json(STATUS)
      : new Response(null, { status: 307, headers: { location: "/stolen" } });
  await withListener(redirect, async ({ client, seen }) => {
    await failing(client.status("linear", ROUTING), "redirect_refused");
    assert.equal(seen.length, 1);
  });
});

Deno.test("over a real connection a body that lies about its length is a network error", async () => {
  const system = systemPlatform();
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await server.accept();
    await connection.read(new Uint8Array(4096));
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"provider":';
    await connection.write(new TextEncoder().encode(text));
    connection.close();
  })();
  try {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
    await withPlatform({ env }, async (scripted) => {
      const platform = { ...scripted, fetch: system.fetch, clock: system.clock };
      const baseUrl = `http://127.0.0.1:${server.addr.port}`;
      const client = new HostedClient({
        ...await hostOf(platform, { baseUrl }),
        tokens: rotatingTokens(),
      });
      await failing(client.status("linear", ROUTING), "network_error");
    });
    await serving;
  } finally {
    server.close();
  }
});

Deno.test("over a real connection a small gzip that unpacks to more than 32 MiB is refused", async () => {
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let chunk = 0; chunk < 33; chunk++) controller.enqueue(new Uint8Array(1024 * 1024));
      controller.close();
    },
  });
  const packing = new Response(zeros.pipeThrough(new CompressionStream("gzip")));
  const packed = await packing.arrayBuffer();
  assert.ok(packed.byteLength < 64 * 1024);
  const bomb = () => new Response(packed, { headers: { "content-encoding": "gzip" } });
  await withListener(bomb, async ({ client }) => {
    await failing(client.status("linear", ROUTING), "response_too_large");
  });
});

Deno.test("over a real connection JSON is read by what it is: gzipped, in chunks, as text, with a mark", async () => {
  const json = JSON.stringify(STATUS);
  const gzip = new Response(json).body?.pipeThrough(new CompressionStream("gzip")) ?? null;
  const packed = await new Response(gzip).arrayBuffer();
  const answers = [
    new Response(packed, { headers: { "content-encoding": "gzip" } }),
    new Response(new Blob([json.slice(0, 10), json.slice(10)]).stream()),
    new Response(json, { headers: { "content-type": "text/html; charset=latin-1" } }),
    new Response(`\uFEFF${json}`, { headers: { "content-type": "application/json" } }),
    new Response(`\r\n ${json}\n`),
  ];
  await withListener(() => answers.shift() ?? Response.error(), async ({ client }) => {
    for (let left = answers.length; left > 0; left--) {
      assert.deepEqual(await client.status("linear", ROUTING), STATUS);
    }
  });
});

Deno.test("a closed gate lets no connection through", async () => {
  await withListener(() => Response.json(STATUS), async ({ url, seen, platform: open }) => {
    const platform = { ...open, env: { get: () => undefined } };
    await failing(openHost({ platform, baseUrl: url }), "rollout_disabled");
    const readiness = await evaluateReadiness({
      platform,
      projectRoot: platform.home,
      requireMissionBinding: true,
      probeReachability: true,
    });
    assert.equal(readiness.state, "rollout_disabled");
    assert.equal(seen.length, 0);
  });
});

Deno.test("the real evaluator is ready against a real listener, and sees it gone", async () => {
  const evaluate = ({ platform }: World) =>
    evaluateReadiness({
      platform,
      projectRoot: platform.home,
      requireMissionBinding: true,
      probeReachability: true,
    });
  await withListener(() => new Response(null, { status: 404 }), async (world) => {
    const { platform, url, seen } = world;
    await signIn(platform, url);
    const config = "tracker:\n  provider: linear\n  binding_ref: srm_1\n";
    await platform.files.writeAtomic(`${platform.home}/.kittify/config.yaml`, config);
    assert.equal((await evaluate(world)).state, "ready");
    assert.deepEqual(seen.map(({ line }) => line), ["HEAD /"]);
    assert.equal(seen[0]?.headers.get("authorization"), null);
    // Nobody listens there.
    const free = `http://127.0.0.1:${freePort()}`;
    const env = {
      get: (name: string) => name === "SPEC_KITTY_SAAS_URL" ? free : platform.env.get(name),
    };
    await signIn(platform, free);
    const answer = await evaluate({ ...world, platform: { ...platform, env } });
    assert.equal(answer.state, "host_unreachable");
    assert.equal(answer.nextAction, `Check network connectivity to \`${free}\` and retry.`);
  });
});
