import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import { kept, withRawServer } from "../support/raw_server.ts";
import { withWorld, type World } from "../support/world.ts";

const ME = "/api/v1/me";

async function resource(world: World): Promise<string> {
  return /binding_ref: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
}

Deno.test("a call prints what the host answers, byte by byte, and nothing else", () =>
  withBoundWorld(async (world) => {
    const { stdout, stderr } = await ends(world, 0, ["api", "GET", ME]);
    const token = (await document(world, "auth", "token")).token;
    const answer = await fetch(world.hostUrl + ME, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(stdout, await answer.text());
    assert.equal(stderr, "");
    assert.equal((await ends(world, 0, ["api", "get", "api/v1/me"])).stdout, stdout);
    assert.equal((await ends(world, 0, ["api", "GET", world.hostUrl + ME])).stdout, stdout);
    assert.deepEqual(await document(world, "api", "GET", ME), JSON.parse(stdout));
  }));

Deno.test("HEAD prints the status and the headers", () =>
  withBoundWorld(async (world) => {
    const { stdout } = await ends(world, 0, ["api", "HEAD", ME]);
    assert.match(stdout, /^HTTP 200\n(?:[\w-]+: .*\n)+$/);
    assert.match(stdout, /^content-type: application\/json/m);
    assert.equal((await ends(world, 0, ["api", "HEAD", ME, "--json"])).stdout, "null\n");
  }));

Deno.test("a failed HEAD prints the status and the headers too, but under --json", () =>
  withBoundWorld(async (world) => {
    const call = ["api", "HEAD", "/api/v1/nothing"];
    const { stdout, stderr } = await ends(world, 1, call);
    assert.match(stdout, /^HTTP 404\n(?:[\w-]+: .*\n)+$/);
    assert.match(stdout, /^content-type: application\/json/m);
    assert.match(stderr, /^✗ HTTP 404 from "HEAD \/api\/v1\/nothing"/);
    const { http_status } = (await failure(world, 1, call)).details;
    assert.equal(http_status, 404);
  }));

Deno.test("fields are the query of a HEAD", () =>
  withBoundWorld(async (world) => {
    const status = ["api", "HEAD", "/api/v1/tracker/status/"];
    const line = ["-F", "provider=linear", "-F", `binding_ref=${await resource(world)}`];
    assert.match((await ends(world, 1, status)).stdout, /^HTTP 4\d\d\n/);
    assert.match((await ends(world, 0, [...status, ...line])).stdout, /^HTTP 200\n/);
  }));

Deno.test("fields are the query of a GET, and the body of a POST with the types of JSON", () =>
  withBoundWorld(async (world) => {
    const ref = await resource(world);
    const line = ["-F", "provider=linear", "--field", `binding_ref=${ref}`];
    const status = await document(world, "api", "GET", "/api/v1/tracker/status/", ...line);
    assert.equal(status.binding_ref, ref);
    const pull = ["api", "POST", "/api/v1/tracker/pull/", ...line];
    assert.equal((await document(world, ...pull, "-F", "limit=2")).items.length, 2);
    const text = await failure(world, 1, [...pull, "-F", 'limit="2"']);
    assert.deepEqual([text.code, text.details.http_status], ["validation_error", 422]);
  }));

Deno.test("a body comes from a file or from standard input, and a write is done once", () =>
  withBoundWorld(async (world) => {
    const body = JSON.stringify({
      provider: "linear",
      binding_ref: await resource(world),
      limit: 1,
    });
    await Deno.writeTextFile(`${world.project}/pull.json`, body);
    const pull = ["api", "POST", "/api/v1/tracker/pull/", "--input"];
    const fromFile = await document(world, ...pull, "pull.json");
    const { stdout } = await ends(world, 0, [...pull, "-"], { stdin: body });
    assert.deepEqual(JSON.parse(stdout), fromFile);
    assert.equal((await failure(world, 1, [...pull, "none.json"])).code, "file_missing");
    const push = JSON.stringify({
      provider: "linear",
      binding_ref: await resource(world),
      items: [{
        ref: { system: "linear", workspace: "acme", id: "own-1" },
        action: "create",
        patch: { title: "Made by a call" },
      }],
    });
    await world.forgetRequests();
    const made = await ends(world, 0, ["api", "POST", "/api/v1/tracker/push/", "--input", "-"], {
      stdin: push,
    });
    assert.match(made.stdout, /"outcome":"created"|"operation_id"/);
    assert.deepEqual(await world.requests(), ["POST /api/v1/tracker/push/"]);
  }));

Deno.test("a refusal ends with 1: its body on standard output, status and reason on standard error", () =>
  withBoundWorld(async (world) => {
    const { stdout, stderr } = await ends(world, 1, ["api", "GET", "/api/v1/nothing"]);
    assert.match(JSON.parse(stdout).message, /./);
    assert.match(stderr, /^✗ HTTP 404 from "GET \/api\/v1\/nothing": /);
    const told = await failure(world, 1, ["api", "GET", "/api/v1/nothing"]);
    assert.equal(told.details.http_status, 404);
    assert.match(told.details.headers["content-type"], /json/);
  }));

Deno.test("an expired token is renewed for a call, and no token is shown", () =>
  withBoundWorld(async (world) => {
    await world.lever("expire-access");
    const { stderr } = await ends(world, 0, ["api", "GET", ME, "--verbose"]);
    assert.match(stderr, /GET \/api\/v1\/me → 401/);
    assert.match(stderr, /POST \/api\/v1\/token\/refresh\/ → 200/);
    assert.match(stderr, /GET \/api\/v1\/me → 200/);
    assert.doesNotMatch(stderr, /tk[ar]_/);
    const query = await ends(world, 1, ["api", "GET", "/none", "-F", "key=tka_own", "--verbose"]);
    assert.doesNotMatch(query.stderr, /tka_own/);
  }));

Deno.test("nothing is sent for a path that leads to another host", () =>
  withBoundWorld(async (world) => {
    await withRawServer(() => kept("{}"), async (other) => {
      const address = `127.0.0.1:${other.port}`;
      for (
        const path of [`http://${address}/`, `//${address}/`, `\\\\${address}\\`, "/a/%2e%2e/b"]
      ) {
        assert.equal((await failure(world, 2, ["api", "GET", path])).code, "usage", path);
      }
      assert.deepEqual(other.lines(), []);
    });
    assert.deepEqual(await world.requests(), []);
  }));

/** Runs `test` with a session at a server of bare sockets. */
async function withOddHost(
  answer: Parameters<typeof withRawServer>[0],
  test: (world: World, server: Parameters<Parameters<typeof withRawServer>[1]>[0]) => Promise<void>,
): Promise<void> {
  await withWorld(async (world) => {
    await withRawServer(answer, async (server) => {
      world.env["SPEC_KITTY_SAAS_URL"] = `http://127.0.0.1:${server.port}`;
      world.env["TRACKER_TOKEN"] = "the-token-of-ci";
      world.env["TRACKER_TEAM"] = "red";
      await test(world, server);
    });
  });
}

Deno.test("a redirect of the host is not followed, with or without the token", () =>
  withRawServer(() => kept("{}"), (other) =>
    withOddHost(
      () => ({
        write: "HTTP/1.1 307 Temporary Redirect\r\n" +
          `Location: http://127.0.0.1:${other.port}/\r\nContent-Length: 0\r\n\r\n`,
      }),
      async (world, server) => {
        for (const method of ["GET", "POST"]) {
          const refused = await failure(world, 1, ["api", method, "/x"]);
          assert.equal(refused.code, "redirect_refused");
        }
        assert.deepEqual(server.lines(), ["GET /x HTTP/1.1", "POST /x HTTP/1.1"]);
        assert.deepEqual(other.lines(), []);
      },
    )));

Deno.test("a write whose connection drops is sent once, and said to have perhaps arrived", () =>
  withOddHost(() => null, async (world, server) => {
    const lost = await failure(world, 1, ["api", "POST", "/x", "-F", "a=b"]);
    assert.equal(lost.code, "network_error");
    assert.match(lost.next_action, /look before you send it again/);
    assert.deepEqual(server.lines(), ["POST /x HTTP/1.1"]);
    assert.equal(server.seen[0]?.body, '{"a":"b"}');
    assert.equal(server.seen[0]?.headers["authorization"], "Bearer the-token-of-ci");
    assert.equal(server.seen[0]?.headers["x-team-slug"], "red");
  }));

Deno.test("an answer acts on no terminal, and is exact in a pipe", () => {
  const body = "\u001b]0;owned\u0007red\r\nline";
  return withOddHost(() => kept(body), async (world) => {
    const shown = await ends(world, 0, ["api", "GET", "/x"], { terminal: true });
    assert.equal(shown.stdout, "red\nline\n");
    const piped = await world.run(["api", "GET", "/x"]);
    assert.deepEqual([piped.code, piped.stdout], [0, body]);
    assert.equal((await failure(world, 1, ["api", "GET", "/x"])).code, "invalid_response");
  });
});

Deno.test("an answer without a body is null under --json, and nothing otherwise", () =>
  withOddHost(() => ({ write: "HTTP/1.1 204 No Content\r\n\r\n" }), async (world) => {
    assert.equal((await ends(world, 0, ["api", "DELETE", "/x"])).stdout, "");
    assert.equal(await document(world, "api", "DELETE", "/x"), null);
  }));

Deno.test("a call that makes no sense is refused before anything is sent", () =>
  withBoundWorld(async (world) => {
    await Deno.writeFile(`${world.project}/large.json`, new Uint8Array(32 * 1024 * 1024 + 1));
    const lines: readonly (readonly [line: string[], code: string, exit: number])[] = [
      [["GET", ME, "--input", "x.json"], "usage", 2],
      [["POST", ME, "--input", "x.json", "-F", "a=b"], "usage", 2],
      [["POST", ME, "-F", "a=1", "-F", "a=2"], "usage", 2],
      [["POST", ME, "-F", "a"], "usage", 2],
      [["FETCH", ME], "usage", 2],
      [["GET"], "usage", 2],
      [["POST", ME, "--input", "large.json"], "file_too_large", 1],
    ];
    for (const [line, code, exit] of lines) {
      assert.equal((await failure(world, exit, ["api", ...line])).code, code, line.join(" "));
    }
    const tooLong = { stdin: "x".repeat(32 * 1024 * 1024 + 1) };
    const input = await failure(world, 1, ["api", "POST", ME, "--input", "-"], tooLong);
    assert.equal(input.code, "input_too_large");
    assert.deepEqual(await world.requests(), []);
  }));

Deno.test("without a session it says how to get one", () =>
  withWorld(async (world) => {
    assert.equal((await failure(world, 1, ["api", "GET", ME])).code, "missing_auth");
  }));
