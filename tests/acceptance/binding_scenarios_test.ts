import assert from "node:assert/strict";
import type { Files } from "../../src/platform/files.ts";
import {
  config,
  engineering,
  issuedRef,
  lastQuery,
  LEGACY,
  refused,
  scenario,
  trackerCalls,
} from "./binding_setup.ts";

scenario("a sure match is bound without a question", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  const said = await world.ok("bind", "-p", "linear", "--no-input");
  assert.match(said, /^✓ Bound to Engineering \(ENG\)\. Saved in \.kittify\/config\.yaml\.$/m);
  assert.equal(await world.config(), before + engineering(await issuedRef(world)));
  assert.deepEqual(await trackerCalls(world), ["POST bind-resolve/", "POST bind-confirm/"]);
});

scenario(
  "a mapping that exists already is saved without a confirm call",
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

scenario(
  "several candidates are listed, a number chooses",
  async (world) => {
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
  },
);

scenario("three wrong numbers end it, nothing written", async (world) => {
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

scenario("without input it says which option chooses", async (world) => {
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
  "no candidate is an error that points to the dashboard",
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

scenario("a provider that is not connected says so", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  await world.lever("disconnect", { provider: "linear", what: "installations" });
  const said = await refused(world, "bind", "-p", "linear");
  assert.match(said, /dashboard/);
  assert.equal(await world.config(), before);
});

scenario("--bind-ref is checked at the host and saved", async (world) => {
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

scenario(
  "a refused --bind-ref shows the host's guidance",
  async (world) => {
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
  },
);

scenario(
  "--select N is sort position N - 1, without a question",
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

scenario("a number out of range names the range", async (world) => {
  const before = config("something-else");
  await world.writeConfig(before);
  assert.match(await refused(world, "bind", "-p", "linear", "--select", "3"), /1.{1,4}2/);
  assert.equal(await world.config(), before);
});

scenario("with a sure match --select 1 is that match", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  assert.match(await refused(world, "bind", "-p", "linear", "--select", "2"), /1/);
  assert.equal(await world.config(), before);
  await world.ok("bind", "-p", "linear", "--select", "1");
  assert.equal(await world.config(), before + engineering(await issuedRef(world)));
});

scenario("a legacy config routes by its project slug", async (world) => {
  const before = config("my-project", LEGACY);
  await world.writeConfig(before);
  await world.lever("fail", { times: 9, path: "/status/", status: 503 });
  await refused(world, "status");
  assert.deepEqual(await lastQuery(world), { provider: "linear", project_slug: "my-project" });
  assert.equal(await world.config(), before);
});

scenario("a legacy config is upgraded, all else as it was", async (world) => {
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

scenario("an upgrade that cannot be written changes nothing", async (world) => {
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

scenario("with the host down nothing is made up or changed", async (world) => {
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

scenario("a failing host is reported, nothing changes", async (world) => {
  const before = config("engineering");
  await world.writeConfig(before);
  await world.lever("fail", { times: 1, path: "/bind-resolve/", status: 503 });
  assert.match(await refused(world, "bind", "-p", "linear"), /Made-up failure with status 503/);
  assert.equal(await world.config(), before);
  assert.equal((await trackerCalls(world)).length, 1);
});

function noSpace(): Promise<void> {
  return Promise.reject(new Error("No space left on device"));
}
