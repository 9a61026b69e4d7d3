/// <reference lib="dom" />
import assert from "node:assert/strict";
import { withBoundWorld } from "../support/bound.ts";
import { withWorld } from "../support/world.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { browserTest, visit } from "./browser.ts";
import { prepare, withDashboard } from "./home.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 760, 360]) {
    browserTest(
      `the page is accessible, ${colorScheme}, ${width} px wide`,
      (browser) =>
        withBoundWorld(async (world) => {
          await prepare(world);
          await withDashboard(world, ({ url }) =>
            visit(
              browser,
              url,
              { colorScheme, viewport: { width, height: 800 } },
              async ({ page }) => {
                await page.getByRole("button", { name: "Sync now" }).click();
                await page.getByText("Uploaded 3 events.").waitFor();
                assert.deepEqual(await accessibilityFaults(page), []);
                const overflow = await page.evaluate(() =>
                  document.documentElement.scrollWidth - document.documentElement.clientWidth
                );
                assert.equal(overflow, 0, "the page is wider than its window");
              },
            ));
        }),
    );
  }
}

browserTest(
  "everything is reached by the keyboard alone, and where one is can be seen",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const reached: string[] = [];
          for (let i = 0; i < 14; i++) {
            await page.keyboard.press("Tab");
            const spot = await page.evaluate(() => {
              const element = document.activeElement;
              if (element === null) return null;
              const { outlineStyle, outlineWidth } = getComputedStyle(element);
              const name = element.id || element.textContent?.trim() || "";
              return { name, isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
            });
            assert.equal(spot?.isSeen, true, `no focus to be seen on "${spot?.name}"`);
            reached.push(spot?.name ?? "");
          }
          assert.equal(reached[0], "Skip to the issues");
          for (const name of ["sync-now", "search"]) assert.ok(reached.includes(name), name);
          assert.ok(reached.some((name) => name.startsWith("All")));
          assert.ok(reached.some((name) => name.startsWith("ENG-")));
        }));
    }),
);

browserTest(
  "without motion nothing moves",
  (browser) =>
    withWorld((world) =>
      withDashboard(
        world,
        ({ url }) =>
          visit(browser, url, { reducedMotion: "reduce" }, async ({ page }) => {
            const moving = await page.evaluate(() => document.getAnimations().length);
            assert.equal(moving, 0);
          }),
      )
    ),
);
