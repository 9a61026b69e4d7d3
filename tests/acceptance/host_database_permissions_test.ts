import assert from "node:assert/strict";
import {
  databaseOf,
  DRIVER_VARIABLES,
  permissionFlags,
  permissionsOf,
} from "../../src/cli/permissions/requirements.ts";
import { commandNamed } from "../support/cli.ts";
import { ends } from "../support/bound.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import {
  processIn,
  programUnderTest,
  programWith,
  withWorld,
  type World,
} from "../support/world.ts";
import { signIn } from "./host_setup.ts";

Deno.test("a host serves a database under exactly the permissions of the table, and not without the network", () =>
  withWorld(async (world) => {
    if (!programUnderTest().includes("-A")) return;
    await withDatabase(migratedDatabase, async (url) => {
      world.env["TRACKER_HOST_DATABASE"] = url;
      const address = databaseOf(url) ?? "";
      const user = ["host", "user", "add", "ada@example.com", "--team", "red"];
      await ends(world, 0, user, { stdin: "correct horse battery\n" });
      const line = ["host", "serve", "--listen", "127.0.0.1:0", "--json"];
      const flags = await flagsFor("host serve", world, url);
      assert.ok(flags.includes(`--allow-net=${address},127.0.0.1`), flags.join(" "));
      assert.deepEqual(flags.filter((flag) => /^--allow-(read|write|run|sys)/.test(flag)), []);
      const host = processIn(world, [...programWith(flags), ...line]).spawn();
      const { value = "" } = await host.stdout.pipeThrough(new TextDecoderStream()).getReader()
        .read();
      await signIn(world, JSON.parse(value).url);
      host.kill("SIGTERM");
      assert.equal((await host.status).code, 0, await new Response(host.stderr).text());

      const offline = flags.map((flag) =>
        flag.startsWith("--allow-net") ? "--allow-net=127.0.0.1:0" : flag
      );
      for (const args of [line, ["host", "user", "list", "--json"]]) {
        const refused = processIn(world, [...programWith(offline), ...args]).spawn();
        const { code } = await refused.status;
        const { error } = JSON.parse(await new Response(refused.stderr).text());
        await refused.stdout.cancel();
        assert.deepEqual([code, error.code, error.message], [
          1,
          "permission_needed",
          `Permission needed: net "${address}"`,
        ]);
        assert.ok(error.details.flag.includes(address), error.details.flag);
      }
    });
  }));

/** The flags that the table says; what is for a directory of data is left out. */
async function flagsFor(
  path: string,
  { project }: World,
  url: string,
): Promise<readonly string[]> {
  const { permissions } = await commandNamed(path);
  const places = {
    project,
    user: null,
    host: null,
    database: databaseOf(url),
    tool: null,
    program: null,
    sources: null,
    startsDaemon: true,
    hosted: true,
  };
  const needed = permissionsOf(permissions, places).filter(({ target }) => target !== "DIR");
  return [...permissionFlags(needed), `--ignore-env=${DRIVER_VARIABLES.join(",")}`];
}
