/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { systemPlatform } from "../../src/platform/system.ts";
import { addUserUnchecked } from "../../src/server/accounts/users.ts";
import { type RunningHost, startHost } from "../../src/server/mod.ts";
import { connectableStandIn } from "../standins/connectable.ts";
import { accessibilityFaults } from "./accessibility.ts";

/** The administrator of an empty host. */
export const ADMIN = { username: "ada@example.com", password: "correct horse battery" };

/** Serves a host that has one user and nothing else, as after `host user add`. */
export async function withEmptyHost(test: (host: RunningHost) => Promise<void>): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-console-" });
  const host = await startHost({
    platform: systemPlatform(),
    listen: { hostname: "127.0.0.1", port: 0 },
    dataDir,
  });
  try {
    await addUserUnchecked(host.context, { ...ADMIN, team: "acme" });
    await test(host);
  } finally {
    await host.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Serves a host with sample data, and a tracker that can be connected. */
export async function withConnectableHost(
  test: (host: RunningHost) => Promise<void>,
): Promise<void> {
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

/** What Chromium tells of a form that is refused. */
export const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Fails when the page has a fault for people who see, point or hear differently, or is wider than its window. */
export async function assertGoodPage(page: Page): Promise<void> {
  const where = `${page.url()}: ${await page.title()}`;
  const width = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  assert.equal(width, 0, `${where} is wider than its window`);
  assert.deepEqual(await accessibilityFaults(page, { changes: false, texts: 4 }), [], where);
  assert.deepEqual(await axeFaults(page), [], where);
}

/** Looks at one page wide and narrow, in light and dark. */
export async function assertGoodEverywhere(page: Page): Promise<void> {
  for (
    const [width, colorScheme] of [[320, "dark"], [380, "light"], [1280, "light"]] as const
  ) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await assertGoodPage(page);
  }
}

/** What axe finds. It is run by the debugger of the browser, which the policy of the page does not bind. */
async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const run: unknown = Reflect.get(Reflect.get(globalThis, "axe"), "run");
    if (typeof run !== "function") return ["axe is not there"];
    const { violations, passes } = await run(document);
    const faults = violations.map((one: { id: string; nodes: { html: string }[] }) =>
      `${one.id}: ${one.nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`
    );
    return passes.length < 5 ? [...faults, "axe has looked at nothing"] : faults;
  });
}

/** Presses Tab until the focus is on what `name` names; fails when it never is, or cannot be seen. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let at = 0; at < 60; at++) {
    await page.keyboard.press("Tab");
    const spot = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const label = element.id === ""
        ? null
        : document.querySelector(`label[for="${element.id}"]`)?.textContent;
      return {
        name: (label ?? element.textContent ?? "").trim(),
        isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
      };
    });
    if (spot === null) continue;
    assert.ok(spot.isSeen, `no focus to be seen on "${spot.name}"`);
    const isIt = typeof name === "string" ? spot.name === name : name.test(spot.name);
    if (isIt) return;
    seen.push(spot.name);
  }
  assert.fail(`Tab never comes to ${name}: ${seen.join(", ")}`);
}

/** Types into the field of a label, reached by Tab. */
export async function fill(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(text);
}

/** Chooses an option of a field by the arrow key: how fast letters follow each other would count for a browser. */
export async function choose(page: Page, label: string | RegExp, option: RegExp): Promise<void> {
  await tabTo(page, label);
  const choices = await page.locator(":focus option").allTextContents();
  for (let presses = 0; presses < choices.length; presses++) {
    if (option.test(await page.locator(":focus option:checked").textContent() ?? "")) return;
    await page.keyboard.press("ArrowDown");
  }
  assert.fail(`${option} is not among ${choices.join(", ")}`);
}

/**
 * Does what leads to another page, and waits until that page is there: the keyboard of a person waits as well. A text
 * that both pages show would not tell them apart.
 */
export async function leave(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent("load"), act()]);
  await untilReady(page);
}

/** Goes to an address. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await untilReady(page);
}

/** Waits until what asks for the focus has it: a browser gives it when it first paints a page. */
async function untilReady(page: Page): Promise<void> {
  if (await page.locator("[autofocus]").count() === 0) return;
  await page.locator("[autofocus]:focus").waitFor();
}

/** Presses what is reached by Tab, and waits for the next page and its heading. */
export async function press(page: Page, name: string | RegExp, heading: string): Promise<void> {
  await tabTo(page, name);
  await enter(page, heading);
}

/** Presses the Enter key, and waits for the next page and its heading. */
export async function enter(page: Page, heading: string): Promise<void> {
  await leave(page, () => page.keyboard.press("Enter"));
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
}

/** Signs in with the keyboard alone, on the page that asks for it, and waits for the page that was wanted. */
export async function signInByKeyboard(
  page: Page,
  { username, password }: typeof ADMIN,
  heading = "Projects",
): Promise<void> {
  // The field for the name has the focus already.
  await page.keyboard.type(username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await enter(page, heading);
}

/** Where the pictures of the pages go; nowhere unless `TRACKER_UPDATE_IMAGES` is set. */
const IMAGES = Deno.env.get("TRACKER_UPDATE_IMAGES") === undefined
  ? null
  : new URL("../../docs/images/", import.meta.url);

/** Takes a picture of a page for the documentation, where pictures are wanted. */
export async function picture(page: Page, name: string | null): Promise<void> {
  if (IMAGES === null || name === null) return;
  await page.screenshot({ path: new URL(`${name}.png`, IMAGES).pathname });
}
