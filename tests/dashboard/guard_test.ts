import assert from "node:assert/strict";
import { startDashboard } from "../../src/dashboard/start.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";
import { handlerFor, HOST, pressed, request, SIGNED_IN, TOKEN, withScene } from "./support.ts";

const PATHS = ["", "style.css", "script.js", "icon.svg", "state.json", "issues.json", "sync.json"];
const REFUSED = [
  "nothing",
  "state.json/",
  "issues.json?limit=0",
  "issue.json",
  "issue.json?id=none",
  "constructor",
  "__proto__",
];

Deno.test("every answer, refusals too, carries the headers that keep the page to itself", () =>
  withScene({ env: SIGNED_IN }, async ({ ask }) => {
    for (const path of [...PATHS, ...REFUSED]) {
      const answer = await ask(path);
      await answer.body?.cancel();
      const policy = (answer.headers.get("content-security-policy") ?? "").split("; ");
      for (
        const rule of [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'none'",
        ]
      ) assert.ok(policy.includes(rule), `${path}: ${rule}`);
      assert.doesNotMatch(policy.join(" "), /unsafe|https?:|\*/);
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.has("access-control-allow-origin"), false);
      assert.equal(answer.status === 200, PATHS.includes(path), path);
    }
  }));

Deno.test("only requests for this very address are answered", () =>
  withScene({ env: SIGNED_IN }, async ({ ask }) => {
    for (const host of [HOST, "localhost:4600"]) {
      assert.equal((await ask("", { headers: { host } })).status, 200, host);
    }
    for (
      const host of [
        "evil.example",
        "evil.example:4600",
        "127.0.0.1",
        "127.0.0.1:4601",
        "127.0.0.1:4600.evil.example",
        "[::1]:4600",
      ]
    ) {
      for (const path of PATHS) {
        const answer = await ask(path, { headers: { host } });
        assert.equal(answer.status, 403, `${host} ${path}`);
        assert.doesNotMatch(await answer.text(), new RegExp(TOKEN));
      }
    }
  }));

Deno.test("port 80 goes without saying in a Host header", () =>
  withPlatform({}, async (platform) => {
    const handler = handlerFor({ platform, root: null, port: () => 80 });
    for (const host of ["127.0.0.1", "localhost", "127.0.0.1:80"]) {
      assert.equal((await handler(request("", { headers: { host } }))).status, 200, host);
    }
  }));

Deno.test("nothing is found without the whole secret word", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    const handler = handlerFor({ platform, root: null });
    for (const token of ["", TOKEN.slice(1), `${TOKEN}0`, TOKEN.toUpperCase(), "state.json"]) {
      for (const path of PATHS) {
        const answer = await handler(request(path, {}, token));
        assert.equal(answer.status, 404, `${token} ${path}`);
        assert.match(await answer.text(), /whole address/);
      }
      const answer = await handler(request("sync-now", pressed(), token));
      assert.equal(answer.status, 404);
    }
    const bare = new Request(`http://${HOST}/${TOKEN}`, { headers: { host: HOST } });
    assert.equal((await handler(bare)).status, 404);
  }));

Deno.test("reads are GET and sync-now is POST, nothing else", () =>
  withScene({ env: SIGNED_IN }, async ({ ask }) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
      for (const path of PATHS) {
        const answer = await ask(path, { method });
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal(answer.headers.get("allow"), "GET");
      }
    }
    for (const method of ["GET", "PUT", "OPTIONS", "HEAD"]) {
      const answer = await ask("sync-now", { ...pressed(), method });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get("allow"), "POST");
    }
  }));

Deno.test("a served page has a new secret each time, and refuses a rebound name over the wire", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    const options = { platform, root: null, version: "1" };
    const [first, second] = [await startDashboard(options), await startDashboard(options)];
    try {
      const url = new URL(first.url);
      assert.match(url.pathname, /^\/[0-9a-f]{48}\/$/);
      assert.notEqual(url.pathname, new URL(second.url).pathname);
      assert.equal(url.hostname, "127.0.0.1");
      assert.equal(await statusOverTheWire(url, url.host), 200);
      assert.equal(await statusOverTheWire(url, `evil.example:${url.port}`), 403);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all([first.finished, second.finished]);
    }
  }));

Deno.test("a port that is taken is a failure that says so", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    const page = await startDashboard({ platform, root: null, version: "1" });
    try {
      const port = Number(new URL(page.url).port);
      await assert.rejects(
        startDashboard({ platform, root: null, version: "1", port }),
        (error) => error instanceof TrackerError && error.code === "port_unavailable",
      );
    } finally {
      await page.stop();
    }
  }));

async function statusOverTheWire(url: URL, host: string): Promise<number> {
  using connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const text = `GET ${url.pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(text));
  const answer = await new Response(connection.readable).text();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}
