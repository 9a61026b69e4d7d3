import assert from "node:assert/strict";
import { MAX_PAGES, PullPages } from "../../src/client/pull_pages.ts";
import { issue } from "./service_support.ts";
import { EMPTY_PAGE } from "./support.ts";

Deno.test("a listing ends after so many pages that it is none", () => {
  const pages = new PullPages(null);
  const page = (cursor: number) => ({
    ...EMPTY_PAGE,
    items: [issue(1)],
    has_more: true,
    next_cursor: `c${cursor}`,
  });
  for (let count = 1; count < MAX_PAGES; count++) assert.equal(pages.fault(page(count)), null);
  assert.match(pages.fault(page(MAX_PAGES))?.message ?? "", /after 10000 pages/);
});

Deno.test("an empty page between two others is no fault", () => {
  const pages = new PullPages(null);
  const page = (cursor: number, count: number) => ({
    ...EMPTY_PAGE,
    items: Array.from({ length: count }, (_, index) => issue(index)),
    has_more: true,
    next_cursor: `c${cursor}`,
  });
  for (const [place, count] of [0, 1, 0, 2, 0].entries()) {
    assert.equal(pages.fault(page(place, count)), null);
  }
  assert.match(pages.fault(page(5, 0))?.message ?? "", /Two pages in a row are empty/);
});
