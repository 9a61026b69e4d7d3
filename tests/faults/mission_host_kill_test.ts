/** `mission start` ends at each of its steps at a host over HTTP, and is repeated. */
import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { git, readyForMissions } from "../support/world_git.ts";
import { atEveryStep } from "./killing.ts";

/** A ticket of its own for each round; returns its key. */
async function newTicket(world: World, title: string): Promise<string> {
  await ends(world, 0, ["issue", "create", "--title", title]);
  await ends(world, 0, ["sync", "push"]);
  await ends(world, 0, ["sync", "pull"]);
  const { issues } = await document(world, "issue", "list", "--search", title);
  return issues[0].ref.key;
}

Deno.test("a `mission start` at a host that ends at any step is repeated to one mission, one link, one event each, and a ticket that is taken", () =>
  withBoundWorld(async (world) => {
    await readyForMissions(world);
    let round = 0;
    const steps = await atEveryStep(async (killing, label) => {
      const title = `Ticket of round ${String(++round).padStart(3, "0")}`;
      const key = await newTicket(world, title);
      const mission = `001-${key.toLowerCase()}`;
      const args = ["mission", "start", "--ticket", key, "--yes", "--branch", "--no-input"];

      const { files, fetch, openDatabase, git: processes } = killing;
      await world.here(args, { files, fetch, openDatabase, processes });
      await ends(world, 0, args);

      const found = [...Deno.readDirSync(`${world.project}/kitty-specs`)].map(({ name }) => name);
      assert.deepEqual(found, [mission], label);
      assert.equal(await git(world, "status", "--porcelain"), "", label);
      assert.equal(await git(world, "rev-list", "--count", "main"), "1", label);
      assert.equal(await git(world, "rev-list", "--count", "HEAD"), "3", label);
      await ends(world, 0, ["events", "flush"]);
      const { events } = await world.look("events");
      assert.deepEqual(
        events.filter(({ payload }: { readonly payload: { readonly feature_slug: string } }) =>
          payload.feature_slug === mission
        ).map(({ event_type }: { readonly event_type: string }) => event_type).sort(),
        ["FeatureCreated", "MissionOriginBound"],
        label,
      );
      const { origins } = await world.look("origins");
      const links = origins.filter((one: unknown) => JSON.stringify(one).includes(`"${mission}"`));
      assert.equal(links.length, 1, label);
      await ends(world, 0, ["sync", "pull"]);
      const ticket = await document(world, "issue", "show", key);
      assert.deepEqual([ticket.status, ticket.assignees], ["in_progress", ["mei"]], label);
      assert.deepEqual(ticket.pending ?? [], [], label);
      const branch = await git(world, "symbolic-ref", "--short", "HEAD");
      await git(world, "switch", "--quiet", "main");
      await git(world, "branch", "--quiet", "-D", branch);
    });
    assert.ok(steps >= 40, `requests, rows, files and git commands, not ${steps} steps`);
  }));
