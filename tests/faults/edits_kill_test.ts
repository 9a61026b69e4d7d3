import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import { atEveryStep } from "./killing.ts";

const STATUSES = ["in_progress", "todo"] as const;

Deno.test("edits whose push was killed before or after any request are at the host once, without a conflict", () =>
  withBoundWorld(async (world) => {
    const looking = { HOME: `${world.home}-looking` };
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 0, login, { stdin: "demo\n", env: looking });
    await ends(world, 0, ["sync", "pull", "--all"]);
    let round = 0;
    const steps = await atEveryStep(async (killing, label) => {
      const title = `Made ${++round}`;
      const status = STATUSES[round % STATUSES.length] ?? "todo";
      await ends(world, 0, ["issue", "create", "--title", title, "--label", `l${round}`]);
      await ends(world, 0, ["issue", "edit", "ENG-5", "--title", title, "--status", status]);
      await world.here(["sync", "run"], { fetch: killing.fetch });
      // What is wanted changes before the repeat, which must not be taken for a conflict with ourselves.
      await ends(world, 0, ["issue", "edit", "ENG-5", "--body", title]);
      await ends(world, 0, ["sync", "run"]);
      const { conflicts } = await document(world, "sync", "conflicts", "--all");
      assert.deepEqual(conflicts, [], label);
      const args = ["sync", "pull", "--all", "--json"];
      const { items } = JSON.parse((await ends(world, 0, args, { env: looking })).stdout);
      const made = items.filter((one: { title: string; ref: { key: string } }) =>
        one.title === title && one.ref.key !== "ENG-5"
      );
      assert.deepEqual(
        made.map(({ labels }: { labels: string[] }) => labels),
        [[`l${round}`]],
        label,
      );
      const edited = items.find((one: { ref: { key: string } }) => one.ref.key === "ENG-5");
      assert.deepEqual([edited.title, edited.body, edited.status], [title, title, status], label);
      const { pending } = await document(world, "issue", "show", "ENG-5");
      assert.deepEqual(pending ?? [], [], label);
    });
    assert.ok(steps >= 5, `health, two pushes, a cycle and a pull, not ${steps} requests`);
  }));
