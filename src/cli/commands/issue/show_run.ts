import { type NormalizedIssue, PRIORITY_WORDS } from "../../../contract/issue.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { classifyProvider, PROVIDER_TITLES } from "../../../contract/providers.ts";
import type { IssueComment, IssueComments } from "../../../sync/issue_comments.ts";
import { type IssueView, sendableFields, viewIssue } from "../../../sync/issue_view.ts";
import { BEADS_WORDS, priorityOf } from "../../../local/words.ts";
import { issueNotFound } from "../../../store/issues.ts";
import { openCache } from "../../../tracker/cache.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { bold, multiline, padEnd, text } from "../../terminal/text.ts";
import { refusedLines, statusWords } from "./refused.ts";
import { ago, changedAgo } from "../../terminal/format.ts";
import { refusedAdvice } from "../../services/refused_advice.ts";
import { projectContext } from "../../services/tracker.ts";

interface ShowOptions {
  readonly key: string;
  /** Whether the tool or the host is asked for the comments. */
  readonly comments: boolean;
}

/** Shows one cached issue; needs no network but for the comments of a hosted tracker. */
export async function run(context: Context, options: ShowOptions): Promise<number> {
  const project = await projectContext(context);
  const { binding, store } = await openCache(project);
  try {
    if (store === null) throw issueNotFound(options.key);
    const view = viewIssue(store, options.key);
    const found = options.comments ? await commentsOf(project, options.key) : undefined;
    if (context.globals.json) {
      const { commentsJson, viewJson } = await import("./json.ts");
      context.output.json({ ...viewJson(view), ...commentsJson(found) });
      return await reportIn(context, found);
    }
    const known = classifyProvider(binding.provider);
    show(context, view, commentsLine(view.issue, known.kind === "local", found));
    if (found !== undefined) {
      const isOurs = known.kind === "hosted" || known.kind === "local";
      showComments(context, isOurs ? PROVIDER_TITLES[known.provider] : binding.provider, found);
    }
    return await reportIn(context, found);
  } finally {
    store?.close();
  }
}

/** The comments of an issue, for which the tool or the host is asked. */
async function commentsOf(project: ProjectContext, key: string): Promise<IssueComments> {
  const { openBackend } = await import("../../../tracker/backend.ts");
  const { service } = await openBackend(project);
  try {
    return await service.issueComments(key);
  } catch (error) {
    throw error instanceof TrackerError && NETWORK.includes(error.code)
      ? withoutComments(error, key)
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

/** The priority, and how `bd` says it where the issue is one of its own. */
function priorityWords({ ref, priority, provider_metadata }: NormalizedIssue): string {
  const word = PRIORITY_WORDS[priority];
  if (ref.system !== "beads") return word;
  const raw = provider_metadata["raw_priority"];
  const table = BEADS_WORDS.priority;
  // Edited here, it is not what `bd` has; `bd` has none yet of an issue that was created here.
  const isSame = raw !== undefined && priorityOf(table, String(raw)) === priority;
  const own = isSame ? String(raw) : table.toForeign(priority);
  return own === null ? word : `${word} (P${own})`;
}

/** How many comments there are, where that is known: a host is asked, a tool has counted them in a list. */
function commentsLine(
  issue: NormalizedIssue,
  isLocal: boolean,
  found: IssueComments | undefined,
): [string, string][] {
  const known = issue.provider_metadata["comment_count"];
  if (found !== undefined) return [["comments", String(found.total)]];
  if (!isLocal || typeof known !== "number") return [];
  const key = issue.ref.key ?? issue.ref.id;
  return [["comments", `${known}: \`tracker issue show ${commandWord(key)} --comments\``]];
}

function showComments(
  { output, platform }: Context,
  title: string,
  { comments, total }: IssueComments,
): void {
  const left = total - comments.length;
  if (left > 0) {
    output.result();
    output.result(text`  ${left} earlier ones are not shown`);
  }
  const now = platform.clock.now();
  for (const comment of comments) {
    const facts = [
      timeWords(comment.createdAt, now),
      comment.updatedAt === undefined ? "" : `changed ${timeWords(comment.updatedAt, now)}`,
      deliveryWords(comment, title),
    ].filter((fact) => fact !== "").join(" · ");
    output.result();
    output.result(text`  ${bold(comment.author ?? "somebody")}  ${facts}`);
    output.result(text`  ${multiline(comment.text.trimEnd(), "  ")}`);
  }
}

function timeWords(time: string | null, now: number): string {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? time ?? "" : ago(at, now);
}

/** How a comment stands that the tracker does not have. */
function deliveryWords({ delivery }: IssueComment, title: string): string {
  if (delivery === undefined) return "";
  if (delivery.state === "waiting") return `waits for its delivery to ${title}`;
  return `not at ${title}${delivery.message === null ? "" : `: ${delivery.message}`}`;
}

/** What is still to be done about an issue. */
function waiting(view: IssueView): [string, string][] {
  const { isNew, conflicts, refused } = view;
  const key = view.issue.ref.key ?? view.issue.ref.id;
  const fields = sendableFields(view).join(", ");
  const open = conflicts.map(({ id, field }) => `${id} (${field})`).join(", ");
  const isRefused = refused.length > 0;
  return [
    ...refusedLines(refused).map((line): [string, string] => ["refused", line]),
    ["", isRefused ? refusedAdvice(key, refused) : ""],
    ["to push", isNew && !isRefused ? "all of it: it was made here" : fields],
    ["conflicts", open === "" ? "" : `${open}: \`tracker sync conflicts\``],
  ];
}

/** Whether only some people may see the issue in the tracker that it comes from. */
function isConfidential({ provider_metadata }: NormalizedIssue): boolean {
  return provider_metadata["confidential"] === true;
}

/** Links of kinds that have no name here, in the tracker's own words. */
function otherLinks({ provider_metadata: { other_links } }: NormalizedIssue): readonly string[] {
  return Array.isArray(other_links) ? other_links.filter((one) => typeof one === "string") : [];
}

function show(
  context: Context,
  view: IssueView,
  more: readonly (readonly [string, string])[],
): void {
  const { output, platform } = context;
  const { issue, refused } = view;
  const now = platform.clock.now();
  const key = issue.ref.key ?? issue.ref.id;
  output.result(bold(`${key}  ${issue.title}`));
  const facts: (readonly [string, string])[] = [
    ["status", statusWords(issue, refused)],
    ["type", issue.issue_type],
    ["priority", priorityWords(issue)],
    ["assignees", issue.assignees.join(", ")],
    ["labels", issue.labels.join(", ")],
    ["parent", issue.parent_ref === null ? "" : issue.parent_ref.key ?? issue.parent_ref.id],
    ["links", issue.links.map(({ type, ref }) => `${type} ${ref.key ?? ref.id}`).join(", ")],
    ["linked", otherLinks(issue).join(", ")],
    ["created", ago(Date.parse(issue.created_at), now)],
    ["updated", changedAgo(issue, now)],
    ["at", issue.ref.url ?? ""],
    ["access", isConfidential(issue) ? "confidential in the tracker" : ""],
    ...more,
    ...waiting(view),
  ];
  for (const [name, value] of facts) {
    if (value !== "") output.result(`  ${name.padEnd(10)} ${value}`);
  }
  for (const [name, value] of Object.entries(issue.custom_fields)) {
    const words = typeof value === "string" ? value : JSON.stringify(value);
    output.result(text`  ${padEnd(name, 10)} ${words}`);
  }
  if (issue.body !== null && issue.body.trim() !== "") {
    output.result();
    output.result(multiline(issue.body.trimEnd()));
  }
}
