import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { editToml, parseToml, readToml, tomlValue } from "../../src/user/toml_file.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("an edit changes only what it names: comments, order and layout stay", () => {
  const text = [
    "# mine",
    'title = "x" # why',
    "",
    "[sync] # the sync section",
    "# the host",
    'server_url = "https://a.example"   # prod',
    "unknown = [1,2,  3] # odd layout",
    "",
    "[other]",
    "date = 2020-01-01T00:00:00Z",
    "",
  ].join("\n");
  const edited = editToml("f", text, [
    { path: ["sync", "server_url"], value: "https://b.example" },
  ]);
  assert.equal(edited, text.replace("a.example", "b.example"));
});

Deno.test("an edit makes missing tables, and taking a missing value away changes nothing", () => {
  assert.equal(editToml("f", "", [{ path: ["a", "b"], value: 1 }]), "[a]\nb = 1\n");
  assert.equal(editToml("f", "# c\n", [{ path: ["a", "b", "c"], value: null }]), "# c\n");
});

Deno.test("an edit through a value that is no table is refused", () => {
  assert.throws(
    () => editToml("/x/config.toml", "sync = 3\n", [{ path: ["sync", "a"], value: 1 }]),
    (error) =>
      error instanceof TrackerError && error.code === "invalid_toml" &&
      error.message.includes("/x/config.toml") && error.message.includes("`sync`"),
  );
});

Deno.test("a file that is no TOML is named with its line and reason, without showing the line", () => {
  assert.throws(
    () => parseToml("/x/credentials", '[tokens]\naccess = "s3cret\n'),
    (error) => {
      assert.ok(error instanceof TrackerError);
      assert.equal(error.code, "invalid_toml");
      assert.match(error.message, /^"\/x\/credentials" is not valid TOML, line 2: ./);
      assert.doesNotMatch(error.message, /s3cret/);
      assert.equal(error.details["line"], 2);
      return true;
    },
  );
});

Deno.test("a file that is not UTF-8 is refused rather than read with holes", async () => {
  await withPlatform({}, async (platform) => {
    const path = `${platform.home}/f.toml`;
    await platform.files.writeAtomic(path, new Uint8Array([0x61, 0x3d, 0x22, 0xff, 0x22]));
    await assert.rejects(readToml(platform, path), /is not valid TOML: it is not UTF-8 text/);
    assert.deepEqual(Object.keys((await readToml(platform, `${platform.home}/absent`)).table), []);
  });
});

Deno.test("names from outside cannot reach the prototype of a table", () => {
  const edited = editToml("f", "", [{ path: ["__proto__", "polluted"], value: "yes" }]);
  assert.equal(tomlValue(parseToml("f", edited), ["__proto__", "polluted"]), "yes");
  assert.equal(tomlValue(parseToml("f", edited), ["constructor"]), undefined);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,7}$/);
const value = fc.oneof(
  fc.integer().map(String),
  fc.boolean().map(String),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text).replaceAll("\u007f", "")),
  fc.constant("1979-05-27T07:32:00Z"),
  fc.constant("[ 1, 2 ,3 ]"),
  fc.constant("{ x = 1, y = 'z' }"),
);
const line = fc.record({ key, value, comment: fc.boolean() });
const section = fc.record({
  name: key,
  note: fc.boolean(),
  lines: fc.uniqueArray(line, { selector: (one) => one.key, maxLength: 4 }),
});
const file = fc.uniqueArray(section, { selector: (one) => one.name, maxLength: 4 }).map((
  sections,
) =>
  sections.map(({ name, note, lines }) =>
    (note ? `# about ${name}\n` : "") + `[foreign_${name}] # ${name}\n` +
    lines.map((one) => `${one.key} = ${one.value}${one.comment ? "  # kept" : ""}\n`).join("")
  ).join("\n")
);

Deno.test("whatever else a file holds survives a value being set, changed and taken away", () => {
  fc.assert(
    fc.property(file, fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (text, a, b) => {
      const path = ["sync", "server_url"];
      const set = editToml("f", text, [{ path, value: a }]);
      assert.equal(tomlValue(parseToml("f", set), path), a);
      const changed = editToml("f", set, [{ path, value: b }]);
      assert.equal(tomlValue(parseToml("f", changed), path), b);
      const gone = editToml("f", changed, [{ path, value: null }]);
      for (const stage of [set, changed, gone]) {
        for (const kept of text.split("\n").filter((one) => one !== "")) {
          assert.ok(stage.split("\n").includes(kept), `${JSON.stringify(kept)} in\n${stage}`);
        }
      }
      const others = (toml: string) => {
        const table = parseToml("f", toml);
        delete table["sync"];
        return table;
      };
      assert.deepEqual(others(gone), others(text));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a file of settings that is a device or too large is refused, not read", async () => {
  if (Deno.build.os === "windows") return console.log("    skipped: no devices to link to here");
  await withPlatform({}, async (platform) => {
    const path = `${platform.home}/config.toml`;
    await Deno.symlink("/dev/null", path);
    await assert.rejects(readToml(platform, path), { code: "not_a_file" });
    await Deno.remove(path);
    await Deno.writeTextFile(path, `# ${" ".repeat(1_048_576)}`);
    await assert.rejects(readToml(platform, path), { code: "file_too_large" });
  });
});
