import assert from "node:assert/strict";
import { HOSTED_PROVIDERS, LOCAL_PROVIDERS } from "../../src/contract/providers.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { type BindingConfig, loadBinding, saveBinding } from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import type { LocalBackend, LocalBackendOptions } from "../../src/tracker/backend.ts";
import type { HostedBackendOptions } from "../../src/tracker/open_hosted.ts";
import { openHosted } from "../../src/tracker/open_hosted.ts";
import { TrackerService } from "../../src/tracker/service.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { EMPTY_PUSH, EMPTY_RUN, STATUS } from "../hosted/support.ts";
import { BOUND, IDENTITY, page, PROJECT_IDENTITY } from "../hosted/service_support.ts";

const LOCAL = "tracker:\n  provider: beads\n  workspace: w\n";

interface Machine {
  readonly tracker: TrackerService;
  readonly platform: TestPlatform;
  /** What backends were made, and what the local one was asked for. */
  readonly log: string[];
  config(): Promise<string | null>;
}

async function withTracker(
  config: string | null,
  network: readonly Stub[],
  test: (machine: Machine) => Promise<void>,
  options: { readonly gate?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const env = {
    SPEC_KITTY_ENABLE_SAAS_SYNC: options.gate ?? "1",
    SPEC_KITTY_SAAS_URL: "https://tracker.example",
    TRACKER_TOKEN: "secret",
    TRACKER_TEAM: "core",
    USER: "ada",
    ...options.env,
  };
  await withPlatform({ env, network }, async (platform) => {
    const root = platform.home;
    if (config !== null) await platform.files.writeAtomic(configPath(root), config);
    const log: string[] = [];
    const tracker = new TrackerService({
      platform,
      root,
      version: "9.8.7",
      openHosted(hosted: HostedBackendOptions) {
        log.push(`open hosted ${hosted.provider}`);
        return openHosted(hosted);
      },
      openLocal(local: LocalBackendOptions) {
        log.push(`open local ${local.provider}`);
        return Promise.resolve(recordingBackend(local, log));
      },
    });
    await test({
      tracker,
      platform,
      log,
      config: () => platform.files.readText(configPath(root)),
    });
  });
}

/** A local backend that only tells what it was asked for. */
function recordingBackend(options: LocalBackendOptions, log: string[]): LocalBackend {
  const unwanted = (name: string) => () => {
    log.push(name);
    return Promise.reject(new TrackerError({ code: "recorded", message: name }));
  };
  return {
    async bind(request) {
      log.push(`bind ${JSON.stringify(request)}`);
      const { platform, root, provider } = options;
      return await saveBinding(platform, root, { provider, workspace: request.workspace });
    },
    status: unwanted("status"),
    pull: unwanted("pull"),
    push: unwanted("push"),
    run: unwanted("run"),
    mappings() {
      log.push("mappings");
      return Promise.resolve([]);
    },
    addMapping(mapping) {
      log.push("addMapping");
      return Promise.resolve(mapping);
    },
    openCache() {
      log.push("openCache");
      return Promise.resolve(null);
    },
  };
}

const bound = (provider: string): string =>
  `tracker:\n  provider: ${provider}\n  binding_ref: srm_1\n  workspace: w\n`;

Deno.test("T042 discover asks the host for the provider named, bound or not", async () => {
  const answer = { resources: [], installation_id: "in_1", provider: "jira" };
  for (const config of [null, BOUND, LOCAL]) {
    await withTracker(config, [{
      request: "GET /api/v1/tracker/resources/?provider=jira",
      headers: { "Authorization": "Bearer secret", "X-Team-Slug": "core" },
      reply: { status: 200, json: answer },
    }], async ({ tracker, log }) => {
      assert.deepEqual(await tracker.discover(" Jira "), answer);
      assert.deepEqual(log, ["open hosted jira"]);
    });
  }
});

Deno.test("T043 binding to a hosted provider resolves, binds and saves", async () => {
  await withTracker(IDENTITY, [
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
    assert.equal(await config(), IDENTITY);
    const made = await tracker.bindCandidate("linear", outcome.candidates[0]);
    assert.equal(made.binding.bindingRef, "srm_1");
    assert.match(await config() ?? "", /provider: linear\n {2}binding_ref: srm_1\n/);
  });
});

Deno.test("T043 a reference is validated instead of resolving", async () => {
  await withTracker(IDENTITY, [{
    request: "POST /api/v1/tracker/bind-validate/",
    reply: {
      status: 200,
      json: { valid: false, binding_ref: "srm_9", reason: "mapping_deleted", guidance: "Gone." },
    },
  }], async ({ tracker, config }) => {
    const outcome = await tracker.bind({ provider: "linear", bindRef: "srm_9" });
    assert.equal(outcome.kind, "invalid");
    assert.equal(await config(), IDENTITY);
  });
});

Deno.test("T043 binding to a local provider is the local backend's, with all it was given", async () => {
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

Deno.test("T044 status is the project's, and with all the installation's", async () => {
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
  Deno.test(`T045 discover and status --all are refused for ${provider}, nothing sent`, async () => {
    await withTracker(bound(provider), [], async ({ tracker, log }) => {
      await assert.rejects(tracker.discover(provider), { code: "hosted_only" });
      await assert.rejects(tracker.statusAll(), { code: "hosted_only" });
      await assert.rejects(tracker.wait("op"), { code: "hosted_only" });
      await assert.rejects(tracker.searchIssues({ queryText: "x" }), { code: "hosted_only" });
      assert.deepEqual(log.filter((line) => line.startsWith("open hosted")), []);
    });
  });

  Deno.test(`T046 a project bound to ${provider} is the local backend's, gate on or off`, async () => {
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
  Deno.test(`T046 a project bound to ${provider} is the host's`, async () => {
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
      assert.equal((await tracker.run()).kind, "hosted");
      assert.deepEqual(await tracker.wait("op_1"), EMPTY_RUN);
      const { store } = await tracker.openCache();
      using cached = store;
      assert.equal(cached?.counts().total, 2);
      assert.ok(!log.some((line) => line.startsWith("open local")));
    });
  });

  Deno.test(`T046 the hard stops of ${provider} come before any request, with their words`, async () => {
    await withTracker(bound(provider), [], async ({ tracker, config, log }) => {
      const before = await config();
      const stops: readonly [() => Promise<unknown>, string, RegExp][] = [
        [
          () => tracker.bind({ provider, credentials: { api_key: "k" } }),
          "credential_not_accepted",
          /tracker auth login.*connect the provider in the dashboard/,
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
  Deno.test(`T046 every mention of "${name}" fails`, async () => {
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

const MISUSES: readonly [string, Parameters<TrackerService["bind"]>[0]][] = [
  ["both a reference and a number", { provider: "linear", bindRef: "r", select: 1 }],
  ["a workspace for a hosted provider", { provider: "linear", workspace: "w" }],
  ["a doctrine for a hosted provider", { provider: "linear", doctrineMode: "split_ownership" }],
  ["an owner for a hosted provider", { provider: "linear", fieldOwners: { title: "shared" } }],
  ["a reference for a local provider", { provider: "fp", bindRef: "r", workspace: "w" }],
  ["a number for a local provider", { provider: "fp", select: 1, workspace: "w" }],
  ["a local provider without a workspace", { provider: "beads" }],
  ["a blank workspace", { provider: "beads", workspace: " " }],
];

for (const [name, request] of MISUSES) {
  Deno.test(`binding with ${name} is wrong usage, nothing written or sent`, async () => {
    await withTracker(null, [], async ({ tracker, log, config }) => {
      await assert.rejects(tracker.bind(request), { code: "usage", exitCode: 2 });
      assert.deepEqual([log, await config()], [[], null]);
    });
  });
}

Deno.test("with the gate off hosted work fails closed before any file or socket", async () => {
  await withTracker(bound("linear"), [], async ({ tracker, config, platform }) => {
    const before = await config();
    for (
      const call of [
        () => tracker.status(),
        () => tracker.statusAll(),
        () => tracker.discover("linear"),
        () => tracker.bind({ provider: "linear" }),
        () => tracker.pull(),
        () => tracker.push(),
        () => tracker.run(),
        () => tracker.mappings(),
        () => tracker.wait("op"),
      ]
    ) await assert.rejects(call, { code: "rollout_disabled" });
    assert.equal(await config(), before);
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
  }, { gate: "" });
});

Deno.test("without a binding there is nothing to work on, and nothing to unbind", async () => {
  await withTracker(null, [], async ({ tracker, config }) => {
    for (const call of [() => tracker.status(), () => tracker.pull(), () => tracker.openCache()]) {
      await assert.rejects(call, {
        code: "not_bound",
        message: "No tracker binding exists for this project.",
      });
    }
    assert.deepEqual(await tracker.unbind(), { kind: "not_bound" });
    assert.equal(await config(), null);
  });
});

Deno.test("without a host URL hosted work stops with what to set", async () => {
  await withTracker(BOUND, [], async ({ tracker }) => {
    await assert.rejects(tracker.status(), {
      code: "missing_host_config",
      nextAction: "Set `SPEC_KITTY_SAAS_URL` in your environment.",
    });
    assert.equal((await tracker.openCache()).store, null, "the cache needs no host");
  }, { env: { SPEC_KITTY_SAAS_URL: "" } });
});

Deno.test("unbind edits the config only: signed out, offline and with the gate off", async () => {
  await withTracker(`# ours\n${BOUND}# end\n`, [], async ({ tracker, config, log }) => {
    const outcome = await tracker.unbind();
    assert.ok(outcome.kind === "unbound");
    assert.equal(outcome.binding.bindingRef, "srm_1");
    assert.equal(await config(), `# ours\n${IDENTITY}# end\n`);
    assert.deepEqual(log, []);
    assert.deepEqual(await tracker.unbind(), { kind: "not_bound" });
  }, { gate: "", env: { TRACKER_TOKEN: "", SPEC_KITTY_SAAS_URL: "" } });
});

Deno.test("unbind leaves alone what is no binding", async () => {
  const config = "tracker:\n  binding_ref: srm_1\n  future: kept\n";
  await withTracker(config, [], async ({ tracker, config: now }) => {
    assert.deepEqual(await tracker.unbind(), { kind: "not_bound" });
    assert.equal(await now(), config);
  });
});

Deno.test("unbind of a local provider forgets its credentials and no others", async () => {
  await withTracker(LOCAL, [], async ({ tracker, platform }) => {
    const credentials = new CredentialStore({ platform });
    await credentials.saveProviderCredentials("beads", { command: "bd" });
    await credentials.saveProviderCredentials("fp", { command: "fp" });
    assert.equal((await tracker.unbind()).kind, "unbound");
    assert.deepEqual(await credentials.providerCredentials("beads"), {});
    assert.deepEqual(await credentials.providerCredentials("fp"), { command: "fp" });
  });
});

Deno.test("an unbind that cannot be written leaves the binding as it was", async () => {
  await withTracker(BOUND, [], async ({ platform, config }) => {
    const full = () => Promise.reject(new Error("No space left on device"));
    const tracker = new TrackerService({
      platform: { ...platform, files: { ...platform.files, writeAtomic: full } },
      root: platform.home,
      version: "1",
    });
    await assert.rejects(tracker.unbind(), { code: "config_unwritable" });
    assert.equal(await config(), BOUND);
  });
});

Deno.test("the real local backend serves a local binding without a request", async () => {
  await withPlatform({ env: { USER: "ada" } }, async (platform) => {
    const tracker = new TrackerService({ platform, root: platform.home, version: "1" });
    const outcome = await tracker.bind({ provider: "beads", workspace: "w" });
    assert.equal(outcome.kind, "bound_local");
    const saved: BindingConfig = await loadBinding(platform, platform.home);
    assert.deepEqual([saved.provider, saved.workspace], ["beads", "w"]);
    assert.equal((await tracker.openCache()).store, null);
    const mapping = { wp_id: "WP01", system: "beads", workspace: "w", external_id: "bd-1" };
    await tracker.addMapping({ ...mapping, external_key: "K", external_url: "https://x.example" });
    await assert.rejects(tracker.addMapping({ ...mapping, external_id: "bd-2" }), {
      code: "work_package_taken",
    });
    await assert.rejects(tracker.addMapping({ ...mapping, wp_id: "WP02" }), {
      code: "issue_taken",
    });
    const mappings = await tracker.mappings();
    assert.deepEqual(mappings.result.mappings.map(({ external_id }) => external_id), ["bd-1"]);
    const status = await tracker.status();
    assert.ok(status.kind === "local");
    assert.deepEqual([status.result.cached, status.result.lastSyncAt], [0, null]);
    using cached = (await tracker.openCache()).store;
    assert.notEqual(cached, null);
  });
});

Deno.test("T046 neither backend is loaded before its provider is known", async () => {
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/tracker/service.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { modules }: { modules: readonly Module[] } = JSON.parse(
    new TextDecoder().decode(info.stdout),
  );
  const loaded = new Set<string>();
  const load = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    const module = modules.find((candidate) => candidate.specifier === specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code !== undefined && isDynamic !== true) load(code.specifier);
    }
  };
  load(new URL("../../src/tracker/service.ts", import.meta.url).href);
  const backends = [...loaded].filter((specifier) =>
    /\/src\/(hosted\/(client|service|transport)|local\/|store\/)|npm:/.test(specifier)
  );
  assert.deepEqual(backends, []);
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}
