import assert from "node:assert/strict";
import { VERSION } from "../../src/cli/version.ts";
import { document, ends } from "../support/bound.ts";
import { checkNames } from "../support/checks.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { programUnderTest, programWith, runIn, withWorld } from "../support/world.ts";
import { dataWithUser, serve, terminate } from "./host_setup.ts";

testOfOneHost(
  "a check while the host serves ends with 0, and its document has a stable shape",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const host = await serve(world, ["--data", data]);
      const check = ["host", "check", "--data", data];
      const report = await document(world, ...check);
      const { stdout } = await ends(world, 0, check);
      await terminate(host);
      const { checks, ...rest } = report;
      assert.deepEqual(rest, {
        schema: 1,
        version: VERSION,
        data,
        ok: true,
        problems: 0,
        warnings: 0,
      });
      for (const one of checks) {
        assert.deepEqual(Object.keys(one), [
          "check",
          "status",
          "message",
          "next_action",
          "details",
        ]);
      }
      const named = checks.map(({ check }: { check: string }) => check);
      assert.deepEqual(named, checkNames("sqlite"));
      assert.match(stdout, /^✓ the schema is of this version \(\d+\)$/m);
      assert.match(stdout, /^– no copy by `tracker host backup` is recorded$/m);
      assert.match(stdout, /\nEverything is in order\.\n$/);
    }),
);

testOfOneHost(
  "a check that finds a fault ends with 1, and prints the same document",
  () =>
    withWorld(async (world) => {
      const data = `${world.home}/none`;
      const { stdout } = await ends(world, 1, ["host", "check", "--data", data, "--json"]);
      const { ok, problems, checks } = JSON.parse(stdout);
      assert.deepEqual([ok, problems], [false, 1]);
      assert.deepEqual(checks[0], {
        check: "database",
        status: "failed",
        message: `No data of a host is in "${data}"`,
        next_action:
          "Name the place that the host serves, or create it by adding its first user with `tracker host user add`.",
        details: { code: "host_data_missing", path: data },
      });
      const text = await ends(world, 1, ["host", "check", "--data", data]);
      assert.match(text.stdout, /^✗ No data of a host is in ".+"\n {4}→ Name the place/);
      assert.match(text.stdout, /\n1 problem\.\n$/);
    }),
);

testOfOneHost(
  "without a permission one check is not made, but without the database nothing is in order",
  () =>
    withWorld(async (world) => {
      if (!programUnderTest().includes("-A")) return;
      const data = await dataWithUser(world);
      const key = `${world.home}/host.key`;
      await ends(world, 0, ["host", "key", "create", key]);
      const check = ["host", "check", "--data", data, "--key-file", key, "--json"];
      const scoped = (readable: string) =>
        runIn(world, [...programWith(["--allow-env", `--allow-read=${readable}`]), ...check]);
      const read = await scoped(data);
      assert.equal(read.code, 0, read.stderr);
      const notes = messages(read.stdout, "info");
      const isLinux = Deno.build.os === "linux";
      assert.equal(notes.length, isLinux ? 5 : 4, notes.join("\n"));
      assert.match(notes[1] ?? "", /^key not examined: permission needed: read ".+host\.key"$/);
      assert.match(notes[2] ?? "", /can be written is not known: `--allow-write` is not granted$/);
      assert.match(notes[3] ?? "", /`--allow-sys=statfs` is not granted$/);
      if (isLinux) assert.match(notes[4] ?? "", /`--allow-all` is not granted$/);
      assert.ok(messages(read.stdout, "ok").includes("the file is whole"));
      const nothing = await scoped(key);
      assert.equal(nothing.code, 1);
      assert.match(messages(nothing.stdout, "failed")[0] ?? "", /^Permission needed: read ".+data/);
    }),
);

/** The messages of the lines with a status. */
function messages(report: string, status: string): readonly string[] {
  const { checks } = JSON.parse(report);
  return checks.filter((one: { status: string }) => one.status === status)
    .map((one: { message: string }) => one.message);
}
