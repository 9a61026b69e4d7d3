import assert from "node:assert/strict";
import { DEMO } from "../../../src/server/mod.ts";
import type { TestHost } from "../support.ts";

/** An answer to a browser. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where it leads; empty for a page. */
  readonly location: string;
}

/** A browser without a screen: it keeps cookies, follows no redirect by itself, and has what a form needs. */
export interface ConsoleBrowser {
  /** Opens a page. */
  open(path: string): Promise<Seen>;
  /** Opens a page, sends its form to `path` with the token of the page, and returns the answer. */
  send(page: string, path: string, fields: Fields): Promise<Seen>;
  /** Sends any request with the cookies of the browser. */
  request(path: string, init?: RequestInit): Promise<Seen>;
  /** The cookies, by name. */
  readonly cookies: Map<string, string>;
}

/** Fields of a form; a file makes it one of several parts. */
export type Fields = Readonly<Record<string, string | File>>;

/** What makes a browser another one. */
export interface BrowserOptions {
  /** Where the browser believes the host to be. */
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
}

/** Returns a browser that nobody has signed in with. */
export function consoleBrowser(
  host: Pick<TestHost, "raw">,
  options: BrowserOptions = {},
): ConsoleBrowser {
  const { origin = "http://127.0.0.1:8080", remoteAddress } = options;
  const cookies = new Map<string, string>();
  const request = async (path: string, init: RequestInit = {}): Promise<Seen> => {
    const headers = new Headers({ accept: "text/html,*/*;q=0.8", ...options.headers });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    if (cookies.size > 0) {
      headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const asked = new Request(`${origin.replace(/^https:/, "http:")}${path}`, { ...init, headers });
    const answer = await host.raw(asked, remoteAddress);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(;|$)/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return {
      status: answer.status,
      headers: answer.headers,
      html: await answer.text(),
      location: answer.headers.get("location") ?? "",
    };
  };
  const open = (path: string) => request(path);
  return {
    open,
    request,
    cookies,
    async send(page, path, fields) {
      const { html } = await open(page);
      const csrf = tokenOf(html);
      return await request(path, {
        method: "POST",
        headers: { origin },
        body: bodyOf({ csrf, ...fields }),
      });
    },
  };
}

/** Signs a browser in as the demo user, or as another one. */
export async function signedInBrowser(
  host: TestHost,
  username: string = DEMO.username,
  password: string = DEMO.password,
): Promise<ConsoleBrowser> {
  const browser = consoleBrowser(host);
  const answer = await browser.send("/sign-in", "/sign-in", { username, password });
  assert.equal(answer.status, 303, answer.html);
  return browser;
}

/** Returns the token of the first form of a page. */
export function tokenOf(html: string): string {
  const token = /name="csrf" value="([^"]+)"/.exec(html)?.[1];
  assert.ok(token !== undefined, `No form in ${html.slice(0, 2000)}`);
  return token;
}

function bodyOf(fields: Fields): BodyInit {
  const hasFile = Object.values(fields).some((value) => value instanceof File);
  const body = hasFile ? new FormData() : new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (body instanceof FormData) body.append(name, value);
    else if (typeof value === "string") body.append(name, value);
  }
  return body;
}
