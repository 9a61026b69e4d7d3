import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { emptyDatabase, withDatabase } from "../support/postgres.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { withWorld } from "../support/world.ts";
import { dataWithUser, issue, serve, signIn, terminate, write } from "./host_setup.ts";

testOfOneHost(
  "a backup is taken while the host serves, and a host serves it",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const host = await serve(world, ["--data", data]);
      const file = `${world.home}/backup.db`;
      const backup = ["host", "backup", file, "--data", data];
      const made = await document(world, ...backup);
      assert.deepEqual(Object.keys(Object(made)).sort(), ["bytes", "file", "schema"]);
      assert.equal((await failure(world, 1, backup)).code, "backup_exists");
      await ends(world, 0, [...backup, "--force"]);
      await terminate(host);
      await Deno.mkdir(`${world.home}/restored`);
      await Deno.rename(file, `${world.home}/restored/host.db`);
      const restored = await serve(world, ["--data", `${world.home}/restored`]);
      await signIn(world, restored.url);
      await terminate(restored);
      const version = await document(world, "host", "migrate", "--data", data);
      assert.deepEqual(Object.keys(Object(version)).sort(), ["from", "schema", "to"]);
    }),
);

testOfOneHost(
  "a project continues after its host has moved to PostgreSQL, with session, cursor and edits",
  () =>
    withWorld(async (world) => {
      await withDatabase(emptyDatabase, async (url) => {
        const data = await dataWithUser(world);
        const issues = await write(world, "issues.json", JSON.stringify([issue("1"), issue("2")]));
        await ends(world, 0, ["host", "import", issues, "--data", data, "-p", "jira"]);
        const before = await serve(world, ["--data", data]);
        const port = new URL(before.url).port;
        await signIn(world, before.url);
        await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
        await ends(world, 0, ["sync", "pull", "--all"]);
        await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Edited before the move"]);
        const move = ["host", "migrate", "--data", data, "--to", url];
        assert.equal((await failure(world, 1, move)).code, "host_in_use");
        await terminate(before);
        const moved = await document(world, ...move);
        assert.deepEqual(Object.keys(Object(moved)).sort(), ["rows", "schema", "tables"]);
        assert.equal((await failure(world, 1, move)).code, "target_not_empty");
        const after = await serve(world, ["--database", url], port);
        try {
          const pushed = await ends(world, 0, ["sync", "run"]);
          assert.match(pushed.stdout + pushed.stderr, /1 sent/);
          const { stdout } = await ends(world, 0, ["sync", "pull"]);
          assert.match(stdout, /0 new/);
          const shown = await ends(world, 0, ["issue", "show", "WEB-1"]);
          assert.match(shown.stdout, /Edited before the move/);
        } finally {
          await terminate(after);
        }
      });
    }),
);
