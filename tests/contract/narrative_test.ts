import assert from "node:assert/strict";
import type * as v from "valibot";
import { catalogue } from "../../src/cli/commands/registry.ts";
import * as contract from "../../src/contract/mod.ts";
import { decideDaemonStart, isDaemonIntent } from "../../src/daemon/policy.ts";
import { MANUAL_MODE_NOTICE, MANUAL_MODE_RUN_NOTICE } from "../../src/daemon/manual_mode.ts";
import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";
import { isHostedSyncEnabled, ROLLOUT_DISABLED_MESSAGE } from "../../src/client/rollout.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { OriginTicketSchema } from "../../src/project/mission_meta.ts";
import { snapshotKey } from "../../src/tracker/publish.ts";
import { daemonPolicy } from "../../src/user/settings.ts";
import { withPlatform } from "../support/platform.ts";
import { isRecord } from "../support/json.ts";

const CONTRACTS = new URL("../../contracts/", import.meta.url);

const PAGES = [
  "bind-endpoints.md",
  "daemon-policy.md",
  "event-batch.md",
  "hosted-readiness.md",
  "rollout-gate.md",
  "tracker-snapshot.md",
] as const;

interface Example {
  readonly page: string;
  readonly language: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly body: string;
}

const TEXTS = new Map(
  await Promise.all(
    PAGES.map(async (page) => [page, await Deno.readTextFile(new URL(page, CONTRACTS))] as const),
  ),
);

const EXAMPLES = [...TEXTS].flatMap(([page, text]) => examplesOf(page, text));

const SCHEMAS: Readonly<Record<string, v.GenericSchema<unknown, unknown>>> = {
  BindConfirmRequest: contract.BindConfirmRequestSchema,
  BindOriginRequest: contract.BindOriginRequestSchema,
  BindOriginResult: contract.BindOriginResultSchema,
  BindResolveRequest: contract.BindResolveRequestSchema,
  BindResult: contract.BindResultSchema,
  BindValidateRequest: contract.BindValidateRequestSchema,
  ErrorEnvelope: contract.ErrorEnvelopeSchema,
  EventBatchRequest: contract.EventBatchRequestSchema,
  EventBatchResponse: contract.EventBatchResponseSchema,
  IssueSearchRequest: contract.IssueSearchRequestSchema,
  IssueSearchResult: contract.IssueSearchResultSchema,
  OriginTicket: OriginTicketSchema,
  ProjectIdentity: contract.ProjectIdentitySchema,
  ResolutionResult: contract.ResolutionResultSchema,
  ResourcesResult: contract.ResourcesResultSchema,
  SnapshotReceipt: contract.SnapshotReceiptSchema,
  SnapshotRequest: contract.SnapshotRequestSchema,
  ValidationResult: contract.ValidationResultSchema,
};

/** Examples that are not the body of a call, by the first word of their name. */
const CHECKS: Readonly<Record<string, (example: Example) => void | Promise<void>>> = {
  "payload": checkPayload,
  "batch-failure": checkBatchFailure,
  "failure-categories": checkCategories,
  "snapshot-keys": checkSnapshotKeys,
  "readiness-wording": (example) => assert.deepEqual(json(example), READINESS_WORDING),
  "not-ready": checkNotReady,
  "readiness-needs": checkReadinessNeeds,
  "rollout-gate": checkGate,
  "rollout-disabled": (example) =>
    assert.deepEqual(json(example), {
      code: "rollout_disabled",
      message: ROLLOUT_DISABLED_MESSAGE,
    }),
  "gated-commands": checkGatedCommands,
  "daemon-policy": checkPolicy,
  "daemon-decisions": checkDecisions,
};

Deno.test("Every narrative page has examples, and every fence says what it is an example of", () => {
  for (const page of PAGES) {
    assert.ok(EXAMPLES.some((example) => example.page === page), page);
  }
  for (const { page, name, words } of EXAMPLES) {
    const known = name in CHECKS || words.some((word) => word in SCHEMAS);
    assert.ok(known, `${page}: a fence called "${words.join(" ")}"`);
  }
});

for (const [number, example] of EXAMPLES.entries()) {
  Deno.test(`Example ${number + 1}, ${example.words.join(" ")} of ${example.page}, is right`, async () => {
    const check = CHECKS[example.name];
    if (check !== undefined) return await check(example);
    const invalid = example.name === "invalid";
    const schema = SCHEMAS[invalid ? example.words[1] ?? "" : example.name];
    assert.ok(schema !== undefined);
    const faults = contract.faultsOf(schema, json(example));
    if (invalid) assert.notDeepEqual(faults, []);
    else assert.deepEqual(faults, []);
  });
}

Deno.test("Events in the pages keep the rules of their types, and the envelope its fields and order", () => {
  for (const example of EXAMPLES.filter(({ words }) => words.join(" ") === "EventBatchRequest")) {
    for (const event of listOf(at(json(example), "events"))) {
      assert.ok(isRecord(event));
      assert.deepEqual(Object.keys(event), [...contract.ENVELOPE_FIELDS]);
      const outcome = contract.validatePayload(String(event["event_type"]), event["payload"]);
      assert.equal(outcome.ok, true, JSON.stringify(outcome));
    }
  }
  const text = TEXTS.get("event-batch.md") ?? "";
  for (const field of contract.ENVELOPE_FIELDS) {
    assert.match(text, new RegExp(`^\\| \`${field}\` +\\|`, "m"));
  }
});

Deno.test("Every call that a page names is one of the contract", () => {
  const known = contract.ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
  let found = 0;
  for (const [page, text] of TEXTS) {
    for (const [, method = "", path = ""] of text.matchAll(/`(GET|POST) (\/[^`?]*)/g)) {
      found++;
      const isKnown = known.includes(`${method} ${path}`) ||
        path === contract.EVENTS_BATCH_PATH || path === contract.SNAPSHOTS_PATH;
      assert.ok(isKnown, `${page}: ${method} ${path}`);
    }
  }
  assert.ok(found >= 8);
});

Deno.test("Every page that another one points to is there", async () => {
  for (const [page, text] of TEXTS) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      const facts = await Deno.stat(new URL(target, CONTRACTS)).catch(() => null);
      assert.ok(facts !== null, `${page} points to ${target}`);
    }
  }
});

Deno.test("The notices of manual mode are the ones that commands print", () => {
  const text = (TEXTS.get("daemon-policy.md") ?? "").replace(/\s+/g, " ");
  for (const line of [...MANUAL_MODE_NOTICE, MANUAL_MODE_RUN_NOTICE]) {
    assert.ok(text.includes(line), line);
  }
});

function examplesOf(page: string, text: string): Example[] {
  return [...text.matchAll(/^```([^\n]*)\n([^]*?)^```$/gm)].map(([, info = "", body = ""]) => {
    const [language = "", ...words] = info.trim().split(/\s+/);
    return { page, language, name: words[0] ?? "", words, body };
  });
}

function json(example: Example): unknown {
  return JSON.parse(example.body);
}

function at(value: unknown, key: string): unknown {
  assert.ok(isRecord(value));
  return value[key];
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const outcome = contract.parseWith(schema, value);
  if (!outcome.ok) assert.fail(`${outcome.path} ${outcome.message}`);
  return outcome.value;
}

function listOf(value: unknown): readonly unknown[] {
  assert.ok(Array.isArray(value));
  return value;
}

function checkPayload(example: Example): void {
  const outcome = contract.validatePayload(example.words[1] ?? "", json(example));
  assert.equal(outcome.ok, true, JSON.stringify(outcome));
}

function checkBatchFailure(example: Example): void {
  const [fault] = contract.parseBatchFailure(json(example));
  assert.ok(fault !== undefined);
  const details = at(json(example), "details");
  if (typeof details === "string") assert.deepEqual(fault, { event_id: null, message: details });
  else assert.ok(fault.event_id !== null);
}

function checkCategories(example: Example): void {
  const messages = json(example);
  assert.ok(isRecord(messages));
  assert.equal(Object.keys(messages).length, 4);
  for (const [category, message] of Object.entries(messages)) {
    assert.equal(contract.categoriseFailure(String(message)), category);
  }
}

async function checkSnapshotKeys(example: Example): Promise<void> {
  const first = EXAMPLES.find(({ name }) => name === "SnapshotRequest");
  assert.ok(first !== undefined);
  const base = json(first);
  const resources = json(example);
  assert.ok(isRecord(base) && isRecord(resources));
  for (const [digits, resource] of Object.entries(resources)) {
    assert.ok(isRecord(resource));
    const request: contract.SnapshotRequest = parsed(contract.SnapshotRequestSchema, {
      ...base,
      ...resource,
    });
    assert.equal((await snapshotKey(request)).slice(0, 6), digits);
  }
}

function checkNotReady(example: Example): void {
  const error = at(json(example), "error");
  const wording = READINESS_WORDING.missing_auth;
  assert.equal(at(error, "code"), "missing_auth");
  assert.equal(at(error, "message"), wording.message);
  assert.equal(at(error, "next_action"), wording.nextAction);
}

async function checkReadinessNeeds(example: Example): Promise<void> {
  const needs = {
    "not evaluated": "none",
    "neither binding nor reachability": { binding: false, reachability: false },
    "binding": { binding: true, reachability: false },
    "binding and reachability": { binding: true, reachability: true },
  };
  for (const [need, readiness] of Object.entries(needs)) {
    for (const path of listOf(at(json(example), need))) {
      const command = (await catalogue(true)).find((one) => one.path === path);
      assert.ok(command !== undefined, String(path));
      assert.deepEqual(command.readiness, readiness, String(path));
    }
  }
}

function checkGate(example: Example): void {
  for (const state of ["on", "off"]) {
    for (const value of listOf(at(json(example), state))) {
      const env = { get: () => (typeof value === "string" ? value : undefined) };
      assert.equal(isHostedSyncEnabled(env), state === "on", JSON.stringify(value));
    }
  }
}

async function checkGatedCommands(example: Example): Promise<void> {
  const gated = (await catalogue(true)).filter((command) => command.gated)
    .map((command) => command.path)
    .filter((path) => !/^(daemon|events|host) /.test(path));
  assert.deepEqual([...listOf(json(example))].sort(), gated.sort());
}

async function checkPolicy({ words, body }: Example): Promise<void> {
  const [, expected, warns] = words;
  await withPlatform({}, async (platform) => {
    await platform.files.writeAtomic(`${platform.home}/.spec-kitty/config.toml`, body);
    const outcome = await daemonPolicy(platform).catch((error) => {
      assert.ok(error instanceof TrackerError);
      assert.match(error.message, /background_daemon/);
      return "error";
    });
    assert.equal(outcome, expected);
    assert.equal(platform.stderr() !== "", warns === "warns");
  });
}

async function checkDecisions(example: Example): Promise<void> {
  const rows = listOf(json(example));
  assert.equal(rows.length >= 6, true);
  for (const row of rows) {
    const intent = at(row, "intent");
    const policy = at(row, "policy");
    assert.ok(isDaemonIntent(intent) && (policy === "auto" || policy === "manual"));
    const decision = await decideDaemonStart(
      at(row, "gate") === "on",
      intent,
      () => Promise.resolve(policy),
    );
    assert.deepEqual(decision.start ? null : decision.reason, at(row, "reason"));
  }
}
