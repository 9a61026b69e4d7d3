import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { READINESS_PROBES } from "../../src/client/readiness.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { failing, hostOf, rotatingTokens } from "./support.ts";

/** A host that sends every request elsewhere, and what arrives there. */
async function withRedirect(
  status: number,
  test: (host: string, arrived: readonly string[]) => Promise<void>,
): Promise<void> {
  const arrived: string[] = [];
  const elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      arrived.push(`${request.method} ${request.headers.get("authorization") ?? "-"}`);
      return Response.json({ status: "ok" });
    },
  );
  const location = `http://127.0.0.1:${elsewhere.addr.port}/`;
  const host = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status, headers: { location } }),
  );
  try {
    await test(`http://127.0.0.1:${host.addr.port}`, arrived);
  } finally {
    await host.shutdown();
    await elsewhere.shutdown();
  }
}

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`over a real connection a redirect by ${status} is refused and nothing arrives elsewhere`, () =>
    withRedirect(status, async (baseUrl, arrived) => {
      const client = new HostedClient({
        ...await hostOf(machine(), { baseUrl }),
        tokens: rotatingTokens(),
      });
      await failing(client.health(), "redirect_refused");
      assert.deepEqual(arrived, []);
    }));
}

Deno.test("over a real connection a redirect counts as an answer and is not followed", () =>
  withRedirect(302, async (host, arrived) => {
    assert.equal(await READINESS_PROBES.reachability(machine(), host), true);
    assert.deepEqual(arrived, []);
  }));

/** This machine, with hosted sync on. */
function machine(): Platform {
  const env = {
    get: (name: string) => name === "SPEC_KITTY_ENABLE_SAAS_SYNC" ? "1" : undefined,
  };
  return { ...systemPlatform(), env };
}
