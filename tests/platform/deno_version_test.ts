import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LEAST_DENO, oldDenoFault } from "../../src/platform/deno_version.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const PRETEND = fileURLToPath(new URL("./programs/pretend_old_deno.ts", import.meta.url));

Deno.test("a Deno that is new enough is not spoken of", () => {
  for (const version of [LEAST_DENO, "2.9.6", "2.10.0", "3.0.0", "2.9.0-rc.1", "2.9.1+abc"]) {
    assert.equal(oldDenoFault(version, []), null, version);
  }
});

Deno.test("a Deno that is too old is told with the one that is needed, and what to do", () => {
  for (const version of ["2.8.3", "2.0.0", "1.46.3", "2.8.10"]) {
    assert.equal(
      oldDenoFault(version, ["status"]),
      `✗ tracker needs Deno 2.9.0 or newer, and this is Deno ${version}\n` +
        "  Run `deno upgrade`, or use one of tracker's executables, which need no Deno.",
    );
  }
});

Deno.test("a program that asks for JSON is told of an old Deno in JSON", () => {
  const { error } = JSON.parse(oldDenoFault("2.8.3", ["--json", "status"]) ?? "");
  assert.equal(error.code, "deno_too_old");
  assert.deepEqual(error.details, { deno: "2.8.3", least: LEAST_DENO });
  assert.match(oldDenoFault("2.8.3", ["completion", "--", "--json"]) ?? "", /^✗/);
});

for (const args of [["status"], ["--help"], ["--json", "doctor"]]) {
  Deno.test(`"${args.join(" ")}" on an old Deno ends at once, before anything else is loaded`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--quiet", `--preload=${PRETEND}`, MAIN, ...args],
    }).output();
    assert.equal(code, 1);
    assert.equal(new TextDecoder().decode(stdout), "");
    assert.match(
      new TextDecoder().decode(stderr),
      /needs Deno 2\.9\.0 or newer, and this is Deno 2\.8\.3/,
    );
  });
}

Deno.test("before the check of Deno nothing is loaded that an old one may not know", async () => {
  const loaded = await loadedBy(MAIN);
  assert.ok(loaded.size < 13, [...loaded].join(" "));
  for (const path of loaded) {
    // Neither what is new in the language and in Deno, nor a package that an old Deno may not find.
    const source = await Deno.readTextFile(path);
    assert.doesNotMatch(source, /^import .*from "[^.]|\busing \w+ =|Deno\.\w*[lL]ock/m, path);
  }
});

/** A module and all that it loads at its start, types left out. */
async function loadedBy(path: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  seen.add(path);
  const source = await Deno.readTextFile(path);
  for (
    const [, names = "", to = ""] of source.matchAll(/^import (?!type )([^;]*?) from "(\..*?)";$/gm)
  ) {
    const isType = names.replace(/[{}]/g, "").split(",").every((name) =>
      /^\s*(type |$)/.test(name)
    );
    const target = fileURLToPath(new URL(to, pathToFileURL(path)));
    if (!isType && !seen.has(target)) await loadedBy(target, seen);
  }
  return seen;
}
