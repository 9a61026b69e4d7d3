import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { ENDPOINTS } from "../../../src/contract/paths.ts";
import { anEvent, aRef } from "../../contract/samples.ts";
import { identity, openTestHost, type TestHost } from "../../server/support.ts";
import { mutated, mutatedJson, mutatedText, ODD_VALUE } from "../mutation.ts";
import { type Target, target } from "../target.ts";
import { EMPTY_SNAPSHOT } from "../../support/answers.ts";

const ROUTED = { provider: "linear", binding_ref: "REF" };
const PROJECT = { provider: "linear", project_identity: identity("fuzzed") };

const BODIES: readonly unknown[] = [
  { username: "demo@example.com", password: "wrong" },
  { refresh: "tkr_00" },
  {
    ...ROUTED,
    limit: 5,
    cursor: null,
    filters: { updated_since: "2026-01-01T00:00:00Z", status: ["todo"] },
  },
  { ...ROUTED, cursor: "eyJvIjoxfQ" },
  {
    ...ROUTED,
    items: [
      { ref: aRef({ id: "new-1" }), action: "create", patch: { title: "T", labels: ["x"] } },
      { ref: aRef(), action: "update", patch: { priority: 1, parent_ref: aRef() } },
      { ref: aRef(), action: "transition", target_status: "done", base_version: "1" },
      {
        ref: aRef(),
        action: "update",
        patch: {
          labels_add: ["x"],
          labels_remove: ["y"],
          links_add: [{ type: "blocks", ref: aRef({ id: "iss_02" }) }],
          custom_fields: { estimate: 3, sprint: null },
        },
      },
    ],
  },
  { ...ROUTED, external_issue_id: "WEB-1", cursor: null, body: "Seen" },
  { ...ROUTED, pull_first: true, limit: 10 },
  PROJECT,
  { ...PROJECT, candidate_token: "cand_x" },
  { ...PROJECT, binding_ref: "REF" },
  { ...ROUTED, query_text: 'page% _ " OR 1=1 --', query_key: "WEB-1", limit: 3 },
  {
    ...ROUTED,
    feature_slug: "001-web",
    external_issue_id: "1",
    external_issue_key: "WEB-1",
    external_issue_url: "https://x.example/1",
    title: "T",
  },
  { events: [anEvent(), anEvent({ event_id: "01JMBY7K8N3QRVX2DPFG5HWT4F" })] },
  EMPTY_SNAPSHOT,
];

const FORMS: readonly string[] = [
  "client_id=cli_native&scope=offline_access",
  "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x&client_id=cli_native",
  "user_code=ABCD-EFGH&username=nobody&password=x&decision=approve",
];

const QUERIES: readonly string[] = [
  "?provider=linear",
  "?provider=linear&binding_ref=REF",
  "?provider=LINEAR&project_slug=web&binding_ref=",
  "?provider=linear&provider=jira&%00=%ff",
  "",
];

const CALLS = [
  ...ENDPOINTS.map(({ method, path }) => ({ method, path })),
  { method: "POST", path: "/device" },
  { method: "GET", path: "/device" },
  { method: "POST", path: "/nowhere" },
] as const;

const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 5, arbitrary: mutatedJson(BODIES).map(encoded) },
  { weight: 3, arbitrary: mutated(BODIES.map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: mutated(FORMS) },
  { weight: 1, arbitrary: ODD_VALUE.map(encoded) },
);

/** Every call of the embedded host, with and without a session. */
export const hostRequests: Target = target({
  name: "host-requests",
  input: fc.record({
    call: fc.constantFrom(...CALLS),
    body,
    query: mutatedText(QUERIES),
    id: fc.constantFrom("op_1", "..", "%2e%2e", "%", "%ff", "a%2fb", "x".repeat(3000)),
    gzip: fc.boolean(),
    signedIn: fc.boolean(),
    team: fc.constantFrom("demo", "", "..", "x".repeat(5000), "__proto__"),
    key: fc.constantFrom("key-0000-0001", "key-0000-0002", "k", "é".repeat(9)),
  }),
  async open() {
    const host = await openTestHost();
    return { host, ref: await host.bind("linear", await labelOf(host), "fuzzed") };
  },
  close: ({ host }) => host.host.close(),
  async attempt(input, { host, ref }) {
    const { call } = input;
    const headers = new Headers({ "content-type": "application/json" });
    if (input.key.charCodeAt(0) < 128) headers.set("idempotency-key", input.key);
    let bytes = replaced(input.body, "REF", ref);
    if (input.gzip) {
      headers.set("content-encoding", "gzip");
      if (call.path.includes("events")) bytes = await gzipped(bytes);
    }
    const path = call.path.replace("{id}", input.id);
    const url = `http://127.0.0.1:8080${path}${
      call.method === "GET" ? input.query.replace("REF", ref) : ""
    }`;
    const request = URL.parse(url);
    if (request === null) return;
    const init = { method: call.method, headers };
    const sent = call.method === "GET"
      ? new Request(request, init)
      : new Request(request, { ...init, body: bytes });
    const answer = input.signedIn
      ? await host.raw(await withSession(host, sent, input.team))
      : await host.raw(sent);
    const text = await answer.text();
    assert.ok(
      answer.status < 500,
      `${call.method} ${path}: ${answer.status} ${text} ${host.platform.stderr().slice(-400)}`,
    );
    assert.equal(/\bat .*\.ts:\d+|SQLITE|node:/.test(text), false, `internals in ${text}`);
    if (answer.headers.get("content-type")?.startsWith("application/json")) JSON.parse(text);
  },
});

let session: { host: TestHost; headers: Headers } | null = null;

async function withSession(host: TestHost, request: Request, team: string): Promise<Request> {
  if (session?.host !== host) {
    const login = await host.raw(
      new Request("http://127.0.0.1:8080/api/v1/token/", {
        method: "POST",
        body: JSON.stringify({ username: "demo@example.com", password: "demo" }),
      }),
    );
    const { access } = await login.json();
    session = { host, headers: new Headers({ authorization: `Bearer ${access}` }) };
  }
  const headers = new Headers(request.headers);
  for (const [name, value] of session.headers) headers.set(name, value);
  headers.set("x-team-slug", team);
  return new Request(request, { headers });
}

async function labelOf(host: TestHost): Promise<string> {
  const listed = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
  return listed.text("resources.0.display_label");
}

function encoded(value: unknown): Uint8Array {
  try {
    return new TextEncoder().encode(JSON.stringify(value));
  } catch {
    return new TextEncoder().encode("[".repeat(50_000) + "]".repeat(50_000));
  }
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array<ArrayBuffer> {
  const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").replaceAll(
    from,
    to,
  );
  return new Uint8Array(Array.from(latin, (character) => character.charCodeAt(0)));
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
