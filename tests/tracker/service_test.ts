import assert from "node:assert/strict";
import { HOSTED_PROVIDERS, LOCAL_PROVIDERS } from "../../src/contract/providers.ts";
import { openBackend, openHostedBackend, openLocalBackend } from "../../src/tracker/backend.ts";
import { bindProject, bindToCandidate, discoverResources } from "../../src/tracker/binding.ts";
import { openCache } from "../../src/tracker/cache.ts";
import { knownProvider } from "../../src/tracker/provider_class.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { EMPTY_PUSH, EMPTY_RUN, STATUS } from "../client/support.ts";
import { BOUND, page } from "../client/service_support.ts";
import { IDENTITY_CONFIG, PROJECT_IDENTITY } from "../support/projects.ts";
import { bound, LOCAL, withProject } from "./support.ts";
import { resolution } from "../support/answers.ts";

Deno.test("discover asks the host for the provider named, bound or not", async () => {
  const answer = { resources: [], installation_id: "in_1", provider: "jira" };
  for (const config of [null, BOUND, LOCAL]) {
    await withProject(config, [{
      request: "GET /api/v1/tracker/resources/?provider=jira",
      headers: { "Authorization": "Bearer secret", "X-Team-Slug": "core" },
      reply: { status: 200, json: answer },
    }, {
      request: "POST /api/v1/tracker/bind-resolve/",
      reply: {
        status: 200,
        json: resolution(),
      },
    }], async ({ project }) => {
      assert.deepEqual((await discoverResources(project, " Jira ")).result, answer);
    });
  }
});

Deno.test("binding to a hosted provider resolves, binds and saves", async () => {
  await withProject(IDENTITY_CONFIG, [
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
  ], async ({ project, config }) => {
    const outcome = await bindProject(project, { provider: "linear" });
    assert.ok(outcome.kind === "choose" && outcome.candidates[0] !== undefined);
    assert.equal(await config(), IDENTITY_CONFIG);
    const made = await bindToCandidate(project, "linear", outcome.candidates[0]);
    assert.equal(made.binding.bindingRef, "srm_1");
    assert.match(await config() ?? "", /provider: linear\n {2}binding_ref: srm_1\n/);
  });
});

Deno.test("a reference is validated instead of resolving", async () => {
  await withProject(IDENTITY_CONFIG, [{
    request: "POST /api/v1/tracker/bind-validate/",
    reply: {
      status: 200,
      json: { valid: false, binding_ref: "srm_9", reason: "mapping_deleted", guidance: "Gone." },
    },
  }], async ({ project, config }) => {
    const outcome = await bindProject(project, {
      provider: "linear",
      choice: { kind: "ref", ref: "srm_9" },
    });
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
  await withProject(
    `${IDENTITY_CONFIG}${LOCAL}`,
    [validated(false), validated(true)],
    async (machine) => {
      const { project, platform } = machine;
      const credentials = new CredentialStore({ platform });
      for (const project of [platform.home, "/other"]) {
        await credentials.saveProjectCredentials("beads", project, { command: "bd" });
      }
      const saved = (project: string) => credentials.providerCredentials("beads", project);
      await bindProject(project, { provider: "linear", choice: { kind: "ref", ref: "srm_1" } });
      assert.deepEqual(await saved(platform.home), { command: "bd" }, "nothing was bound");
      const outcome = await bindProject(project, {
        provider: "linear",
        choice: { kind: "ref", ref: "srm_1" },
      });
      assert.equal(outcome.kind, "bound");
      assert.deepEqual([await saved(platform.home), await saved("/other")], [{}, {
        command: "bd",
      }]);
    },
  );
});

Deno.test("binding to a local provider saves all it was given, with the gate off", async () => {
  await withProject(null, [], async ({ project, platform }) => {
    const outcome = await bindProject(project, {
      provider: "beads",
      workspace: "w",
      credentials: { command: "bd" },
      doctrineMode: "split_ownership",
      fieldOwners: { title: "shared" },
      strategy: "manual_review",
    });
    assert.equal(outcome.kind, "bound_local");
    assert.partialDeepStrictEqual(outcome.binding, {
      provider: "beads",
      workspace: "w",
      doctrineMode: "split_ownership",
      fieldOwners: { title: "shared" },
      strategy: "manual_review",
    });
    const credentials = new CredentialStore({ platform });
    assert.deepEqual(await credentials.providerCredentials("beads", platform.home), {
      command: "bd",
    });
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
  await withProject(BOUND, [
    {
      request: "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1",
      reply: { status: 200, json: STATUS },
    },
    { request: "GET /api/v1/tracker/status/?provider=linear", reply: { status: 200, json: all } },
  ], async ({ project }) => {
    const backend = await openBackend(project);
    assert.ok(backend.kind === "hosted");
    assert.deepEqual(await backend.service.status(), STATUS);
    assert.equal(backend.service.binding.displayLabel, "Web");
    assert.deepEqual(await backend.service.statusAll(), all);
  });
});

for (const provider of LOCAL_PROVIDERS) {
  Deno.test(`what is for hosts only is refused for ${provider}, nothing sent`, async () => {
    await withProject(bound(provider), [], async ({ project }) => {
      await assert.rejects(discoverResources(project, provider), {
        code: "hosted_only",
        nextAction:
          `Bind it by its workspace: \`tracker bind --provider ${provider} --workspace NAME\`.`,
      });
      await assert.rejects(openHostedBackend(project, "`sync wait`"), {
        code: "hosted_only",
        message: `\`sync wait\` is for hosted providers only; "${provider}" works on this machine`,
      });
    });
  });

  Deno.test(`a project bound to ${provider} is the local service's, gate on or off`, async () => {
    for (const gate of ["1", ""]) {
      await withProject(bound(provider), [], async ({ project }) => {
        const backend = await openLocalBackend(project, "`issue edit`");
        assert.equal(backend.provider, provider);
        assert.equal((await backend.service.status()).workspace, "w");
        assert.equal((await openCache(project)).store, null);
      }, { gate });
    }
  });
}

for (const provider of HOSTED_PROVIDERS) {
  Deno.test(`a project bound to ${provider} is the host's`, async () => {
    const query = `?provider=${provider}&binding_ref=srm_1`;
    await withProject(bound(provider), [
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
    ], async ({ project }) => {
      const { service } = await openHostedBackend(project, "`sync wait`");
      assert.equal((await service.status()).provider, provider);
      assert.deepEqual((await service.mappings()).mappings, []);
      assert.equal((await service.pull()).created, 2);
      const ref = { system: provider, workspace: "w", id: "1" };
      assert.equal((await service.push([{ ref, action: "update" }])).kind, "pushed");
      assert.equal((await service.run({ pullFirst: false })).result.status, "ok");
      assert.deepEqual(await service.wait("op_1"), EMPTY_RUN);
      const { store } = await openCache(project);
      using cached = store;
      assert.equal(cached?.counts().total, 2);
    });
  });

  Deno.test(`what is for local providers only is refused for ${provider}`, async () => {
    await withProject(bound(provider), [], async ({ project }) => {
      await assert.rejects(openLocalBackend(project, "`issue edit`"), {
        code: "local_only",
        exitCode: 1,
        message: "`issue edit` is for local providers only",
      });
    });
  });
}

for (const name of ["azure_devops", "azure-devops", "Azure", " AZURE_DEVOPS "]) {
  Deno.test(`every mention of "${name}" fails`, async () => {
    await withProject(bound(JSON.stringify(name)), [], async ({ project }) => {
      for (
        const call of [
          () => openBackend(project),
          () => discoverResources(project, name),
          () => openCache(project),
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

Deno.test("an unknown provider is wrong usage, with the nearest one the machine may use", () => {
  const on = { get: () => "1" };
  assert.throws(() => knownProvider(on, "linaer"), {
    exitCode: 2,
    message: 'Unknown provider "linaer". Did you mean "linear"?',
    nextAction: "Choose one of linear, jira, github, gitlab, beads, fp.",
  });
  assert.throws(() => knownProvider(on, "trello"), { message: 'Unknown provider "trello"' });
  assert.throws(() => knownProvider({ get: () => "off" }, "linaer"), {
    message: 'Unknown provider "linaer"',
    nextAction: "Choose one of beads, fp.",
  });
});
