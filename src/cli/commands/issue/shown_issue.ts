import { type NormalizedIssue, PRIORITY_WORDS } from "../../../contract/issue.ts";
import { commandWord } from "../../../platform/command_word.ts";
import type { IssueComment, IssueComments } from "../../../sync/issue_comments.ts";
import { type IssueView, sendableFields } from "../../../sync/issue_view.ts";
import { BEADS_WORDS, priorityOf } from "../../../local/words.ts";
import type { Context } from "../../command/context.ts";
import { ago, changedAgo } from "../../terminal/format.ts";
import type { Output } from "../../terminal/output.ts";
import { statusColor } from "../../terminal/status_color.ts";
import { bold, type Fragment, multiline, padEnd, text } from "../../terminal/text.ts";
import { fieldName } from "../../services/field_words.ts";
import { refusedAdvice } from "../../services/refused_advice.ts";
import type { IssuePlace } from "./place.ts";
import { refusedLines, statusWords } from "./refused.ts";

/** What is shown of an issue. */
export interface ShownIssue extends IssuePlace {
  readonly view: IssueView;
  /** Only where they were asked for. */
  readonly comments: IssueComments | undefined;
}

/** Writes texts of several lines. On a terminal these are read as Markdown and set to its width. */
interface Writer {
  line(words: Fragment): void;
  /** Writes a line whose following lines begin below a column. */
  hanging(start: Fragment, indent: number, words: string, paint?: Paint): void;
  body(body: string, indent: string): void;
}

type Paint = (words: Fragment) => Fragment;

/** Shows an issue, and its comments where there are any. */
export async function showIssue(
  { output, platform }: Pick<Context, "output" | "platform">,
  shown: ShownIssue,
): Promise<void> {
  const now = platform.clock.now();
  const writer = await writerOf(output);
  showFields(writer, shown, now);
  const { body } = shown.view.issue;
  if (body !== null && body.trim() !== "") {
    writer.line("");
    writer.body(body.trimEnd(), "");
  }
  showComments(writer, shown, now);
}

/** For a file or a pipe, texts stay as they came. */
async function writerOf(output: Output): Promise<Writer> {
  const { width, isStyled } = output;
  const line = (words: Fragment) => output.result(words);
  if (width === null) {
    return {
      line,
      hanging: (start, _indent, words, paint = (same) => same) =>
        line(text`${start}${paint(words)}`),
      body: (body, indent) => line(text`${indent}${multiline(body, indent)}`),
    };
  }
  const [{ hangingLines, markdownLines }, { displayWidth }] = await Promise.all([
    import("../../terminal/markdown.ts"),
    import("../../terminal/table.ts"),
  ]);
  return {
    line,
    hanging(start, indent, words, paint) {
      const lines = hangingLines(words, {
        indent,
        width,
        start: displayWidth(String(start)),
        ...(paint === undefined ? {} : { paint }),
      });
      for (const [at, one] of lines.entries()) line(at === 0 ? text`${start}${one}` : one);
    },
    body(body, indent) {
      const lines = markdownLines(body, { width: width - indent.length, isStyled });
      for (const one of lines) line(String(one) === "" ? one : text`${indent}${one}`);
    },
  };
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

function showComments(writer: Writer, { comments: found, tracker }: ShownIssue, now: number): void {
  if (found === undefined) return;
  const left = found.total - found.comments.length;
  if (left > 0) {
    writer.line("");
    writer.line(text`  ${left} earlier ones are not shown`);
  }
  for (const comment of found.comments) {
    const facts = [
      timeWords(comment.createdAt, now),
      comment.updatedAt === undefined ? "" : `changed ${timeWords(comment.updatedAt, now)}`,
      deliveryWords(comment, tracker),
    ].filter((fact) => fact !== "").join(" · ");
    writer.line("");
    writer.line(text`  ${bold(comment.author ?? "somebody")}  ${facts}`);
    writer.body(comment.text.trimEnd(), "  ");
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
  const { isNew, conflicts, refused, unwritable } = view;
  const key = view.issue.ref.key ?? view.issue.ref.id;
  const fields = sendableFields(view).join(", ");
  const open = conflicts.map(({ id, field }) => `${id} (${field})`).join(", ");
  const isRefused = refused.length > 0;
  return [
    ...refusedLines(refused).map((line): [string, string] => ["refused", line]),
    ["", isRefused ? refusedAdvice(key, refused) : ""],
    ["to push", isNew && !isRefused ? "all of it: it was made here" : fields],
    ...unwritable.map(({ field, reason }): [string, string] => [
      "stays here",
      `${fieldName(field)}: ${reason}`,
    ]),
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

/** Where the values of an issue begin. */
const INDENT = 13;

function showFields(writer: Writer, { view, comments, isLocal }: ShownIssue, now: number): void {
  const { issue, refused } = view;
  const key = issue.ref.key ?? issue.ref.id;
  writer.hanging(bold(text`${key}  `), 2, issue.title, bold);
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
    ...commentsLine(issue, isLocal, comments),
    ...waiting(view),
    ...Object.entries(issue.custom_fields).map(([name, value]) =>
      [name, typeof value === "string" ? value : JSON.stringify(value)] as const
    ),
  ];
  for (const [place, [name, value]] of facts.entries()) {
    if (value === "") continue;
    const paint: Paint = (words) => place === 0 ? statusColor(issue.status, words) : words;
    writer.hanging(text`  ${padEnd(name, INDENT - 3)} `, INDENT, value, paint);
  }
}
