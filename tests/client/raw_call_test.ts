import assert from "node:assert/strict";
import { rawFailure, rawPath, sendRaw } from "../../src/client/raw_call.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";
import { failing, HOST, hostOf, rotatingTokens } from "./support.ts";
import type { Stub } from "../support/fetch.ts";

Deno.test("a path is taken below the address of the host, with or without its slash", () => {
  const cases: readonly (readonly [base: string, given: string, path: string])[] = [
    [HOST, "/api/v1/me", "/api/v1/me"],
    [HOST, "api/v1/me", "/api/v1/me"],
    [HOST, `${HOST}/api/v1/me?a=b`, "/api/v1/me?a=b"],
    [HOST, HOST, "/"],
    [`${HOST}/base`, "/api", "/api"],
    [`${HOST}/base`, `${HOST}/base/api/`, "/api/"],
    [HOST, "/x?next=https://other.example/..", "/x?next=https://other.example/.."],
    [HOST, "/x/a..b/...", "/x/a..b/..."],
    [HOST, "@other.example/", "/@other.example/"],
  ];
  for (const [base, given, path] of cases) assert.equal(rawPath(base, given), path, given);
});

Deno.test("a path that leads elsewhere is refused, however it is written", () => {
  const paths = [
    "https://other.example/api",
    "https://tracker.example.evil/api",
    "https://tracker.example@other.example/",
    "https://tracker.example:444/api",
    "http://tracker.example/api",
    "HTTPS://other.example/",
    "//other.example/api",
    "/%2e%2e//x/../y",
    "\\\\other.example\\api",
    "/\\other.example",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "/a/../b",
    "../b",
    "..",
    "/a/%2E%2e/b",
    "/a%2f..%2fb",
    "/a/./b",
    "/a b",
    "/a\tb",
    "/a\r\nX-Evil: 1",
    "/a#b",
    "/\ud800",
  ];
  for (const given of paths) {
    assert.throws(() => rawPath(HOST, given), { code: "usage", exitCode: 2 }, given);
  }
  for (const given of [`${HOST}/api`, `${HOST}/baseless/api`, `${HOST}/`]) {
    assert.throws(() => rawPath(`${HOST}/base`, given), { code: "usage" }, given);
  }
});

Deno.test("a refused address is told without its password and its query", () => {
  assert.throws(
    () => rawPath(HOST, "https://ada:secret@other.example/x?token=secret"),
    (error: unknown) => {
      assert.ok(error instanceof TrackerError);
      assert.doesNotMatch(error.message + error.nextAction, /secret/);
      assert.match(error.message, /other\.example\/x" is not below https:\/\/tracker\.example/);
      return true;
    },
  );
});

Deno.test("fields are appended to the query that the path has, each as often as it is given", () => {
  const fields = [["a", "1 &2"], ["b", "x"], ["b", "ä"]] as const;
  const added = "a=1+%262&b=x&b=%C3%A4";
  assert.equal(rawPath(HOST, "/x", fields), `/x?${added}`);
  assert.equal(rawPath(HOST, "/x?y=1", fields), `/x?y=1&${added}`);
  assert.equal(rawPath(HOST, "/x?", fields), `/x?${added}`);
});

async function called(
  network: readonly Stub[],
  test: (send: ReturnType<typeof sender>) => Promise<void>,
): Promise<void> {
  await withPlatform({ network }, async (platform) => {
    await test(sender(await hostOf(platform)));
    platform.network.assertUsed();
  });
}

function sender(host: Awaited<ReturnType<typeof hostOf>>) {
  const tokens = rotatingTokens();
  return (method: "GET" | "POST" | "DELETE", path: string, body: string | null = null) =>
    sendRaw({ ...host, tokens }, {
      method,
      path,
      body: body === null ? null : new TextEncoder().encode(body),
    });
}

Deno.test("a call carries the token and the team; a write also a key, and its body as it was given", () =>
  called([
    {
      request: "GET /x?a=b",
      headers: { "authorization": "Bearer t1", "x-team-slug": "core", "idempotency-key": null },
      reply: { status: 200, bytes: new Uint8Array([0xff, 0]) },
    },
    {
      request: "POST /x",
      headers: {
        "authorization": "Bearer t1",
        "idempotency-key": /^[0-9a-f-]{36}$/,
        "content-type": "application/json",
      },
      body: { n: 1 },
      reply: { status: 202, text: "later" },
    },
    {
      request: "DELETE /x",
      headers: { "content-type": null, "idempotency-key": /^[0-9a-f-]{36}$/ },
      reply: { status: 204 },
    },
  ], async (send) => {
    assert.deepEqual([...(await send("GET", "/x?a=b")).body], [0xff, 0]);
    assert.equal((await send("POST", "/x", '{ "n": 1 }')).status, 202);
    assert.equal((await send("DELETE", "/x")).body.length, 0);
  }));

Deno.test("a token that has expired is renewed, and the call repeated once", () =>
  called([
    { request: "POST /x", headers: { authorization: "Bearer t1" }, reply: { status: 401 } },
    { request: "POST /x", headers: { authorization: "Bearer t2" }, reply: { status: 200 } },
  ], async (send) => {
    assert.equal((await send("POST", "/x", "{}")).status, 200);
  }));

Deno.test("a write whose answer is lost is not repeated, and may have arrived", () =>
  called([{ request: "POST /x", reply: { fail: "connection reset" } }], async (send) => {
    const lost = await failing(send("POST", "/x", "{}"), "network_error");
    assert.match(lost.nextAction ?? "", /may have done it all the same/);
  }));

Deno.test("a question whose answer is lost is a failure of the network alone", () =>
  called([{ request: "GET /x", reply: { fail: "connection reset" } }], async (send) => {
    assert.equal((await failing(send("GET", "/x"), "network_error")).nextAction, null);
  }));

Deno.test("a redirect is not followed", () =>
  called([{
    request: "GET /x",
    reply: { status: 302, headers: { location: "https://other.example/" } },
  }], async (send) => {
    await failing(send("GET", "/x"), "redirect_refused");
  }));

Deno.test("a failed answer tells its status, what the host says, and the headers that explain it", () => {
  const call = { method: "GET", path: "/x?token=secret" } as const;
  const answer = (status: number, body: string, headers: Record<string, string> = {}) => ({
    status,
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
  });
  assert.equal(rawFailure(answer(204, ""), call, HOST), null);
  const told = rawFailure(
    answer(404, '{"error_code":"nothing","message":"There is nothing."}', {
      "x-request-id": "r1",
      "set-cookie": "secret",
    }),
    call,
    HOST,
  );
  assert.equal(told?.code, "nothing");
  assert.equal(told?.message, 'HTTP 404 from "GET /x": There is nothing');
  assert.deepEqual(told?.details, { http_status: 404, headers: { "x-request-id": "r1" } });
  const bare = rawFailure(answer(503, ""), call, HOST);
  assert.deepEqual([bare?.code, bare?.message], ["http_503", 'HTTP 503 from "GET /x"']);
  const page = rawFailure(answer(502, "<html>"), call, HOST);
  assert.match(page?.message ?? "", /^HTTP 502 from "GET \/x": a web page/);
});
