import assert from "node:assert/strict";
import type { HostedClient } from "../../src/client/client.ts";
import type { Reply } from "../support/fetch.ts";
import { anIssue } from "../contract/samples.ts";
import { type ClientMachine, EMPTY_PAGE, failing, NO_ITEMS, withClient } from "./support.ts";

const BY_REF = { binding_ref: "srm_1" } as const;
const IDENTITY = { uuid: "u", slug: "s", node_id: "a1b2c3d4e5f6", repo_slug: null };
const TRACKER = "/api/v1/tracker/";

/** Asks one call of a host that answers 200 with a body. */
async function answered<T>(
  request: string,
  json: unknown,
  call: (client: HostedClient) => Promise<T>,
): Promise<{ readonly value: T; readonly warnings: readonly string[] }> {
  let outcome: { value: T; warnings: readonly string[] } | undefined;
  await withClient([{ request, reply: { status: 200, json } }], async (machine) => {
    outcome = { value: await call(machine.client), warnings: machine.warnings };
  });
  assert.ok(outcome !== undefined);
  return outcome;
}

const pulled = (json: unknown) =>
  answered(`POST ${TRACKER}pull/`, json, (client) => client.pull("linear", BY_REF));

const pushed = (json: unknown) =>
  answered(`POST ${TRACKER}push/`, json, async (client) => {
    const outcome = await client.push("linear", BY_REF, []);
    assert.ok(outcome.kind === "done");
    return outcome.result;
  });

Deno.test("a page of issues alone is a page", async () => {
  const { value } = await pulled({ items: [anIssue()] });
  assert.deepEqual(value, {
    items: [anIssue()],
    status: "ok",
    summary: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
    item_errors: null,
    identity_path: null,
    has_more: false,
    next_cursor: null,
  });
});

Deno.test("a cursor alone says that there is more", async () => {
  assert.equal((await pulled({ items: [], next_cursor: "c" })).value.has_more, true);
});

Deno.test("issues that are gone are named by their ids, in whatever form; others are passed over", async () => {
  const { value } = await pulled({ items: [], removed: [{ id: 5 }, "A", { key: "B" }, null] });
  assert.ok("removed" in value && Array.isArray(value.removed));
  assert.deepEqual(value.removed.map(({ id }) => id), ["5", "A"]);
});

Deno.test("an issue that cannot be read is an error with its key and field, and the others are used", async () => {
  const bad = { ...anIssue(), ref: { ...anIssue().ref, key: "WEB-9" }, updated_at: "yesterday" };
  const { value } = await pulled({ ...EMPTY_PAGE, items: [bad, anIssue(), 5, { title: "T" }] });
  assert.deepEqual(value.items, [anIssue()]);
  assert.equal(value.status, "partial");
  assert.deepEqual(
    value.item_errors?.map(({ ref, code, message }) => [ref.key ?? ref.id, code, message]),
    [
      [
        "WEB-9",
        "unreadable_item",
        '`updated_at` must be a time that names one instant, not "yesterday"',
      ],
      ["items[2]", "unreadable_item", "`items[2]` must be an object, not 5"],
      ["T", "unreadable_item", "`ref` is missing"],
    ],
  );
});

Deno.test("words that are not known are told once, however many pages hold them", async () => {
  const page: Reply = { status: 200, json: { items: [{ ...anIssue(), status: "Triage" }] } };
  const request = `POST ${TRACKER}pull/`;
  await withClient(
    [{ request, reply: page }, { request, reply: page }],
    async ({ client, warnings }: ClientMachine) => {
      await client.pull("linear", BY_REF);
      await client.pull("linear", BY_REF);
      assert.deepEqual(warnings, [
        'The host uses words that are not known here; read: status "Triage" as todo.',
      ]);
    },
  );
});

Deno.test("an item error of which little is told still counts", async () => {
  const { value } = await pulled({ items: [], item_errors: [{ message: "M" }, null, "N"] });
  assert.deepEqual(value.item_errors?.map(({ message }) => message), ["M", "N"]);
  assert.equal(value.status, "partial");
});

Deno.test("push items may leave out all but their reference and action", async () => {
  const ref = { id: "A" };
  const { value } = await pushed({
    items: [{ ref, action: "create" }, { ref, outcome: "transitioned" }, { ref, action: "update" }],
    item_errors: [],
  });
  assert.equal(value.status, "ok");
  assert.deepEqual(value.items.map(({ action, outcome }) => [action, outcome]), [
    ["create", "created"],
    ["transition", "transitioned"],
    ["update", "updated"],
  ]);
  assert.equal(value.items[0]?.remote_ref, null);
  assert.equal(value.items[0]?.version, null);
});

Deno.test("a push item without an outcome that is among the errors has failed", async () => {
  const ref = { id: "A" };
  const { value } = await pushed({
    items: [{ ref, action: "create" }],
    item_errors: [{ ref, message: "M" }],
  });
  assert.equal(value.items[0]?.outcome, "failed");
  assert.equal(value.status, "partial");
});

Deno.test("a push with a failed item is partial, though the host says that it is ok", async () => {
  const { value } = await pushed({
    status: "ok",
    items: [{ ref: { id: "A" }, action: "create", outcome: "failed" }],
  });
  assert.equal(value.status, "partial");
});

Deno.test("a page with an item error is partial, though the host says that it is ok", async () => {
  const { value } = await pulled({ status: "ok", items: [], item_errors: [{ message: "M" }] });
  assert.equal(value.status, "partial");
});

Deno.test("an outcome that is not known is not taken for a success", async () => {
  const { value } = await pushed({ items: [{ ref: { id: "A" }, outcome: "parked" }] });
  assert.deepEqual(value.items, []);
  assert.equal(value.status, "partial");
  assert.match(value.item_errors?.[0]?.message ?? "", /`outcome` must be one of .*not "parked"/);
});

Deno.test("a 202 needs an operation alone, and a run no inner summaries", async () => {
  const request = `POST ${TRACKER}run/`;
  await withClient([
    { request, reply: { status: 202, json: { operation_id: 17 } } },
    { request, reply: { status: 200, json: { status: "ok", pull: { items: [anIssue()] } } } },
  ], async ({ client }) => {
    const accepted = await client.run("linear", BY_REF);
    assert.deepEqual(accepted, { kind: "accepted", operationId: "17", replayed: false });
    const done = await client.run("linear", BY_REF);
    assert.ok(done.kind === "done");
    assert.deepEqual(done.result.pull.summary, { ...NO_ITEMS, total: 1, succeeded: 1 });
    assert.deepEqual(done.result.push.summary, NO_ITEMS);
    assert.deepEqual(done.result.summary, { ...NO_ITEMS, total: 1, succeeded: 1 });
  });
});

Deno.test("an issue of a run that cannot be read makes the run partial", async () => {
  const { value } = await answered(
    `POST ${TRACKER}run/`,
    { status: "ok", pull: { items: [{ title: "T" }, anIssue()] } },
    async (client) => {
      const outcome = await client.run("linear", BY_REF);
      assert.ok(outcome.kind === "done");
      return outcome.result;
    },
  );
  assert.equal(value.status, "partial");
  assert.equal(value.pull.items?.length, 1);
  assert.equal(value.item_errors?.[0]?.code, "unreadable_item");
});

Deno.test("a status without a state, and an installation without an id, are answers", async () => {
  const one = await answered(
    `GET ${TRACKER}status/?provider=linear&binding_ref=srm_1`,
    { configured: true },
    (client) => client.status("linear", BY_REF),
  );
  assert.deepEqual(one.value, {
    configured: true,
    provider: "linear",
    connected: null,
    sync_state: null,
  });
  const bindings = [{ binding_ref: "a" }, { display_label: "B" }, {
    binding_ref: "c",
    bound_at: "?",
  }];
  const all = await answered(
    `GET ${TRACKER}status/?provider=linear`,
    { bindings },
    (client) => client.installationStatus("linear"),
  );
  assert.equal(all.value.installation_id, null);
  assert.deepEqual(all.value.bindings.map(({ binding_ref }) => binding_ref), ["a"]);
  assert.deepEqual(all.value.item_errors?.map(({ ref, message }) => [ref.key, message]), [
    ["B", "`binding_ref` is missing"],
    ["c", '`bound_at` must be a time that names one instant, not "?"'],
  ]);
});

Deno.test("a mapping without a workspace is a mapping, and one without an issue is an error", async () => {
  const { value } = await answered(
    `GET ${TRACKER}mappings/?provider=linear&binding_ref=srm_1`,
    { mappings: [{ wp_id: "WP01", external_id: 7 }, { wp_id: "WP02" }] },
    (client) => client.mappings("linear", BY_REF),
  );
  assert.deepEqual(value.mappings, [
    { wp_id: "WP01", system: "linear", workspace: "unknown", external_id: "7" },
  ]);
  assert.deepEqual(value.item_errors?.map(({ ref, message }) => [ref.key, message]), [
    ["WP02", "`external_id` is missing"],
  ]);
});

Deno.test("a resource without a label or a time is one, and an odd one does not hide the others", async () => {
  const { value } = await answered(
    `GET ${TRACKER}resources/?provider=linear`,
    {
      resources: [{ candidate_token: "t" }, { binding_ref: "r", display_label: null }, {
        display_label: "Odd",
      }],
    },
    (client) => client.resources("linear"),
  );
  assert.deepEqual(value.resources.map(({ display_label }) => display_label), ["(no name)", "r"]);
  assert.equal(value.item_errors?.[0]?.ref.key, "Odd");
});

Deno.test("a candidate of a confidence that is not known is one of low, in its place", async () => {
  const { value, warnings } = await answered(
    `POST ${TRACKER}bind-resolve/`,
    {
      match_type: "candidates",
      candidates: [
        { candidate_token: "a", display_label: "A", confidence: "certain" },
        { display_label: "B" },
        { candidate_token: "c" },
      ],
    },
    (client) => client.bindResolve("linear", IDENTITY),
  );
  assert.deepEqual(
    value.candidates.map((one) => [one.candidate_token, one.confidence, one.sort_position]),
    [["a", "low", 0], ["c", "low", 1]],
  );
  assert.equal(value.item_errors?.[0]?.ref.key, "B");
  assert.match(warnings.join(), /confidence "certain" as low/);
  assert.match(
    warnings.join(),
    /The candidate "B" could not be read, and is left out: `candidate_t/,
  );
});

Deno.test("what resolving means follows from what it holds, where no word says it", async () => {
  const resolved = async (json: unknown) =>
    (await answered(
      `POST ${TRACKER}bind-resolve/`,
      json,
      (client) => client.bindResolve("linear", IDENTITY),
    )).value.match_type;
  assert.equal(await resolved({ binding_ref: "r" }), "exact");
  assert.equal(await resolved({ candidates: [{ candidate_token: "a" }] }), "candidates");
  assert.equal(await resolved({ candidates: [] }), "none");
  assert.equal(await resolved({ match_type: "perfect", candidate_token: "t" }), "exact");
});

Deno.test("a confirmation needs its reference alone, and cannot do without", async () => {
  const request = `POST ${TRACKER}bind-confirm/`;
  const confirm = (client: HostedClient) => client.bindConfirm("linear", "t", IDENTITY);
  const { value } = await answered(request, { binding_ref: "r", bound_at: null }, confirm);
  assert.deepEqual(value, {
    binding_ref: "r",
    display_label: null,
    provider: "linear",
    provider_context: null,
    bound_at: null,
  });
  await withClient(
    [{ request, reply: { status: 200, json: { display_label: "X" } } }],
    async ({ client }) => {
      assert.match(
        (await failing(confirm(client), "invalid_response")).message,
        /`binding_ref` is missing/,
      );
    },
  );
});

Deno.test("a reference that is not valid needs no guidance, and its reason may be of any word", async () => {
  const validate = (json: unknown) =>
    answered(
      `POST ${TRACKER}bind-validate/`,
      json,
      (client) => client.bindValidate("linear", "r", IDENTITY),
    );
  const bad = { valid: false, guidance: null, reason: "archived" };
  assert.deepEqual((await validate(bad)).value, { ...bad, binding_ref: "r" });
  const { value } = await validate({ valid: true, display_label: null });
  assert.deepEqual([value.valid, value.binding_ref], [true, "r"]);
});

Deno.test("a ticket needs its id alone, and a link to it nothing", async () => {
  const { value } = await answered(
    `POST ${TRACKER}issue-search/`,
    { candidates: [{ external_issue_id: "1", match_type: "fuzzy" }, { title: "T" }] },
    (client) => client.searchIssues("linear", BY_REF, { queryText: "x" }),
  );
  assert.deepEqual(value.candidates, [{
    external_issue_id: "1",
    external_issue_key: "1",
    title: "",
    status: "",
    url: "",
    match_type: "text",
  }]);
  assert.equal(value.item_errors?.[0]?.ref.key, "T");
  const link = await answered(
    `POST ${TRACKER}mission-origin/bind/`,
    {},
    (client) =>
      client.bindOrigin("linear", BY_REF, {
        featureSlug: "001-a",
        externalIssueId: "1",
        externalIssueKey: "A-1",
        externalIssueUrl: "https://x.example/1",
        title: "T",
      }),
  );
  assert.deepEqual(link.value, { origin_link_id: null, bound_at: null });
});

Deno.test("a body that names an error and holds nothing else is no answer, whatever its status", async () => {
  const requests: readonly (readonly [string, (client: HostedClient) => Promise<unknown>])[] = [
    [`GET ${TRACKER}status/?provider=linear`, (client) => client.installationStatus("linear")],
    [`GET ${TRACKER}health/`, (client) => client.health()],
    [`POST ${TRACKER}run/`, (client) => client.run("linear", BY_REF)],
  ];
  for (const [request, call] of requests) {
    await withClient(
      [{ request, reply: { status: 200, json: { error: "It is down" } } }],
      async ({ client }) => {
        const { message } = await failing(call(client), "invalid_response");
        assert.match(message, /an error under status 200: It is down/);
      },
    );
  }
});
