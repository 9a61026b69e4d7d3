import { type MissionFromTicket, startMissionFromTicket } from "../../../missions/start_mission.ts";
import type { TakenTicket } from "../../../missions/take_ticket.ts";
import { openBackend, type ProjectContext } from "../../../tracker/backend.ts";
import { uploadQueued } from "../../services/background.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import type { BranchFlags } from "./branch_flags.ts";
import { branchJson, branchWords, wantsBranch } from "./branching.ts";
import { commitJson, commitWords, withMissionEvents } from "./format.ts";
import { requestLog } from "../../services/request_log.ts";
import { knownIssue } from "../../services/named_issue.ts";
import { projectContext } from "../../services/tracker.ts";
import type { TicketQuery } from "../../services/tickets.ts";
import { findTicket } from "./find_ticket.ts";
import { hasFailed, stepLines, stepsJson } from "./steps.ts";
import { cachedTicket, takeFor, textOf } from "./ticket_facts.ts";
import { VERSION } from "../../version.ts";

/** What is started, and how. */
export interface StartOptions extends BranchFlags {
  readonly query: TicketQuery;
  readonly noTransition: boolean;
  readonly noCommit: boolean;
}

/** Finds a ticket, has it confirmed, starts a mission from it, and moves the ticket along. */
export async function run(context: Context, options: StartOptions): Promise<number> {
  const { output, platform } = context;
  const branch = await wantsBranch(context, options);
  const project = await projectContext(context);
  const backend = await openBackend(project);
  // The tool is on this machine: what it has now is what a mission starts from.
  if (backend.kind === "local") await backend.service.pull();
  const query = await wholeQuery(context, project, options.query);
  const found = query === null ? null : await findTicket(context, { project, backend, query });
  if (found === null) {
    if (context.globals.json) output.json({ started: false, declined: true });
    else output.notice("Nothing was started.");
    return 0;
  }
  const { candidate, resourceType, resourceId } = found;
  const ticket = await cachedTicket(backend, candidate.external_issue_id);
  let code = 0;
  await withMissionEvents(context, project.root, (events) =>
    startMissionFromTicket({
      platform,
      projectRoot: project.root,
      version: VERSION,
      onRequestLog: requestLog(context),
      candidate,
      resourceType,
      resourceId,
      text: ticket === null ? undefined : textOf(ticket),
      branch,
      commit: !options.noCommit,
      events,
      tell: async (started) => {
        const taken = options.noTransition
          ? null
          : await takeFor({ platform, root: project.root, backend, ticket });
        code = hasFailed(started, taken) ? 1 : 0;
        tell(context, { started, taken, isCached: ticket !== null });
      },
    }));
  if (backend.kind === "hosted") await uploadQueued(context);
  return code;
}

/** The query with the whole key of a cached ticket; `null` when a person leaves without a choice. */
async function wholeQuery(
  context: Context,
  project: ProjectContext,
  query: TicketQuery,
): Promise<TicketQuery | null> {
  if (query.kind === "text") return query;
  const issue = await knownIssue(context, project, query.key);
  return issue === null ? null : { kind: "key", key: issue.name };
}

interface Told {
  readonly started: MissionFromTicket;
  /** `null` where the ticket was to be left as it is. */
  readonly taken: TakenTicket | null;
  /** Whether the ticket is in the cache, with its text. */
  readonly isCached: boolean;
}

function tell({ output, globals }: Context, { started, taken, isCached }: Told): void {
  if (started.commitFault !== null) output.warning(`Warning: ${started.commitFault}`);
  if (globals.json) {
    output.json({
      feature_slug: started.featureSlug,
      slug: started.slug,
      mission_dir: started.missionDir,
      origin_ticket: started.originTicket,
      branch: branchJson(started.branch),
      commit: commitJson(started.commit),
      resumed: started.resumed,
      event_emitted: started.eventEmitted,
      steps: stepsJson(started, taken),
    });
    return;
  }
  const how = started.resumed ? ", resumed," : "";
  const { external_issue_key: key, title } = started.originTicket;
  output.result(text`${DONE} Mission ${started.featureSlug}${how} from ${key}: ${title}`);
  output.result(`  kitty-specs/${started.featureSlug}/spec.md`);
  if (!isCached && !started.resumed) {
    output.result(`  without the text of ${key}, which is not in the cache`);
  }
  const on = branchWords(started.branch);
  if (on !== "") output.result(`  ${on}`);
  output.result(`  ${commitWords(started.commit)}`);
  for (const { line, isFault } of stepLines(key, taken)) {
    if (isFault) output.warning(`! ${line}`);
    else output.result(`  ${line}`);
  }
}
