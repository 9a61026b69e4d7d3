import assert from "node:assert/strict";
import { activeMission } from "../../src/project/active_mission.ts";
import { join } from "../../src/platform/paths.ts";
import { withPlatform } from "../support/platform.ts";

for (
  const [branch, mission] of [
    ["012-fix-search", "012-fix-search"],
    ["kitty/mission-012-fix-search", "012-fix-search"],
    ["fix-search-01M8C6ME", "fix-search-01M8C6ME"],
    ["kitty/mission-fix-search-01M8C6ME", "fix-search-01M8C6ME"],
    ["kitty/mission-fix-search-01M8C6ME-lane-a", "fix-search-01M8C6ME"],
    ["012-fix-search-WP01", "012-fix-search"],
    ["main", null],
    ["012-another", null],
    ["..", null],
  ] as const
) {
  Deno.test(`the branch ${branch} names ${mission ?? "no mission"}`, () =>
    withPlatform({}, async ({ files, home }) => {
      await files.writeAtomic(join(home, ".git", "HEAD"), `ref: refs/heads/${branch}\n`);
      await files.makeDirectory(join(home, "kitty-specs", "012-fix-search"));
      await files.makeDirectory(join(home, "kitty-specs", "fix-search-01M8C6ME"));
      assert.equal(await activeMission({ files }, home), mission);
    }));
}
