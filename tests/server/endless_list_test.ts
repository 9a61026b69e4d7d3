/** A list of a provider that has no end is recognised, whatever form it takes; a long one is read whole. */
import assert from "node:assert/strict";
import { EndlessList } from "../../src/server/sync/endless_list.ts";

const START = Date.parse("2026-03-01T00:00:00Z");

/** Reads a list until it is said to be endless; returns why, and after how many pages. */
function read(
  pageAt: (place: number) => { readonly ids: readonly string[]; readonly cursor: string },
  list: EndlessList = new EndlessList(),
): { readonly words: string; readonly pages: number } {
  for (let place = 0; place < 10_000; place++) {
    try {
      list.note(pageAt(place));
    } catch (error) {
      assert.ok(error instanceof Error);
      return { words: error.message, pages: place + 1 };
    }
  }
  return { words: "", pages: 10_000 };
}

for (const length of [1, 2, 3, 7, 100]) {
  Deno.test(`a cursor that comes again after ${length} pages ends the list, by name`, () => {
    const { words, pages } = read((place) => ({
      // What is shown may be new each time.
      ids: [`new ${place}`],
      cursor: place < 5 ? `first ${place}` : `circle ${place % length}`,
    }));
    assert.match(words, /^The provider's list leads back to where it was read before: circle \d+$/);
    assert.ok(pages <= 4 * (length + 5), String(pages));
  });

  Deno.test(`${length} pages that are shown again and again end the list, wherever it says that it continues`, () => {
    const { words, pages } = read((place) => ({
      ids: [`a ${place % length}`, `b ${place % length}`],
      cursor: `${place}`,
    }));
    assert.match(words, /the same page/);
    assert.ok(pages <= 100 * length, String(pages));
  });
}

Deno.test("a long list whose entries move to the next page is read to its end", () => {
  const { words } = read((place) => ({ ids: [`${place}`, `${place + 1}`], cursor: `${place}` }));
  assert.equal(words, "");
});

Deno.test("a list with empty pages, and one whose pages are read twice, are read to their end", () => {
  assert.equal(read((place) => ({ ids: [], cursor: `${place}` })).words, "");
  const twice = read((place) => ({
    ids: [`${Math.floor(place / 2)}`],
    cursor: `${place}`,
  }));
  assert.equal(twice.words, "");
});

Deno.test("a list with ever newer entries has pages without end, and is given up", () => {
  const list = new EndlessList({ mostPages: 500 });
  const { words, pages } = read((place) => ({ ids: [`${place}`], cursor: `${place}` }), list);
  assert.equal(words, "The provider's list has not ended after 500 pages");
  assert.equal(pages, 500);
});

Deno.test("a long cursor is told by its beginning", () => {
  const { words } = read((place) => ({ ids: [`${place}`], cursor: "x".repeat(1_000) }));
  assert.match(words, /: x{80}…$/);
});

/** Shows pages whose newest entries have these times, in seconds after the round began; returns the first that may end it. */
function firstEnd(list: EndlessList, times: readonly number[]): number {
  return times.findIndex((seconds) =>
    list.mayEnd(new Date(START + seconds * 1_000).toISOString(), START)
  );
}

Deno.test("a round may end once it has shown for long what was changed since it began", () => {
  const list = new EndlessList({ mostNewer: 3 });
  assert.equal(firstEnd(list, [-30, -20, -10, 0, 10, 20, 30, 40]), 6);
});

Deno.test("a round with the newest first never ends before its end, whatever the clocks say", () => {
  const list = new EndlessList({ mostNewer: 3 });
  assert.equal(firstEnd(list, [500, 500, 500, 500, 500, 500, 500]), -1);
  assert.equal(new EndlessList({ mostNewer: 1 }).mayEnd(null, START), false);
});
