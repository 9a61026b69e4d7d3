import assert from "node:assert/strict";
import { DEMO, openHostData, startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { testOnSqlite } from "../support/host_data.ts";
import { identity, openTestHost, valueAt } from "./support.ts";

async function signIn(url: string): Promise<Record<string, string>> {
  const answer = await post(`${url}/api/v1/token/`, {
    username: DEMO.username,
    password: DEMO.password,
  });
  return {
    authorization: `Bearer ${valueAt(answer, "access")}`,
    "x-team-slug": String(valueAt(answer, "team_slug")),
  };
}

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return await response.json();
}

Deno.test("a host listens on a free loopback port, answers, and stops without a trace", async () => {
  const host = await startHost({ platform: systemPlatform(), dev: true, version: "1.2.3" });
  assert.match(host.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const head = await fetch(host.url, { method: "HEAD" });
  assert.equal(head.status, 200);
  const health = await (await fetch(`${host.url}/api/v1/tracker/health/`)).json();
  assert.equal(valueAt(health, "status"), "ok");
  assert.equal(valueAt(health, "version"), "1.2.3");
  await host.stop();
  await host.finished;
  await assert.rejects(fetch(host.url));
});

Deno.test("a stop answers the calls under way first", async () => {
  const host = await startHost({ platform: systemPlatform(), dev: true });
  const headers = await signIn(host.url);
  await post(`${host.url}/dev/levers`, { delay_ms: 200 });
  const slow = fetch(`${host.url}/api/v1/me`, { headers });
  const log = await fetch(`${host.url}/dev/levers`, { method: "POST", body: "{}" });
  await log.body?.cancel();
  const stopped = host.stop();
  assert.equal(valueAt(await (await slow).json(), "email"), DEMO.username);
  await stopped;
});

Deno.test("a host that stops is not ready at once, answers on while it drains, and ends", async () => {
  const host = await startHost({
    platform: systemPlatform(),
    dev: true,
    drainMs: 300,
    metricsListen: { hostname: "127.0.0.1", port: 0 },
  });
  const status = async (url: string) => {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await status(`${host.url}/readyz`), 200);
  const stopped = host.stop();
  assert.equal(await status(`${host.url}/readyz`), 503);
  assert.equal(await status(`${host.metricsUrl}/readyz`), 503);
  assert.equal(await status(`${host.url}/healthz`), 200);
  assert.equal(await status(`${host.url}/api/v1/tracker/health/`), 200);
  await stopped;
  await assert.rejects(fetch(host.url));
  await assert.rejects(fetch(`${host.metricsUrl}/healthz`));
});

Deno.test("an abort ends a stop that waits", async () => {
  const host = await startHost({ platform: systemPlatform(), dev: true, drainMs: 600_000 });
  const stopped = host.stop();
  host.abort();
  await stopped;
  await assert.rejects(fetch(host.url));
});

Deno.test("a request with a Host header that is none is 400, and nothing for the operator's log", async () => {
  const platform = { ...systemPlatform(), terminal: testTerminal() };
  const host = await startHost({ platform, dev: true });
  const { hostname, port } = new URL(host.url);
  try {
    for (const path of ["/oauth/device", "/nothing", "/dev/requests", "/api/v1/tracker/health/"]) {
      for (const name of ["a b", 'evil"<>', "[::1", "evil.example:99999"]) {
        const connection = await Deno.connect({ hostname, port: Number(port) });
        const request = `POST ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
        await connection.write(new TextEncoder().encode(request));
        const answer = await new Response(connection.readable).text();
        assert.match(answer, /^HTTP\/1\.1 400 /, `${path} ${name}`);
        assert.match(answer, /"error_code":"validation_error"/);
      }
    }
  } finally {
    await host.stop();
  }
  assert.equal(platform.terminal.written.join(""), "");
});

Deno.test("a method that the web forbids is refused as any other, with what is allowed and an id", async () => {
  const host = await startHost({ platform: systemPlatform(), dev: true });
  const { hostname, port } = new URL(host.url);
  try {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const request =
      "TRACE /api/v1/me HTTP/1.1\r\nHost: x\r\nCookie: a=secret\r\nConnection: close\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 405 [^]+^allow: GET\r$/mi);
    assert.match(answer, /^x-request-id: [\w-]+\r$/mi);
    assert.match(answer, /"\\"\/api\/v1\/me\\" does not take TRACE"/);
    assert.doesNotMatch(answer, /secret/);
  } finally {
    await host.stop();
  }
});

/** A terminal that keeps what is written to standard error. */
function testTerminal() {
  const written: string[] = [];
  const { terminal } = systemPlatform();
  const stderr = { ...terminal.stderr, write: (text: string) => void written.push(text) };
  const log = { ...terminal.log, write: (text: string) => void written.push(text) };
  return { ...terminal, stderr, log, written };
}

Deno.test("a development host refuses to listen beyond this machine", async () => {
  for (const hostname of ["0.0.0.0", "::", "192.168.1.7", "example.com"]) {
    const listen = { hostname, port: 0 };
    await assert.rejects(startHost({ platform: systemPlatform(), dev: true, listen }), {
      code: "dev_host_exposed",
      exitCode: 2,
    });
  }
});

Deno.test("a port that is taken is named, with the option for another, and leaves the data closed", async () => {
  const platform = systemPlatform();
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  const first = await startHost({ platform, dev: true });
  try {
    const listen = { hostname: "127.0.0.1", port: Number(new URL(first.url).port) };
    await assert.rejects(startHost({ platform, dataDir, listen }), {
      code: "address_unavailable",
      message: new RegExp(`^Cannot listen on 127\\.0\\.0\\.1, port ${listen.port}: `),
      nextAction: /`--listen /,
    });
    await assert.rejects(startHost({ platform, dataDir, metricsListen: listen }), {
      code: "address_unavailable",
      nextAction: /`--metrics-listen /,
    });
    await Deno.remove(dataDir, { recursive: true });
  } finally {
    await first.stop();
  }
});

Deno.test("data is kept in files that only their owner can read", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const { store } = await openHostData(systemPlatform(), { dataDir: `${dataDir}/host` });
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(`${dataDir}/host/host.db`)).mode! & 0o777, 0o600);
      assert.equal((await Deno.stat(`${dataDir}/host`)).mode! & 0o777, 0o700);
    }
    await store.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

testOnSqlite(
  "an operation outlives a host that is killed, and is done once by the next",
  async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
    const script = new URL("host_process.ts", import.meta.url);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", script.pathname, dataDir],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const url = (await reader.read()).value?.trim() ?? "";
      const headers = await signIn(url);
      const listed = await fetch(`${url}/api/v1/tracker/resources/?provider=linear`, { headers });
      const bound = await post(`${url}/api/v1/tracker/bind-confirm/`, {
        provider: "linear",
        candidate_token: valueAt(await listed.json(), "resources.0.candidate_token"),
        project_identity: identity("my-app"),
      }, { ...headers, "idempotency-key": "kill-test-bind" });
      const ref = valueAt(bound, "binding_ref");
      const item = {
        ref: { system: "linear", workspace: "acme", id: "WP42" },
        action: "create",
        patch: { title: "Survives" },
      };
      const accepted = await post(`${url}/api/v1/tracker/push/`, {
        provider: "linear",
        binding_ref: ref,
        items: [item],
      }, { ...headers, "idempotency-key": "kill-test-push", prefer: "respond-async" });
      const id = String(valueAt(accepted, "operation_id"));
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();

      for (const _start of [1, 2]) {
        const next = await openTestHost({ dataDir });
        const ended = await next.ended(id);
        assert.equal(ended.at("status"), "completed");
        assert.equal(ended.at("result.items.0.outcome"), "created");
        assert.equal(
          (await next.store.all("SELECT 1 FROM package_mappings WHERE wp_id = 'WP42'")).length,
          1,
        );
        assert.equal(
          (await next.store.all("SELECT 1 FROM issues WHERE key_folded = 'eng-37'")).length,
          1,
        );
        await next.host.close();
      }
    } finally {
      await child.status;
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);
