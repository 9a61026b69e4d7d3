import assert from "node:assert/strict";

/** Where a module begins to run as a program, and the values it makes for itself after that, which are not there yet. */
const MAIN = /^if \(import\.meta\.main\)/m;
const LATER = /^(?:export )?(?:const|let|class) \w+/gm;

Deno.test("a script runs only after all that it is made of is there", async () => {
  const scripts = new URL("../../scripts/", import.meta.url);
  for (const { name, isFile } of Deno.readDirSync(scripts)) {
    if (!isFile || !name.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(new URL(name, scripts));
    const start = MAIN.exec(text)?.index;
    const later = start === undefined ? [] : text.slice(start).match(LATER) ?? [];
    assert.deepEqual([...later], [], `${name}: what follows \`if (import.meta.main)\``);
  }
});
