import assert from "node:assert/strict";
import { bindMissionOrigin } from "../../src/missions/bind_origin.ts";
import { startMissionFromTicket } from "../../src/missions/start_mission.ts";
import { searchOriginCandidates } from "../../src/missions/search_origin.ts";
import {
  BIND,
  bindStub,
  failing,
  recordedEvents,
  refusal,
  searchStub,
  SIGNED_IN,
  WEB_12,
  WEB_12_TICKET,
  WEB_13,
  withProject,
} from "./support.ts";
import { start } from "./mission_calls.ts";

Deno.test("A ticket becomes a mission: named after it, bound to it, committed with it", async () => {
  await withProject({ env: SIGNED_IN, network: [bindStub("001-web-12")] }, async (project) => {
    const events = recordedEvents();
    const started = await start(project, events);
    assert.deepEqual(started, {
      missionDir: `${project.root}/kitty-specs/001-web-12`,
      slug: "web-12",
      featureSlug: "001-web-12",
      originTicket: WEB_12_TICKET,
      eventEmitted: true,
      branch: null,
      commit: { kind: "committed", commit: await project.git("rev-parse", "HEAD") },
      commitFault: null,
      resumed: false,
    });
    const meta: unknown = JSON.parse(
      await project.git("show", "HEAD:kitty-specs/001-web-12/meta.json"),
    );
    assert.ok(typeof meta === "object" && meta !== null && "origin_ticket" in meta);
    assert.deepEqual(meta.origin_ticket, WEB_12_TICKET);
    assert.ok("friendly_name" in meta && meta.friendly_name === "Login times out");
    assert.equal(
      await project.git("log", "--format=%s"),
      "Bind mission 001-web-12 to WEB-12\nAdd mission 001-web-12\nFirst",
    );
    assert.equal(await project.git("status", "--porcelain"), "");
    assert.equal(events.created.length, 1);
    assert.equal(events.bound.length, 1);
  });
});

Deno.test("When the bind fails the mission stays, and the message says how to bind it", async () => {
  const network = [refusal(BIND, 403, "missing_user_link")];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    const events = recordedEvents();
    const failure = await failing(start(project, events), "missing_user_link");
    assert.match(failure.message, /"001-web-12" was created, but not bound/);
    assert.match(failure.nextAction ?? "", /dashboard/);
    assert.match(
      failure.nextAction ?? "",
      /tracker mission bind-origin 001-web-12 --ticket WEB-12/,
    );
    assert.equal(failure.details["mission"], "001-web-12");
    assert.doesNotMatch(
      await project.read("kitty-specs/001-web-12/meta.json") ?? "",
      /origin_ticket/,
    );
    assert.equal(await project.git("status", "--porcelain"), "");
    assert.equal(events.created.length, 1);
    assert.deepEqual(events.bound, []);
  });
});

Deno.test("When the mission cannot be made the host is not asked", async () => {
  await withProject({ env: SIGNED_IN }, async (project) => {
    await project.write("README.md", "# Changed\n");
    await project.git("add", "README.md");
    await failing(start(project), "dirty_index");
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("Without a binding to a known provider no mission is made", async () => {
  for (
    const [config, code] of [
      [null, "missing_mission_binding"],
      ["tracker:\n  provider: trello\n  workspace: w\n", "origin_unsupported"],
    ] as const
  ) {
    await withProject({ env: SIGNED_IN, config }, async (project) => {
      await failing(start(project), code);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  }
});

Deno.test("A host that does not offer tickets of GitHub leaves no mission behind", async () => {
  const config = "tracker:\n  provider: github\n  binding_ref: srm_1\n";
  const json = { status: "ok", extensions: ["removed"] };
  const network = [{ request: "GET /api/v1/tracker/health/", reply: { status: 200, json } }];
  await withProject({ env: SIGNED_IN, config, network }, async (project) => {
    await failing(start(project), "origin_unsupported");
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("With the gate closed, or without a host, no mission is made", async () => {
  for (
    const [env, code] of [
      [{ ...SIGNED_IN, SPEC_KITTY_ENABLE_SAAS_SYNC: "0" }, "rollout_disabled"],
      [{ SPEC_KITTY_ENABLE_SAAS_SYNC: "1" }, "missing_host_config"],
    ] as const
  ) {
    await withProject({ env }, async (project) => {
      const events = recordedEvents();
      await failing(start(project, events), code);
      assert.deepEqual(await project.names("kitty-specs"), []);
      assert.deepEqual(events.created, []);
    });
  }
});

Deno.test("Without a commit wanted nothing is committed", async () => {
  await withProject({ env: SIGNED_IN, network: [bindStub("001-web-12")] }, async (project) => {
    const started = await start(project, recordedEvents(), { commit: false });
    assert.deepEqual(started.commit, { kind: "not_committed", reason: "not_asked" });
    assert.equal(await project.git("status", "--porcelain"), "?? kitty-specs/");
  });
});

Deno.test("A hook that refuses the ticket's commit undoes nothing: the ticket is bound", async () => {
  await withProject({ env: SIGNED_IN, network: [bindStub("001-web-12")] }, async (project) => {
    await project.write(
      ".git/hooks/commit-msg",
      '#!/bin/sh\nif grep -q "^Bind" "$1"; then echo "say why" >&2; exit 1; fi\n',
    );
    await Deno.chmod(`${project.root}/.git/hooks/commit-msg`, 0o755);
    const started = await start(project);
    assert.deepEqual(started.commit, { kind: "not_committed", reason: "failed" });
    assert.match(started.commitFault ?? "", /say why/);
    assert.match(await project.read("kitty-specs/001-web-12/meta.json") ?? "", /origin_ticket/);
    assert.equal(await project.git("diff", "--cached", "--name-only"), "");
  });
});

Deno.test("From search over a choice to the mission, over the host's own answers", async () => {
  const network = [
    searchStub([WEB_12, WEB_13], { query_text: "login" }),
    bindStub("004-web-13", WEB_13),
  ];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    await project.write("kitty-specs/003-old/meta.json", "{}\n");
    const { platform, root: projectRoot } = project;
    const found = await searchOriginCandidates({
      platform,
      projectRoot,
      version: "9.8.7",
      queryText: "login",
    });
    const [, candidate] = found.candidates;
    assert.ok(candidate !== undefined);
    const started = await startMissionFromTicket({
      platform,
      projectRoot,
      version: "9.8.7",
      candidate,
      resourceType: found.resourceType,
      resourceId: found.resourceId,
      events: recordedEvents(),
    });
    assert.equal(started.featureSlug, "004-web-13");
    assert.equal(started.originTicket.external_issue_key, "WEB-13");
    for (const { headers } of platform.network.requests) {
      assert.equal(headers.get("Authorization"), "Bearer token-of-tests");
      assert.equal(headers.get("User-Agent"), "tracker/9.8.7");
    }
  });
});

Deno.test("A start that is repeated resumes the mission of its ticket, without other events or commits", async () => {
  const network = [bindStub("001-web-12"), bindStub("001-web-12")];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    const events = recordedEvents();
    const first = await start(project, events);
    const again = await start(project, events);
    assert.deepEqual(again, { ...first, resumed: true, eventEmitted: false });
    assert.equal(await project.git("rev-list", "--count", "HEAD"), "3");
    assert.equal(events.created.length, 1);
    assert.equal(events.bound.length, 1);
  });
});

Deno.test("a start that the host refuses for good says how to undo it, and its repeat makes no other mission", async () => {
  for (
    const [status, code] of [[409, "origin_conflict"], [404, "no_such_issue"], [
      422,
      "invalid",
    ]] as const
  ) {
    const refused = refusal(BIND, status, code);
    await withProject({ env: SIGNED_IN, network: [refused, refused] }, async (project) => {
      const events = recordedEvents();
      const failure = await failing(start(project, events), code);
      const commit = (await project.git("rev-parse", "HEAD")).slice(0, 10);
      assert.equal(
        failure.nextAction,
        "Bind it to another ticket: `tracker mission bind-origin 001-web-12 --ticket OTHER-KEY`. " +
          `Or undo it: \`git revert --no-edit ${commit}\`.`,
      );
      await failing(start(project, events), code);
      assert.deepEqual(await project.names("kitty-specs"), ["001-web-12"]);
      assert.equal(events.created.length, 1);
    });
  }
});

Deno.test("a start begins again once the mission of a refused one is undone, and is resumed once the host agrees", async () => {
  const network = [
    refusal(BIND, 409, "origin_conflict"),
    refusal(BIND, 503, "provider_down"),
    bindStub("001-web-12"),
  ];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    const events = recordedEvents();
    await failing(start(project, events), "origin_conflict");
    await project.git("revert", "--no-edit", "HEAD");
    assert.deepEqual(await project.names("kitty-specs"), []);
    await failing(start(project, events), "provider_down");
    const started = await start(project, events);
    assert.equal(started.featureSlug, "001-web-12");
    assert.equal(started.resumed, true);
    assert.equal(started.eventEmitted, true);
    assert.equal(events.created.length, 2);
    assert.equal(events.bound.length, 1);
    assert.equal(await project.git("status", "--porcelain"), "");
  });
});

Deno.test("a mission that was bound by hand after a refused start owes nothing more", async () => {
  const network = [
    refusal(BIND, 409, "origin_conflict"),
    bindStub("001-web-12", WEB_13),
    bindStub("002-web-12"),
  ];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    const events = recordedEvents();
    await failing(start(project, events), "origin_conflict");
    await bindMissionOrigin({
      platform: project.platform,
      projectRoot: project.root,
      version: "9.8.7",
      missionDir: `${project.root}/kitty-specs/001-web-12`,
      candidate: WEB_13,
      resourceType: "jira_project",
      resourceId: "WEB",
      events,
    });
    await project.git("commit", "--quiet", "-am", "Bound by hand");
    assert.equal((await start(project, events)).featureSlug, "002-web-12");
    assert.deepEqual(events.bound.map(({ external_issue_key }) => external_issue_key), [
      "WEB-13",
      "WEB-12",
    ]);
    const journal = `${project.platform.home}/.spec-kitty/tracker/missions`;
    for (const { name } of await project.platform.files.list(journal)) {
      assert.deepEqual(await project.platform.files.list(`${journal}/${name}`), []);
    }
  });
});
