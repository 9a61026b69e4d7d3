import { PROVIDER_TITLES } from "../../../contract/providers.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError, usageError } from "../../../platform/tracker_error.ts";
import type { IssueComments } from "../../../sync/issue_comments.ts";
import { viewIssue } from "../../../sync/issue_view.ts";
import { issueNotFound } from "../../../store/issues.ts";
import { openCache } from "../../../tracker/cache.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { openAddress } from "../../services/browser.ts";
import { type ChosenIssue, withIssue } from "../../services/named_issue.ts";
import { withPager } from "../../services/pager.ts";
import { placeOf } from "./place.ts";
import { showIssue } from "./shown_issue.ts";

interface ShowOptions {
  readonly key: string | undefined;
  /** Whether the tool or the host is asked for the comments. */
  readonly comments: boolean;
  /** Whether its page at the tracker is opened instead. */
  readonly web: boolean;
}

/** Refuses to do two things at once. */
export function check(_context: Context, { comments, web }: ShowOptions): void {
  if (comments && web) throw usageError("`--comments` and `--web` exclude each other");
}

/** Shows one cached issue; needs no network but for the comments of a hosted tracker. */
export async function run(context: Context, options: ShowOptions): Promise<number> {
  return await withIssue(
    context,
    options.key,
    (chosen, project) => showOne(context, project, chosen, options),
  );
}

async function showOne(
  context: Context,
  project: ProjectContext,
  { id, name }: ChosenIssue,
  options: ShowOptions,
): Promise<number> {
  const { binding, store, side } = await openCache(project);
  try {
    if (store === null) throw issueNotFound(name);
    const view = viewIssue(store, id, await side());
    const place = placeOf(binding.provider);
    if (options.web) {
      const { issueAddress } = await import("./web.ts");
      return openAddress(context, issueAddress({ ...place, ...view }));
    }
    const comments = options.comments
      ? await commentsOf(context, project, { id, name })
      : undefined;
    if (context.globals.json) {
      const { commentsJson, viewJson } = await import("./json.ts");
      context.output.json({ ...viewJson(view), ...commentsJson(comments) });
      return await reportIn(context, comments);
    }
    const shown = { ...place, view, comments };
    await withPager(
      context,
      (output) => showIssue({ output, platform: context.platform }, shown),
    );
    return await reportIn(context, comments);
  } finally {
    store?.close();
  }
}

/** The comments of an issue, for which the tool or the host is asked. */
async function commentsOf(
  context: Context,
  project: ProjectContext,
  { id, name }: Pick<ChosenIssue, "id" | "name">,
): Promise<IssueComments> {
  const { openBackend } = await import("../../../tracker/backend.ts");
  const { whileWaiting } = await import("../../terminal/progress.ts");
  const { kind, provider, service } = await openBackend(project);
  const whom = kind === "local" ? PROVIDER_TITLES[provider] : "the host";
  try {
    return await whileWaiting(
      context,
      `Asking ${whom} for the comments`,
      () => service.issueComments(id),
    );
  } catch (error) {
    throw error instanceof TrackerError && NETWORK.includes(error.code)
      ? withoutComments(error, name)
      : error;
  }
}

const NETWORK: readonly string[] = ["network_error", "network_timeout"];

/** The cached issue is there without a network. */
function withoutComments(error: TrackerError, key: string): TrackerError {
  const { code, message, details, exitCode } = error;
  const nextAction = [
    error.nextAction,
    `\`tracker issue show ${commandWord(key)}\` shows the issue without its comments.`,
  ].filter((part) => part !== null).join(" ");
  return new TrackerError({ code, message, nextAction, details, exitCode, cause: error });
}

/** Says which comments could not be read; answers the exit code. */
async function reportIn(context: Context, found: IssueComments | undefined): Promise<number> {
  if (found?.unreadable === undefined) return 0;
  const { reportUnreadable } = await import("../../services/unreadable.ts");
  return reportUnreadable(context, found.unreadable, "comment");
}
