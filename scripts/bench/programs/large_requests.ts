import { anEvent } from "../../../tests/server/event.ts";
import { anIssue } from "../../../tests/support/issues.ts";
import type { MeasuredHost } from "./measured.ts";

/** A request that is sent by POST. */
export interface Sent {
  readonly path: string;
  readonly headers: HeadersInit;
  readonly body: BodyInit;
  /** What the answer to a success holds. */
  readonly expected: string;
}

const MIB = 1024 * 1024;

/** A full batch of events, packed. */
export async function manyEvents({ headers }: MeasuredHost): Promise<Sent> {
  const message = words(60 * 1024);
  const events = Array.from(
    { length: 1_000 },
    (_, index) =>
      anEvent(index, {
        event_id: crypto.randomUUID(),
        event_type: "ErrorLogged",
        payload: { error_type: "runtime", error_message: message },
      }),
  );
  return {
    path: "/api/v1/events/batch/",
    headers: { ...headers, "content-type": "application/json", "content-encoding": "gzip" },
    body: await packed(JSON.stringify({ events })),
    expected: '"success"',
  };
}

async function packed(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

/** A snapshot of a large project. */
export function wholeSnapshot({ headers }: MeasuredHost): Promise<Sent> {
  const issues = manyIssues(60 * MIB);
  const body = JSON.stringify({
    provider: "linear",
    workspace: "acme",
    external_resource_type: null,
    external_resource_id: null,
    doctrine_mode: "external_authoritative",
    doctrine_field_owners: {},
    project_uuid: crypto.randomUUID(),
    project_slug: "bench",
    issues,
    mappings: [],
    checkpoint: { cursor: null, updated_since: null },
  });
  return Promise.resolve({
    path: "/api/v1/connectors/trackers/snapshots/",
    headers: keyed(headers),
    body,
    expected: '"receipt_id"',
  });
}

/** A push of one issue with a text as long as a body may be. */
export function longPush({ headers, smallRef }: MeasuredHost): Promise<Sent> {
  const id = crypto.randomUUID();
  const item = {
    ref: { system: "linear", workspace: "acme", id },
    action: "create",
    patch: { title: "A long text", body: words(7 * MIB) },
  };
  return Promise.resolve({
    path: "/api/v1/tracker/push/",
    headers: keyed(headers),
    body: JSON.stringify({ provider: "linear", binding_ref: smallRef, items: [item] }),
    expected: '"failed":0',
  });
}

/** The form of an import, as a browser sends it. */
export async function importBody({ url }: MeasuredHost, cookie: string): Promise<Sent> {
  const page = "/projects/import";
  const headers = { cookie, accept: "text/html", origin: url };
  const form = new FormData();
  form.append("csrf", tokenIn(await (await fetch(`${url}${page}`, { headers })).text()));
  form.append("file", new File([JSON.stringify(manyIssues(30 * MIB))], "large.json"));
  form.append("label", `large ${crypto.randomUUID()}`);
  form.append("provider", "");
  return { path: page, headers, body: form, expected: "Issues imported" };
}

/** Signs the demo user in with a browser; returns its cookies. */
export async function signInBrowser(url: string): Promise<string> {
  const page = await fetch(`${url}/sign-in`, { headers: { accept: "text/html" } });
  const cookies = new Map<string, string>();
  take(page, cookies);
  const answer = await fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: header(cookies), accept: "text/html", origin: url },
    body: new URLSearchParams({
      csrf: tokenIn(await page.text()),
      username: "demo@example.com",
      password: "demo",
    }),
  });
  await answer.arrayBuffer();
  take(answer, cookies);
  return header(cookies);
}

function take(answer: Response, cookies: Map<string, string>): void {
  for (const line of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    cookies.set(name, value);
  }
}

function header(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

function tokenIn(html: string): string {
  const [, token] = /name="csrf" value="([^"]+)"/.exec(html) ?? [];
  if (token === undefined) throw new Error(`The page has no form: ${html.slice(0, 500)}`);
  return token;
}

function keyed(headers: Readonly<Record<string, string>>): HeadersInit {
  const key = crypto.randomUUID();
  return { ...headers, "content-type": "application/json", "idempotency-key": key };
}

function manyIssues(bytes: number): unknown[] {
  const one = anIssue("large-0", { body: words(800) });
  const count = Math.floor(bytes / (JSON.stringify(one).length + 10));
  return Array.from({ length: count }, (_, index) => anIssue(`large-${index}`, { body: one.body }));
}

const SOME = "the importer reads a page keeps what it knows and asks again for 漢字 or déjà vu";

function words(length: number): string {
  return `${SOME} `.repeat(Math.ceil(length / (SOME.length + 1))).slice(0, length);
}
