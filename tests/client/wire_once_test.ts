import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { SessionTokens } from "../../src/client/session.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { withPlatform } from "../support/platform.ts";
import { kept, type RawReply, type RawServer, withRawServer } from "../support/raw_server.ts";
import { EMPTY_PAGE, failing, hostOf, rotatingTokens, STATUS } from "./support.ts";
import { EMPTY_SNAPSHOT } from "../support/answers.ts";

const ROUTING = { binding_ref: "srm_1" } as const;

/** Reads are answered, and their connection stays open; whatever else is dropped once it has arrived. */
function dropsWrites({ line }: { readonly line: string }): RawReply {
  return line.startsWith("GET") ? kept(JSON.stringify(STATUS)) : null;
}

interface Scene {
  readonly server: RawServer;
  readonly client: HostedClient;
  /** The session's tokens. */
  readonly tokens: SessionTokens;
  readonly credentials: CredentialStore;
  readonly host: string;
}

/**
 * Runs a test against a server of bare sockets, reached at a name that is this machine's or, for the program, another's.
 */
async function withScene(name: string, test: (scene: Scene) => Promise<void>): Promise<void> {
  const system = systemPlatform();
  await withRawServer(dropsWrites, async (server) => {
    const host = `http://127.0.0.1:${server.port}`;
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
    await withPlatform({ env }, async (scripted) => {
      const fetch: typeof system.fetch = (request, options) =>
        system.fetch(new Request(request.url.replace("127.0.0.1", name), request), options);
      const platform = { ...scripted, fetch, clock: system.clock };
      const credentials = new CredentialStore({ platform });
      await credentials.saveSession({
        host,
        access: "access-1",
        refresh: "refresh-1",
        accessExpiresAt: null,
        refreshExpiresAt: null,
        username: null,
        teamSlug: "core",
      });
      const base = await hostOf(platform, { baseUrl: host });
      const client = new HostedClient({ ...base, tokens: rotatingTokens() });
      const tokens = new SessionTokens({ ...base, credentials });
      await test({ server, client, tokens, credentials, host });
    });
  });
}

const WRITES: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
  ["a push", ({ client }) => client.push("linear", ROUTING, [])],
  ["a run", ({ client }) => client.run("linear", ROUTING)],
  ["a snapshot", ({ client }) => client.publishSnapshot(EMPTY_SNAPSHOT)],
  ["a token refresh", ({ tokens }) => tokens.refresh("access-1")],
];

for (
  const [where, name] of [["this machine", "127.0.0.1"], ["another machine", "0.0.0.0"]] as const
) {
  for (const [what, write] of WRITES) {
    Deno.test(`${what} to ${where} whose used connection drops is on the wire once, and a network failure`, async () => {
      await withScene(name, async (scene) => {
        await scene.client.status("linear", ROUTING);
        const error = await failing(write(scene), "network_error");
        assert.match(
          error.message,
          /^Cannot connect to the tracker host at http:\/\/127.0.0.1:\d+\. Check your network connection\.$/,
        );
        const methods = scene.server.lines().map((line) => line.split(" ")[0]);
        assert.deepEqual(methods, ["GET", "POST"]);
      });
    });
  }
}

Deno.test("a token refresh whose connection drops keeps the session", async () => {
  await withScene("127.0.0.1", async ({ tokens, credentials, host }) => {
    await failing(tokens.refresh("access-1"), "network_error");
    assert.equal((await credentials.activeSession(host))?.session.refresh, "refresh-1");
  });
});

Deno.test("a pull to another machine uses a connection again, for it changes nothing", async () => {
  const system = systemPlatform();
  await withRawServer(() => kept(JSON.stringify(EMPTY_PAGE)), async (server) => {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
    await withPlatform({ env }, async (scripted) => {
      const fetch: typeof system.fetch = (request, options) =>
        system.fetch(new Request(request.url.replace("127.0.0.1", "0.0.0.0"), request), options);
      const platform = { ...scripted, fetch };
      const baseUrl = `http://127.0.0.1:${server.port}`;
      const client = new HostedClient({
        ...await hostOf(platform, { baseUrl }),
        tokens: rotatingTokens(),
      });
      for (let page = 0; page < 3; page++) await client.pull("linear", ROUTING);
      assert.deepEqual(server.seen.map(({ connection }) => connection), [1, 1, 1]);
    });
  });
});
