/** The published Schemathesis at a host: the document of this host, with the names that it knows put in. */
import assert from "node:assert/strict";
import * as v from "valibot";
import {
  documentOfThisHost,
  mergePatch,
  object,
  operations,
  parameters,
} from "../contract/openapi_document.ts";
import { isJsonObject, type JsonObject } from "../../src/contract/field.ts";
import * as contract from "../../src/contract/mod.ts";
import type { HostedProvider } from "../../src/contract/providers.ts";
import { DEMO } from "../../src/server/mod.ts";

/** Its executable: the one that `TRACKER_TEST_SCHEMATHESIS` names, else the one on PATH; `null` without one. */
export async function findSchemathesis(): Promise<string | null> {
  const named = Deno.env.get("TRACKER_TEST_SCHEMATHESIS") ?? "";
  if (named !== "") return named;
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${directory}/schemathesis`;
    if ((await Deno.stat(path).catch(() => null))?.isFile === true) return path;
  }
  return null;
}

/** How much Schemathesis does. */
export interface FuzzOptions {
  readonly provider: HostedProvider;
  readonly seed: number;
  /** Phases, such as `coverage`. */
  readonly phases: readonly string[];
  /** For each operation, beside what covers its schema. */
  readonly examples: number;
}

/** What came of a run. */
export interface FuzzResult {
  readonly code: number;
  /** What it printed: each fault with a command that shows it. */
  readonly output: string;
}

/** Runs Schemathesis at a host with the data of the demo. */
export async function fuzz(
  program: string,
  url: string,
  { provider, seed, phases, examples }: FuzzOptions,
): Promise<FuzzResult> {
  const known = await getToKnow(url, provider);
  const directory = await Deno.makeTempDir({ prefix: "tracker-schemathesis-" });
  try {
    await Deno.writeTextFile(`${directory}/openapi.json`, JSON.stringify(documentFor(known)));
    await Deno.writeTextFile(`${directory}/schemathesis.toml`, settings());
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [
        ...["run", "openapi.json", "--url", url, "--seed", String(seed)],
        ...["--phases", phases.join(","), "--max-examples", String(examples)],
        ...["--continue-on-failure", "--generation-database", "none", "--no-color"],
        // A machine that has other work is no fault of the host.
        ...["--suppress-health-check", "all", "--request-timeout", "60"],
      ],
      cwd: directory,
      env: {
        HOME: directory,
        PYTHONDONTWRITEBYTECODE: "1",
        SCHEMATHESIS_HOOKS: new URL("./schemathesis_hooks.py", import.meta.url).pathname,
        TRACKER_HOST: JSON.stringify({ ...DEMO, ...known, url, seed }),
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, output: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a host knows that a request must name to succeed. */
interface Known {
  readonly provider: HostedProvider;
  readonly binding_ref: string;
  readonly project: typeof PROJECT;
  readonly operationId: string;
  /** Of the second page of issues. */
  readonly cursor: string | null;
  /** References of issues of the bound resource. */
  readonly refs: readonly { readonly id: string }[];
}

const PROJECT = {
  uuid: "550e8400-e29b-41d4-a716-446655440000",
  slug: "engineering",
  node_id: "a1b2c3d4e5f6",
} as const;

/** Signs in, binds a project, and starts one operation there. */
async function getToKnow(url: string, provider: HostedProvider): Promise<Known> {
  const { username, password, team } = DEMO;
  let token = "";
  const call = async <T>(
    schema: v.GenericSchema<unknown, T>,
    path: string,
    body?: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: {
        "authorization": `Bearer ${token}`,
        "content-type": "application/json",
        "x-team-slug": team,
        "idempotency-key": crypto.randomUUID(),
        ...headers,
      },
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return v.parse(schema, await response.json());
  };
  const login = { username, password };
  token = (await call(contract.TokenResponseSchema, "/api/v1/token/", login)).access;
  const { TRACKER_PATHS: paths } = contract;
  const list = `${paths.resources}?provider=${provider}`;
  const { resources } = await call(contract.ResourcesResultSchema, list);
  const { binding_ref } = await call(contract.BindResultSchema, paths.confirm, {
    provider,
    candidate_token: resources[0]?.candidate_token,
    project_identity: PROJECT,
  });
  const routed = { provider, binding_ref };
  const page = await call(contract.PullResultSchema, paths.pull, { ...routed, limit: 3 });
  const later = { prefer: "respond-async" };
  const run = await call(contract.OperationAcceptedSchema, paths.run, routed, later);
  return {
    provider,
    binding_ref,
    project: PROJECT,
    operationId: run.operation_id,
    cursor: page.next_cursor,
    refs: page.items.map(({ ref }) => ref),
  };
}

/**
 * Returns the document of this host with names that it knows where any text may stand. The hooks put in those of which
 * a host names more in its answers.
 */
function documentFor({ provider, binding_ref, operationId }: Known): JsonObject {
  const reference = { enum: [binding_ref] };
  const slug = { enum: [PROJECT.slug] };
  const team = { enum: [DEMO.team] };
  const named = mergePatch(documentOfThisHost(), {
    components: {
      parameters: {
        TeamSlug: { schema: team },
        BindingRef: { schema: reference },
      },
      schemas: {
        HostedProvider: { enum: [provider] },
        PasswordTokenRequest: {
          properties: { username: { enum: [DEMO.username] }, password: { enum: [DEMO.password] } },
        },
        RoutingKey: {
          anyOf: [
            { required: ["binding_ref"], properties: { binding_ref: reference } },
            {
              required: ["project_slug"],
              properties: { binding_ref: { type: "null" }, project_slug: slug },
            },
          ],
        },
      },
    },
  });
  const started = withParameter(object(named), "operation", "id", { enum: [operationId] });
  return object(withoutExamples(withParameter(started, "eventsBatch", "X-Team-Slug", team)));
}

/** Returns the document with another schema for a parameter of one operation. */
function withParameter(
  document: JsonObject,
  operation: string,
  name: string,
  schema: JsonObject,
): JsonObject {
  const known = operations(document).find((one) => one.operation === operation);
  assert.ok(known !== undefined, operation);
  const list = parameters(known.definition, document)
    .map((parameter) => parameter["name"] === name ? { ...parameter, schema } : parameter);
  const method = known.method.toLowerCase();
  return object(
    mergePatch(document, { paths: { [known.path]: { [method]: { parameters: list } } } }),
  );
}

/** Examples name what no host knows. */
function withoutExamples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "example" && name !== "examples")
      .map(([name, inner]) => [name, withoutExamples(inner)]),
  );
}

/**
 * Valid requests succeed, unless they repeat a key or bind a mission that has its ticket (409). Tokens, codes and
 * candidates that the host does not know are as valid as those that it knows.
 */
function settings(): string {
  return `
# Signs in again every five minutes: a long run outlives a token.
[auth.dynamic.openapi.bearer]
path = "/api/v1/token/"
payload = { username = "${DEMO.username}", password = "${DEMO.password}" }
extract_selector = "/access"

[generation]
with-security-parameters = false

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "409"]

[[operations]]
include-operation-id = ["refresh"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401"]

[[operations]]
include-operation-id = ["confirm", "deviceToken"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "409"]
`;
}
