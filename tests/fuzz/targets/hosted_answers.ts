import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { HostedClient } from "../../../src/client/client.ts";
import { HOST } from "../../client/support.ts";
import { type FuzzMachine, fuzzMachine } from "../machine.ts";
import { mutated, mutatedJson, ODD_VALUE } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";
import { ANSWERS } from "./answer_seeds.ts";
import { EMPTY_SNAPSHOT } from "../../support/answers.ts";
import { openHost } from "../../../src/client/open_host.ts";

/** One answer a host may give to any call. */
interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}

interface Shared {
  readonly machine: FuzzMachine;
  readonly script: { answers: Answer[]; asked: number };
}

const ENCODER = new TextEncoder();
const TEXTS = ANSWERS.map((value) => JSON.stringify(value));

const body = fc.oneof(
  { weight: 3, arbitrary: mutatedJson(ANSWERS).map((value) => ENCODER.encode(jsonText(value))) },
  { weight: 2, arbitrary: mutated([...TEXTS, "<!doctype html><h1>Bad gateway</h1>", ""]) },
  { weight: 1, arbitrary: ODD_VALUE.map((value) => ENCODER.encode(jsonText(value))) },
).map((bytes) => new Uint8Array(bytes));

const header = fc.constantFrom<readonly [string, string]>(
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", "text/html; charset=\u0080"],
  ["content-type", "\u00ff"],
  ["content-length", "99999999999999"],
  ["content-length", "-1"],
  ["content-length", "NaN"],
  ["retry-after", "99999999999999999999"],
  ["retry-after", "-5"],
  ["retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"],
  ["retry-after", "1e3"],
  ["location", "https://evil.example/"],
  ["www-authenticate", "Basic"],
  ["set-cookie", "a=b"],
  ["content-encoding", "br"],
);

const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(200, 200, 200, 202) },
    { weight: 2, arbitrary: fc.constantFrom(400, 401, 403, 404, 409, 422, 429, 500, 503) },
    { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
  ),
  headers: fc.array(header, { maxLength: 2 }),
  body,
});

/** Every answer of a host to every call of the client. */
export const hostedAnswers: Target = target({
  name: "hosted-answers",
  input: fc.tuple(fc.nat(), fc.array(answer, { minLength: 1, maxLength: 3 })),
  async open(): Promise<Shared> {
    const script: Shared["script"] = { answers: [], asked: 0 };
    const machine = await fuzzMachine({
      env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" },
      answer: () => Promise.resolve(next(script)),
    });
    return { machine, script };
  },
  close: ({ machine }) => machine.remove(),
  async attempt([which, answers], { machine, script }) {
    script.answers = [...answers];
    script.asked = 0;
    let rotation = 0;
    const client = new HostedClient({
      ...await openHost({ platform: machine, baseUrl: HOST, version: "1.0.0" }),
      tokens: {
        accessToken: () => Promise.resolve({ token: "t0", teamSlug: "core", injected: false }),
        refresh: () =>
          Promise.resolve({ token: `t${++rotation}`, teamSlug: "core", injected: false }),
      },
    });
    const calls = callsOf(client);
    const call = calls[which % calls.length];
    assert.ok(call !== undefined);
    const came = await onPurpose(call);
    assert.ok(script.asked < 500, `${script.asked} requests for one call`);
    assert.equal(typeof (came.ok ? jsonText(came.value) : came.error.message), "string");
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  },
});

function callsOf(client: HostedClient): readonly (() => Promise<unknown>)[] {
  const routing = { binding_ref: "srm_1" };
  const identity = { uuid: "u", slug: "web", node_id: "a1b2c3d4e5f6", repo_slug: null };
  return [
    () => client.status("linear", routing),
    () => client.installationStatus("linear"),
    () => client.mappings("linear", routing),
    () => client.pull("linear", routing),
    () => client.push("linear", routing, []),
    () => client.run("linear", routing),
    () => client.operation("op_1"),
    () => client.waitForOperation("op_1"),
    () => client.health(),
    () => client.resources("linear"),
    () => client.bindResolve("linear", identity),
    () => client.bindConfirm("linear", "cand", identity),
    () => client.bindValidate("linear", "srm_1", identity),
    () => client.searchIssues("linear", routing, { queryKey: "WEB-1" }),
    () =>
      client.bindOrigin("linear", routing, {
        featureSlug: "001-web",
        externalIssueId: "1",
        externalIssueKey: "WEB-1",
        externalIssueUrl: "https://x.example/1",
        title: "T",
      }),
    () => client.listComments("linear", routing, "iss_1"),
    () => client.addComment("linear", routing, { issueId: "iss_1", body: "Seen" }),
    () => client.uploadEvents(new Uint8Array([1])),
    () => client.publishSnapshot(EMPTY_SNAPSHOT),
  ];
}

function next(script: Shared["script"]): Response {
  script.asked++;
  const { status, headers, body } = script.answers.length > 1
    ? script.answers.shift() ?? fallback()
    : script.answers[0] ?? fallback();
  const sent = new Headers();
  for (const [name, value] of headers) sent.append(name, value);
  const bare = status === 204 || status === 205 || status === 304;
  return new Response(bare ? null : body, { status, headers: sent });
}

function fallback(): Answer {
  return { status: 200, headers: [], body: new Uint8Array() };
}

/** What a value is as JSON, however deep; a text when it is too deep for that. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "[".repeat(20_000) + "]".repeat(20_000);
  }
}
