/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";
import { DEMO } from "../../src/server/mod.ts";
import { withWorld, type World } from "../support/world.ts";
import { browserTest, withWindow } from "./browser.ts";
import {
  ADMIN,
  assertGoodPage,
  enter,
  fill,
  open,
  picture,
  press,
  REFUSED,
  signInByKeyboard,
  tabTo,
  withEmptyHost,
} from "./console.ts";

/** Works at another host than the world's own: as the administrator, from the project of the world. */
function atHost(world: World, hostUrl: string): void {
  world.env["SPEC_KITTY_SAAS_URL"] = hostUrl;
}

async function ok(world: World, args: readonly string[], stdin = ""): Promise<string> {
  const result = await world.here(args, { stdin });
  assert.equal(result.code, 0, `${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}

const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["wide and light", { viewport: { width: 1200, height: 760 } }],
  ["380 px and dark", { viewport: { width: 380, height: 760 }, colorScheme: "dark" }],
  ["380 px, light and without script", {
    viewport: { width: 380, height: 760 },
    javaScriptEnabled: false,
  }],
];

for (const [look, options] of LOOKS) {
  const hasScript = options.javaScriptEnabled !== false;
  browserTest(
    `an administrator's first hour by keyboard alone: from an empty host to a synced project, ${look}`,
    (browser) =>
      withWorld((world) =>
        withEmptyHost((host) =>
          withWindow(browser, { ...options, expectedErrors: REFUSED }, async ({ page }) => {
            // Without script the page cannot be asked anything: its focus is taken on trust.
            if (!hasScript) return await withoutScript(page, host.url, world);
            const isPictured = look.startsWith("wide");
            const good = async (name: string | null = null) => {
              await assertGoodPage(page);
              await picture(page, isPictured ? name : null);
            };
            await open(page, host.url);
            await good("console-sign-in");
            await signInByKeyboard(page, ADMIN);
            await good("console-empty");

            await press(page, "New place in this host", "New place in this host");
            await page.keyboard.type("Web shop");
            await fill(page, "Key", "no key");
            await press(page, "Create the place", "New place in this host");
            const focused = await page.evaluate(() => document.activeElement?.id);
            assert.equal(focused, "problems");
            await good();
            await tabTo(page, "Key");
            await page.keyboard.press("ControlOrMeta+a");
            await page.keyboard.type("SHOP");
            await press(page, "Create the place", "Web shop (SHOP)");
            await good();

            atHost(world, host.url);
            const login = ["auth", "login", "--username", ADMIN.username, "--password-stdin"];
            await ok(world, login, `${ADMIN.password}\n`);
            await ok(world, ["bind", "--provider", "linear", "--select", "1", "--yes"]);
            await ok(world, ["issue", "create", "--title", "Pay by card"]);
            await ok(world, ["sync", "push"]);
            assert.match(await ok(world, ["sync", "pull"]), /Pulled/);

            await press(page, "Projects", "Projects");
            await page.getByText("my-project").waitFor();
            await good("console-projects");
            await press(page, "Web shop (SHOP)", "Web shop (SHOP)");
            await good("console-project");
            await press(page, "Show the issues", "Issues");
            await good();
            await press(page, "Pay by card", "Pay by card");
            await good();
            await press(page, "Sign out", "Sign in");
          })
        )
      ),
  );
}

async function withoutScript(page: Page, url: string, world: World): Promise<void> {
  await open(page, url);
  const follow = async (role: "button" | "link", name: string, heading: string) => {
    await page.getByRole(role, { name, exact: true }).focus();
    await enter(page, heading);
  };
  await signInByKeyboard(page, ADMIN);
  await follow("link", "New place in this host", "New place in this host");
  await page.keyboard.type("Web shop");
  await page.getByLabel("Key").fill("SHOP");
  await enter(page, "Web shop (SHOP)");
  atHost(world, url);
  const login = ["auth", "login", "--username", ADMIN.username, "--password-stdin"];
  await ok(world, login, `${ADMIN.password}\n`);
  await ok(world, ["bind", "--provider", "linear", "--select", "1", "--yes"]);
  await page.reload();
  await follow("link", "Disable", "Disable the binding");
  await follow("button", "Disable", "Web shop (SHOP)");
  await page.getByText("The binding of my-project is disabled.").waitFor();
  await follow("button", "Sign out", "Sign in");
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1200, 380]) {
    browserTest(
      `every page of the console is good for everybody, ${colorScheme}, ${width} px wide`,
      (browser) =>
        withWorld((world) =>
          withWindow(
            browser,
            { colorScheme, viewport: { width, height: 760 }, expectedErrors: REFUSED },
            async ({ page }) => {
              await world.signIn();
              await ok(world, ["bind", "--provider", "linear", "--select", "1", "--yes"]);
              await open(page, world.hostUrl);
              await signInByKeyboard(page, DEMO);
              const isPictured = colorScheme === "light" && width === 1200;
              const isDark = colorScheme === "dark" && width === 1200;
              const look = async (path: string, name: string | null = null) => {
                await open(page, new URL(path, world.hostUrl).href);
                await assertGoodPage(page);
                const suffix = isPictured ? "" : width === 380 ? "-small" : "-dark";
                const isWanted = isPictured || width === 380 && name === "console-issues" ||
                  isDark && name === "console-issue";
                const isOnce = colorScheme === "light" || width === 1200;
                await picture(
                  page,
                  name !== null && isWanted && isOnce ? `${name}${suffix}` : null,
                );
              };
              const bound = await page.locator("tr", { hasText: "my-project" }).getByRole("link")
                .first().getAttribute("href") ?? "";
              for (const part of ["", "/disable", "/delete", "/move"]) {
                await look(`${bound}${part}`, part === "/delete" ? "console-delete" : null);
              }
              await look("/projects/new");
              await look("/projects/import", "console-import");
              const place = bound.split("/").at(-1) ?? "";
              await look(`/issues?place=${place}`, "console-issues");
              const issue = await page.locator("td.name a").nth(2).getAttribute("href");
              await look(issue ?? "", "console-issue");
              await look(`/issues?place=${place}&q=nowhere-to-be-found`);
              for (const path of ["/connections", "/activity", "/people", "/audit"]) {
                await look(path, `console${path.replace("/", "-")}`);
              }
              await look("/no/such/page");
            },
          )
        ),
    );
  }
}
