import assert from "node:assert/strict";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends, failure } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { initGit, type LinearWorld, withLinear } from "./connect_setup.ts";
import { serve, serveBound, signIn, terminate } from "./host_setup.ts";

Deno.test("a team is connected, found, bound, pulled, edited and pushed", () =>
  withLinear(async ({ world, data, linear, team, addIssues, connect }) => {
    addIssues("ENG", 120);
    addIssues("OPS", 1);
    const connected = await ends(world, 0, connect("--team-key", "eng"), { stdin: ADMIN_KEY });
    assert.equal(
      connected.stdout,
      "✓ Connected linear as ada at Acme: 1 place.\n  acme/ENG\n",
    );
    const words = ["--status", "Ready=blocked", "--data", data];
    await ends(world, 0, ["host", "connection", "map", "linear", ...words]);
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    const { resources } = await document(world, "discover", "-p", "linear");
    assert.deepEqual(resources.map((one: { display_label: string }) => one.display_label), [
      "acme/ENG",
    ]);
    await ends(world, 0, ["bind", "-p", "linear", "--select", "1"]);
    await until(async () => {
      const { code } = await world.here(["sync", "pull", "--all"]);
      const last = await world.here(["issue", "show", "ENG-1"]);
      return code === 0 && last.code === 0 ? last : null;
    });
    assert.equal((await document(world, "issue", "list", "--limit", "500")).issues.length, 120);

    await ends(world, 0, ["issue", "edit", "ENG-3", "--title", "Renamed here"]);
    await ends(world, 0, ["issue", "move", "ENG-3", "blocked"]);
    await ends(world, 0, ["issue", "create", "--title", "New here", "--body", "Text 🙂"]);
    assert.match((await ends(world, 0, ["sync", "push"])).stdout, /^✓ /);
    const { issues, states } = linear.workspace;
    const third = [...issues.values()].find((one) =>
      one.number === 3 && one.teamId === team("ENG")
    );
    assert.equal(third?.title, "Renamed here");
    assert.equal(states.get(third?.stateId ?? "")?.name, "Ready");
    const made = [...issues.values()].filter(({ title }) => title === "New here");
    assert.deepEqual(made.map(({ number, description }) => [number, description]), [[
      121,
      "Text 🙂",
    ]]);
    await terminate(host);
  }));

/** A host that serves a team with two issues, and a project that is bound to it and has pulled them. */
function withBoundTeam(
  test: (scene: LinearWorld & { readonly ids: readonly string[] }) => Promise<void>,
): Promise<void> {
  return withLinear(async (scene) => {
    const { world, data, addIssues, connect } = scene;
    const ids = addIssues("ENG", 2).map(({ id }) => id);
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    const host = await serveBound(world, data, "linear");
    await until(async () => {
      await ends(world, 0, ["sync", "pull"]);
      const { code } = await world.here(["issue", "show", "ENG-2"]);
      return code === 0 ? true : null;
    });
    await test({ ...scene, ids });
    await terminate(host);
  });
}

Deno.test("both sides change a title at Linear: neither is lost, and a person decides", () =>
  withBoundTeam(async ({ world, linear, ids: [first = ""] }) => {
    await ends(world, 0, ["issue", "edit", "ENG-1", "--title", "Ours"]);
    linear.people.edit(first, { title: "Theirs" });
    assert.match(
      (await ends(world, 1, ["sync", "push"])).stdout,
      /^! Pushed: 0 sent\.\n {2}1 conflict to decide/m,
    );
    assert.deepEqual(linear.writes, []);
    const { conflicts: [conflict] } = await document(world, "sync", "conflicts");
    assert.deepEqual([conflict.base, conflict.ours, conflict.theirs], [
      "Issue 1",
      "Ours",
      "Theirs",
    ]);
    const settle = ["sync", "conflicts", "--resolve", String(conflict.id), "--take", "ours"];
    await ends(world, 0, settle);
    await ends(world, 0, ["sync", "run"]);
    assert.equal(linear.workspace.issues.get(first)?.title, "Ours");
    assert.equal(linear.writes.length, 1);
  }));

Deno.test("a mission starts from an issue of Linear", () =>
  withBoundTeam(async ({ world, linear, team, ids: [, second] }) => {
    await initGit(world);
    const line = ["mission", "start", "--ticket", "ENG-2", "--yes", "--no-transition"];
    assert.match((await ends(world, 0, line)).stdout, /^✓ Mission 001-eng-2 from ENG-2: Issue 2\n/);
    const meta = await Deno.readTextFile(`${world.project}/kitty-specs/001-eng-2/meta.json`);
    assert.deepEqual(JSON.parse(meta).origin_ticket, {
      provider: "linear",
      resource_type: "linear_team",
      resource_id: team("ENG"),
      external_issue_id: second,
      external_issue_key: "ENG-2",
      external_issue_url: "https://linear.app/acme/issue/ENG-2",
      title: "Issue 2",
    });
    assert.deepEqual(linear.writes, []);
    const whole = await ends(world, 0, ["mission", "start", "--ticket", "ENG-2", "--yes"]);
    assert.match(whole.stdout, /resumed,[^]*ENG-2 is in progress[^]*did not assign to you/);
    assert.deepEqual(linear.writes, [`update ${second} stateId`]);
  }));

Deno.test("what waits for a key that Linear refuses is delivered by the next key", () =>
  withBoundTeam(async ({ world, data, linear, connect, ids: [, second = ""] }) => {
    const key = linear.callers.get(ADMIN_KEY);
    assert.ok(key !== undefined);
    linear.callers.delete(ADMIN_KEY);
    await ends(world, 0, ["issue", "edit", "ENG-2", "--title", "Waits"]);
    const { code } = await failure(world, 1, ["sync", "push"]);
    assert.equal(code, "operation_held");
    const shown = await document(world, "host", "connection", "show", "linear", "--data", data);
    assert.deepEqual([shown.state, shown.waiting], ["refused", 1]);
    assert.match(shown.state_detail, /^Linear refused "[^"]+": Authentication required/);
    const other = "lin_api_another";
    linear.callers.set(other, { ...key, scopes: new Set(["read", "write"]) });
    const renewed = await ends(world, 0, connect("--team-key", "ENG"), { stdin: other });
    assert.match(renewed.stdout, /^! Renewed linear as ada at Acme: 1 place\.$/m);
    assert.match(renewed.stdout, /^ {2}may not: register a webhook \(an administrator's key/m);
    await until(() => {
      const { title } = linear.workspace.issues.get(second) ?? {};
      return Promise.resolve(title === "Waits" ? true : null);
    });
    await ends(world, 0, ["sync", "push"]);
    assert.equal(linear.writes.length, 1);
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(connections.map((one: { state: string }) => one.state), ["ok"]);
    for (const { stdout, stderr } of [renewed]) {
      assert.ok(!`${stdout}${stderr}`.includes(other));
    }
  }));

Deno.test("what cannot be connected at Linear is told, and nothing is stored", () =>
  withLinear(async ({ world, data, linear, connect }) => {
    const failing = (exitCode: number) => async (stdin: string, ...args: string[]) => {
      const { code, message } = await failure(world, exitCode, connect(...args), { stdin });
      assert.equal(code, "connect_failed");
      assert.ok(!message.includes(stdin));
      return message.replace("Linear was not connected: ", "");
    };
    const [why, wrongLine] = [failing(1), failing(2)];
    const refused = 'Linear refused "say whose credential it is": ' +
      "Authentication required, not authenticated";
    assert.equal(await why("lin_api_wrong"), refused);
    const gone = 'Linear has no team "NONE", or the credential does not reach it';
    assert.equal(await why(ADMIN_KEY, "--team-key", "none"), gone);
    assert.equal(
      await wrongLine(ADMIN_KEY, "--team-key", "E/G"),
      '"E/G" is no key of a team, such as ENG',
    );
    assert.equal(await why("lin api"), "Enter it as Linear shows it");
    assert.deepEqual(linear.writes, []);
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(connections, []);
  }));

Deno.test("an application connects by its client secret, which is shown nowhere", () =>
  withLinear(async ({ world, data, linear, connect }) => {
    const secret = "client-secret-0123456789";
    linear.apps.set("client-1", secret);
    const line = connect("--client-id", "client-1", "--name", "app");
    const connected = await ends(world, 0, line, { stdin: `${secret}\n` });
    assert.match(connected.stdout, /^! Connected app as tracker at Acme: 2 places\.$/m);
    const shown = await ends(world, 0, ["host", "connection", "show", "app", "--data", data]);
    assert.match(shown.stdout, /^ {2}credential {3}app$/m);
    const wrong = await failure(world, 1, line, { stdin: "another-secret" });
    assert.match(
      wrong.message,
      /^Linear was not connected: Linear gives the app no token: its client/,
    );
    linear.apps.set("client-1", "another-secret");
    const renewed = await ends(world, 0, line, { stdin: "another-secret" });
    assert.match(renewed.stdout, /^! Renewed app as tracker at Acme: 2 places\.$/m);
    for (const one of [connected, shown, wrong, renewed]) {
      assert.ok(!/(client|another)-secret/.test(JSON.stringify(one)));
    }
  }));
