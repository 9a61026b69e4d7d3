/** One task of a coding agent, done over the protocol and again with `--json`: the bytes that it reads in both. */
import assert from "node:assert/strict";
import { withAgent } from "../support/agent.ts";
import { ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** What an agent does; each answers the document that it reads. */
interface Hands {
  mine(): Promise<Document>;
  show(key: string): Promise<Document>;
  start(ticket: string): Promise<Document>;
  retitle(key: string, title: string): Promise<Document>;
  push(): Promise<Document>;
  conflicts(): Promise<Document>;
  keepOurs(conflict: number): Promise<Document>;
}

type Document = ReturnType<typeof JSON.parse>;

const TITLE = "Retry the upload after a timeout";

/** A repository of a user with one open ticket, and somebody else who works on the same project. */
async function withTicket(
  test: (world: World, key: string, meanwhile: (title: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await withBoundWorld(async (world) => {
    for (
      const args of [
        ["init", "--quiet", "--initial-branch=main"],
        ["config", "user.name", "Mei"],
        ["config", "user.email", "mei@example.com"],
        ["commit", "--quiet", "--allow-empty", "-m", "First"],
      ]
    ) {
      const { success } = await new Deno.Command("git", {
        args: ["-C", world.project, ...args],
        clearEnv: true,
        env: world.env,
      }).output();
      assert.ok(success, args.join(" "));
    }
    const home = `${world.home}-bob`;
    const bob = { HOME: home, USERPROFILE: home };
    await ends(
      world,
      0,
      ["auth", "login", "--username", "demo@example.com", "--password-stdin"],
      { stdin: "demo\n", env: bob },
    );
    await ends(world, 0, ["config", "set", "mission.assignee", "mei"]);
    await ends(world, 0, ["sync", "pull", "--all"]);
    const { stdout } = await ends(world, 0, [
      ...["issue", "list", "--status", "todo", "--limit", "1", "--json"],
    ]);
    const { key } = JSON.parse(stdout).issues[0].ref;
    await ends(world, 0, ["issue", "edit", key, "--assignee", "mei"]);
    await ends(world, 0, ["sync", "push"]);
    await test(world, key, async (title) => {
      await ends(world, 0, ["sync", "pull", "--all"], { env: bob });
      await ends(world, 0, ["issue", "edit", key, "--title", title], { env: bob });
      await ends(world, 0, ["sync", "push"], { env: bob });
    });
  });
}

/** Finds the ticket, starts a mission, edits, pushes, settles the conflict, and pushes again. */
async function doTask(
  hands: Hands,
  key: string,
  meanwhile: (title: string) => Promise<void>,
): Promise<void> {
  const { issues } = await hands.mine();
  assert.deepEqual(issues.map(({ ref }: Document) => ref.key), [key]);
  assert.equal((await hands.show(key)).status, "todo");
  const started = await hands.start(key);
  assert.equal(started.resumed ?? false, false);
  await hands.retitle(key, TITLE);
  await meanwhile("Upload fails sometimes");
  await hands.push();
  const { conflicts } = await hands.conflicts();
  assert.equal(conflicts.length, 1, JSON.stringify(conflicts));
  assert.equal(conflicts[0].field, "title");
  await hands.keepOurs(conflicts[0].id);
  await hands.push();
  const after = await hands.show(key);
  assert.deepEqual([after.title, after.status], [TITLE, "in_progress"]);
  assert.deepEqual((await hands.conflicts()).conflicts, []);
}

Deno.test("an agent does its task over the protocol, and again with `--json`", async () => {
  const read = { mcp: 0, tools: 0, json: 0 };
  await withTicket((world, key, meanwhile) =>
    withAgent(world, ["--write"], async ({ client, call }) => {
      const { tools } = await client.listTools();
      read.tools = new TextEncoder().encode(JSON.stringify(tools)).length;
      const ask = async (name: string, given: Record<string, unknown>) => {
        const { document, bytes } = await call(name, given);
        read.mcp += bytes;
        return document;
      };
      await doTask(
        {
          mine: () => ask("list", { mine: true, status: ["todo"] }),
          show: (key) => ask("show", { key }),
          start: (ticket) => ask("start_mission", { ticket }),
          retitle: (key, title) => ask("edit", { key, title }),
          push: () => ask("sync", { action: "push" }),
          conflicts: () => ask("status", { view: "conflicts" }),
          keepOurs: (conflict) => ask("sync", { action: "resolve", conflict, take: "ours" }),
        },
        key,
        meanwhile,
      );
    })
  );
  await withTicket(async (world, key, meanwhile) => {
    const ask = async (...args: string[]) => {
      const { stdout, stderr } = await world.run([...args, "--json", "--no-input"]);
      read.json += new TextEncoder().encode(stdout + stderr).length;
      return JSON.parse(stdout === "" ? stderr : stdout);
    };
    await doTask(
      {
        mine: () => ask("issue", "list", "--mine", "--status", "todo"),
        show: (key) => ask("issue", "show", key),
        start: (ticket) => ask("mission", "start", "--ticket", ticket, "--yes"),
        retitle: (key, title) => ask("issue", "edit", key, "--title", title),
        push: () => ask("sync", "push"),
        conflicts: () => ask("sync", "conflicts"),
        keepOurs: (conflict) =>
          ask("sync", "conflicts", "--resolve", String(conflict), "--take", "ours"),
      },
      key,
      meanwhile,
    );
  });
  console.log(
    `    an agent's task: ${read.mcp} bytes read over mcp, and ${read.tools} of its tools once; ` +
      `${read.json} with --json`,
  );
  assert.ok(read.mcp < read.json * 1.25, "the protocol costs an agent little more than commands");
});
