import {
  type BranchTicket,
  originNamed,
  ticketBranchOf,
} from "../../../missions/ticket_branches.ts";
import { issueNotFound } from "../../../store/issues.ts";
import { viewIssue } from "../../../sync/issue_view.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { openCache } from "../../../tracker/cache.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { projectContext } from "../../services/tracker.ts";

/** Names the branch of an issue and checks it out; needs no network. */
export async function run(
  context: Context,
  { key, print }: { readonly key: string; readonly print: boolean },
): Promise<number> {
  const { output, globals, platform } = context;
  const project = await projectContext(context);
  const ticket = await ticketNamed(project, key);
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

/** An issue of the cache, or the ticket of a mission, which is there in every clone. */
async function ticketNamed(project: ProjectContext, key: string): Promise<BranchTicket> {
  const { platform, root } = project;
  try {
    const { store } = await openCache(project);
    try {
      if (store === null) throw issueNotFound(key);
      const { issue: { ref, title } } = viewIssue(store, key);
      return { key: ref.key ?? ref.id, title, id: ref.id };
    } finally {
      store?.close();
    }
  } catch (error) {
    if (!(error instanceof TrackerError) || !NOT_CACHED.includes(error.code)) throw error;
    const origin = await originNamed(platform, root, key);
    if (origin === null) throw error;
    return {
      key: origin.external_issue_key,
      title: origin.title,
      id: origin.external_issue_id,
    };
  }
}

const NOT_CACHED: readonly string[] = ["issue_not_found", "missing_mission_binding"];
