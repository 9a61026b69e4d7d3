import assert from "node:assert/strict";
import { openGit } from "../../src/missions/git_command.ts";
import { systemPlatform } from "../../src/platform/system.ts";

Deno.test({
  name: "a directory that a clone brings as a repository has git run none of its programs",
  ignore: Deno.build.os === "windows",
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      for (const name of ["objects", "refs"]) await Deno.mkdir(`${directory}/${name}`);
      await Deno.writeTextFile(`${directory}/HEAD`, "ref: refs/heads/main\n");
      const program = `${directory}/program`;
      await Deno.writeTextFile(program, `#!/bin/sh\ntouch "${directory}/has-run"\n`, {
        mode: 0o755,
      });
      await Deno.writeTextFile(
        `${directory}/config`,
        `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${program}\n`,
      );
      const { code, stderr } = await openGit(systemPlatform(), directory).run(["status"]);
      await assert.rejects(Deno.stat(`${directory}/has-run`), Deno.errors.NotFound);
      assert.match(stderr, /^fatal: cannot use bare repository /);
      assert.equal(code, 128);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
