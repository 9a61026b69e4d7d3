/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withBoundWorld } from "../support/bound.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { browserTest, visit } from "./browser.ts";
import { issue } from "../dashboard/support.ts";
import { changeCache, HOSTILE_TITLE, prepare, withDashboard } from "./home.ts";

const row = (page: Page, name: string) => page.locator("#issue-list").getByRole("row", { name });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

/** Waits until the focus is at an element of this text: a closed dialog gives it back a moment later. */
const focusAt = (page: Page, words: string) =>
  page.waitForFunction((text) => document.activeElement?.textContent === text, words);

browserTest(
  "an issue opens by the keyboard, Esc closes it, and the focus is where it was",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          await row(page, "ENG-9001").getByRole("button").focus();
          await page.keyboard.press("Enter");
          const dialog = page.getByRole("dialog", { name: /^ENG-9001 / });
          await dialog.waitFor();
          assert.equal(await focused(page), "×", "the focus is in the dialog");
          // A dialog keeps the keyboard: no Tab leads to the page below.
          for (let i = 0; i < 6; i++) {
            await page.keyboard.press("Tab");
            const isOutside = await page.evaluate(() =>
              document.activeElement?.closest("main, header") !== null &&
              document.activeElement !== document.body
            );
            assert.equal(isOutside, false);
          }
          await page.keyboard.press("Escape");
          await dialog.waitFor({ state: "hidden" });
          await focusAt(page, "ENG-9001");
        }));
    }),
);

browserTest(
  "the focus comes back though the list was drawn again meanwhile",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          await row(page, "ENG-9001").getByRole("button").press("Enter");
          await page.getByRole("dialog").waitFor();
          await changeCache(world, (store) => void store.putPage([issue("9003")]));
          await page.locator("#issue-count", { hasText: "23 issues" }).waitFor();
          await page.keyboard.press("Escape");
          await page.getByRole("dialog").waitFor({ state: "hidden" });
          await focusAt(page, "ENG-9001");
        }));
    }),
);

browserTest(
  "the text of an issue is drawn as text: no markup of its own, no link that runs code",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          await row(page, "ENG-9001").locator(".title").click();
          const dialog = page.getByRole("dialog");
          await dialog.waitFor();
          assert.equal(await dialog.locator("h4").innerText(), "Steps");
          assert.equal(await dialog.locator("strong", { hasText: "the page" }).count(), 1);
          assert.equal(await dialog.locator(".task").count(), 2);
          assert.match(await dialog.locator(".task").last().innerText(), /<img src=x/);
          const cells = await dialog.locator(".text th, .text td").allInnerTexts();
          assert.deepEqual(cells, ["step", "done", "<b>log in</b>", "3"]);
          assert.match(await dialog.locator("blockquote").innerText(), /\[bad\]\(javascript:/);
          assert.equal(await dialog.locator("img, script, iframe").count(), 0);
          const links = await dialog.locator("a").evaluateAll((all) =>
            all.map((link) => [link.getAttribute("href"), link.getAttribute("rel")])
          );
          assert.deepEqual(links, [
            ["https://linear.app/acme/ENG-9001", "noopener noreferrer"],
            ["https://docs.rs/guide", "noopener noreferrer"],
          ]);
          assert.match(await dialog.innerText(), /Open at linear\.app/);
          assert.match(
            await dialog.innerText(),
            /the guide\s*\(opens in a new tab\)\s*\(docs\.rs\)/,
          );
          assert.equal(await dialog.locator("b, i, u").count(), 0, HOSTILE_TITLE);
          assert.equal(await page.title(), "Engineering (ENG) · tracker");
        }));
    }),
);

browserTest(
  "refused edits and conflicts are marked in the list and told in the issue, and links lead on",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const marks = row(page, "ENG-9001").locator(".tag.edited");
          assert.deepEqual(await marks.allInnerTexts(), ["title to decide"]);
          const refused = row(page, "ENG-9000").locator(".tag.edited");
          assert.deepEqual(await refused.allInnerTexts(), ["changed here", "done refused"]);
          await row(page, "ENG-9001").getByRole("button").click();
          const dialog = page.getByRole("dialog");
          const conflict = dialog.getByRole("region", { name: "To decide" });
          assert.match(await conflict.innerText(), /title[\s\S]*<u>Ours<\/u>[\s\S]*Theirs/);
          await dialog.getByRole("button", { name: "ENG-9000" }).press("Enter");
          await page.getByRole("dialog", { name: /^ENG-9000 / }).waitFor();
          const part = dialog.getByRole("region", { name: "Refused" });
          assert.match(await part.innerText(), /status → done[\s\S]*It has open blockers\./);
          assert.match(
            await dialog.getByRole("region", { name: "Waiting to be sent" }).innerText(),
            /title Issue 9000 → Edited here/,
          );
          assert.equal(await dialog.locator("a").count(), 0);
          await dialog.getByRole("button", { name: "Close" }).click();
          await focusAt(page, "ENG-9001");
        }));
    }),
);

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    browserTest(
      `an open issue is accessible, ${colorScheme}, ${width} px wide`,
      (browser) =>
        withBoundWorld(async (world) => {
          await prepare(world);
          await withDashboard(world, ({ url }) =>
            visit(
              browser,
              url,
              { colorScheme, viewport: { width, height: 800 } },
              async ({ page }) => {
                for (const key of ["ENG-9001", "ENG-9000"]) {
                  await row(page, key).getByRole("button").click();
                  await page.getByRole("dialog", { name: key }).waitFor();
                  assert.deepEqual(await accessibilityFaults(page), [], key);
                  const overflow = await page.getByRole("dialog").evaluate((dialog) =>
                    dialog.scrollWidth - dialog.clientWidth
                  );
                  assert.equal(overflow, 0, "the dialog is wider than its window");
                  await page.keyboard.press("Escape");
                }
              },
            ));
        }),
    );
  }
}
