import assert from "node:assert/strict";
import { HOSTED_PROVIDERS, LOCAL_PROVIDERS } from "../../src/contract/providers.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { EMPTY_PUSH, EMPTY_RUN, STATUS } from "../client/support.ts";
import { BOUND, page } from "../client/service_support.ts";
import { bound, LOCAL, withTracker } from "./support.ts";
import { resolution } from "../support/answers.ts";
import { IDENTITY_CONFIG, PROJECT_IDENTITY } from "../support/projects.ts";

Deno.test("discover asks the host for the provider named, bound or not", async () => {
  const answer = { resources: [], installation_id: "in_1", provider: "jira" };
  for (const config of [null, BOUND, LOCAL]) {
    await withTracker(config, [{
      request: "GET /api/v1/tracker/resources/?provider=jira",
      headers: { "Authorization": "Bearer secret", "X-Team-Slug": "core" },
      reply: { status: 200, json: answer },
    }, {
      request: "POST /api/v1/tracker/bind-resolve/",
      reply: {
        status: 200,
        json: resolution(),
      },
    }], async ({ tracker, log }) => {
      assert.deepEqual((await tracker.discover(" Jira ")).result, answer);
      assert.deepEqual(log, ["open hosted jira"]);
    });
  }
});

Deno.test("binding to a hosted provider resolves, binds and saves", async () => {
  await withTracker(IDENTITY_CONFIG, [
    {
      request: "POST /api/v1/tracker/bind-resolve/",
      body: { provider: "linear", project_identity: PROJECT_IDENTITY },
      reply: {
        status: 200,
        json: {
          match_type: "candidates",
          candidate_token: null,
          binding_ref: null,
          display_label: null,
          candidates: [{
            candidate_token: "ct",
            display_label: "Web",
            confidence: "low",
            match_reason: "same installation",
            sort_position: 0,
          }],
        },
      },
    },
    {
      request: "POST /api/v1/tracker/bind-confirm/",
      reply: {
        status: 200,
        json: {
          binding_ref: "srm_1",
          display_label: "Web",
          provider: "linear",
          provider_context: {},
          bound_at: "2026-03-01T12:00:00Z",
        },
      },
    },
  ], async ({ tracker, config }) => {
    const outcome = await tracker.bind({ provider: "LINEAR" });
    assert.ok(outcome.kind === "choose" && outcome.candidates[0] !== undefined);
    assert.equal(await config(), IDENTITY_CONFIG);
    const made = await tracker.bindCandidate("linear", outcome.candidates[0]);
    assert.equal(made.binding.bindingRef, "srm_1");
    assert.match(await config() ?? "", /provider: linear\n {2}binding_ref: srm_1\n/);
  });
});

Deno.test("a reference is validated instead of resolving", async () => {
  await withTracker(IDENTITY_CONFIG, [{
    request: "POST /api/v1/tracker/bind-validate/",
    reply: {
      status: 200,
      json: { valid: false, binding_ref: "srm_9", reason: "mapping_deleted", guidance: "Gone." },
    },
  }], async ({ tracker, config }) => {
    const outcome = await tracker.bind({ provider: "linear", bindRef: "srm_9" });
    assert.equal(outcome.kind, "invalid");
    assert.equal(await config(), IDENTITY_CONFIG);
  });
});

Deno.test("binding to a host forgets how this project ran its local tool", async () => {
  const validated = (valid: boolean) => ({
    request: "POST /api/v1/tracker/bind-validate/",
    reply: {
      status: 200,
      json: valid
        ? {
          valid,
          binding_ref: "srm_1",
          display_label: "Web",
          provider: "linear",
          provider_context: {},
        }
        : { valid, binding_ref: "srm_1", reason: "mapping_deleted", guidance: "Gone." },
    },
  });
  await withTracker(
    `${IDENTITY_CONFIG}${LOCAL}`,
    [validated(false), validated(true)],
    async (machine) => {
      const { tracker, platform } = machine;
      const credentials = new CredentialStore({ platform });
      for (const project of [platform.home, "/other"]) {
        await credentials.saveProjectCredentials("beads", project, { command: "bd" });
      }
      const saved = (project: string) => credentials.providerCredentials("beads", project);
      await tracker.bind({ provider: "linear", bindRef: "srm_1" });
      assert.deepEqual(await saved(platform.home), { command: "bd" }, "nothing was bound");
      const outcome = await tracker.bind({ provider: "linear", bindRef: "srm_1" });
      assert.equal(outcome.kind, "bound");
      assert.deepEqual([await saved(platform.home), await saved("/other")], [{}, {
        command: "bd",
      }]);
    },
  );
});

Deno.test("binding to a local provider is the local backend's, with all it was given", async () => {
  await withTracker(null, [], async ({ tracker, log, config }) => {
    const outcome = await tracker.bind({
      provider: "Beads",
      workspace: "w",
      credentials: { command: "bd" },
      doctrineMode: "split_ownership",
      fieldOwners: { title: "shared" },
      strategy: "manual_review",
    });
    assert.equal(outcome.kind, "bound_local");
    assert.deepEqual(log, [
      "open local beads",
      `bind ${
        JSON.stringify({
          workspace: "w",
          credentials: { command: "bd" },
          doctrineMode: "split_ownership",
          fieldOwners: { title: "shared" },
          strategy: "manual_review",
        })
      }`,
    ]);
    assert.equal(await config(), LOCAL);
  }, { gate: "" });
});

Deno.test("status is the project's, and with all the installation's", async () => {
  const all = {
    provider: "linear",
    connected: true,
    installation_id: "in_1",
    resource_count: 3,
    bindings: [],
  };
  await withTracker(BOUND, [
    {
      request: "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1",
      reply: { status: 200, json: STATUS },
    },
    { request: "GET /api/v1/tracker/status/?provider=linear", reply: { status: 200, json: all } },
  ], async ({ tracker }) => {
    const status = await tracker.status();
    assert.ok(status.kind === "hosted");
    assert.deepEqual(status.result, STATUS);
    assert.equal(status.binding.displayLabel, "Web");
    assert.deepEqual(await tracker.statusAll(), all);
  });
});

for (const provider of LOCAL_PROVIDERS) {
  Deno.test(`discover and status --all are refused for ${provider}, nothing sent`, async () => {
    await withTracker(bound(provider), [], async ({ tracker, log }) => {
      await assert.rejects(tracker.discover(provider), { code: "hosted_only" });
      await assert.rejects(tracker.statusAll(), { code: "hosted_only" });
      await assert.rejects(tracker.wait("op"), {
        code: "hosted_only",
        nextAction:
          "A local sync has ended when its command has: `tracker status` shows the last one.",
      });
      await assert.rejects(tracker.searchIssues({ queryText: "x" }), {
        code: "hosted_only",
        nextAction: "Search what has been pulled: `tracker issue list --search TEXT`.",
      });
      assert.deepEqual(log.filter((line) => line.startsWith("open hosted")), []);
    });
  });

  Deno.test(`a project bound to ${provider} is the local backend's, gate on or off`, async () => {
    for (const gate of ["1", ""]) {
      await withTracker(bound(provider), [], async ({ tracker, log }) => {
        for (
          const call of [
            () => tracker.status(),
            () => tracker.pull(),
            () => tracker.push(),
            () => tracker.run(),
          ]
        ) await assert.rejects(call(), { code: "recorded" });
        assert.equal((await tracker.mappings()).kind, "local");
        await tracker.addMapping({ wp_id: "WP01", system: "x", workspace: "w", external_id: "1" });
        assert.equal((await tracker.openCache()).store, null);
        await tracker.requirePublishable();
        assert.deepEqual(
          log.filter((line) => !line.startsWith("open ")),
          [
            "status",
            "pull",
            "push",
            "run",
            "mappings",
            "addMapping",
            "openCache",
          ],
        );
        assert.ok(!log.some((line) => line.startsWith("open hosted")));
      }, { gate });
    }
  });
}

for (const provider of HOSTED_PROVIDERS) {
  Deno.test(`a project bound to ${provider} is the host's`, async () => {
    const query = `?provider=${provider}&binding_ref=srm_1`;
    await withTracker(bound(provider), [
      {
        request: `GET /api/v1/tracker/status/${query}`,
        reply: { status: 200, json: { ...STATUS, provider } },
      },
      {
        request: `GET /api/v1/tracker/mappings/${query}`,
        reply: { status: 200, json: { mappings: [] } },
      },
      {
        request: "POST /api/v1/tracker/pull/",
        reply: { status: 200, json: page(1, 2, null) },
      },
      { request: "POST /api/v1/tracker/push/", reply: { status: 200, json: EMPTY_PUSH } },
      { request: "POST /api/v1/tracker/run/", reply: { status: 200, json: EMPTY_RUN } },
      {
        request: "GET /api/v1/tracker/operations/op_1/",
        reply: {
          status: 200,
          json: { operation_id: "op_1", status: "completed", result: EMPTY_RUN, error: null },
        },
      },
    ], async ({ tracker, log }) => {
      assert.equal((await tracker.status()).kind, "hosted");
      assert.equal((await tracker.mappings()).kind, "hosted");
      const pulled = await tracker.pull();
      assert.ok(pulled.kind === "hosted" && pulled.result.created === 2);
      const ref = { system: provider, workspace: "w", id: "1" };
      const pushed = await tracker.push({ items: [{ ref, action: "update" }] });
      assert.ok(pushed.kind === "hosted" && pushed.result.kind === "pushed");
      assert.equal((await tracker.run({ hosted: { pullFirst: false } })).kind, "hosted");
      assert.deepEqual(await tracker.wait("op_1"), EMPTY_RUN);
      const { store } = await tracker.openCache();
      using cached = store;
      assert.equal(cached?.counts().total, 2);
      assert.ok(!log.some((line) => line.startsWith("open local")));
    });
  });

  Deno.test(`the hard stops of ${provider} come before any request, with their words`, async () => {
    await withTracker(bound(provider), [], async ({ tracker, config, log }) => {
      const before = await config();
      const stops: readonly [() => Promise<unknown>, string, RegExp][] = [
        [
          () => tracker.bind({ provider, credentials: { api_key: "k" } }),
          "credential_not_accepted",
          /tracker auth login` unless you are, then connect the provider in the dashboard/,
        ],
        [
          () =>
            tracker.addMapping({ wp_id: "WP01", system: "x", workspace: "w", external_id: "1" }),
          "mappings_managed_elsewhere",
          /^Mappings are managed in the dashboard\./,
        ],
        [
          () => tracker.requirePublishable(),
          "publish_unsupported",
          /^Snapshot publish is not supported\. Use `tracker sync push` instead\./,
        ],
      ];
      for (const [call, code, words] of stops) {
        await assert.rejects(call, (error: unknown) => {
          assert.ok(error instanceof TrackerError);
          assert.equal(error.code, code);
          assert.equal(error.exitCode, 1);
          assert.match(`${error.message} ${error.nextAction ?? ""}`, words);
          return true;
        });
      }
      assert.equal(await config(), before);
      assert.deepEqual(log, []);
    });
  });
}

for (const name of ["azure_devops", "azure-devops", "Azure", " AZURE_DEVOPS "]) {
  Deno.test(`every mention of "${name}" fails`, async () => {
    await withTracker(bound(JSON.stringify(name)), [], async ({ tracker }) => {
      for (
        const call of [
          () => tracker.status(),
          () => tracker.pull(),
          () => tracker.bind({ provider: name }),
          () => tracker.discover(name),
          () => tracker.openCache(),
          () => tracker.requirePublishable(),
        ]
      ) {
        await assert.rejects(call, {
          code: "provider_removed",
          message: "Azure DevOps is no longer supported.",
        });
      }
    });
  });
}

Deno.test("an unknown provider is wrong usage, with the nearest one the machine may use", async () => {
  await withTracker(null, [], ({ tracker }) => {
    assert.throws(() => tracker.provider("linaer"), {
      exitCode: 2,
      message: 'Unknown provider "linaer". Did you mean "linear"?',
      nextAction: "Choose one of linear, jira, github, gitlab, beads, fp.",
    });
    assert.throws(() => tracker.provider("trello"), { message: 'Unknown provider "trello".' });
    return Promise.resolve();
  });
  await withTracker(null, [], ({ tracker }) => {
    assert.throws(() => tracker.provider("linaer"), {
      message: 'Unknown provider "linaer".',
      nextAction: "Choose one of beads, fp.",
    });
    return Promise.resolve();
  }, { gate: "off" });
});
