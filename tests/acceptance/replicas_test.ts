/** People work at three hosts on one database, each request at another of them, and notice nothing. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { document, ends } from "../support/bound.ts";
import { connect } from "../support/postgres.ts";
import { type Replicas, type Seed, withReplicas } from "../support/replicas.ts";
import type { World } from "../support/world.ts";
import { issue, signIn, write } from "./host_setup.ts";

/** Each host has answered, and no request in vain. */
function assertShared({ passed, members }: Replicas): void {
  const servers = passed.map(({ server }) => server);
  for (const member of members) {
    const share = servers.filter((server) => server === member.url()).length / servers.length;
    assert.ok(share > 0.9 / members.length, `a host has answered ${share} of the requests`);
  }
  const faults = passed.filter(({ status }) => status === null || status >= 500);
  assert.deepEqual(faults, []);
}

/** A team with two people and four issues. */
const RED: Seed = {
  name: "red",
  async fill(world, databaseUrl) {
    const at = ["--database", databaseUrl];
    for (const user of ["ada@example.com", "bob@example.com"]) {
      const add = ["host", "user", "add", user, "--team", "red", ...at];
      await ends(world, 0, add, { stdin: "correct horse battery\n" });
    }
    const issues = ["1", "2", "3", "4"].map((id) => issue(id));
    const file = await write(world, "Web.json", JSON.stringify(issues));
    await ends(world, 0, ["host", "import", file, ...at]);
  },
};

type Test = (world: World, replicas: Replicas) => Promise<void>;

/** Runs tests with the team behind three hosts, one after the other. */
function atReplicas(name: string, tests: Readonly<Record<string, Test>>): void {
  Deno.test(name, (t) =>
    withReplicas({ count: 3, seed: RED }, async (replicas, world) => {
      await signIn(world, replicas.url);
      for (const [name, test] of Object.entries(tests)) {
        await t.step(name, () => test(world, replicas));
      }
      assertShared(replicas);
    }));
}

/** What a command waits for 5 minutes for has half a minute, on a machine that may be busy. */
const HASTE = 10;

/** Somebody at a machine of their own. */
function person(world: World, home: string) {
  const env = { HOME: home, USERPROFILE: home };
  return {
    does: async (code: number, args: readonly string[], stdin = "") =>
      await ends(world, code, args, { env, stdin, haste: HASTE }),
    sees: async (...args: string[]): Promise<ReturnType<typeof JSON.parse>> =>
      JSON.parse((await ends(world, 0, [...args, "--json"], { env, haste: HASTE })).stdout),
  };
}

/** The headers of the user who is signed in on this machine. */
async function headersOf(world: World): Promise<Record<string, string>> {
  const { token } = await document(world, "auth", "token");
  return { authorization: `Bearer ${token}`, "x-team-slug": "red" };
}

/** Sends a request of a program; the answer must have the status. */
async function asks(
  url: string,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<ReturnType<typeof JSON.parse>> {
  const key = { "idempotency-key": crypto.randomUUID() };
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...key, ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text);
}

async function editTogether(world: World): Promise<void> {
  const ada = person(world, world.home);
  const home = `${world.home}-bob`;
  await Deno.mkdir(`${home}/.spec-kitty`, { recursive: true, mode: 0o700 });
  const settings = ".spec-kitty/config.toml";
  await Deno.copyFile(`${world.home}/${settings}`, `${home}/${settings}`);
  const bob = person(world, home);
  await bob.does(
    0,
    ["auth", "login", "--username", "bob@example.com", "--password-stdin"],
    "correct horse battery\n",
  );
  assert.equal((await ada.sees("discover", "-p", "jira")).resources.length, 1);
  await ada.does(0, ["bind", "-p", "jira", "--select", "1"]);
  await ada.does(0, ["status"]);
  for (const one of [ada, bob]) {
    assert.match((await one.does(0, ["sync", "pull", "--all"])).stdout, /Pulled: 4 new/);
  }
  // The older edit is never taken to be the newer one, however long the two are apart.
  await bob.does(0, ["issue", "edit", "WEB-1", "--title", "Named by Bob"]);
  await ada.does(0, ["issue", "create", "--title", "Made by Ada"]);
  await ada.does(0, ["issue", "edit", "WEB-1", "--title", "Named by Ada"]);
  await ada.does(0, ["issue", "move", "WEB-2", "in_progress"]);
  const pushed = await ada.does(0, ["sync", "push"]);
  assert.match(pushed.stdout, /^✓ Pushed: 3 sent\.$/m);
  await bob.does(1, ["sync", "run"]);
  const { conflicts } = await bob.sees("sync", "conflicts");
  assert.deepEqual(
    conflicts.map(({ field, ours, theirs }: Record<string, unknown>) => [field, ours, theirs]),
    [["title", "Named by Bob", "Named by Ada"]],
  );
  await bob.does(0, ["sync", "conflicts", "--resolve", String(conflicts[0].id), "--take", "ours"]);
  for (const one of [bob, ada]) await one.does(0, ["sync", "run"]);
  for (const one of [ada, bob]) {
    const { issues } = await one.sees("issue", "list");
    assert.deepEqual(
      issues.map(({ title }: { title: string }) => title).toSorted(),
      ["Issue 2", "Issue 3", "Issue 4", "Made by Ada", "Named by Bob"],
    );
    assert.equal((await one.sees("issue", "show", "WEB-2")).status, "in_progress");
  }
  const found = await ada.sees("issue", "search", "Named by Bob");
  assert.deepEqual(
    found.candidates.map((one: Record<string, string>) => one["external_issue_key"]),
    ["WEB-1"],
  );
}

async function workAtEach(
  world: World,
  { url, members, databaseUrl }: Replicas,
): Promise<void> {
  await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
  const headers = await headersOf(world);
  const binding_ref = /binding_ref: (\S+)/.exec(await world.config() ?? "")?.[1];
  const project = { provider: "jira", binding_ref };
  const tracker = `${url}/api/v1/tracker`;

  // Each host is asked for what another one has been told.
  const items = Array.from({ length: 600 }, (_, n) => ({
    ref: { system: "jira", workspace: "site", id: `WP${n}` },
    action: "create",
    patch: { title: `Issue ${n} of many` },
  }));
  const { operation_id } = await asks(`${tracker}/push/`, 202, { ...project, items }, headers);
  // A command that is tested waits for 5 minutes in a few seconds.
  const clock = systemClock();
  const status = async () =>
    (await (await fetch(`${tracker}/operations/${operation_id}/`, { headers })).json()).status;
  while (["pending", "running"].includes(await status())) await clock.sleep(50);
  const ended = await document(world, "sync", "wait", operation_id);
  assert.equal(ended.status, "ok");
  const pulled = await document(world, "sync", "pull", "--all");
  assert.equal(pulled.items.length, 604);

  const once = { ...headers, "idempotency-key": "one-comment-for-all-hosts" };
  const comment = { ...project, external_issue_id: "1", body: "Said once" };
  const said = await Promise.all(
    members.map(() => asks(`${tracker}/comments/add/`, 200, comment, once)),
  );
  assert.deepEqual(said.map(({ id }) => id), members.map(() => said[0].id));
  const { comments } = await asks(`${tracker}/comments/list/`, 200, {
    ...project,
    external_issue_id: "1",
  }, headers);
  assert.deepEqual(comments.map(({ body }: { body: string }) => body), ["Said once"]);

  await ends(world, 0, ["mission", "create", "first", "--no-commit"]);
  await ends(world, 0, ["mission", "bind-origin", "first", "--ticket", "WEB-1", "--yes"]);
  const { events } = await document(world, "events", "list");
  assert.ok(events.length > 0);
  await ends(world, 0, ["events", "flush"]);
  assert.deepEqual((await document(world, "events", "list")).events, []);
  const client = await connect(databaseUrl);
  try {
    const { rows } = await client.query("SELECT COUNT(*) AS n FROM events");
    assert.equal(Number(rows[0].n), events.length);
  } finally {
    await client.end();
  }
}

async function openAndEndSessions(
  world: World,
  { url, members, databaseUrl }: Replicas,
): Promise<void> {
  const each = async (headers: Record<string, string>) =>
    await Promise.all(members.map(async (member) => {
      const answer = await fetch(`${member.url()}/api/v1/me`, { headers });
      await answer.body?.cancel();
      return answer.status;
    }));
  const headers = await headersOf(world);
  assert.deepEqual(await each(headers), [200, 200, 200]);

  const form = (fields: Record<string, string>) => ({
    method: "POST",
    body: new URLSearchParams(fields),
  });
  const client_id = "cli_native";
  const asked = await fetch(`${url}/oauth/device`, form({ client_id, scope: "offline_access" }));
  const { device_code, user_code } = await asked.json();
  const approval = await fetch(
    `${url}/device`,
    form({
      user_code,
      username: "ada@example.com",
      password: "correct horse battery",
      decision: "approve",
    }),
  );
  assert.equal(approval.status, 200, await approval.text());
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  const given = await fetch(`${url}/oauth/token`, form({ grant_type, device_code, client_id }));
  const device = { authorization: `Bearer ${(await given.json()).access_token}` };
  assert.deepEqual(await each(device), [200, 200, 200]);

  await ends(world, 0, ["auth", "logout"]);
  assert.deepEqual(await each(headers), [401, 401, 401]);
  assert.deepEqual(await each(device), [200, 200, 200]);
  const revoke = ["host", "user", "revoke", "ada@example.com", "--database", databaseUrl];
  await ends(world, 0, revoke);
  assert.deepEqual(await each(device), [401, 401, 401]);
}

atReplicas("people meet another of three hosts with each request", {
  "two people bind, edit, sync and settle a conflict": editTogether,
});

atReplicas("what one of three hosts has done is at every host", {
  "work that continues after its answer, events, comments and missions": workAtEach,
  "sessions that were opened or ended": openAndEndSessions,
});
