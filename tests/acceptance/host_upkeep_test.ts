import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld } from "../support/world.ts";
import { dataWithUser, serve, signIn, terminate } from "./host_setup.ts";

Deno.test("a backup is taken while the host serves, and a host serves it", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const host = await serve(world, ["--data", data]);
    const file = `${world.home}/backup.db`;
    const backup = ["host", "backup", file, "--data", data];
    const made = await document(world, ...backup);
    assert.deepEqual(Object.keys(Object(made)).sort(), ["bytes", "file"]);
    assert.equal((await failure(world, 1, backup)).code, "backup_exists");
    await ends(world, 0, [...backup, "--force"]);
    await terminate(host);
    await Deno.mkdir(`${world.home}/restored`);
    await Deno.rename(file, `${world.home}/restored/host.db`);
    const restored = await serve(world, ["--data", `${world.home}/restored`]);
    await signIn(world, restored.url);
    await terminate(restored);
    const version = await document(world, "host", "migrate", "--data", data);
    assert.deepEqual(Object.keys(Object(version)).sort(), ["from", "to"]);
  }));
