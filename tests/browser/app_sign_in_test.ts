import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { jiraConnecting } from "../../src/providers/jira/connecting.ts";
import { DEMO, startHost } from "../../src/server/mod.ts";
import { serveAtlassian } from "../standins/jira/served_atlassian.ts";
import type { Page } from "playwright-core";
import { browserTest, visit } from "./browser.ts";
import {
  assertGoodPage,
  enter,
  fill,
  leave,
  open,
  press,
  signInByKeyboard,
  tabTo,
} from "./console.ts";

browserTest(
  "an app is entered, let in at another site and chosen from, by the keyboard alone",
  async (browser) => {
    const { atlassian, app, url, stop } = await serveAtlassian();
    // Another site than the host, as for a browser that keeps its cookies to one.
    const site = url.replace("127.0.0.1", "localhost");
    const host = await startHost({
      platform: systemPlatform(),
      dev: true,
      connectable: { jira: jiraConnecting({ auth: site, api: url }) },
    });
    app.callback = `${host.url}/connections/authorized`;
    try {
      const options = { ready: "h1", otherHosts: ["localhost"] };
      await visit(browser, `${host.url}/sign-in`, options, async ({ page }) => {
        await signInByKeyboard(page, DEMO);
        await open(page, `${host.url}/connections/new/jira?kind=app`);
        for (const width of [380, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          await assertGoodPage(page);
          await assertApart(page, "section > p:has(a)", ".once");
        }
        assert.equal(await page.getByLabel("Callback URL").inputValue(), app.callback);
        await fill(page, /^Address of the site/, url);
        await fill(page, /^Client id/, app.clientId);
        await fill(page, /^Client secret/, app.clientSecret);
        await press(page, "Continue", "Sign in at Jira");
        await assertGoodPage(page);
        await assertApart(page, "main > p:has(strong)", ".form-actions");
        await tabTo(page, /^Continue at localhost/);
        await enter(page, "What to bring from jira");
        await assertGoodPage(page);
        await tabTo(page, /\/WEB$/);
        await page.keyboard.press("Space");
        await tabTo(page, "Bring these here");
        await leave(page, () => page.keyboard.press("Enter"));
        await page.getByText("1 place added.").waitFor();
      });
      assert.equal(atlassian.calls.filter((call) => call === "POST /oauth/token").length, 1);
    } finally {
      await host.stop();
      await stop();
    }
  },
);

/** Pixels between two things of a page, one below the other, at least. */
const GAP = 16;

/** What does not belong together does not touch. */
async function assertApart(page: Page, above: string, below: string): Promise<void> {
  const first = await page.locator(above).first().boundingBox();
  const second = await page.locator(below).first().boundingBox();
  assert.ok(first !== null && second !== null, `${above} and ${below} are there`);
  const gap = second.y - first.y - first.height;
  assert.ok(gap >= GAP, `${gap} pixels between ${above} and ${below}`);
}
