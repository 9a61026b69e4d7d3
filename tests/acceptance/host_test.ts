import assert from "node:assert/strict";
import { runHere } from "../support/here.ts";
import { startProgram } from "../support/child.ts";
import { untilSo } from "../support/until.ts";
import { withWorld } from "../support/world.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { document, ends, failure } from "../support/bound.ts";
import {
  dataWithUser,
  issue,
  kill,
  serve,
  serveUnread,
  signIn,
  terminate,
  write,
} from "./host_setup.ts";

Deno.test("a host with its own data: user, import, bind, pull; SIGTERM drains, a restart remembers", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const file = await write(world, "web.json", JSON.stringify([issue("1"), issue("2")]));
    const host = await serve(world, ["--data", data, "--import", file]);
    await signIn(world, host.url);
    await world.writeConfig("project:\n  slug: web\n");
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    assert.match((await ends(world, 0, ["sync", "pull"])).stdout, /^✓ Pulled: 2 new/m);
    assert.match(await terminate(host), /Finishing what is under way/);
    const again = await serve(world, ["--data", data]);
    world.env["SPEC_KITTY_SAAS_URL"] = again.url;
    await signIn(world, again.url);
    const { display_label, connected } = await document(world, "status");
    assert.deepEqual([display_label, connected], ["web", true]);
    await terminate(again);
  }));

Deno.test("a host without users says how to add one, and a directory is no file of issues", () =>
  withWorld(async (world) => {
    const host = await serve(world, ["--data", `${world.home}/new`]);
    assert.match(
      await terminate(host),
      /^No user can sign in yet\. Add one with `tracker host user add/m,
    );
    const data = await dataWithUser(world);
    const imported = ["host", "import", world.home, "--data", data, "-p", "jira"];
    assert.equal((await failure(world, 1, imported)).code, "not_a_file");
  }));

Deno.test("SIGTERM answers the call under way before it ends", () =>
  withWorld(async (world) => {
    const host = await serve(world, ["--dev"]);
    const sent = new TransformStream<string, string>();
    const writer = sent.writable.getWriter();
    const answer = fetch(`${host.url}/api/v1/token/`, {
      method: "POST",
      body: sent.readable.pipeThrough(new TextEncoderStream()),
      headers: { "content-type": "application/json" },
    });
    await writer.write('{"username": "demo@example.com", ');
    await untilSo(async () => {
      const figures = await (await fetch(`${host.url}/metrics`)).text();
      // The call, and the one that asks.
      return /^tracker_http_requests_in_flight 2$/m.test(figures);
    });
    host.child.kill("SIGTERM");
    await untilSo(() =>
      fetch(`${host.url}/healthz`).then(
        (answer) => answer.body?.cancel().then(() => false) ?? false,
        () => true,
      )
    );
    await writer.write('"password": "demo"}');
    await writer.close();
    const { status, body } = await answer;
    await body?.cancel();
    assert.equal(status, 200);
    assert.equal((await host.child.status).code, 0);
    await host.stderr;
  }));

Deno.test("a second signal ends a host that waits for a call, at once", () =>
  withWorld(async (world) => {
    const host = await serve(world, ["--dev", "--drain-seconds", "600"]);
    host.child.kill("SIGTERM");
    await untilSo(async () => {
      const ready = await fetch(`${host.url}/readyz`);
      return await ready.text() === "The host is stopping\n";
    });
    // One that comes within a second is the same one.
    const pressing = setInterval(() => host.child.kill("SIGTERM"), 200);
    const { code } = await host.child.status.finally(() => clearInterval(pressing));
    assert.equal(code, 143);
    await host.stderr;
  }));

Deno.test("a log that nobody reads does not end the host", () =>
  withWorld(async (world) => {
    const host = await serveUnread(world, ["--dev", "--log", "json", "--rate", "0"]);
    try {
      for (let turn = 0; turn < 500; turn++) {
        const answer = await fetch(`${host.url}/api/v1/tracker/health/`);
        await answer.body?.cancel();
        assert.equal(answer.status, 200);
      }
      const text = await (await fetch(`${host.url}/metrics`)).text();
      assert.match(text, /^tracker_log_lines_dropped_total [1-9]/m);
    } finally {
      host.child.kill("SIGKILL");
      await host.child.status;
    }
  }));

testOfOneHost(
  "kill -9 with an operation under way: the next start takes it up and ends it",
  () =>
    withWorld(async (world) => {
      const data = `${world.home}/data`;
      const slow = startProgram(new URL("host_with_slow_operations.ts", import.meta.url), [data]);
      const url = await slow.line();
      world.env["SPEC_KITTY_SAAS_URL"] = url;
      await ends(
        world,
        0,
        ["auth", "login", "--username", "demo@example.com", "--password-stdin"],
        {
          stdin: "demo\n",
        },
      );
      await world.writeConfig("project:\n  slug: engineering\n");
      await ends(world, 0, ["bind", "-p", "linear"]);
      let raise: (signal: "SIGINT") => void = () => {};
      const waiting = world.here(["sync", "run"], {
        haste: 20,
        signals: (given) => raise = given,
        fetch: (real) => async (request) => {
          const answer = await real(request);
          if (request.url.includes("/operations/")) raise("SIGINT");
          return answer;
        },
      });
      const { code, stderr } = await waiting;
      assert.equal(code, 130);
      const id = /tracker sync wait (op_\w+)/.exec(stderr)?.[1] ?? assert.fail(stderr);
      const operations = async () =>
        (await (await fetch(`${url}/dev/operations`)).json()).operations;
      assert.notEqual((await operations())[0].state, "completed");
      await slow.kill();

      const next = await serve(world, ["--data", data], new URL(url).port);
      // The lease of a process that was killed lasts 15 s, and the host's clock is not hasty.
      const { stdout } = await ends(world, 0, ["sync", "wait", id], { haste: 5 });
      assert.match(stdout, /^✓ Pulled 36, pushed 0\.$/m);
      await kill(next);
      const third = await serve(world, ["--data", data], new URL(url).port);
      const again = await document(world, "sync", "wait", id);
      assert.equal(again.status, "ok");
      await terminate(third);
    }),
);

Deno.test("import: a JSON array, JSON Lines and an export of bd; a repeat changes nothing", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const array = await write(world, "web.json", JSON.stringify([issue("1"), issue("2")]));
    const lines = await write(
      world,
      "mobile.jsonl",
      ["1", "2", "3"].map((id) => issue(id, { ref: { system: "linear", workspace: "app", id } }))
        .map((one) => JSON.stringify(one)).join("\n"),
    );
    const bead = (id: string, over: Record<string, unknown> = {}) => ({
      id,
      title: `Bead ${id}`,
      description: "What it is",
      status: "open",
      priority: 1,
      issue_type: "feature",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-02T00:00:00Z",
      ...over,
    });
    const beads = await write(
      world,
      "beads.jsonl",
      [
        bead("bd-1"),
        bead("bd-2", {
          status: "closed",
          dependencies: [{ issue_id: "bd-2", depends_on_id: "bd-1", type: "blocks" }],
        }),
      ].map((one) => JSON.stringify(one)).join("\n"),
    );
    const into = (
      file: string,
      ...more: string[]
    ) => ["host", "import", file, "--data", data, ...more];
    assert.equal(
      (await ends(world, 0, into(array))).stdout,
      "✓ Imported into web: 2 new, 0 changed, 0 unchanged.\n",
    );
    assert.match((await ends(world, 0, into(array))).stdout, /0 new, 0 changed, 2 unchanged/);
    const unseen = await ends(world, 0, into(array, "--team", "acem"));
    assert.match(unseen.stderr, /^Nobody is in the team acem yet: `tracker host user add/m);
    const mobile = await document(world, ...into(lines, "-p", "linear", "--resource", "Phones"));
    assert.deepEqual([mobile.created, mobile.resources], [3, ["Phones"]]);
    assert.equal((await document(world, ...into(beads, "-p", "github"))).created, 2);

    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await world.writeConfig("project:\n  slug: beads\n");
    await ends(world, 0, ["bind", "-p", "github", "--select", "1"]);
    const { items } = await document(world, "sync", "pull");
    const second = items.find((one: { ref: { id: string } }) => one.ref.id === "bd-2");
    assert.deepEqual([second.title, second.status], ["Bead bd-2", "done"]);
    assert.equal(second.links.length, 1);
    await terminate(host);
  }));

Deno.test("import: what is no issue is left out and named, the rest is imported, exit 1", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const file = await write(
      world,
      "mixed.jsonl",
      `${JSON.stringify(issue("1"))}\n{"title": 5}\n${
        JSON.stringify(issue("2", { status: "odd" }))
      }\n`,
    );
    const { stdout, stderr } = await ends(world, 1, ["host", "import", file, "--data", data]);
    assert.match(stdout, /^! Imported into mixed: 1 new/);
    assert.match(stderr, /^2 records left out:\n {2}2: .*\n {2}3: .*status/);
    const nothing = await write(world, "empty.json", "[]");
    await failure(world, 1, ["host", "import", nothing, "--data", data]);
    const missing = await failure(world, 1, ["host", "import", "nowhere.json", "--data", data]);
    assert.match(missing.message, /"nowhere\.json"/);
  }));

Deno.test("bindings are listed, disabled, enabled and deleted at the host", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const file = await write(world, "web.json", JSON.stringify([issue("1")]));
    await ends(world, 0, ["host", "import", file, "--data", data]);
    const mapping = (...words: string[]) => ["host", "mapping", ...words, "--data", data];
    assert.equal((await ends(world, 0, mapping("list"))).stdout, "No project is bound.\n");
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await world.writeConfig("project:\n  slug: web\n");
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    const { stdout } = await ends(world, 0, mapping("list"));
    assert.match(stdout, /^ BINDING +TEAM +PROVIDER +RESOURCE +PROJECT +STATE$/m);
    const [, ref = ""] = /^ (srm_\w+) +red +jira +web +web +active$/m.exec(stdout) ?? [];
    assert.notEqual(ref, "", stdout);
    assert.match((await ends(world, 0, mapping("disable", ref))).stdout, /is disabled/);
    assert.match((await ends(world, 1, ["status"])).stderr, /tracker bind --provider jira/);
    assert.match((await ends(world, 0, mapping("disable", ref, "--enable"))).stdout, /is active/);
    await ends(world, 0, ["status"]);
    assert.deepEqual(await document(world, ...mapping("disable", ref)), {
      schema: 1,
      binding_ref: ref,
      state: "disabled",
    });
    const declined = await ends(world, 0, [...mapping("delete", ref), "--json"], { stdin: "n\n" });
    assert.deepEqual(JSON.parse(declined.stdout), { schema: 1, deleted: false, declined: true });
    assert.deepEqual(await document(world, ...mapping("delete", ref, "--yes")), {
      schema: 1,
      binding_ref: ref,
      state: "deleted",
    });
    assert.match((await ends(world, 1, ["status"])).stderr, /tracker bind --provider jira/);
    assert.match(
      JSON.stringify(await failure(world, 1, mapping("disable", "srm_NOPE"))),
      /srm_NOPE/,
    );
    await terminate(host);
  }));

Deno.test("a development host serves this machine alone, and two hosts do not share an address", () =>
  withWorld(async (world) => {
    for (const address of ["0.0.0.0:0", "[::]:0", "192.168.1.4:0"]) {
      const args = ["host", "serve", "--dev", "--listen", address];
      const { message } = await failure(world, 2, args);
      assert.match(message, /its password is public/);
    }
    await failure(world, 2, ["host", "serve", "--dev", "--listen", "nonsense"]);
    await failure(world, 2, ["host", "serve", "--dev", "--listen", "127.0.0.1:99999"]);
    const taken = await ends(world, 1, [
      "host",
      "serve",
      "--dev",
      "--listen",
      new URL(world.hostUrl).host,
    ]);
    assert.match(taken.stderr, /address/i);
  }));

Deno.test("serving says how to sign in, and stops at Ctrl-C", () =>
  withWorld(async (world) => {
    let raise: (signal: "SIGINT") => void = () => {};
    const serving = runHere(["host", "serve", "--dev", "--listen", "127.0.0.1:0"], {
      cwd: world.project,
      env: world.env,
      signals: (given) => raise = given,
    });
    // It listens to the signal once it serves; one that comes twice at a time changes nothing.
    const pressing = setInterval(() => raise("SIGINT"), 50);
    const { code, stdout, stderr } = await serving.finally(() => clearInterval(pressing));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Serving a control-plane host at http:\/\/127\.0\.0\.1:\d+ /);
    assert.match(stdout, /^ {2}user +demo@example\.com\n {2}password +demo\n {2}team +acme$/m);
    assert.match(stdout, /tracker auth login --host http/);
    assert.equal(stderr, "Finishing what is under way …\n");
  }));

testOfOneHost(
  "a host that listens beyond this machine warns that nothing is encrypted",
  () =>
    withWorld(async (world) => {
      let raise: (signal: "SIGTERM") => void = () => {};
      const data = await dataWithUser(world);
      const serve = async (address: string, ...more: readonly string[]) => {
        const args = ["host", "serve", "--data", data, "--listen", `${address}:0`, ...more];
        const serving = runHere(args, {
          cwd: world.project,
          env: world.env,
          signals: (given) => raise = given,
        });
        const pressing = setInterval(() => raise("SIGTERM"), 50);
        return await serving.finally(() => clearInterval(pressing));
      };
      const open = await serve("0.0.0.0");
      assert.equal(open.code, 0, open.stderr);
      assert.match(open.stderr, /^The host listens on "0\.0\.0\.0" by plain HTTP: .*TLS/);
      for (const address of ["127.0.0.1", "localhost", "[::1]"]) {
        const { code, stderr } = await serve(address);
        // A machine may be without IPv6.
        if (code === 0) assert.equal(stderr, "Finishing what is under way …\n", address);
      }
      const reached = await serve("127.0.0.1", "--public-url", "http://tracker.example.com");
      assert.match(reached.stderr, /^"http:\/\/tracker\.example\.com" is plain HTTP: .*https/);
      const secret = await serve("127.0.0.1", "--public-url", "https://mei:sesame@example.com");
      assert.match(secret.stderr, /--public-url.* "https:\/\/\*\*\*@example\.com"/);
    }),
);
