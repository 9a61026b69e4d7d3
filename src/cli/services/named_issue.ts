import { type IssuesAtHand, issuesAtHand } from "../../missions/named_issue.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { type IssueNames, type NamedIssue, nameOf } from "../../store/issue_names.ts";
import { issueNotFound } from "../../store/issues.ts";
import type { ProjectContext } from "../../tracker/backend.ts";
import { openCache } from "../../tracker/cache.ts";
import type { Context } from "../command/context.ts";
import { choose } from "../terminal/choose.ts";
import { projectContext } from "./tracker.ts";

/** The issue that a command is about. */
export interface ChosenIssue extends NamedIssue {
  /** What people call it: its key, else its id. */
  readonly name: string;
}

/**
 * Runs `work` on the issue that a command line names; see {@link chosenIssue}. Where a person leaves without a choice,
 * nothing is done, with exit code 0.
 *
 * @throws {TrackerError} what {@link chosenIssue} throws.
 */
export async function withIssue(
  context: Context,
  given: string | undefined,
  work: (issue: ChosenIssue, project: ProjectContext) => Promise<number>,
): Promise<number> {
  const project = await projectContext(context);
  const issue = await chosenIssue(context, project, given);
  return issue === null ? nothingChosen(context) : await work(issue, project);
}

/** Says that a person has left without a choice; answers the exit code. */
export function nothingChosen({ output }: Context): number {
  output.notice("No issue was chosen, and nothing was done.");
  return 0;
}

/**
 * Returns the cached issue that a command line names: by its key, number or an unambiguous start, or without any by the
 * current mission or the branch that is checked out, which is told. Where several have the name, or none is named, a
 * person at a terminal chooses; `null` when they leave.
 *
 * @throws {TrackerError} `issue_not_found`, `issue_ambiguous`, `issue_not_named`; what opening the cache throws.
 */
export async function chosenIssue(
  context: Context,
  project: ProjectContext,
  given: string | undefined,
): Promise<ChosenIssue | null> {
  using store = (await openCache(project)).store;
  if (store === null) throw given === undefined ? nothingCached() : issueNotFound(given);
  if (given !== undefined) {
    const found = store.names.meantBy(given);
    if (found.length === 0) throw issueNotFound(given);
    return await one(context, found, `"${given}"`);
  }
  const hand = await issuesAtHand(project.platform, project.root, store.names);
  const source = sourceWords(hand);
  if (hand.issues.length > 0) {
    const issue = await one(context, hand.issues, source);
    if (issue !== null && !context.globals.json) {
      context.output.notice(`${issue.name}, of ${source}`);
    }
    return issue;
  }
  if (hand.kind === "mission") throw issueNotFound(hand.key);
  return await ofOpen(context, store.names, hand.branch);
}

/**
 * Returns the id of the cached issue that an option names; what names none is returned as it is, for there are issues
 * that are not cached. `null` when a person leaves without a choice.
 *
 * @throws {TrackerError} `issue_ambiguous`.
 */
export async function knownIssue(
  context: Context,
  project: Pick<ProjectContext, "platform" | "root">,
  given: string,
): Promise<Pick<ChosenIssue, "id" | "name"> | null> {
  using store = (await openCache(project)).store;
  const found = store?.names.meantBy(given) ?? [];
  return found.length === 0 ? { id: given, name: given } : await one(context, found, `"${given}"`);
}

/** Whether a text is the name of a cached issue, or of several. */
export async function namesIssue(context: Context, text: string): Promise<boolean> {
  using store = (await openCache(await projectContext(context))).store;
  return (store?.names.meantBy(text) ?? []).length > 0;
}

async function one(
  context: Context,
  found: readonly NamedIssue[],
  source: string,
): Promise<ChosenIssue | null> {
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return named(only);
  const place = await choose(context, {
    question: `Which issue of ${source}?`,
    rows: found.map(rowOf),
    unanswered: () => isAmbiguous(found, source),
  });
  return namedAt(found, place);
}

/** Has a person choose among all open issues. */
async function ofOpen(
  context: Context,
  names: IssueNames,
  branch: string | null,
): Promise<ChosenIssue | null> {
  const open = names.open();
  if (open.length === 0) throw notNamed(branch);
  const place = await choose(context, {
    question: "Which issue?",
    rows: open.map(rowOf),
    unanswered: () => notNamed(branch),
  });
  return namedAt(open, place);
}

function rowOf(issue: NamedIssue): readonly string[] {
  return [nameOf(issue), issue.status.replaceAll("_", " "), issue.title];
}

function namedAt(issues: readonly NamedIssue[], place: number | null): ChosenIssue | null {
  const issue = place === null ? undefined : issues[place];
  return issue === undefined ? null : named(issue);
}

function named(issue: NamedIssue): ChosenIssue {
  return { ...issue, name: nameOf(issue) };
}

function sourceWords(hand: IssuesAtHand): string {
  return hand.kind === "mission"
    ? `the current mission ${hand.mission}`
    : `the branch ${hand.branch ?? ""}`;
}

/** How many issues a message names, and how many the details of an error. */
const MOST_NAMED = 10;
const MOST_DETAILED = 50;

function isAmbiguous(found: readonly NamedIssue[], source: string): TrackerError {
  const names = found.slice(0, MOST_NAMED).map(nameOf).join(", ");
  return new TrackerError({
    code: "issue_ambiguous",
    message: `${found.length} issues fit ${source}: ${names}${
      found.length > MOST_NAMED ? ", …" : ""
    }`,
    nextAction: "Give the whole key of one of them.",
    details: {
      total: found.length,
      candidates: found.slice(0, MOST_DETAILED).map(({ id, key, title, status }) => ({
        id,
        key,
        title,
        status,
      })),
    },
  });
}

function notNamed(branch: string | null): TrackerError {
  return nothingNamed(
    branch === null
      ? "No issue is named, and no branch is checked out that names one"
      : `No issue is named, and the branch "${branch}" names none either`,
    "Name one by its key (`tracker issue list` shows them), or switch to its branch: " +
      "`tracker issue branch KEY`.",
    branch,
  );
}

function nothingCached(): TrackerError {
  const nextAction = "Fetch the issues with `tracker sync pull --all`.";
  return nothingNamed("No issue is named, and none is cached here", nextAction, null);
}

function nothingNamed(message: string, nextAction: string, branch: string | null): TrackerError {
  const details = { branch };
  return new TrackerError({ code: "issue_not_named", message, nextAction, exitCode: 2, details });
}
