/**
 * Missions, and the tickets they start from. Importing this has no effect; everything is handed the platform it
 * works on. The functions ask the configured host in the user's name unless they are given a `tracker`, as here.
 *
 * @example From a search to a mission
 * ```ts
 * import assert from "node:assert/strict";
 * import { systemPlatform } from "../platform/system.ts";
 * import { type OriginTracker, searchOriginCandidates, startMissionFromTicket } from "./mod.ts";
 *
 * const platform = systemPlatform();
 * const projectRoot = await platform.files.makeTemporaryDirectory("example-");
 * await platform.files.writeAtomic(
 *   `${projectRoot}/.kittify/config.yaml`,
 *   "tracker:\n  provider: jira\n  binding_ref: srm_01\n",
 * );
 * const tracker: OriginTracker = {
 *   searchIssues: () =>
 *     Promise.resolve({
 *       candidates: [{
 *         external_issue_id: "10012",
 *         external_issue_key: "WEB-12",
 *         title: "Login times out",
 *         status: "To Do",
 *         url: "https://acme.example/browse/WEB-12",
 *         match_type: "exact",
 *       }],
 *       resource_type: "jira_project",
 *       resource_id: "WEB",
 *     }),
 *   bindOrigin: () =>
 *     Promise.resolve({ origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" }),
 * };
 * const access = { platform, projectRoot, version: "1.0.0", tracker };
 *
 * const found = await searchOriginCandidates({ ...access, queryKey: "WEB-12" });
 * const [candidate] = found.candidates;
 * assert.ok(candidate !== undefined);
 *
 * // Here a person confirms the ticket.
 * const started = await startMissionFromTicket({
 *   ...access,
 *   candidate,
 *   resourceType: found.resourceType,
 *   resourceId: found.resourceId,
 *   commit: false,
 *   events: {
 *     featureCreated: () => Promise.resolve(true),
 *     missionOriginBound: () => Promise.resolve(true),
 *   },
 * });
 * assert.equal(started.featureSlug, "001-web-12");
 * assert.equal(started.originTicket.external_issue_key, "WEB-12");
 * await platform.files.remove(projectRoot);
 * ```
 *
 * @example A mission without a ticket, and binding it later
 * ```ts
 * import assert from "node:assert/strict";
 * import { systemPlatform } from "../platform/system.ts";
 * import { bindMissionOrigin, createMission, listMissions } from "./mod.ts";
 *
 * const platform = systemPlatform();
 * const projectRoot = await platform.files.makeTemporaryDirectory("example-");
 * await platform.files.writeAtomic(
 *   `${projectRoot}/.kittify/config.yaml`,
 *   "tracker:\n  provider: linear\n  binding_ref: srm_01\n",
 * );
 * const events = {
 *   featureCreated: () => Promise.resolve(true),
 *   missionOriginBound: () => Promise.resolve(true),
 * };
 *
 * const made = await createMission({
 *   platform,
 *   projectRoot,
 *   slug: "fix-search",
 *   commit: false,
 *   events,
 * });
 * assert.equal(made.featureSlug, "001-fix-search");
 *
 * const bound = await bindMissionOrigin({
 *   platform,
 *   projectRoot,
 *   version: "1.0.0",
 *   missionDir: made.missionDir,
 *   candidate: {
 *     external_issue_id: "uuid-7",
 *     external_issue_key: "ENG-7",
 *     title: "Search finds nothing",
 *     status: "Todo",
 *     url: "https://linear.example/ENG-7",
 *     match_type: "exact",
 *   },
 *   resourceType: "linear_team",
 *   resourceId: "team-1",
 *   events,
 *   tracker: {
 *     searchIssues: () => Promise.reject(new Error("not asked")),
 *     bindOrigin: () =>
 *       Promise.resolve({ origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" }),
 *   },
 * });
 * assert.equal(bound.changed, true);
 *
 * const [mission] = await listMissions(platform, projectRoot);
 * assert.equal(mission?.originTicket?.external_issue_key, "ENG-7");
 * await platform.files.remove(projectRoot);
 * ```
 *
 * @module
 */
export {
  bindMissionOrigin,
  type BindMissionOriginOptions,
  type BoundOrigin,
} from "./bind_origin.ts";
export type { WorkBranch } from "./branches.ts";
export { type CommitOutcome, NO_COMMIT_REASONS, type NoCommitReason } from "./commit.ts";
export { type CreatedMission, createMission, type CreateMissionOptions } from "./create_mission.ts";
export { MissionCreationError, type MissionFault } from "./mission_error.ts";
export { type MissionEvents, missionEvents } from "./mission_events.ts";
export { MISSION_FORMS, type MissionForm, type MissionName } from "./mission_form.ts";
export { findMission, listMissions, type Mission } from "./missions.ts";
export type { OriginAccess, OriginTracker } from "./origin_tracker.ts";
export {
  type OriginCandidate,
  searchOriginCandidates,
  type SearchOriginOptions,
  type SearchOriginResult,
} from "./search_origin.ts";
export { isSlug, MAX_SLUG_LENGTH, slugFromTicket } from "./slug.ts";
export {
  type MissionFromTicket,
  startMissionFromTicket,
  type StartMissionOptions,
} from "./start_mission.ts";
export type { TicketTask, TicketText } from "./ticket_text.ts";
export { ORIGIN_PROVIDERS, type OriginProvider } from "../contract/providers.ts";
export type { OriginTicket } from "../project/mission_meta.ts";
