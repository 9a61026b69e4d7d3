import assert from "node:assert/strict";
import { loadBinding } from "../../src/project/config.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { type LocalProject, withProject } from "./local_project.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

beads(
  "bind saves the binding and the credentials",
  async ({ service, platform, root, tool, bind }) => {
    await bind({ fieldOwners: { "issue-type": "External" }, strategy: "manual-review" });
    const binding = await loadBinding(platform, root);
    assert.equal(binding.provider, "beads");
    assert.equal(binding.workspace, "main");
    assert.equal(binding.doctrineMode, "split_ownership");
    assert.deepEqual(binding.fieldOwners, { issue_type: "external" });
    assert.equal(binding.strategy, "manual_review");
    const credentials = await new CredentialStore({ platform }).providerCredentials("beads");
    assert.deepEqual(credentials, { command: tool.command, cwd: tool.cwd });
    const status = await service.status();
    assert.equal(status.cwd, tool.cwd);
    assert.equal(status.lastSync, null);
  },
);

beads(
  "bind again without credentials keeps those saved before",
  async ({ service, bind, tool }) => {
    await bind();
    const { previous } = await service.bind({ provider: "Beads", workspace: "other" });
    assert.equal(previous.workspace, "main");
    assert.equal((await service.status()).command, tool.command);
    assert.equal((await service.status()).doctrineMode, "external_authoritative");
  },
);

for (
  const [what, options, code, message] of [
    ["no workspace", { workspace: " " }, "invalid_workspace", /needs a workspace/],
    ["a hosted provider", { provider: "jira" }, "not_a_local_provider", /"jira"/],
    ["a removed provider", { provider: "azure-devops" }, "not_a_local_provider", /no longer/],
    ["an unknown credential", { credentials: { token: "x" } }, "invalid_credential", /"token"/],
    ["an empty credential", { credentials: { command: " " } }, "invalid_credential", /"command"/],
    ["a missing directory", { credentials: { cwd: "nowhere" } }, "invalid_credential", /nowhere/],
    ["a missing command", { credentials: { command: "./no/bd" } }, "invalid_credential", /no\/bd/],
    ["an unknown mode", { doctrineMode: "mine" }, "invalid_doctrine", /mode "mine"/],
    ["an unknown field", { fieldOwners: { colour: "external" } }, "invalid_doctrine", /"colour"/],
    ["an unknown owner", { fieldOwners: { title: "me" } }, "invalid_doctrine", /"title" "me"/],
    ["an unknown strategy", { strategy: "luck" }, "invalid_doctrine", /strategy "luck"/],
    [
      "owners without a split",
      { doctrineMode: null, fieldOwners: { title: "shared" } },
      "invalid_doctrine",
      /split_ownership/,
    ],
  ] as const
) {
  beads(`bind with ${what} writes nothing`, async ({ bind, platform, root, service }) => {
    await assert.rejects(bind(options), { code, message });
    assert.equal((await loadBinding(platform, root)).provider, null);
    await assert.rejects(service.status(), { code: "not_bound" });
  });
}

beads("unbind clears the binding and the provider's credentials", async (project) => {
  const { service, platform, bind } = project;
  assert.deepEqual(await service.unbind(), { kind: "not_bound" });
  await bind();
  assert.deepEqual(await service.unbind(), {
    kind: "unbound",
    provider: "beads",
    credentialsCleared: true,
  });
  const credentials = await new CredentialStore({ platform }).providerCredentials("beads");
  assert.deepEqual(credentials, {});
  await assert.rejects(service.pull(), { code: "not_bound" });
});
