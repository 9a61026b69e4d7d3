import assert from "node:assert/strict";
import { Tool } from "../../src/local/tool.ts";
import { databaseEvidence, toolDatabase } from "../../src/local/tool_database.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("the database of `fp` is the nearest `.fp`, found without starting it or reading its files", () =>
  withPlatform({
    processes: {
      run: () => Promise.reject(new Error("started")),
      runAttached: () => Promise.reject(new Error("started")),
      startDetached: () => {
        throw new Error("started");
      },
      kill: () => false,
    },
    files: (real) => ({ ...real, readText: () => Promise.reject(new Error("read")) }),
  }, async (platform) => {
    const home = await Deno.realPath(platform.home);
    const [top, nested] = [`${home}/app`, `${home}/app/packages/web`];
    await Deno.mkdir(`${top}/.fp`, { recursive: true });
    await Deno.mkdir(nested, { recursive: true });
    await Deno.symlink(nested, `${home}/link`);
    const databaseAt = (cwd: string) => {
      const options = { platform, command: "fp", cwd, lockPath: `${home}/lock`, installHint: "" };
      const notSetUp = { pattern: /never/, nextAction: "" };
      const tool = new Tool({ ...options, notSetUp });
      return toolDatabase({ platform, provider: "fp", tool, command: "fp", cwd, repository: top });
    };
    assert.equal(await databaseAt(nested), `${top}/.fp`);
    assert.equal(await databaseAt(`${home}/link`), `${top}/.fp`);
    await Deno.mkdir(`${nested}/.fp`);
    assert.equal(await databaseAt(nested), `${nested}/.fp`);
    assert.equal(await databaseAt(home), home);
    const search = { platform, command: "fp", cwd: nested, repository: top };
    assert.equal(await databaseEvidence({ ...search, provider: "fp" }), null);
  }));

Deno.test("where a variable of `bd` may not be read, nothing on disk stands for its answer", () =>
  withPlatform({ system: { permission: () => "prompt" } }, async (platform) => {
    const cwd = platform.home;
    const search = { platform, provider: "beads", command: "bd", cwd, repository: cwd } as const;
    assert.equal(await databaseEvidence(search), null);
  }));
