import { type MissionFromTicket, startMissionFromTicket } from "../../../missions/start_mission.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import { uploadQueued } from "../../services/background.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { commitJson, commitWords, withMissionEvents } from "./format.ts";
import { requestLog } from "../../services/request_log.ts";
import { searchTickets, type TicketQuery } from "../../services/tickets.ts";
import { chooseTicket } from "./tickets.ts";
import { VERSION } from "../../version.ts";

/** Finds a ticket, has it confirmed, and starts a mission from it. */
export async function run(
  context: Context,
  options: { readonly query: TicketQuery; readonly noCommit: boolean },
): Promise<number> {
  const { output, platform } = context;
  const { query } = options;
  if (query.kind === "text" && query.words.length === 0) {
    throw usageError(
      "There is no ticket to start from",
      "Search for one with `tracker mission start TEXT`, or name it with `--ticket KEY`.",
    );
  }
  const root = await requireProjectRoot(platform, context.globals.repo ?? null);
  const found = await searchTickets(context, root, query);
  const candidate = await chooseTicket(context, query, found, "Start a mission from");
  if (candidate === null) {
    if (context.globals.json) output.json({ started: false, declined: true });
    else output.notice("Nothing was started.");
    return 0;
  }
  await withMissionEvents(context, root, (events) =>
    startMissionFromTicket({
      platform,
      projectRoot: root,
      version: VERSION,
      onRequestLog: requestLog(context),
      candidate,
      resourceType: found.resourceType,
      resourceId: found.resourceId,
      commit: !options.noCommit,
      events,
      tell: (started) => tell(context, started),
    }));
  await uploadQueued(context);
  return 0;
}

function tell({ output, globals }: Context, started: MissionFromTicket): void {
  if (started.commitFault !== null) output.warning(`Warning: ${started.commitFault}`);
  if (globals.json) {
    output.json({
      feature_slug: started.featureSlug,
      slug: started.slug,
      mission_dir: started.missionDir,
      origin_ticket: started.originTicket,
      commit: commitJson(started.commit),
      resumed: started.resumed,
      event_emitted: started.eventEmitted,
    });
    return;
  }
  const how = started.resumed ? ", resumed," : "";
  const { external_issue_key: key, title } = started.originTicket;
  output.result(text`${DONE} Mission ${started.featureSlug}${how} from ${key}: ${title}`);
  output.result(`  kitty-specs/${started.featureSlug}/spec.md`);
  output.result(`  ${commitWords(started.commit)}`);
}
