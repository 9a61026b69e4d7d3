import assert from "node:assert/strict";
import { bodies, document, ends } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { bound, losing } from "./sync_setup.ts";

const PUSH = "/api/v1/tracker/push/";

/** An item that creates an issue. */
function creating(id: string): unknown {
  return {
    ref: { system: "linear", workspace: "acme", id },
    action: "create",
    patch: { title: `Item ${id}` },
  };
}

/** Writes items into a file of the project. */
async function writeItems(world: World, items: readonly unknown[]): Promise<string> {
  const file = `${world.project}/items.json`;
  await Deno.writeTextFile(file, JSON.stringify(items));
  return file;
}

/** How many issues the bound team has at the host. */
async function issuesAtHost(world: World): Promise<number> {
  const { resources } = await world.look("resources");
  return resources.find((one: { key: string }) => one.key === "ENG").issues;
}

bound("push --dry-run prints what would be sent and sends nothing", async (world) => {
  const file = await writeItems(world, Array.from({ length: 101 }, (_, i) => creating(`n-${i}`)));
  const { stdout, stderr } = await ends(world, 0, [
    "sync",
    "push",
    "--items-json",
    file,
    "--dry-run",
  ]);
  assert.match(stdout, /^Would send 101 items in 2 batches:$/m);
  assert.match(stdout, /^ {2}create +n-100 {2}title$/m);
  assert.match(stderr, /Nothing was sent\./);
  const plan = await document(world, "sync", "push", "--items-json", file, "--dry-run");
  assert.deepEqual(plan.batches.map((b: { items: unknown[] }) => b.items.length), [100, 1]);
  assert.deepEqual(await bodies(world, PUSH), []);
});

bound("push sends batches of 100, each under a key of its own", async (world) => {
  const file = await writeItems(world, Array.from({ length: 250 }, (_, i) => creating(`n-${i}`)));
  const { stdout } = await ends(world, 0, ["sync", "push", "--items-json", file]);
  assert.match(stdout, /^✓ Pushed 250 items: 250 created\.$/m);
  const { requests } = await world.look("requests");
  assert.equal(requests.filter((seen: { path: string }) => seen.path === PUSH).length, 3);
  const { records } = await world.look("idempotency");
  const keys = records.filter((one: { path: string }) => one.path.includes("/push"))
    .map((one: { key: string }) => one.key);
  assert.equal(new Set(keys).size, 3, JSON.stringify(records));
  assert.equal(await issuesAtHost(world), 286);
});

bound("a push repeated after its answer was lost changes nothing twice", async (world) => {
  const file = await writeItems(world, Array.from({ length: 150 }, (_, i) => creating(`n-${i}`)));
  await world.lever("fail", { path: "/push/", status: 502, body: "html", after: true });
  await ends(world, 1, ["sync", "push", "--items-json", file]);
  const lost = await ends(world, 1, ["sync", "push", "--items-json", file], {
    fetch: losing(PUSH, 2),
  });
  assert.match(lost.stderr, /100 of 150 items were sent before/);
  const plan = await ends(world, 0, ["sync", "push", "--items-json", file, "--dry-run"]);
  assert.match(
    plan.stdout,
    /^This would continue an interrupted push: 100 items were already sent\.$/m,
  );
  const { stdout, stderr } = await ends(world, 0, ["sync", "push", "--items-json", file]);
  assert.match(stdout, /^✓ Pushed 50 of 150 items: 50 created\. 100 items were already sent\.$/m);
  assert.match(stderr, /This continued an interrupted push\./);
  assert.equal(await issuesAtHost(world), 186);
});

bound(
  "an issue can be pushed from one status to another and back within a minute",
  async (world) => {
    const { items: [first] } = await document(world, "sync", "pull");
    for (const target_status of ["blocked", "in_progress", "blocked", "in_progress"]) {
      const stdin = JSON.stringify([{ ref: first.ref, action: "transition", target_status }]);
      await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin });
      const { items } = await document(world, "sync", "pull");
      const now = items.find((one: { ref: { id: string } }) => one.ref.id === first.ref.id);
      assert.equal(now.status, target_status);
    }
  },
);

/** Moves an issue; answers what the program said. */
async function moveIssue(
  world: World,
  status: string,
  options: Parameters<World["here"]>[1] = {},
): Promise<string> {
  const ref = { system: "linear", workspace: "acme", id: "ENG-5" };
  const stdin = JSON.stringify([{ ref, action: "transition", target_status: status }]);
  const args = ["sync", "push", "--items-json", "-"];
  return (await ends(world, 0, args, { ...options, stdin })).stdout;
}

for (
  const [name, elsewhere] of [
    ["each from an empty home", true],
    ["with the cache removed in between", false],
  ] as const
) {
  bound(`an issue goes to a status, away and back, ${name}`, async (world) => {
    for (const [turn, wanted] of ["blocked", "in_progress", "blocked"].entries()) {
      let env: Record<string, string> = {};
      if (elsewhere) {
        env = { HOME: `${world.home}-${turn}` };
        const args = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
        await ends(world, 0, args, { stdin: "demo\n", env });
      } else {
        await Deno.remove(`${world.home}/.spec-kitty/tracker/trackers`, { recursive: true }).catch(
          () => {},
        );
      }
      assert.match(await moveIssue(world, wanted, { env }), /1 transitioned/);
      const { stdout } = await ends(world, 0, ["sync", "pull", "--all", "--json"], { env });
      const { items } = JSON.parse(stdout);
      const now = items.find((one: { ref: { key: string } }) => one.ref.key === "ENG-5");
      assert.equal(now.status, wanted);
    }
  });
}

bound("an issue goes to a status, away and back, in a batch that creates one", async (world) => {
  const ref = { system: "linear", workspace: "acme", id: "ENG-5" };
  for (const [turn, target_status] of ["blocked", "in_progress", "blocked"].entries()) {
    const stdin = JSON.stringify([creating("n-1"), { ref, action: "transition", target_status }]);
    const pushed = await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin });
    const made = turn === 0 ? "1 created" : "1 unchanged";
    assert.match(pushed.stdout, new RegExp(`^✓ Pushed 2 items: ${made}, 1 transitioned\\.$`, "m"));
    const { items } = await document(world, "sync", "pull", "--all");
    const now = items.find((one: { ref: { key: string } }) => one.ref.key === "ENG-5");
    assert.equal(now.status, target_status);
  }
  assert.equal(await issuesAtHost(world), 37);
});

bound(
  "an answer that the host repeats is told as already sent, in words and in JSON",
  async (world) => {
    for (const args of [[], ["--json"]]) {
      await world.lever("fail", { path: "/push/", status: 502, body: "html", after: true });
      const stdin = JSON.stringify([{
        ref: { system: "linear", workspace: "acme", id: "ENG-5" },
        action: "transition",
        target_status: args.length === 0 ? "blocked" : "in_progress",
      }]);
      await ends(world, 1, ["sync", "push", "--items-json", "-"], { stdin });
      const { stdout } = await ends(world, 0, ["sync", "push", "--items-json", "-", ...args], {
        stdin,
      });
      if (args.length === 0) {
        assert.match(stdout, /^✓ 1 item was already sent: nothing was done now\.$/m);
        assert.doesNotMatch(stdout, /pushed|transitioned/i);
        continue;
      }
      const result = JSON.parse(stdout);
      assert.deepEqual([result.already_sent, result.resumed], [1, true]);
      assert.deepEqual(result.items.map((item: { outcome: string }) => item.outcome), [
        "unchanged",
      ]);
      assert.deepEqual(result.summary, { total: 1, succeeded: 0, failed: 0, skipped: 1 });
    }
  },
);

bound("after a push `issue show` tells the new state, without a pull", async (world) => {
  await ends(world, 0, ["sync", "pull"]);
  await moveIssue(world, "in_review");
  assert.equal((await document(world, "issue", "show", "ENG-5")).status, "in_review");
});

bound("a push read from standard input, answered 202, is waited for", async (world) => {
  await world.lever("levers", { accept_above: 0, operation_delay_ms: 50 });
  const stdin = JSON.stringify([creating("n-1"), creating("n-2")]);
  const { stdout, stderr } = await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin });
  assert.match(stdout, /^✓ Pushed 2 items: 2 created\.$/m);
  assert.match(stderr, /operation op_/);
});

bound("items that fail are named, the others are pushed, exit 1", async (world) => {
  const file = await writeItems(world, [
    creating("n-1"),
    { ...Object(creating("nobody")), action: "update" },
  ]);
  const { stdout, stderr } = await ends(world, 1, ["sync", "push", "--items-json", file]);
  assert.match(stdout, /^! Pushed 1 of 2 items: 1 created\.$/m);
  assert.match(stderr, /^! 1 issue could not be pushed:\n {3}nobody {2}No issue "nobody"/m);
  assert.match(stderr, /1 of 2 pushes failed\./);
  const json = await ends(world, 1, ["sync", "push", "--items-json", file, "--json"]);
  const result = JSON.parse(json.stdout);
  assert.equal(result.status, "partial");
  assert.equal(result.items[1].outcome, "failed");
});
