import assert from "node:assert/strict";
import { notBound } from "../../src/user/readiness_wording.ts";
import { type BindingConfig, loadBinding } from "../../src/project/config.ts";
import { openBackend, openLocalBackend } from "../../src/tracker/backend.ts";
import { bindProject, discoverResources, unbindProject } from "../../src/tracker/binding.ts";
import { openCache } from "../../src/tracker/cache.ts";
import { requireAdded } from "../../src/store/mappings.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { withPlatform } from "../support/platform.ts";
import { BOUND } from "../client/service_support.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";
import { bound, LOCAL, withProject } from "./support.ts";

Deno.test("binding to a local provider with a blank workspace is wrong usage, nothing written", async () => {
  await withProject(null, [], async ({ project, config }) => {
    await assert.rejects(bindProject(project, { provider: "beads", workspace: " " }), {
      code: "usage",
      exitCode: 2,
    });
    assert.equal(await config(), null);
  });
});

Deno.test("with the gate off hosted work fails closed before any file or socket", async () => {
  await withProject(bound("linear"), [], async ({ project, config, platform }) => {
    const before = await config();
    for (
      const call of [
        () => openBackend(project),
        () => discoverResources(project, "linear"),
        () => bindProject(project, { provider: "linear" }),
      ]
    ) await assert.rejects(call, { code: "rollout_disabled" });
    assert.equal(await config(), before);
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
  }, { gate: "" });
});

Deno.test("without a binding there is nothing to work on, and nothing to unbind", async () => {
  await withProject(null, [], async ({ project, config }) => {
    for (const call of [() => openBackend(project), () => openCache(project)]) {
      await assert.rejects(call, notBound());
    }
    assert.deepEqual(await unbindProject(project), { kind: "not_bound" });
    assert.equal(await config(), null);
  });
});

Deno.test("without a host URL hosted work stops with what to set", async () => {
  await withProject(BOUND, [], async ({ project }) => {
    await assert.rejects(openBackend(project), {
      code: "missing_host_config",
      nextAction: "Set `SPEC_KITTY_SAAS_URL` in your environment.",
    });
    assert.equal((await openCache(project)).store, null, "the cache needs no host");
  }, { env: { SPEC_KITTY_SAAS_URL: "" } });
});

Deno.test("unbind edits the config only: signed out, offline and with the gate off", async () => {
  await withProject(`# ours\n${BOUND}# end\n`, [], async ({ project, config }) => {
    const outcome = await unbindProject(project);
    assert.ok(outcome.kind === "unbound");
    assert.equal(outcome.binding.bindingRef, "srm_1");
    assert.equal(await config(), `# ours\n${IDENTITY_CONFIG}# end\n`);
    assert.deepEqual(await unbindProject(project), { kind: "not_bound" });
  }, { gate: "", env: { TRACKER_TOKEN: "", SPEC_KITTY_SAAS_URL: "" } });
});

Deno.test("unbind leaves alone what is no binding", async () => {
  const config = "tracker:\n  binding_ref: srm_1\n  future: kept\n";
  await withProject(config, [], async ({ project, config: now }) => {
    assert.deepEqual(await unbindProject(project), { kind: "not_bound" });
    assert.equal(await now(), config);
  });
});

Deno.test("unbind of a local provider forgets what this project saved for it, and no more", async () => {
  await withProject(LOCAL, [], async ({ project, platform }) => {
    const credentials = new CredentialStore({ platform });
    const here = platform.home;
    await credentials.saveProjectCredentials("beads", here, { command: "bd" });
    await credentials.saveProjectCredentials("beads", "/other", { command: "bd-other" });
    await credentials.saveProjectCredentials("fp", here, { command: "fp" });
    assert.equal((await unbindProject(project)).kind, "unbound");
    assert.deepEqual(await credentials.providerCredentials("beads", here), {});
    assert.deepEqual(await credentials.providerCredentials("beads", "/other"), {
      command: "bd-other",
    });
    assert.deepEqual(await credentials.providerCredentials("fp", here), { command: "fp" });
  });
});

Deno.test("an unbind that cannot be written leaves the binding as it was", async () => {
  await withProject(BOUND, [], async ({ platform, config }) => {
    const full = () => Promise.reject(new Error("No space left on device"));
    const project = {
      platform: { ...platform, files: { ...platform.files, writeAtomic: full } },
      root: platform.home,
      version: "1",
    };
    await assert.rejects(unbindProject(project), { code: "config_unwritable" });
    assert.equal(await config(), BOUND);
  });
});

Deno.test("the real local backend serves a local binding without a request", async () => {
  await withPlatform({ env: { USER: "ada" } }, async (platform) => {
    const project = { platform, root: platform.home, version: "1" };
    const outcome = await bindProject(project, { provider: "beads", workspace: "w" });
    assert.equal(outcome.kind, "bound_local");
    const saved: BindingConfig = await loadBinding(platform, platform.home);
    assert.deepEqual([saved.provider, saved.workspace], ["beads", "w"]);
    assert.equal((await openCache(project)).store, null);
    const { service } = await openLocalBackend(project, "`map add`");
    const mapping = { wpId: "WP01", externalId: "bd-1" };
    await service.mapAdd({ ...mapping, externalKey: "K", externalUrl: "https://x.example" });
    const twice = await service.mapAdd({ ...mapping, externalId: "bd-2" });
    assert.throws(() => requireAdded(twice), { code: "work_package_taken" });
    const taken = await service.mapAdd({ ...mapping, wpId: "WP02" });
    assert.throws(() => requireAdded(taken), {
      code: "issue_taken",
      nextAction: "Choose another work package or issue; `tracker map list` shows the mappings.",
    });
    assert.deepEqual((await service.mapList()).map(({ external_id }) => external_id), ["bd-1"]);
    const { counts, lastSync } = await service.status();
    assert.deepEqual([counts.total, lastSync], [0, null]);
    using cached = (await openCache(project)).store;
    assert.notEqual(cached, null);
  });
});

Deno.test("neither backend is loaded before its provider is known", async () => {
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/tracker/backend.ts"],
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
  load(new URL("../../src/tracker/backend.ts", import.meta.url).href);
  const backends = [...loaded].filter((specifier) =>
    /\/src\/(client\/(client|service|transport)|local\/|store\/)|npm:/.test(specifier)
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
