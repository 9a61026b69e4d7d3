import { bindMissionOrigin } from "../../../missions/bind_origin.ts";
import { findMission } from "../../../missions/missions.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import { uploadQueued } from "../../services/background.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { withMissionEvents } from "./format.ts";
import { requestLog } from "../../services/request_log.ts";
import { knownIssue, nothingChosen } from "../../services/named_issue.ts";
import { searchTickets } from "../../services/tickets.ts";
import { chooseTicket } from "./tickets.ts";
import { VERSION } from "../../version.ts";

/** Binds a mission to the ticket it comes from, once a person has confirmed it. */
export async function run(
  context: Context,
  options: { readonly slug: string; readonly ticket: string },
): Promise<number> {
  const { output, platform } = context;
  const root = await requireProjectRoot(platform, context.globals.repo ?? null);
  const missionDir = await findMission(platform, root, options.slug);
  const issue = await knownIssue(context, { platform, root }, options.ticket);
  if (issue === null) return nothingChosen(context);
  const query = { kind: "key", key: issue.name } as const;
  const found = await searchTickets(context, root, query);
  const candidate = await chooseTicket(context, query, found, `Bind ${options.slug} to`);
  if (candidate === null) {
    if (context.globals.json) output.json({ bound: false, declined: true });
    else output.notice("Nothing was changed.");
    return 0;
  }
  const bound = await withMissionEvents(
    context,
    root,
    (events) =>
      whileWaiting(
        context,
        "Telling the host where the mission comes from",
        () =>
          bindMissionOrigin({
            platform,
            projectRoot: root,
            version: VERSION,
            onRequestLog: requestLog(context),
            missionDir,
            candidate,
            resourceType: found.resourceType,
            resourceId: found.resourceId,
            events,
          }),
      ),
  );
  if (bound.eventEmitted) await uploadQueued(context);
  if (context.globals.json) {
    output.json({
      feature_slug: bound.featureSlug,
      mission_dir: missionDir,
      origin_ticket: bound.originTicket,
      origin_link_id: bound.originLinkId,
      changed: bound.changed,
      event_emitted: bound.eventEmitted,
    });
    return 0;
  }
  const ticket = `${bound.originTicket.external_issue_key}: ${bound.originTicket.title}`;
  output.result(
    bound.changed
      ? text`${DONE} ${bound.featureSlug} comes from ${ticket}`
      : text`${DONE} ${bound.featureSlug} came from ${ticket} already`,
  );
  if (bound.changed) {
    output.result(`  written to kitty-specs/${bound.featureSlug}/meta.json, yours to commit`);
  }
  return 0;
}
