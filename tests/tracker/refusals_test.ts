import assert from "node:assert/strict";
import { type BindingConfig, loadBinding } from "../../src/project/config.ts";
import { TrackerService } from "../../src/tracker/service.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { withPlatform } from "../support/platform.ts";
import { BOUND } from "../client/service_support.ts";
import { bound, LOCAL, withTracker } from "./support.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";

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
        code: "missing_mission_binding",
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
    assert.equal(await config(), `# ours\n${IDENTITY_CONFIG}# end\n`);
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

Deno.test("unbind of a local provider forgets what this project saved for it, and no more", async () => {
  await withTracker(LOCAL, [], async ({ tracker, platform }) => {
    const credentials = new CredentialStore({ platform });
    const here = platform.home;
    await credentials.saveProjectCredentials("beads", here, { command: "bd" });
    await credentials.saveProjectCredentials("beads", "/other", { command: "bd-other" });
    await credentials.saveProjectCredentials("fp", here, { command: "fp" });
    assert.equal((await tracker.unbind()).kind, "unbound");
    assert.deepEqual(await credentials.providerCredentials("beads", here), {});
    assert.deepEqual(await credentials.providerCredentials("beads", "/other"), {
      command: "bd-other",
    });
    assert.deepEqual(await credentials.providerCredentials("fp", here), { command: "fp" });
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
      nextAction: "One issue per work package, and no issue twice; `tracker map list` shows them.",
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

Deno.test("neither backend is loaded before its provider is known", async () => {
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
