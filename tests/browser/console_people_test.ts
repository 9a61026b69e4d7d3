/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { systemPlatform } from "../../src/platform/system.ts";
import { type RunningHost, startHost } from "../../src/server/mod.ts";
import { connectableStandIn, GOOD_TOKEN } from "../standins/connectable.ts";
import { browserTest, visit } from "./browser.ts";

async function withConsole(test: (host: RunningHost) => Promise<void>): Promise<void> {
  const { connecting } = connectableStandIn(["site", "docs"]);
  const host = await startHost({
    platform: systemPlatform(),
    dev: true,
    connectable: { github: connecting },
  });
  try {
    await test(host);
  } finally {
    await host.stop();
  }
}

/** Goes to what has this label or these words by the Tab key alone, and sees that the focus can be seen. */
async function tabTo(page: Page, words: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const spot = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null) return null;
      const label = element.id === "" ? null : document.querySelector(`label[for="${element.id}"]`);
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      return { name: (label ?? element).textContent?.trim() ?? "", isSeen };
    });
    if (spot?.name.startsWith(words) !== true) continue;
    assert.ok(spot.isSeen, `no focus to be seen on "${words}"`);
    return;
  }
  throw new Error(`The keyboard does not reach "${words}"`);
}

async function choose(page: Page, words: string): Promise<void> {
  await tabTo(page, words);
  await page.keyboard.press("Enter");
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(text);
}

async function signIn(page: Page): Promise<void> {
  await page.keyboard.type("demo@example.com");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
}

async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Checks a page by axe, and that it is not wider than its window. */
async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const faults = await page.evaluate(async () => {
    const run: unknown = Reflect.get(globalThis, "axe");
    if (typeof run !== "object" || run === null) throw new Error("axe is not there");
    const { violations } = await Reflect.get(run, "run").call(run);
    return violations.map((one: { id: string; nodes: { html: string }[] }) =>
      `${one.id}: ${one.nodes.map(({ html }) => html.slice(0, 120)).join(" ")}`
    );
  });
  assert.deepEqual(faults, [], what);
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  assert.equal(wide, 0, `${what} is wider than its window`);
}

browserTest(
  "people, tokens and connections are looked after by the keyboard alone",
  (browser) =>
    withConsole((host) =>
      visit(
        browser,
        `${host.url}/people`,
        { ready: "h1", expectedErrors: /status of 422/ },
        async ({ page }) => {
          await page.keyboard.type("demo@example.com");
          await page.keyboard.press("Tab");
          await page.keyboard.type("demo");
          await page.keyboard.press("Enter");
          await heading(page, "People");
          await choose(page, "Add a person");
          await heading(page, "Add a person");
          await page.keyboard.type("ada@example.com");
          await type(page, "Name", "Ada Lovelace");
          await choose(page, "Add the person");
          await heading(page, "Ada Lovelace was added");
          const password = await page.getByLabel("Password of ada@example.com").inputValue();
          assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
          await choose(page, "Copy");
          await page.getByRole("button", { name: "Copied" }).waitFor();
          await choose(page, "I have kept it");
          await heading(page, "Ada Lovelace");
          await tabTo(page, "What this person may do");
          await page.keyboard.press("a");
          await choose(page, "Change the role");
          await page.getByText("Ada Lovelace is an admin now.").waitFor();
          await choose(page, "Create a token");
          await heading(page, "Create a machine token");
          await page.keyboard.type("ci");
          await choose(page, "Create the token");
          await heading(page, "The token was created");
          assert.match(await page.getByLabel("Token", { exact: true }).inputValue(), /^trk_/);

          await choose(page, "Connections");
          await heading(page, "Connections");
          await choose(page, "Connect GitHub");
          await heading(page, "Connect GitHub");
          await type(page, "Token", "fake-wrong");
          await page.keyboard.press("Enter");
          await page.getByRole("alert").waitFor();
          await type(page, "Token", GOOD_TOKEN);
          await choose(page, "Test and connect");
          await heading(page, "What to bring from github");
          await tabTo(page, "acme/site");
          await page.keyboard.press("Space");
          await choose(page, "Bring these here");
          await page.getByText("1 place added.").waitFor();
          await choose(page, "Pause");
          await page.getByText('"github" is paused.').waitFor();

          await choose(page, "Audit");
          await heading(page, "Audit");
          await tabTo(page, "What");
          await page.keyboard.type("Paused");
          await choose(page, "Filter");
          await page.getByRole("link", { name: "Show all" }).waitFor();
          await page.getByText("Paused a connection: github").waitFor();
          await assertAccessible(page, "the log");
        },
      )
    ),
);

const PATHS = [
  "/connections",
  "/connections/new/github",
  "/activity",
  "/activity/deliveries",
  "/activity/events",
  "/activity/work",
  "/people",
  "/people/new",
  "/people/tokens/new",
  "/people/users/demo%40example.com",
  "/people/users/demo%40example.com/password",
  "/people/users/demo%40example.com/remove",
  "/audit",
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 380]) {
    browserTest(
      `the pages of connections, activity, people and the log are accessible, ${colorScheme}, ${width} px wide`,
      (browser) =>
        withConsole((host) =>
          visit(
            browser,
            `${host.url}/sign-in`,
            { ready: "h1", colorScheme, viewport: { width, height: 800 } },
            async ({ page }) => {
              await signIn(page);
              for (const path of PATHS) {
                await page.goto(`${host.url}${path}`);
                await assertAccessible(page, path);
              }
            },
          )
        ),
    );
  }
}

browserTest(
  "without a script a person is added, and the password can be selected",
  (browser) =>
    withConsole((host) =>
      visit(
        browser,
        `${host.url}/sign-in`,
        { ready: "h1", javaScriptEnabled: false },
        async ({ page }) => {
          await signIn(page);
          await page.goto(`${host.url}/people/new`);
          await page.getByLabel("User name").fill("ada@example.com");
          await page.getByRole("button", { name: "Add the person" }).click();
          await heading(page, "ada@example.com was added");
          const field = page.getByLabel("Password of ada@example.com");
          assert.match(await field.inputValue(), /^[a-z2-9-]{23}$/);
          assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
          await page.goto(`${host.url}/audit`);
          await page.getByText("Added a person: ada@example.com").waitFor();
        },
      )
    ),
);
