import assert from "node:assert/strict";
import { DRIVER_VARIABLES, VARIABLES } from "../../src/cli/permissions/requirements.ts";
import { toFileUrl } from "../../scripts/file_urls.ts";

const SCRIPT = new URL("../../scripts/compile.ts", import.meta.url).pathname;
const TARGET = "x86_64-unknown-linux-gnu";

Deno.test({
  name: "An executable holds all files of the bundle, and the baked permissions and no others",
  // Any small program stands in for Deno's runtime, which is not there: it must be of the target's kind.
  ignore: Deno.build.target !== TARGET,
  fn: () =>
    compiled({ DENORT_BIN: "/bin/true" }, async ({ code, stdout, stderr, outdir }) => {
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^bundle +\d+ kB/m);
      assert.match(stdout, new RegExp(`tracker-${TARGET} \\d+\\.\\d MB\\n$`));
      const bytes = await Deno.readFile(new URL(`tracker-${TARGET}`, outdir));
      const text = new TextDecoder("latin1").decode(bytes);
      for (const name of ["tracker.js", "program.js", "commands.js", "host.js", "agents.js"]) {
        const source = await Deno.readTextFile(new URL(`bundle/${name}`, outdir));
        assert.ok(text.includes(source), `${name} is not in the executable`);
      }
      assert.deepEqual(bakedInto(text), {
        allow_env: [...VARIABLES, "USERPROFILE", "USERNAME"],
        allow_net: [],
        allow_read: [],
        allow_run: [],
        allow_sys: ["hostname", "uid", "statfs"],
        allow_write: [],
        deny_import: [],
        ignore_env: DRIVER_VARIABLES,
        prompt: false,
      });
    }),
});

Deno.test("A target that there is none of is refused with the list of targets", async () => {
  await compiled({}, ({ code, stderr }) => {
    assert.equal(code, 2);
    assert.match(stderr, /There is no target "beos": x86_64-unknown-linux-gnu, /);
  }, "beos");
});

interface Compiled {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly outdir: URL;
}

async function compiled(
  env: Readonly<Record<string, string>>,
  test: (result: Compiled) => void | Promise<void>,
  target: string = TARGET,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-compile-test-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", SCRIPT, "--target", target, "--outdir", directory],
      env: { NO_COLOR: "1", ...env },
    }).output();
    const decoder = new TextDecoder();
    await test({
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      outdir: toFileUrl(`${directory}/`, directory),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * The permissions that Deno wrote into an executable, without those not given. An empty list stands for
 * everything, and a refusal of everything to import outweighs what is on Deno's own list.
 */
function bakedInto(text: string): Record<string, unknown> {
  const start = text.indexOf('"permissions":{') + '"permissions":'.length;
  const written: Record<string, unknown> = JSON.parse(
    text.slice(start, text.indexOf("}", start) + 1),
  );
  return Object.fromEntries(
    Object.entries(written).filter(([name, value]) => value !== null && name !== "allow_import"),
  );
}
