/**
 * Creates or starts a mission ("create" or "start") in the project and for the user of the first two arguments, once it
 * is told to; says so when that is done and told of. What the host has bound is a line of the fourth.
 */
import { openEmitter } from "../../../src/events/open.ts";
import { createMission } from "../../../src/missions/create_mission.ts";
import { missionEvents } from "../../../src/missions/mission_events.ts";
import { startMissionFromTicket } from "../../../src/missions/start_mission.ts";
import { machine } from "../../faults/events_setup.ts";
import { WEB_12 } from "../support.ts";

const [projectRoot = "", home = "", verb = "", bindings = ""] = Deno.args;
const platform = machine({ HOME: home });
const emitter = openEmitter({ platform, root: projectRoot });
const events = missionEvents(emitter);
const tell = () => console.log("done");

console.log("ready");
await Deno.stdin.read(new Uint8Array(8));
if (verb === "create") {
  await createMission({ platform, projectRoot, slug: "web-12", events, tell });
} else {
  await startMissionFromTicket({
    platform,
    projectRoot,
    version: "9.8.7",
    candidate: WEB_12,
    resourceType: "jira_project",
    resourceId: "WEB",
    events,
    tell,
    tracker: {
      searchIssues: () => Promise.reject(new Error("not asked")),
      async bindOrigin({ featureSlug }) {
        await Deno.writeTextFile(bindings, `${featureSlug}\n`, { append: true });
        return { origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" };
      },
    },
  });
}
await emitter.close();
