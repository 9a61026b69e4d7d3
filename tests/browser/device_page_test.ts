/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withWorld } from "../support/world.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { browserTest, visit } from "./browser.ts";

async function assertAccessible(page: Page): Promise<void> {
  assert.deepEqual(await accessibilityFaults(page, { changes: false, texts: 4 }), []);
  const overflow = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  assert.equal(overflow, 0, "the page is wider than its window");
}

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `the sign-in page of the host is accessible, ${colorScheme}, 360 px wide, with a problem and without`,
    (browser) =>
      withWorld((world) =>
        visit(
          browser,
          `${world.hostUrl}/device?user_code=${"W".repeat(300)}`,
          {
            colorScheme,
            viewport: { width: 360, height: 700 },
            ready: "h1",
            expectedErrors: /401|400/,
          },
          async ({ page }) => {
            await assertAccessible(page);
            await page.getByLabel("User name").fill("demo@example.com");
            await page.getByLabel("Password").fill("wrong");
            await page.getByRole("button", { name: "Approve" }).click();
            await page.getByRole("alert").waitFor();
            await assertAccessible(page);
            const password = page.getByLabel("Password");
            assert.equal(
              await password.evaluate((field) => field === document.activeElement),
              true,
            );
            assert.equal(await password.getAttribute("aria-describedby"), "problem");
            assert.equal(await page.getByLabel("User name").inputValue(), "demo@example.com");
            assert.match(await page.title(), /^Not done: /);
          },
        )
      ),
  );
}

browserTest(
  "a device is approved by the keyboard alone, from the whole address or from the code",
  (browser) =>
    withWorld(async (world) => {
      for (const isWhole of [true, false]) {
        const started = await fetch(`${world.hostUrl}/oauth/device`, {
          method: "POST",
          body: new URLSearchParams({ client_id: "cli_native", scope: "offline_access" }),
        });
        const { user_code, verification_uri, verification_uri_complete } = await started.json();
        const address = isWhole ? verification_uri_complete : verification_uri;
        await visit(browser, address, { ready: "h1" }, async ({ page }) => {
          if (!isWhole) {
            await page.keyboard.type(user_code.toLowerCase());
            await page.keyboard.press("Tab");
          }
          await page.keyboard.type("demo@example.com");
          await page.keyboard.press("Tab");
          await page.keyboard.type("demo");
          await page.keyboard.press("Tab");
          await page.keyboard.press("Enter");
          await page.getByRole("heading", { name: "Device approved" }).waitFor();
          await assertAccessible(page);
        });
      }
    }),
);
