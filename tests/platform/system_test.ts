import assert from "node:assert/strict";
import { isRecord } from "../support/json.ts";
import { systemPlatform } from "../../src/platform/system.ts";

async function factsWith(flags: readonly string[]): Promise<Record<string, unknown>> {
  const program = new URL("./programs/facts.ts", import.meta.url).href;
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--quiet", ...flags, program],
    env: { HOME: Deno.env.get("HOME") ?? "/tmp" },
    stdin: "null",
  }).output();
  assert.equal(code, 0);
  const facts: unknown = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(isRecord(facts));
  return facts;
}

Deno.test("Without permissions nothing is known, and nothing is asked", async () => {
  const facts = await factsWith([]);
  const { alive, ...rest } = facts;
  assert.equal(alive, null);
  assert.deepEqual(rest, {
    home: null,
    unset: null,
    hostname: null,
    env: "prompt",
    read: "prompt",
    write: "prompt",
    net: "prompt",
    run: "prompt",
    sys: "prompt",
  });
});

Deno.test("With permissions the same facts are known", async () => {
  const facts = await factsWith(["-A"]);
  assert.equal(facts["home"], Deno.env.get("HOME") ?? "/tmp");
  assert.equal(facts["unset"], null);
  assert.equal(facts["hostname"], Deno.hostname());
  for (const name of ["env", "read", "write", "net", "run", "sys"]) {
    assert.equal(facts[name], "granted", name);
  }
  if (Deno.build.os !== "windows") assert.equal(facts["alive"], true);
});

Deno.test("The facts of this process are Deno's", () => {
  const { system } = systemPlatform();
  assert.equal(system.os, Deno.build.os);
  assert.equal(system.arch, Deno.build.arch);
  assert.equal(system.denoVersion, Deno.version.deno);
  assert.equal(system.pid, Deno.pid);
  assert.equal(system.standalone, false);
  assert.equal(system.packaging, "source");
  assert.equal(system.launcher, null);
  assert.equal(system.execPath(), Deno.execPath());
  assert.equal(system.mainModule(), Deno.mainModule);
  assert.equal(system.cwd(), Deno.cwd());
  assert.ok(system.memory() > 1_000_000);
});

Deno.test("A server listens on a free port, knows its peer, and stops", async () => {
  const platform = systemPlatform();
  const listener = await platform.serve(
    { hostname: "127.0.0.1", port: 0 },
    (request, info) => {
      if (request.url.endsWith("/fault")) throw new Error("Secret");
      return new Response(`${request.method} ${info.remoteAddress}`);
    },
  );
  assert.equal(listener.hostname, "127.0.0.1");
  assert.ok(listener.port > 0);
  const origin = `http://127.0.0.1:${listener.port}`;
  const answer = await platform.fetch(new Request(`${origin}/x`, { method: "DELETE" }));
  assert.equal(await answer.text(), "DELETE 127.0.0.1");
  const fault = await platform.fetch(new Request(`${origin}/fault`));
  assert.equal(fault.status, 500);
  assert.equal(await fault.text(), "Internal error");
  await assert.rejects(
    platform.serve({ hostname: "127.0.0.1", port: listener.port }, () => new Response()),
    Deno.errors.AddrInUse,
  );
  await listener.shutdown();
  await listener.finished;
});

Deno.test("A signal calls its handler until the handler is taken away", async () => {
  if (Deno.build.os === "windows") return console.log("    skipped: no signals here");
  const { signals } = systemPlatform();
  let calls = 0;
  const first = Promise.withResolvers<void>();
  const stop = signals.listen("SIGHUP", () => {
    calls++;
    first.resolve();
  });
  Deno.kill(Deno.pid, "SIGHUP");
  // Listening for a signal does not keep a program alive by itself.
  const alive = setInterval(() => {}, 1_000);
  await first.promise;
  clearInterval(alive);
  stop();
  assert.equal(calls, 1);
});
