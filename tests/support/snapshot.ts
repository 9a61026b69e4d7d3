import assert from "node:assert/strict";

const DIRECTORY = new URL("../snapshots/", import.meta.url);

/**
 * Compares a text with the reviewed one in `tests/snapshots/NAME`. With `TRACKER_UPDATE_SNAPSHOTS=1` the
 * file is written instead, to be read whole before it is committed.
 */
export async function matchesSnapshot(name: string, text: string): Promise<void> {
  const file = new URL(name, DIRECTORY);
  if (Deno.env.get("TRACKER_UPDATE_SNAPSHOTS") === "1") {
    await Deno.writeTextFile(file, text);
    return;
  }
  assert.equal(text, await Deno.readTextFile(file), `${name} differs from what was reviewed`);
}
