import assert from "node:assert/strict";
import { config, engineering, issuedRef, LEGACY, refused, scenario } from "./binding_setup.ts";

scenario(
  "discover lists resources by number, bound ones marked",
  async (world) => {
    const before = config("something-else");
    await world.writeConfig(before);
    await world.lever("mappings", { provider: "linear", resource: "MOB", project_slug: "other" });
    const { code, stdout, stderr } = await world.run(["discover", "-p", "linear"]);
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\n");
    assert.match(lines[0] ?? "", /^ # {2}RESOURCE +WORKSPACE +BOUND TO$/);
    assert.match(lines[1] ?? "", /^ 1 {2}Engineering \(ENG\) +Acme Corp +–$/);
    assert.match(
      lines[2] ?? "",
      /^ 2 {2}Mobile \(MOB\) +Acme Corp +other {2}since \d+ [A-Z][a-z]{2}$/,
    );
    assert.match(stdout, /2 resources\. Bind one with `tracker bind -p linear --select N`\./);
    const json = await world.json("discover", "-p", "linear");
    assert.deepEqual(Object.keys(json).sort(), [
      "installation_id",
      "provider",
      "resources",
      "schema",
      "unmatched",
    ]);
    for (const resource of json.resources) {
      assert.deepEqual(Object.keys(resource).sort(), [
        "binding_ref",
        "bound_at",
        "bound_project_slug",
        "candidate_token",
        "display_label",
        "is_bound",
        "provider",
        "provider_context",
        "select",
      ]);
    }
    assert.equal(await world.config(), before);
  },
);

scenario(
  "discover writes nothing in a project that has no identity yet",
  async (world) => {
    await world.ok("discover", "-p", "linear");
    assert.equal(await world.config(), null);
  },
);

scenario(
  "a bind by number can be repeated, and another number says what the project is bound to",
  async (world) => {
    await world.writeConfig(config("something-else"));
    await world.ok("bind", "-p", "linear", "--select", "2");
    // As after a kill between the host's answer and its saving.
    await world.writeConfig(config("something-else"));
    assert.match(await world.ok("bind", "-p", "linear", "--select", "2"), /Bound to Mobile/);
    const refusal = await refused(world, "bind", "-p", "linear", "--select", "3");
    assert.match(refusal, /bound to "Mobile \(MOB\)" already/);
    assert.match(refusal, /tracker bind -p linear --select 1/);
  },
);

scenario(
  "a reference binds a fresh checkout without an identity, as in CI",
  async (world) => {
    await world.ok("bind", "-p", "linear", "--select", "1");
    const ref = /binding_ref: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
    const uuid = /uuid: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
    await world.writeConfig("# a fresh checkout\n");
    await world.ok("bind", "-p", "linear", "--bind-ref", ref, "--no-input");
    assert.match(await world.config() ?? "", new RegExp(`uuid: ${uuid}`));
    await world.ok("sync", "pull", "--all");
  },
);

scenario(
  "discover says that not every row can be bound where the host knows the project",
  async (world) => {
    await world.writeConfig(config("something-else"));
    assert.equal((await world.run(["bind", "-p", "linear", "--select", "1"])).code, 0);
    const { stdout } = await world.run(["discover", "-p", "linear"]);
    assert.match(stdout, /^ – {2}Mobile/m);
    assert.match(stdout, /Bind one that has a number with `tracker bind -p linear --select N`\./);
  },
);

scenario(
  "discover of nothing, and of a provider not connected",
  async (world) => {
    await world.lever("disconnect", { provider: "linear", what: "resources" });
    const empty = await world.run(["discover", "-p", "linear"]);
    assert.equal(empty.code, 0);
    assert.equal(empty.stdout, "No linear resources.\n");
    assert.match(empty.stderr, /dashboard/);
    assert.deepEqual((await world.json("discover", "-p", "linear")).resources, []);
    await world.lever("disconnect", { provider: "linear", what: "installations" });
    assert.match(await refused(world, "discover", "-p", "linear"), /dashboard/);
  },
);

scenario(
  "status --all shows the installation, framed",
  async (world) => {
    const before = config("engineering");
    await world.writeConfig(before);
    await world.ok("bind", "-p", "linear");
    const bound = await world.config();
    await world.lever("mappings", { provider: "linear", resource: "MOB", project_slug: "other" });
    const shown = await world.ok("status", "--all");
    assert.match(shown, /^┌─ Whole installation, not only this project ─+┐$/m);
    assert.match(shown, /2 resources · 2 bindings/);
    assert.match(shown, /^│ Engineering \(ENG\) +engineering +\S+ +since .*│$/m);
    assert.match(shown, /^│ Mobile \(MOB\) +other +\S+ +since .*│$/m);
    const one = await world.ok("status");
    assert.doesNotMatch(one, /[┌│└]/);
    const json = await world.json("status", "--all");
    assert.deepEqual(Object.keys(json).sort(), [
      "bindings",
      "configured",
      "connected",
      "connections",
      "installation_id",
      "provider",
      "resource_count",
      "schema",
    ]);
    assert.equal(await world.config(), bound);
  },
);

scenario("status --all is for hosted bindings", async (world) => {
  await world.writeConfig(config("x", "tracker:\n  provider: beads\n  workspace: main\n"));
  const { code, stdout, stderr } = await world.run(["status", "--all"]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /`--all` is for hosted providers/);
  assert.deepEqual(await world.requests(), []);
});

scenario(
  "re-binding asks, and a refusal changes nothing",
  async (world) => {
    await world.writeConfig(config("engineering"));
    await world.ok("bind", "-p", "linear");
    const bound = await world.config();
    await world.forgetRequests();
    const declined = await world.run(["bind", "-p", "jira"], { stdin: "n\n" });
    assert.equal(declined.code, 0);
    assert.match(declined.stderr, /already bound to Engineering \(ENG\)/);
    assert.match(declined.stderr, /Nothing changed\./);
    assert.equal(await world.config(), bound);
    assert.deepEqual(await world.requests(), []);
    const unanswered = await world.run(["bind", "-p", "jira", "--no-input"]);
    assert.equal(unanswered.code, 1);
    assert.match(unanswered.stderr, /--yes/);
    assert.equal(await world.config(), bound);
  },
);

scenario(
  "another provider drops the old label, slug and context",
  async (world) => {
    const old = "tracker:\n  provider: jira # moved\n  binding_ref: srm_OLD\n" +
      "  project_slug: old-slug\n  display_label: Old\n  provider_context: {site: x}\n" +
      "  doctrine: {mode: external_authoritative}\n  own_key: kept\n";
    await world.writeConfig(config("engineering", old));
    const agreed = await world.run(["bind", "-p", "linear"], { stdin: "y\n" });
    assert.equal(agreed.code, 0, agreed.stderr);
    const after = await world.config() ?? "";
    assert.match(after, /^ {2}provider: linear # moved$/m);
    assert.match(after, /^ {2}own_key: kept$/m);
    assert.match(after, /^ {2}doctrine: \{mode: external_authoritative\}$/m);
    assert.doesNotMatch(after, /old-slug|srm_OLD|display_label: Old|site: x/);
  },
);

scenario(
  "the same provider keeps project_slug; --yes does not ask",
  async (world) => {
    await world.writeConfig(config("engineering", LEGACY));
    const { code, stderr } = await world.run(["bind", "-p", "linear", "--yes"]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /\[y\/N\]/);
    const after = await world.config();
    const upgraded = `${LEGACY}${
      engineering(await issuedRef(world)).replace("tracker:\n  provider: linear\n", "")
    }`;
    assert.equal(after, config("engineering", upgraded));
  },
);

scenario("each kind of stale binding names the way out", async (world) => {
  await world.writeConfig(config("engineering"));
  await world.ok("bind", "-p", "linear");
  const bound = await world.config();
  const ref = await issuedRef(world);
  for (const code of ["binding_not_found", "mapping_disabled", "project_mismatch"]) {
    await world.lever("fail", { path: "/status/", error_code: code });
    const said = await refused(world, "status");
    assert.ok(said.includes(ref), said);
    assert.ok(said.includes("`tracker bind --provider linear`"), said);
    assert.equal(await world.config(), bound, code);
  }
  await world.lever("mapping-state", { binding_ref: ref, state: "disabled" });
  for (const args of [["status"], ["sync", "pull"], ["map", "list"]]) {
    const said = await refused(world, ...args);
    assert.ok(said.includes("`tracker bind --provider linear`"), said);
  }
  assert.equal(await world.config(), bound);
});

scenario(
  "a stale binding never falls back to the project slug",
  async (world) => {
    const stale = "tracker:\n  provider: linear\n  binding_ref: srm_GONE\n  project_slug: other\n";
    await world.writeConfig(config("my-project", stale));
    // The slug alone would route: the host knows it.
    await world.lever("mappings", {
      provider: "linear",
      resource: "ENG",
      project_slug: "other",
      project_uuid: "550e8400-e29b-41d4-a716-446655440000",
    });
    const before = await world.config();
    await world.forgetRequests();
    for (const args of [["status"], ["map", "list"], ["sync", "pull"]]) {
      const said = await refused(world, ...args);
      assert.ok(said.includes("srm_GONE"), said);
      assert.ok(said.includes("`tracker bind --provider linear`"), said);
    }
    const { requests } = await world.look("requests");
    for (const { query, body } of requests) {
      assert.equal(query.project_slug ?? body?.project_slug, undefined);
    }
    assert.equal(
      requests.filter(({ path }: { path: string }) => path.includes("tracker")).length,
      3,
    );
    assert.equal(await world.config(), before);
  },
);

scenario("upgrade not offered: a saved reference that routes stays", async (world) => {
  await world.writeConfig(config("engineering"));
  await world.ok("bind", "-p", "linear");
  const ref = await issuedRef(world);
  const renamed = (await world.config() ?? "").replace('"Engineering (ENG)"', '"Our own name"');
  await world.writeConfig(renamed);
  assert.match(await world.ok("status"), /Engineering \(ENG\)/);
  assert.equal(await world.config(), renamed);
  assert.ok(renamed.includes(ref));
});
