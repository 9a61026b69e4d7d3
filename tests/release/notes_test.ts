import assert from "node:assert/strict";
import { releaseNotes } from "../../scripts/release_notes.ts";
import { billOfMaterials, type Lock } from "../../scripts/sbom.ts";

const ROOT = new URL("../../", import.meta.url);
const CHANGELOG = [
  "# Changelog",
  "",
  "## [Unreleased]",
  "",
  "- Later.",
  "",
  "## [1.2.0] - 2026-01-31",
  "",
  "### Added",
  "",
  "- Now.",
  "",
  "## [1.1.0] - 2026-01-01",
  "",
  "- Before.",
  "",
  "[1.2.0]: https://example.com",
].join("\n");

Deno.test("The notes of a release are the changelog's section of its version", () => {
  assert.deepEqual(releaseNotes("v1.2.0", "1.2.0", CHANGELOG), {
    kind: "notes",
    text: "### Added\n\n- Now.",
  });
  assert.deepEqual(releaseNotes("v1.1.0", "1.1.0", CHANGELOG), {
    kind: "notes",
    text: "- Before.",
  });
});

Deno.test("A tag of another version, and a version without notes, stop the release", () => {
  assert.equal(releaseNotes("v1.3.0", "1.2.0", CHANGELOG).kind, "fault");
  assert.equal(releaseNotes("v1.3.0", "1.3.0", CHANGELOG).kind, "fault");
  assert.equal(releaseNotes("v2.0.0", "2.0.0", "## [2.0.0]\n\n## [1.0.0]\n").kind, "fault");
});

Deno.test("The bill of materials names every package of the lock file with its checksum", async () => {
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
  const lock: Lock = await read("deno.lock");
  const bill = billOfMaterials(await read("deno.json"), lock);
  const names = Object.keys(lock.npm);
  assert.equal(bill.components.length, names.length);
  for (const { hashes, purl } of bill.components) {
    assert.match(hashes[0]?.content ?? "", /^[0-9a-f]{128}$/, purl);
    assert.match(purl, /^pkg:npm\/(%40[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+/);
  }
  const refs = new Set(bill.dependencies.map(({ ref }) => ref));
  const [root] = bill.dependencies;
  assert.equal(root?.dependsOn.length, Object.keys(lock.specifiers).length);
  for (const { dependsOn } of bill.dependencies) {
    for (const ref of dependsOn) assert.ok(refs.has(ref), ref);
  }
});
