/** A client that is killed between the host's rotation of a refresh token and the saving of the new one. */
import assert from "node:assert/strict";
import { DEMO, startHost } from "../../src/server/mod.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { startProgram } from "../support/child.ts";

const PROGRAM = new URL("../client/programs/refresh_session.ts", import.meta.url);
const REFRESH = "/api/v1/token/refresh/";

/** The machine, on which a server runs `onRotation` before it gives out rotated tokens. */
function platformWith(onRotation: () => Promise<void>): Platform {
  const system = systemPlatform();
  return {
    ...system,
    serve: (options, handler, guard) =>
      system.serve(options, async (request, info) => {
        const answer = await handler(request, info);
        if (new URL(request.url).pathname === REFRESH) await onRotation();
        return answer;
      }, guard),
  };
}

async function signedIn(url: string): Promise<string> {
  const { username, password } = DEMO;
  const body = JSON.stringify({ username, password });
  const answer = await fetch(`${url}/api/v1/token/`, { method: "POST", body });
  const { refresh } = await answer.json();
  return String(refresh);
}

/** Refreshes in a process of its own; answers what it says, or "killed". */
async function refreshed(home: string, url: string, kill: Promise<void> | null): Promise<string> {
  const child = startProgram(PROGRAM, [home, url]);
  assert.equal(await child.line(), "ready");
  await child.send("go");
  assert.equal(await child.line(), "asking");
  if (kill !== null) {
    await kill;
    await child.kill();
    return "killed";
  }
  const said = await child.line();
  await child.end();
  return said;
}

Deno.test("a session outlives a client that is killed after the rotation and before the saving", async () => {
  const home = await Deno.makeTempDir({ prefix: "tracker-refresh-kill-" });
  let rotated = Promise.withResolvers<void>();
  let gate: Promise<void> = Promise.resolve();
  const host = await startHost({
    platform: platformWith(async () => {
      rotated.resolve();
      await gate;
    }),
    dev: true,
  });
  const platform: Platform = {
    ...systemPlatform(),
    env: { get: (name) => name === "HOME" ? home : undefined },
  };
  const credentials = new CredentialStore({ platform });
  try {
    let refresh = await signedIn(host.url);
    for (let kill = 0; kill < 3; kill++) {
      await credentials.saveSession({
        host: host.url,
        access: "access-1",
        refresh,
        accessExpiresAt: null,
        refreshExpiresAt: null,
        username: DEMO.username,
        teamSlug: DEMO.team,
      });
      rotated = Promise.withResolvers();
      const answering = Promise.withResolvers<void>();
      gate = answering.promise;
      assert.equal(await refreshed(home, host.url, rotated.promise), "killed");
      assert.equal((await credentials.session(host.url))?.refresh, refresh, "nothing was saved");
      answering.resolve();
      assert.match(await refreshed(home, host.url, null), /^tka_/);
      refresh = (await credentials.session(host.url))?.refresh ?? "";
      assert.match(refresh, /^tkr_/);
    }
  } finally {
    await host.stop();
    await Deno.remove(home, { recursive: true });
  }
});
