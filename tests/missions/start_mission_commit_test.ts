import assert from "node:assert/strict";
import { startMissionFromTicket } from "../../src/missions/start_mission.ts";
import {
  addRewritingHook,
  bindStub,
  failing,
  recordedEvents,
  SIGNED_IN,
  type TestProject,
  WEB_12,
  withProject,
} from "./support.ts";
import { start } from "./mission_calls.ts";

/** Runs a test in a project where somebody stages a change of the README while the host binds the ticket. */
async function withOtherStaging(test: (project: TestProject) => Promise<void>): Promise<void> {
  let stage = () => Promise.resolve();
  const network = [{
    ...bindStub("001-web-12"),
    reply: async () => {
      await stage();
      return Response.json({ origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" });
    },
  }];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    stage = async () => {
      await project.write("README.md", "# Changed\n");
      await project.git("add", "README.md");
    };
    await test(project);
  });
}

Deno.test("What somebody stages meanwhile stays out of the ticket's commit, and stays staged", async () => {
  await withOtherStaging(async (project) => {
    const started = await start(project);
    assert.equal(started.commit.kind, "committed");
    assert.equal(
      await project.git("show", "--name-only", "--format=", "HEAD"),
      "kitty-specs/001-web-12/meta.json",
    );
    assert.equal(await project.git("status", "--porcelain"), "M  README.md");
  });
});

Deno.test("a hook that rewrites files leaves others' staged work staged, and nothing else", async () => {
  await withOtherStaging(async (project) => {
    await addRewritingHook(project);
    assert.equal((await start(project)).commit.kind, "committed");
    assert.equal(await project.git("status", "--porcelain"), "M  README.md");
    assert.match(
      await project.git("show", "--name-only", "--format=", "HEAD"),
      /^generated\.txt\nkitty-specs\/001-web-12\/meta\.json$/,
    );
  });
});

Deno.test("a ticket that could not be written is refused before a mission is made and the host is asked", async () => {
  const answers: readonly (readonly [Partial<typeof WEB_12>, string, string])[] = [
    [{ url: "" }, "WEB", "external_issue_url"],
    [{ url: " " }, "WEB", "external_issue_url"],
    [{ external_issue_id: " " }, "WEB", "external_issue_id"],
    [{}, "", "resource_id"],
  ];
  for (const [lack, resourceId, field] of answers) {
    await withProject({ env: SIGNED_IN }, async (project) => {
      const events = recordedEvents();
      const work = startMissionFromTicket({
        platform: project.platform,
        projectRoot: project.root,
        version: "9.8.7",
        candidate: { ...WEB_12, ...lack },
        resourceType: "jira_project",
        resourceId,
        events,
      });
      const failure = await failing(work, "origin_ticket_invalid");
      assert.equal(failure.details["field"], field);
      assert.deepEqual(await project.names("kitty-specs"), []);
      assert.deepEqual(events.created, []);
      assert.deepEqual(project.platform.network.requests, []);
    });
  }
});
