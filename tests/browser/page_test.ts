/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ends, withBoundWorld } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { browserTest, PATIENCE_MS, visit } from "./browser.ts";
import { issue } from "../dashboard/support.ts";
import { changeCache, prepare, queueEvents, setPolicy, withDashboard } from "./home.ts";

const HOSTILE_SHOWN =
  "<b>Bold</b> <img src=x onerror=\"document.title='owned'\"> ‹U+001B›[31mred‹U+0007› ‹U+202E›gnp.exe";

async function tile(page: Page, name: string): Promise<string> {
  const box = page.locator(".tile", { has: page.getByText(name, { exact: true }) });
  return await box.locator(".value").innerText();
}

browserTest(
  "the page shows the state of a prepared home",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "my-project");
          assert.equal(await page.title(), "Engineering (ENG) · tracker");
          assert.equal(await tile(page, "Open issues"), String(await openIssues(world)));
          assert.match(await tile(page, "Last sync"), /^just now$/i);
          assert.equal(await tile(page, "Events waiting"), "3");
          assert.equal(await tile(page, "Background sync"), "Not running");
          assert.equal(await page.getByRole("table", { name: "Issues" }).isVisible(), true);
          assert.equal(await page.locator("#issue-count").innerText(), "22 issues");
          const syncs = page.getByRole("region", { name: "Recent syncs" });
          assert.match(await syncs.innerText(), /Pull[\s\S]*Went well[\s\S]*20 new/);
          const conflicts = page.getByRole("region", { name: "Conflicts" });
          assert.match(await conflicts.innerText(), /ENG-9001[\s\S]*<u>Ours<\/u>[\s\S]*Theirs/);
          const mappings = page.getByRole("table", { name: "Mappings" });
          assert.match(await mappings.innerText(), /WP01\s+ENG-9001\s+linear/);
          assert.equal(await page.getByText("1 conflict waits for your decision.").count(), 1);
        }));
    }),
);

browserTest(
  "an issue title with markup and control characters is shown as text",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const row = page.locator("#issue-list").getByRole("row", { name: "ENG-9001" });
          assert.equal(await row.locator(".title").textContent(), HOSTILE_SHOWN);
          assert.equal(
            await row.locator(".tag:not(.edited)").first().textContent(),
            "<i>label</i>",
          );
          assert.equal(await page.locator("main b, main i, main u, main img").count(), 0);
          assert.equal(await page.title(), "Engineering (ENG) · tracker");
        }));
    }),
);

browserTest(
  "the search and the status filters narrow the list, and the keyboard does both",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const rows = page.locator("#issue-list tbody tr");
          await page.keyboard.press("/");
          assert.equal(await page.evaluate(() => document.activeElement?.id), "search");
          await page.keyboard.type("eng-9001");
          await page.locator("#issue-count", { hasText: "1 issue matches" }).waitFor();
          assert.equal(await rows.count(), 1);
          await page.getByLabel("Search issues").fill("no such thing");
          await page.locator("#issue-count", { hasText: "No issue matches" }).waitFor();
          await page.getByRole("button", { name: "Show all issues" }).click();
          await page.locator("#issue-count", { hasText: /^22 issues$/ }).waitFor();
          assert.equal(await page.getByLabel("Search issues").inputValue(), "");

          const blocked = page.getByRole("button", { name: /^Blocked/ });
          await blocked.focus();
          await page.keyboard.press("Enter");
          await page.locator("#issue-count", { hasText: "match" }).waitFor();
          assert.equal(await blocked.getAttribute("aria-pressed"), "true");
          assert.equal(
            await rows.count(),
            await rows.getByText("Blocked", { exact: true }).count(),
          );
          const focused = () => page.evaluate(() => document.activeElement?.textContent);
          assert.match(await focused() ?? "", /^Blocked/);
          await page.keyboard.press("Enter");
          await page.locator("#issue-count", { hasText: /^22 issues$/ }).waitFor();
        }));
    }),
);

browserTest(
  "the page follows what changes, and keeps the focus while it does",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          await page.getByRole("button", { name: /^Done/ }).focus();
          await queueEvents(world, 2);
          await changeCache(world, (store) => store.putPage([issue("9002", { status: "done" })]));
          await page.locator(".tile .value", { hasText: /^5$/ }).waitFor();
          await page.getByRole("row", { name: "ENG-9002" }).waitFor();
          const focused = await page.evaluate(() => document.activeElement?.textContent);
          assert.match(focused ?? "", /^Done/);
        }));
    }),
);

browserTest(
  "looks that find nothing new ask for the state alone, and one after an edit shows it",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const row = page.getByRole("row", { name: "ENG-9001" });
          const answers: string[] = [];
          const nothingNew = () =>
            page.waitForResponse((answer) => answer.status() === 304, { timeout: PATIENCE_MS });
          await nothingNew();
          page.on("response", (answer) => {
            answers.push(`${answer.status()} ${answer.url().split("/").at(-1)}`);
          });
          await nothingNew();
          await nothingNew();
          assert.deepEqual([...new Set(answers)], ["304 state.json"]);
          assert.equal(await row.getByText("changed here").count(), 0);
          await ends(world, 0, ["issue", "edit", "ENG-9001", "--priority", "low"]);
          await row.getByText("changed here").waitFor({ timeout: PATIENCE_MS });
          await row.getByText("Low").waitFor();
        }));
    }),
);

browserTest(
  "Sync now syncs the issues, has the events uploaded, and tells both",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await setPolicy(world, "auto");
      await world.forgetRequests();
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          assert.equal(await tile(page, "Events waiting"), "3");
          assert.deepEqual(await world.requests(), []);
          await page.getByRole("button", { name: "Sync now" }).click();
          const said = page.locator("#said");
          // A machine with much to do may take longer than the page waits for it.
          const told = said.getByText(/Uploaded 3 events\.|events? still waiting\./).first();
          await told.waitFor({ timeout: 60_000 });
          assert.match(await said.innerText(), /^Synced[\s\S]*\d+ new/);
          await page.locator(".tile .value", { hasText: "None" }).waitFor();
          await page.locator(".tile .value", { hasText: /^Running$/ }).waitFor();
          const asked = await world.requests();
          assert.ok(asked.some((line) => line.includes("/tracker/run/")), asked.join());
          const uploads = asked.filter((line) => line.includes("/events/"));
          assert.equal(uploads.length, 1, uploads.join());
          const syncs = page.getByRole("region", { name: "Recent syncs" });
          await syncs.getByText("Full sync").waitFor();
          await page.getByRole("button", { name: "Dismiss" }).click();
          assert.equal(await page.evaluate(() => document.activeElement?.id), "sync-now");
        }));
    }),
);

browserTest(
  "in manual mode Sync now tells the notice, syncs, and uploads the events itself",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await world.forgetRequests();
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          await page.getByRole("button", { name: "Sync now" }).click();
          const status = page.locator("#said");
          await status.getByText("Uploaded 3 events.").waitFor();
          assert.match(await status.innerText(), /Running a one-shot remote sync now/);
          await page.locator(".tile .value", { hasText: "None" }).waitFor();
          assert.equal(await tile(page, "Background sync"), "Not running");
          assert.equal(await page.getByRole("button", { name: "Sync now" }).isEnabled(), true);
        }));
    }),
);

browserTest(
  "with the gate off the page shows what is local and no word of a host",
  (browser) =>
    withBoundWorld(async (world) => {
      await prepare(world);
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          assert.equal(await page.locator("#issue-list tbody tr").count(), 22);
          assert.equal(await page.getByRole("button", { name: "Sync now" }).count(), 0);
          await page.getByLabel("Search issues").fill("nothing like it");
          await page.getByText("No issue matches.").waitFor();
          assert.doesNotMatch(
            await page.locator("body").innerText(),
            /hosted|\bhost\b|saas|sign|upload|events|background|daemon|sync now/i,
          );
        }), { SPEC_KITTY_ENABLE_SAAS_SYNC: "" });
    }),
);

browserTest(
  "an empty home says what to do first, and Sync now what is missing",
  (browser) =>
    withWorld(async (world) => {
      await setPolicy(world, "auto");
      await withDashboard(world, ({ url }) =>
        visit(browser, url, {}, async ({ page }) => {
          const text = await page.locator("body").innerText();
          assert.match(text, /Not bound to a tracker yet/);
          assert.match(text, /No SaaS authentication token is present\./);
          assert.match(text, /Bind this project with\s*tracker bind\s*, then pull its issues\./);
          assert.doesNotMatch(text, /undefined|\[object|NaN|null/);
          await page.getByRole("button", { name: "Sync now" }).click();
          await page.getByText("Not ready to sync").waitFor();
          assert.deepEqual(await accessibilityFaults(page), []);
        }));
    }),
);

browserTest(
  "a page whose dashboard has ended says so",
  (browser) =>
    withWorld((world) =>
      withDashboard(world, (dashboard) =>
        visit(browser, dashboard.url, {
          expectedErrors: /ERR_CONNECTION_REFUSED/,
        }, async ({ page }) => {
          await dashboard.stop();
          await page.locator("#said", { hasText: "The dashboard has stopped." }).waitFor();
          assert.equal(await page.locator("#live").innerText(), "Not connected");
        }))
    ),
);

async function openIssues(world: World): Promise<number> {
  const shown = await ends(world, 0, ["issue", "list", "--json", "--limit", "500"]);
  const { issues }: { issues: { status: string }[] } = JSON.parse(shown.stdout);
  return issues.filter(({ status }) => !["done", "canceled"].includes(status)).length;
}
