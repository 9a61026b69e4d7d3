import {
  type CreatedMission,
  createMission,
  type CreateMissionOptions,
} from "../../src/missions/create_mission.ts";
import {
  type MissionFromTicket,
  startMissionFromTicket,
  type StartMissionOptions,
} from "../../src/missions/start_mission.ts";
import { recordedEvents, type TestProject, WEB_12 } from "./support.ts";

/** Creates a mission in the project, with events that are only recorded. */
export function create(
  project: TestProject,
  slug = "fix-login",
  more: Pick<CreateMissionOptions, "commit" | "branch"> = {},
): Promise<CreatedMission> {
  return createMission({
    platform: project.platform,
    projectRoot: project.root,
    slug,
    events: recordedEvents(),
    ...more,
  });
}

/** Starts a mission from the ticket {@link WEB_12}, unless another one is given. */
export function start(
  project: TestProject,
  events = recordedEvents(),
  more: Partial<
    Pick<
      StartMissionOptions,
      | "commit"
      | "branch"
      | "candidate"
      | "text"
      | "tracker"
      | "resourceType"
      | "resourceId"
      | "platform"
    >
  > = {},
): Promise<MissionFromTicket> {
  return startMissionFromTicket({
    platform: project.platform,
    projectRoot: project.root,
    version: "9.8.7",
    candidate: WEB_12,
    resourceType: "jira_project",
    resourceId: "WEB",
    events,
    ...more,
  });
}
