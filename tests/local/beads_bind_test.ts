import assert from "node:assert/strict";
import { LocalTrackerService } from "../../src/local/service.ts";
import { basename, dirname } from "../../src/platform/paths.ts";
import { loadBinding } from "../../src/project/config.ts";
import { unbindProject } from "../../src/tracker/binding.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { installStandIn } from "../standins/stand_in.ts";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

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
    const credentials = await new CredentialStore({ platform })
      .providerCredentials("beads", root);
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
    ["no workspace", { workspace: " " }, "usage", /needs a workspace/],
    ["a hosted provider", { provider: "jira" }, "not_a_local_provider", /"jira"/],
    ["a removed provider", { provider: "azure-devops" }, "provider_removed", /no longer/],
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
    await assert.rejects(service.status(), { code: "missing_mission_binding" });
  });
}

beads("unbind clears the binding and the credentials of the project", async (project) => {
  const { service, platform, root, bind } = project;
  const here = { platform, root, version: "1" };
  assert.deepEqual(await unbindProject(here), { kind: "not_bound" });
  await bind();
  assert.equal((await unbindProject(here)).kind, "unbound");
  const credentials = await new CredentialStore({ platform }).providerCredentials("beads", root);
  assert.deepEqual(credentials, {});
  await assert.rejects(service.pull(), { code: "missing_mission_binding" });
});

beads(
  "two projects with databases of their own do not get in each other's way",
  async (project) => {
    const { service, tool, bind, platform } = project;
    const other = installStandIn(await makeDirectory(`${platform.home}/elsewhere`), "bd");
    const root = await makeDirectory(`${platform.home}/second/.kittify`).then(dirname);
    const second = new LocalTrackerService({ platform, root });
    const bindSecond = () =>
      second.bind({
        provider: "beads",
        workspace: "main",
        credentials: { command: other.command, cwd: other.cwd },
      });
    tool.setIssues([bdIssue("bd-1", { title: "First" })]);
    other.setIssues([bdIssue("bd-1", { title: "Second" })]);
    const titles = async (one: LocalTrackerService) => {
      await one.pull();
      return (await one.issueList()).map(({ title }) => title);
    };
    await bind();
    await bindSecond();
    assert.deepEqual([await titles(service), await titles(second)], [["First"], ["Second"]]);
    await bind({ credentials: { cwd: tool.cwd, command: tool.command } });
    assert.equal((await second.status()).cwd, other.cwd);
    await unbindProject({ platform, root: project.root, version: "1" });
    assert.deepEqual(await titles(second), ["Second"]);
    await bind({ credentials: {} });
    assert.deepEqual(
      [(await service.status()).command, (await service.status()).cwd],
      ["bd", project.root],
      "after an unbind nothing is left of the former binding",
    );
  },
);

beads(
  "what holds for every project is used where a project says nothing, and stays",
  async (project) => {
    const { service, tool, bind, platform, root } = project;
    const file = `${platform.home}/.spec-kitty/credentials`;
    const every = `[tracker.providers.beads]\ncommand = ${JSON.stringify(tool.command)}\n`;
    await makeDirectory(dirname(file));
    await Deno.writeTextFile(file, every, { mode: 0o600 });
    await bind({ credentials: {} });
    assert.deepEqual(
      [(await service.status()).command, (await service.status()).cwd],
      [tool.command, root],
    );
    await bind({ credentials: { cwd: tool.cwd } });
    assert.equal((await service.pull()).failures.length, 0);
    assert.equal((await unbindProject({ platform, root, version: "1" })).kind, "unbound");
    assert.equal(await Deno.readTextFile(file), every);
  },
);

beads("a command given as a path is seen from the project, wherever it runs", async (project) => {
  const { service, bind, tool, platform } = project;
  const file = `${platform.home}/.spec-kitty/credentials`;
  const command = `../bin/${basename(tool.command)}`;
  const byHand = `[tracker.providers.beads]\ncommand = "${command}"\n`;
  tool.setIssues([bdIssue("bd-1")]);
  await bind({ credentials: { command, cwd: tool.cwd } });
  assert.equal((await service.status()).command, tool.command);
  // One that was written by hand is seen from the directory it runs in.
  await Deno.writeTextFile(file, `${byHand}cwd = ${JSON.stringify(tool.cwd)}\n`);
  assert.equal((await service.pull()).created, 1);
});

beads("binding to the other tool forgets how this one was run", async (project) => {
  const { service, bind, platform, root } = project;
  await bind();
  await service.bind({ provider: "fp", workspace: "main", credentials: { command: "fp" } });
  const credentials = new CredentialStore({ platform });
  assert.deepEqual(await credentials.providerCredentials("beads", root), {});
  assert.deepEqual(await credentials.providerCredentials("fp", root), { command: "fp" });
});

beads("a project that names itself like another gets nothing of it", async (project) => {
  const { bind, platform, root, tool } = project;
  await bind();
  const copy = await makeDirectory(`${platform.home}/copy/.kittify`).then(dirname);
  await Deno.copyFile(`${root}/.kittify/config.yaml`, `${copy}/.kittify/config.yaml`);
  const status = await new LocalTrackerService({ platform, root: copy }).status();
  assert.deepEqual([status.workspace, status.command, status.cwd], ["main", "bd", copy]);
  assert.notEqual(status.cwd, tool.cwd);
});

async function makeDirectory(path: string): Promise<string> {
  await Deno.mkdir(path, { recursive: true });
  return path;
}
