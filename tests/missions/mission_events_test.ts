import assert from "node:assert/strict";
import { openEmitter, queueOwner } from "../../src/events/open.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { type MissionEvents, missionEvents } from "../../src/missions/mission_events.ts";
import { type TestProject, withProject } from "./support.ts";

const BOUND = {
  feature_slug: "012-web-12",
  provider: "jira",
  external_issue_id: "10012",
  external_issue_key: "WEB-12",
  external_issue_url: "https://acme.example/browse/WEB-12",
  title: "Login times out",
} as const;

/** Records through a real emitter; answers the types of what came into the queue. */
async function recorded(
  work: (events: MissionEvents, project: TestProject) => Promise<void>,
): Promise<{ readonly types: string[]; readonly warnings: string[] }> {
  const warnings: string[] = [];
  let types: string[] = [];
  await withProject({ repository: false }, async (project) => {
    const { platform, root } = project;
    const emitter = openEmitter({ platform, root, warn: (text) => void warnings.push(text) });
    await work(missionEvents(emitter), project);
    await emitter.close();
    const queue = await EventQueue.open(platform, (await queueOwner(platform)).path);
    types = [...queue.list()].map(({ data }) => String(JSON.parse(data).event_type));
    queue.close();
  });
  return { types, warnings };
}

Deno.test("The origin of a mission is an event of its own, for Jira and for Linear", async () => {
  const { types, warnings } = await recorded(async (events) => {
    assert.equal(await events.missionOriginBound(BOUND), true);
    assert.equal(await events.missionOriginBound({ ...BOUND, provider: "linear" }), true);
  });
  assert.deepEqual(types, ["MissionOriginBound", "MissionOriginBound"]);
  assert.deepEqual(warnings, []);
});

Deno.test("A payload that breaks a rule is warned of and not recorded, and throws nothing", async () => {
  const faulty = Object.keys(BOUND).map((key) => ({ ...BOUND, [key]: "" }));
  const { types, warnings } = await recorded(async (events) => {
    for (const payload of [...faulty, { ...BOUND, feature_slug: "12-web" }]) {
      assert.equal(await events.missionOriginBound(payload), false);
    }
  });
  assert.deepEqual(types, []);
  assert.equal(warnings.length, faulty.length);
  assert.match(warnings.join("\n"), /external_issue_key/);
});

Deno.test("Without a login the event waits in the queue that belongs to no user yet", async () => {
  const { types } = await recorded(async (events, { platform }) => {
    await events.featureCreated({
      feature_slug: "012-web-12",
      feature_number: "012",
      target_branch: "main",
      wp_count: 0,
    });
    assert.match((await queueOwner(platform)).path, /\/queue\.db$/);
  });
  assert.deepEqual(types, ["FeatureCreated"]);
});

Deno.test("A queue that cannot be opened costs a warning, not the work", async () => {
  const warnings: string[] = [];
  await withProject({ repository: false }, async ({ platform, root }) => {
    await platform.files.writeAtomic(`${platform.home}/.spec-kitty`, "a file in the way");
    const emitter = openEmitter({ platform, root, warn: (text) => void warnings.push(text) });
    assert.equal(await missionEvents(emitter).missionOriginBound(BOUND), false);
    await emitter.close();
  });
  assert.equal(warnings.length, 1);
});
