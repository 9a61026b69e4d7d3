import { HostedClient } from "../../src/client/client.ts";
import { openHost } from "../../src/client/open_host.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { Bench } from "./bench.ts";
import { POLLS } from "./programs/answer_server.ts";
import { startProgram } from "./programs/child.ts";

/** How long a look at an operation takes, next to a bare request; the waits between them are left out. */
export const bench: Bench = {
  name: "poll",
  what: `${POLLS} looks at an operation without the waits, as a ratio to bare requests`,
  rounds: 7,
  async prepare() {
    const server = await startProgram("answer_server.ts");
    const client = await patientClient(server.line);
    return {
      baseline: { name: "bare requests", run: () => bareLooks(server.line) },
      cases: [{
        name: "waiting for an operation",
        limit: 3,
        run: async () => void await client.waitForOperation("op-1"),
      }],
      clean: () => server.stop(),
    };
  },
};

const HEADERS = { authorization: "Bearer token", "x-team-slug": "acme" };

async function bareLooks(url: string): Promise<void> {
  let status = "";
  while (status !== "completed") {
    const answer = await fetch(`${url}/api/v1/tracker/operations/op-1/`, { headers: HEADERS });
    ({ status } = await answer.json());
  }
}

/** A client to which the waits between two looks take no time. */
async function patientClient(baseUrl: string): Promise<HostedClient> {
  const real = systemPlatform();
  const platform: Platform = {
    ...real,
    env: { get: (name) => name === "SPEC_KITTY_ENABLE_SAAS_SYNC" ? "1" : undefined },
    clock: { ...real.clock, sleep: () => Promise.resolve() },
  };
  const token = { token: "token", teamSlug: "acme", injected: true };
  return new HostedClient({
    ...await openHost({ platform, baseUrl, version: "0.0.0" }),
    tokens: { accessToken: () => Promise.resolve(token), refresh: () => Promise.resolve(token) },
  });
}
