import {
  type BranchTicket,
  originNamed,
  ticketBranchOf,
} from "../../../missions/ticket_branches.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { chosenIssue, nothingChosen } from "../../services/named_issue.ts";
import { projectContext } from "../../services/tracker.ts";

/** Names the branch of an issue and checks it out; needs no network. */
export async function run(
  context: Context,
  { key, print }: { readonly key: string | undefined; readonly print: boolean },
): Promise<number> {
  const { output, globals, platform } = context;
  const project = await projectContext(context);
  const ticket = await ticketNamed(context, project, key);
  if (ticket === null) return nothingChosen(context);
  const branch = await ticketBranchOf(platform, project.root, { ticket, checkOut: !print });
  const { name, isNew, from, mission } = branch;
  if (globals.json) {
    output.json({
      branch: name,
      key: ticket.key,
      mission,
      checked_out: !print || from === name,
      created: !print && isNew,
      exists: !print || !isNew,
      previous_branch: from,
    });
  } else if (print) {
    output.result(name);
  } else if (from === name) {
    output.result(text`On ${name} already`);
  } else {
    output.result(text`${DONE} ${isNew ? "Created and checked out" : "Checked out"} ${name}`);
  }
  return 0;
}

/** An issue of the cache, or the ticket of a mission, which is there in every clone; `null` when a person leaves. */
async function ticketNamed(
  context: Context,
  project: ProjectContext,
  key: string | undefined,
): Promise<BranchTicket | null> {
  try {
    const issue = await chosenIssue(context, project, key);
    return issue === null ? null : { key: issue.name, title: issue.title, id: issue.id };
  } catch (error) {
    const isUncached = error instanceof TrackerError && NOT_CACHED.includes(error.code);
    if (!isUncached || key === undefined) throw error;
    const origin = await originNamed(project.platform, project.root, key);
    if (origin === null) throw error;
    return {
      key: origin.external_issue_key,
      title: origin.title,
      id: origin.external_issue_id,
    };
  }
}

const NOT_CACHED: readonly string[] = ["issue_not_found", "missing_mission_binding"];
