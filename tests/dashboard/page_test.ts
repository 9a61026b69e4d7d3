import assert from "node:assert/strict";
import { ICON } from "../../src/pages/icon.ts";
import { PAGE } from "../../src/dashboard/page/page.ts";
import { SCRIPT } from "../../src/dashboard/page/script.ts";
import { STYLE } from "../../src/dashboard/page/style.ts";

Deno.test("the page has no inline script or style, and nothing of it comes from elsewhere", () => {
  assert.doesNotMatch(PAGE, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  for (const text of [PAGE, SCRIPT, STYLE]) {
    assert.doesNotMatch(text, /https?:|url\(|@import|\bimport\(|src="\/\//);
  }
  assert.deepEqual(ICON.match(/https?:[^"]+/g), ["http://www.w3.org/2000/svg"]);
});

Deno.test("the page's code writes texts, never markup, and parses", () => {
  assert.doesNotMatch(
    SCRIPT,
    /innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|\beval\b|Function\(/,
  );
  assert.doesNotThrow(() => new Function(SCRIPT));
});

Deno.test("every element that the code fills is on the page, once", () => {
  const used = [...SCRIPT.matchAll(/(?:byId|draw)\("([\w-]+)"/g)].map(([, id = ""]) => id);
  assert.ok(used.length > 20);
  for (const id of new Set(used)) {
    const made = [...`${PAGE}${SCRIPT}`.matchAll(new RegExp(`\\bid(?:="|: ")${id}"`, "g"))];
    assert.equal(made.length, 1, id);
  }
});

Deno.test("what is sent before the first state names nothing hosted", () => {
  assert.doesNotMatch(PAGE, /sync now|host|queue|daemon|sign/i);
});
