import assert from "node:assert/strict";
import { oncePerContent, readRemembered } from "../../src/platform/remembered_file.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const BOUND = { maxBytes: 100 };

/** Runs a test with a file that was last changed long ago, and the count of its readings. */
async function withFile(
  test: (
    file: { platform: TestPlatform; path: string; reads: () => number; age: () => Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  let reads = 0;
  await withPlatform({
    files: (real) => ({
      ...real,
      readBytes(path, options) {
        reads++;
        return real.readBytes(path, options);
      },
    }),
  }, async (platform) => {
    const path = `${platform.home}/file`;
    await Deno.writeTextFile(path, "one");
    const old = new Date(platform.clock.now() - 60_000);
    const age = () => Deno.utime(path, old, old);
    await age();
    await test({ platform, path, reads: () => reads, age });
  });
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

Deno.test("a file that stays as it is is opened once, however often it is read", () =>
  withFile(async ({ platform, path, reads }) => {
    const first = await readRemembered(platform, path, BOUND);
    const second = await readRemembered(platform, path, BOUND);
    assert.deepEqual([first.isNew, second.isNew, reads()], [true, false, 1]);
    assert.equal(second.bytes, first.bytes);
  }));

Deno.test("a file that another one has replaced is read again, its size and time the same", () =>
  withFile(async ({ platform, path, age }) => {
    await readRemembered(platform, path, BOUND);
    await platform.files.writeAtomic(path, "two");
    await age();
    const { bytes, isNew } = await readRemembered(platform, path, BOUND);
    assert.deepEqual([textOf(bytes), isNew], ["two", true]);
  }));

Deno.test("a file that grew in place is read again", () =>
  withFile(async ({ platform, path, age }) => {
    await readRemembered(platform, path, BOUND);
    await Deno.writeTextFile(path, "longer");
    await age();
    assert.equal(textOf((await readRemembered(platform, path, BOUND)).bytes), "longer");
  }));

Deno.test("a file that was changed a moment ago is read again, for its next change may not show", () =>
  withFile(async ({ platform, path, reads }) => {
    const now = new Date(platform.clock.now() - 1_000);
    await Deno.utime(path, now, now);
    await readRemembered(platform, path, BOUND);
    await Deno.writeTextFile(path, "two");
    await Deno.utime(path, now, now);
    assert.equal(textOf((await readRemembered(platform, path, BOUND)).bytes), "two");
    assert.equal(reads(), 2);
  }));

Deno.test("a file that is gone is no longer there, and one that comes back is read", () =>
  withFile(async ({ platform, path, age }) => {
    await readRemembered(platform, path, BOUND);
    await Deno.remove(path);
    assert.equal((await readRemembered(platform, path, BOUND)).bytes, null);
    await Deno.writeTextFile(path, "two");
    await age();
    assert.equal(textOf((await readRemembered(platform, path, BOUND)).bytes), "two");
  }));

Deno.test("what is derived from a content is derived once for each content", () => {
  let derived = 0;
  const length = oncePerContent((_path, bytes) => {
    derived++;
    return bytes.length;
  });
  const [one, other] = [new Uint8Array(1), new Uint8Array(2)];
  assert.deepEqual([length("a", one), length("a", one), length("a", other)], [1, 1, 2]);
  assert.equal(derived, 2);
});
