import assert from "node:assert/strict";
import { modulesUnder } from "../../scripts/coverage.ts";

const ROOT = new URL("../../", import.meta.url);
/** Modules that may name the files of the machine to change what is in a project, or nothing that is in one. */
const DOORS = [
  "src/project/project_files.ts",
  "src/project/project_lock.ts",
  // In the repository's own directory, which it does not leave.
  "src/project/mission_lock.ts",
  // In the user's directory.
  "src/missions/journal.ts",
];
const CHANGE = /platform\.files\.(?:writeAtomic|append|makeDirectory|rename|remove|lock|setMode)\(/;

/** A read without a limit. */
const READ = /platform\.files\.read(?:Text|Bytes)\([^,()]*\)/;

Deno.test("everything in a project is read with a limit, and changed through the files of the project", async () => {
  const changed: string[] = [];
  for (const room of ["src/project/", "src/missions/"]) {
    for (const path of await modulesUnder(ROOT, room)) {
      const source = await Deno.readTextFile(new URL(path, ROOT));
      // Examples in comments set up projects of their own.
      const code = source.replace(/^ *\*.*$/gm, "");
      if ((CHANGE.test(code) || READ.test(code)) && !DOORS.includes(path)) {
        changed.push(path);
      }
    }
  }
  assert.deepEqual(changed, []);
});
