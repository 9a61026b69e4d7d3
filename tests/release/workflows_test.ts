import assert from "node:assert/strict";
import { parse } from "yaml";
import { TARGETS } from "../../scripts/compile.ts";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const WORKFLOWS = await workflows();

Deno.test("Every action is pinned to a commit, with its version beside it", () => {
  for (const [name, text] of WORKFLOWS) {
    const lines = text.split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
    assert.ok(lines.length > 0, name);
    for (const line of lines) {
      assert.match(line, /uses: [\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, name);
    }
  }
});

Deno.test("One action has one version in all workflows", () => {
  const pins = new Map<string, string>();
  for (const [name, text] of WORKFLOWS) {
    for (const [, action = "", pin = ""] of text.matchAll(/uses: ([^@\s]+)@(.+)$/gm)) {
      const repository = action.split("/").slice(0, 2).join("/");
      assert.equal(pins.get(repository) ?? pin, pin, `${repository} in ${name}`);
      pins.set(repository, pin);
    }
  }
});

Deno.test("A workflow has no permission of its own, and a job names each it has", () => {
  for (const [name, text] of WORKFLOWS) {
    const workflow = parse(text);
    assert.deepEqual(workflow.permissions, {}, name);
    for (const [job, { permissions }] of Object.entries<{ permissions?: object }>(workflow.jobs)) {
      assert.ok(permissions, `${name}: ${job}`);
      for (const [scope, access] of Object.entries(permissions)) {
        assert.ok(
          access === "read" || WRITES.includes(`${name} ${job} ${scope}`),
          `${name} ${job} ${scope}`,
        );
      }
    }
  }
});

Deno.test("No checkout leaves a token behind, and no step takes what others wrote into a script", () => {
  for (const [name, text] of WORKFLOWS) {
    const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
    assert.equal(count(/uses: actions\/checkout@/g), count(/persist-credentials: false/g), name);
    assert.doesNotMatch(text, /\$\{\{\s*github\.(event\.|head_ref|ref_name)/, name);
    assert.doesNotMatch(text, /pull_request_target/, name);
  }
});

Deno.test("The release compiles for every target", () => {
  const release = parse(WORKFLOWS.get("release.yml") ?? "");
  const targets = release.jobs.compile.strategy.matrix.include
    .map(({ target }: { target: string }) => target);
  assert.deepEqual(targets, TARGETS);
});

/** Who may write what: the findings of CodeQL, and what makes a release. */
const WRITES: readonly string[] = [
  "codeql.yml analyze security-events",
  "release.yml release contents",
  "release.yml release id-token",
  "release.yml release attestations",
  "release.yml package id-token",
  "release.yml npm id-token",
];

async function workflows(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { name } of Deno.readDir(FOLDER)) {
    found.set(name, await Deno.readTextFile(new URL(name, FOLDER)));
  }
  return found;
}

Deno.test("The release runs a Deno that a lock file holds by its hashes", async () => {
  const text = WORKFLOWS.get("release.yml") ?? "";
  assert.doesNotMatch(text, /npx/);
  for (const { steps } of Object.values<{ steps: { run?: string }[] }>(parse(text).jobs)) {
    const scripts = steps.map(({ run = "" }) => run);
    const used = scripts.findIndex((script) => script.includes("$DENO"));
    const installed = scripts.indexOf("npm ci --prefix .github/deno");
    assert.ok(used < 0 || installed >= 0 && installed < used);
  }
  const lock = JSON.parse(
    await Deno.readTextFile(new URL("../deno/package-lock.json", FOLDER)),
  );
  const { "": own, ...packages } = lock.packages;
  const ci = await Deno.readTextFile(new URL("../../.ci/run", import.meta.url));
  assert.equal(own.dependencies.deno, /^DENO_VERSION=(.*)$/m.exec(ci)?.[1]);
  for (const [name, { integrity, version }] of Object.entries<Record<string, string>>(packages)) {
    assert.match(integrity ?? "", /^sha512-/, name);
    assert.equal(version, own.dependencies.deno, name);
  }
});

Deno.test("The release takes the packages of the lock file and no others", () => {
  const text = WORKFLOWS.get("release.yml") ?? "";
  for (const [line] of text.matchAll(/^.*\$DENO (?:run|test|install|task).*$/gm)) {
    assert.match(line, /--frozen/, line);
  }
});

Deno.test("npm gets the archive that the acceptance tests ran against, with its provenance", () => {
  const { jobs } = parse(WORKFLOWS.get("release.yml") ?? "");
  const scripts = (job: string): string =>
    jobs[job].steps.map(({ run = "" }: { run?: string }) => run).join("\n");
  assert.match(scripts("npm-package"), /pack_npm\.ts[^]*npm install [^]*test .*tests\/acceptance/);
  assert.ok(jobs.release.needs.includes("npm-package"));
  assert.equal(jobs.npm.needs, "release");
  const named = (job: string, action: string) =>
    jobs[job].steps.find(({ uses = "" }: { uses?: string }) => uses.includes(action)).with.name;
  assert.equal(named("npm", "download-artifact"), named("npm-package", "upload-artifact"));
  assert.match(scripts("npm"), /^npm publish --provenance /m);
  assert.doesNotMatch(WORKFLOWS.get("release.yml") ?? "", /NODE_AUTH_TOKEN|secrets\./);
});
