import assert from "node:assert/strict";
import { type CoverageProfile, makeCoverageProfile } from "../../scripts/coverage_profile.ts";

const ONE = "file:///x/src/one.ts";

Deno.test("Of files that tell the same of a module, however often it ran, one is kept", async () => {
  await inProfile(async (profile) => {
    await write(profile, { "a.json": told(ONE, [4, 0]), "b.json": told(ONE, [4, 2]) });
    profile.sweep();
    await write(profile, { "c.json": told(ONE, [1, 0]), "d.json": told(ONE, [9, 1]) });
    await write(profile, { "e.json": told("file:///x/src/two.ts", [1, 0]) });
    profile.sweep();
    assert.deepEqual(names(profile), ["a.json", "b.json", "e.json"]);
  });
});

Deno.test("Files of modules that do not count are removed", async () => {
  await inProfile(async (profile) => {
    await write(profile, { "a.json": told("file:///x/tests/one_test.ts", [1]) });
    profile.sweep();
    assert.deepEqual(names(profile), []);
  });
});

Deno.test("A file that is still written is kept until the end", async () => {
  await inProfile(async (profile) => {
    const whole = told(ONE, [1]);
    await write(profile, { "a.json": whole.slice(0, -9), "b.json": "", "c.json": whole });
    profile.sweep();
    assert.deepEqual(names(profile), ["a.json", "b.json", "c.json"]);
    await write(profile, { "a.json": told(ONE, [0]) });
    profile.sweep(true);
    assert.deepEqual(names(profile), ["a.json", "c.json"]);
  });
});

async function inProfile(test: (profile: CoverageProfile) => Promise<void>): Promise<void> {
  const profile = await makeCoverageProfile((url) => url.startsWith("file:///x/src/"));
  try {
    await test(profile);
  } finally {
    await profile.remove();
  }
}

let scripts = 0;

/** As Deno writes it; each program numbers its scripts itself. */
function told(url: string, counts: readonly number[]): string {
  const ranges = counts.map((count, index) => ({ startOffset: index, endOffset: 20, count }));
  const functions = [{ functionName: "", ranges, isBlockCoverage: true }];
  return JSON.stringify({ scriptId: String(scripts++), url, functions }, null, 2);
}

async function write(
  { folder }: CoverageProfile,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
}

function names({ folder }: CoverageProfile): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
