import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { withWorld } from "../support/world.ts";

/** A device that never ends. */
const ENDLESS = "/dev/zero";
const ignore = !existsSync(ENDLESS);

Deno.test({
  name: "a text that never ends is refused, and nothing is done",
  ignore,
  fn: () =>
    withWorld(async (world) => {
      await world.signIn();
      await world.ok("bind", "-p", "linear", "--select", "1");
      await world.ok("sync", "pull", "--all");
      const lines = [
        ["issue", "edit", "ENG-33", "--body-file", ENDLESS],
        ["sync", "push", "--items-json", ENDLESS],
      ];
      for (const line of lines) {
        const { code, stderr } = await world.here(line);
        assert.match(stderr, /^✗ Cannot read "\/dev\/zero": it is larger than 32 MiB\n/);
        assert.equal(code, 1, line.join(" "));
      }
      const { waiting } = await world.json("status");
      assert.equal(waiting.pending, 0);
    }),
});
