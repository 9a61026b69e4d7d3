import assert from "node:assert/strict";
import type { Files } from "../../src/platform/files.ts";
import { withWorld, type World } from "../support/world.ts";

/** A config as people have it: comments, keys of other programs, quotes of their own. */
function config(slug: string, tracker = ""): string {
  return [
    "# Who we are.",
    "project:",
    "  uuid: 550e8400-e29b-41d4-a716-446655440000",
    `  slug: ${slug}   # as in the address`,
    "  node_id: a1b2c3d4e5f6",
    "  build_id: 6fa459ea-ee8a-4ca4-894e-db77e160355e",
    "  colour: 'green'",
    "",
    'vcs: {type: "git", hooks: [ a,b ]}   # not ours',
    ...tracker === "" ? [] : [tracker.trimEnd()],
    "# the end",
    "",
  ].join("\n");
}

/** The section a binding to Engineering makes. */
function engineering(ref: string): string {
  return [
    "tracker:",
    "  provider: linear",
    `  binding_ref: ${ref}`,
    '  display_label: "Engineering (ENG)"',
    "  provider_context: {team_name: Engineering, team_key: ENG, workspace_name: Acme Corp}",
    "",
  ].join("\n");
}

/** The only mapping the host has issued. */
async function issuedRef(world: World): Promise<string> {
  const { mappings } = await world.look("mappings");
  assert.equal(mappings.length, 1);
  return mappings[0].binding_ref;
}

/** Runs the command and requires that it fails, without a word on standard output. */
async function refused(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run(args);
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  return stderr;
}

/** The path of each request to the tracker, without the common start. */
async function trackerCalls(world: World): Promise<string[]> {
  return (await world.requests()).filter((line) => line.includes("/tracker/"))
    .map((line) => line.replace("/api/v1/tracker/", ""));
}

/** The query of the last request to the tracker. */
async function lastQuery(world: World): Promise<unknown> {
  const { requests } = await world.look("requests");
  return requests.findLast(({ path }: { path: string }) => path.includes("/tracker/")).query;
}

function scenario(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withWorld(async (world) => {
      await world.signIn();
      await world.forgetRequests();
      await test(world);
    }));
}

scenario("scenario 1 (T064): a sure match is bound without a question", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  const said = await world.ok("bind", "-p", "linear", "--no-input");
  assert.match(said, /^✓ Bound to Engineering \(ENG\)\. Saved in \.kittify\/config\.yaml\.$/m);
  assert.equal(await world.config(), before + engineering(await issuedRef(world)));
  assert.deepEqual(await trackerCalls(world), ["POST bind-resolve/", "POST bind-confirm/"]);
});

scenario(
  "scenario 1 (T064): a mapping that exists already is saved without a confirm call",
  async (world) => {
    const before = config("my-project");
    await world.writeConfig(before);
    await world.lever("mappings", {
      provider: "linear",
      resource: "ENG",
      project_slug: "my-project",
      project_uuid: "550e8400-e29b-41d4-a716-446655440000",
    });
    await world.ok("bind", "-p", "linear", "--no-input");
    const after = await world.config();
    assert.ok(after?.startsWith(before));
    assert.ok(after?.includes(`  binding_ref: ${await issuedRef(world)}\n`));
    assert.ok(!(await trackerCalls(world)).includes("POST bind-confirm/"));
  },
);

scenario("scenario 2 (T065): several candidates are listed, a number chooses", async (world) => {
  const before = config("something-else");
  await world.writeConfig(before);
  const { code, stdout, stderr } = await world.run(["bind", "-p", "linear"], { stdin: "x\n1\n" });
  assert.equal(code, 0);
  assert.equal(stdout, "✓ Bound to Engineering (ENG). Saved in .kittify/config.yaml.\n");
  assert.match(stderr, /^2 Linear resources could be this project \(something-else\):$/m);
  assert.match(stderr, /^ 1 {2}Engineering \(ENG\) +low +Available in the installation$/m);
  assert.match(stderr, /^ 2 {2}Mobile \(MOB\) +low +Available in the installation$/m);
  assert.match(stderr, /Please answer with a number from 1 to 2\./);
  assert.equal(stderr.split("Which one?").length - 1, 2);
  assert.equal(await world.config(), before + engineering(await issuedRef(world)));
});

scenario("scenario 2 (T065): three wrong numbers end it, nothing written", async (world) => {
  const before = config("something-else");
  await world.writeConfig(before);
  const { code, stdout, stderr } = await world.run(["bind", "-p", "linear"], {
    stdin: "0\n3\nthe first\n1\n",
  });
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.equal(stderr.split("Which one?").length - 1, 3);
  assert.match(stderr, /--select N/);
  assert.equal(await world.config(), before);
  assert.deepEqual(await trackerCalls(world), ["POST bind-resolve/"]);
});

scenario("scenario 2 (T065): without input it says which option chooses", async (world) => {
  const before = config("something-else");
  await world.writeConfig(before);
  const said = await refused(world, "bind", "-p", "linear", "--no-input");
  assert.match(said, /^ 2 {2}Mobile \(MOB\)/m);
  assert.match(said, /tracker bind -p linear --select N/);
  const json = JSON.parse(await refused(world, "bind", "-p", "linear", "--no-input", "--json"));
  assert.equal(json.error.code, "ambiguous_binding");
  assert.deepEqual(
    json.error.details.candidates.map((one: { select: number }) => one.select),
    [1, 2],
  );
  assert.equal(await world.config(), before);
});

scenario(
  "scenario 3 (T066): no candidate is an error that points to the dashboard",
  async (world) => {
    const before = config("engineering");
    await world.writeConfig(before);
    await world.lever("disconnect", { provider: "linear", what: "resources" });
    const said = await refused(world, "bind", "-p", "linear");
    assert.match(said, /no linear resource/i);
    assert.match(said, /dashboard/);
    assert.doesNotMatch(said, /slug=|project key|team id|metadata/i);
    assert.equal(await world.config(), before);
  },
);

scenario("scenario 3 (T066): a provider that is not connected says so", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  await world.lever("disconnect", { provider: "linear", what: "installations" });
  const said = await refused(world, "bind", "-p", "linear");
  assert.match(said, /dashboard/);
  assert.equal(await world.config(), before);
});

scenario("scenario 4 (T067): --bind-ref is checked at the host and saved", async (world) => {
  const before = config("my-project");
  await world.writeConfig(before);
  await world.lever("mappings", {
    provider: "linear",
    resource: "ENG",
    project_slug: "my-project",
    project_uuid: "550e8400-e29b-41d4-a716-446655440000",
  });
  const ref = await issuedRef(world);
  const said = await world.ok("bind", "-p", "linear", "--bind-ref", ref);
  assert.match(said, /Bound to Engineering \(ENG\)/);
  assert.equal(await world.config(), before + engineering(ref));
  assert.deepEqual(await trackerCalls(world), ["POST bind-validate/"]);
});

scenario("scenario 4 (T067): a refused --bind-ref shows the host's guidance", async (world) => {
  const before = config("my-project");
  await world.writeConfig(before);
  const unknown = await refused(world, "bind", "-p", "linear", "--bind-ref", "srm_NOPE");
  assert.match(unknown, /"srm_NOPE"/);
  assert.match(unknown, /No mapping of linear has this reference/);
  await world.lever("mappings", {
    provider: "linear",
    resource: "ENG",
    project_slug: "another",
  });
  const foreign = await refused(
    world,
    "bind",
    "-p",
    "linear",
    "--bind-ref",
    await issuedRef(world),
  );
  assert.match(foreign, /belongs to the project "another"/);
  assert.equal(await world.config(), before);
});

scenario(
  "scenario 5 (T067): --select N is sort position N - 1, without a question",
  async (world) => {
    const before = config("something-else");
    await world.writeConfig(before);
    const { resources } = await world.json("discover", "-p", "linear");
    assert.equal(resources.length, 2);
    const { code, stdout, stderr } = await world.run(["bind", "-p", "linear", "--select", "2"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Bound to Mobile \(MOB\)/);
    assert.doesNotMatch(stderr, /Which one/);
    const after = await world.config();
    assert.ok(
      after?.startsWith(`${before}tracker:\n  provider: linear\n  binding_ref: srm_`),
      after ?? "",
    );
  },
);

scenario("scenario 5 (T067): a number out of range names the range", async (world) => {
  const before = config("something-else");
  await world.writeConfig(before);
  assert.match(await refused(world, "bind", "-p", "linear", "--select", "3"), /1.{1,4}2/);
  assert.equal(await world.config(), before);
});

scenario("scenario 5 (T067): with a sure match --select 1 is that match", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  assert.match(await refused(world, "bind", "-p", "linear", "--select", "2"), /1/);
  assert.equal(await world.config(), before);
  await world.ok("bind", "-p", "linear", "--select", "1");
  assert.equal(await world.config(), before + engineering(await issuedRef(world)));
});

/** A config of before there were binding references. */
const LEGACY = "tracker:\n  provider: linear\n  project_slug: my-project # old way\n";

scenario("scenario 6 (T068): a legacy config routes by its project slug", async (world) => {
  const before = config("my-project", LEGACY);
  await world.writeConfig(before);
  await world.lever("fail", { times: 9, path: "/status/", status: 503 });
  await refused(world, "status");
  assert.deepEqual(await lastQuery(world), { provider: "linear", project_slug: "my-project" });
  assert.equal(await world.config(), before);
});

scenario("scenario 7a (T068): a legacy config is upgraded, all else as it was", async (world) => {
  await world.writeConfig(config("my-project", LEGACY));
  await world.lever("mappings", {
    provider: "linear",
    resource: "ENG",
    project_slug: "my-project",
    project_uuid: "550e8400-e29b-41d4-a716-446655440000",
  });
  const { code, stdout, stderr } = await world.run(["status"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^Engineering \(ENG\) · linear · connected$/m);
  const upgraded = `${LEGACY}${
    engineering(await issuedRef(world)).replace("tracker:\n  provider: linear\n", "")
  }`;
  assert.equal(await world.config(), config("my-project", upgraded));
  await world.ok("status");
  assert.deepEqual(await lastQuery(world), {
    provider: "linear",
    binding_ref: await issuedRef(world),
  });
});

scenario("scenario 7a (T068): an upgrade that cannot be written changes nothing", async (world) => {
  const before = config("my-project", LEGACY);
  await world.writeConfig(before);
  await world.lever("mappings", {
    provider: "linear",
    resource: "ENG",
    project_slug: "my-project",
    project_uuid: "550e8400-e29b-41d4-a716-446655440000",
  });
  const full = (real: Files): Files => ({ ...real, writeAtomic: noSpace });
  const quiet = await world.here(["status"], { files: full });
  assert.equal(quiet.code, 0, quiet.stderr);
  assert.equal(quiet.stderr, "");
  assert.equal(await world.config(), before);
  const verbose = await world.here(["status", "-v"], { files: full });
  assert.match(verbose.stderr, /No space left/);
});

scenario("scenario 7b (T066): with the host down nothing is made up or changed", async (world) => {
  const bound = config("my-project", "tracker:\n  provider: linear\n  binding_ref: srm_ONE\n");
  await world.writeConfig(bound);
  await world.stopHost();
  for (
    const args of [
      ["bind", "-p", "linear", "--yes"],
      ["discover", "-p", "linear"],
      ["status"],
      ["status", "--all"],
      ["sync", "pull"],
    ]
  ) {
    const said = await refused(world, ...args);
    assert.match(said, /Cannot connect to the tracker host|did not respond/, args.join(" "));
  }
  assert.equal(await world.config(), bound);
});

scenario("scenario 7b (T066): a failing host is reported, nothing changes", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  await world.lever("fail", { times: 1, path: "/bind-resolve/", status: 503 });
  assert.match(await refused(world, "bind", "-p", "linear"), /Made-up failure with status 503/);
  assert.equal(await world.config(), before);
  assert.equal((await trackerCalls(world)).length, 1);
});

scenario(
  "scenario 8 (T047-T052): discover lists resources by number, bound ones marked",
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
    assert.deepEqual(Object.keys(json).sort(), ["installation_id", "provider", "resources"]);
    for (const resource of json.resources) {
      assert.deepEqual(Object.keys(resource).sort(), [
        "binding_ref",
        "bound_at",
        "bound_project_slug",
        "candidate_token",
        "display_label",
        "provider",
        "provider_context",
      ]);
    }
    assert.equal(await world.config(), before);
  },
);

scenario(
  "scenario 8 (T050): discover of nothing, and of a provider not connected",
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

scenario("scenario 9 (T060-T063): status --all shows the installation, framed", async (world) => {
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
    "connected",
    "installation_id",
    "provider",
    "resource_count",
  ]);
  assert.equal(await world.config(), bound);
});

scenario("scenario 9 (T062): status --all is for hosted bindings", async (world) => {
  await world.writeConfig(config("x", "tracker:\n  provider: beads\n  workspace: main\n"));
  assert.match(await refused(world, "status", "--all"), /hosted/i);
  assert.deepEqual(await world.requests(), []);
});

scenario("scenario 10 (T058): re-binding asks, and a refusal changes nothing", async (world) => {
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
});

scenario(
  "scenario 10 (T058): another provider drops the old label, slug and context",
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
  "scenario 10 (T058): the same provider keeps project_slug; --yes does not ask",
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

scenario("scenario 11 (T069): each kind of stale binding names the way out", async (world) => {
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
  "scenario 12 (T069): a stale binding never falls back to the project slug",
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

scenario("upgrade not offered (T068): a saved reference that routes stays", async (world) => {
  await world.writeConfig(config("engineering"));
  await world.ok("bind", "-p", "linear");
  const ref = await issuedRef(world);
  const renamed = (await world.config() ?? "").replace('"Engineering (ENG)"', '"Our own name"');
  await world.writeConfig(renamed);
  assert.match(await world.ok("status"), /Engineering \(ENG\)/);
  assert.equal(await world.config(), renamed);
  assert.ok(renamed.includes(ref));
});

function noSpace(): Promise<void> {
  return Promise.reject(new Error("No space left on device"));
}
