import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** A page in a real browser, and what happened around it. */
export interface Visit {
  readonly page: Page;
  /** Errors of the console and of the page's code, in order. */
  readonly errors: string[];
  /** Hosts that were asked for something. */
  readonly hosts: Set<string>;
}

/** How a window differs from a light, wide one. */
export interface WindowOptions extends BrowserContextOptions {
  /** Errors that are expected; all others fail the test. */
  readonly expectedErrors?: RegExp;
  /** Names of this machine that are asked, too, in their order. */
  readonly otherHosts?: readonly string[];
}

/** How a visit differs from one on a light, wide screen. */
export interface VisitOptions extends WindowOptions {
  /** What shows that the page is there; the dashboard's finished `main` unless given. */
  readonly ready?: string;
}

/** How long a page may take on a machine that has much else to do. */
export const PATIENCE_MS = 60_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser on this machine, or `null`. */
export async function findBrowser(): Promise<string | null> {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of NAMES) {
      const path = `${directory}/${name}`;
      if (directory !== "" && await Deno.stat(path).then(() => true, () => false)) return path;
    }
  }
  return null;
}

/** Defines a test that needs a browser; says so and passes where there is none. */
export function browserTest(
  name: string,
  test: (browser: Browser) => Promise<void>,
): void {
  Deno.test({
    name,
    // The driver keeps helpers of its own until the process ends.
    sanitizeResources: false,
    sanitizeOps: false,
    async fn() {
      const path = await findBrowser();
      if (path === null) return console.log(`Skipped, no Chromium on the PATH: ${name}`);
      const browser = await chromium.launch({ executablePath: path, args: ARGUMENTS });
      try {
        await test(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** Visits an address in a window. */
export async function visit(
  browser: Browser,
  url: string,
  { ready = "main[aria-busy=false]", ...options }: VisitOptions,
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  await withWindow(browser, options, async (visit) => {
    await visit.page.goto(url);
    await visit.page.locator(ready).waitFor();
    await look(visit);
  });
}

/** Opens a window; fails on an error in the console and on a request that leaves this machine. */
export async function withWindow(
  browser: Browser,
  { expectedErrors, otherHosts = [], ...options }: WindowOptions,
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const errors: string[] = [];
  const hosts = new Set<string>();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => hosts.add(new URL(request.url()).hostname));
    await look({ page, errors, hosts });
    assert.deepEqual(errors.filter((text) => expectedErrors?.test(text) !== true), []);
    assert.deepEqual([...hosts], ["127.0.0.1", ...otherHosts]);
  } finally {
    await context.close();
  }
}
