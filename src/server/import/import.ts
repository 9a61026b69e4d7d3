import { isJsonObject } from "../../contract/field.ts";
import type { ExternalRef } from "../../contract/issue.ts";
import { PartedText } from "../../contract/parted_text.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Pause, pausesOf } from "../../platform/pauses.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { ensureTeam } from "../accounts/users.ts";
import { slugOf } from "../../contract/slug.ts";
import { isListedByGh } from "../../providers/mod.ts";
import { adminOnly, requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { type Actor, COMMAND_LINE } from "../model/actor.ts";
import { isLongName, MOST_NAME_BYTES } from "../model/short_name.ts";
import { fold } from "../model/text.ts";
import type { Resource } from "../model/resource.ts";
import { leaveIssueNumber, storeIssue } from "../store/issues.ts";
import { lockResources } from "../store/locks.ts";
import { findTeam } from "../store/teams.ts";
import { removeIssue } from "../store/tombstones.ts";
import { beadsIssues } from "./beads.ts";
import { ghIssues } from "./gh_issues.ts";
import { normalizedIssues } from "./normalized.ts";
import { numberOf, requireUnconnected, resourceFor, resourceOf, withKey } from "./places.ts";
import {
  type ImportedIssue,
  type ImportRecord,
  type LeftOut,
  type ReadIssues,
  recordsOf,
  type Replaced,
} from "./records.ts";

/** Where imported issues go. */
export interface ImportOptions {
  /** Name of the resource, as from the file's name. */
  readonly label: string;
  /** The file, as a person calls it; the label unless given. */
  readonly file?: string;
  /** The issues' own provider unless given; `linear` when they name none. */
  readonly provider?: HostedProvider;
  /** Slug of the team; the first team unless given. */
  readonly team?: string;
  /** Who imports; the host's command line unless given. */
  readonly actor?: Actor;
}

/** What an import did. */
export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Records that are no issues, such as a `bd` memory or schema line. */
  readonly ignored: number;
  /** Records of deleted issues. */
  readonly deleted: number;
  /** Issues that were here and are deleted in the file. */
  readonly removed: number;
  /** Records that a newer one of the same issue replaces. */
  readonly replaced: readonly Replaced[];
  /** Issues that were left out, each with its reason; `line` counts records or lines from 1. */
  readonly skipped: readonly LeftOut[];
  /** Labels of the resources that hold the issues. */
  readonly resources: readonly string[];
}

/** Issues that are stored in one transaction, before others get their turn. */
const SLICE_ISSUES = 50;

/**
 * Imports a JSON array or JSON Lines of NormalizedIssue, a `bd` export or a list of `gh`, in slices: others write between them. A
 * repeat changes nothing, and completes an import that ended early.
 *
 * @throws {TrackerError} `import_empty` when the text holds no issue at all, `import_connected` when a connection
 * brings the issues of the same place, `import_unmerged`, `admin_only`.
 */
export async function importIssues(
  context: HostContext,
  content: string | PartedText,
  options: ImportOptions,
): Promise<ImportReport> {
  const { clock } = context.platform;
  const file = options.file ?? options.label;
  const text = typeof content === "string" ? new PartedText([content]) : content;
  const { skipped, ...read } = await readRecords(clock, text, file, options);
  const [first = { issues: [], removed: [] }, ...others] = slicesOf(read);
  const { resources, counts } = await inTransaction(context, async (context) => {
    await requireImporter(context, options);
    const resources = new Map<string, Resource>();
    const refs = [...read.issues.map(({ issue }) => issue.ref), ...read.removed];
    for (const ref of refs) await resourceFor(context, options, ref, resources);
    const counts = await storeSlice(context, resources, first);
    if (read.issues.length + counts.removed === 0) throw importEmpty(file, skipped);
    await audit(context, {
      actor: options.actor ?? COMMAND_LINE,
      teamId: (await ensureTeam(context, options.team)).id,
      action: "import",
      target: [...resources.values()].map(({ label }) => label).join(", "),
      details: { file, issues: read.issues.length, removed: read.removed.length },
    });
    return { resources, counts };
  });
  let done = sizeOf(first);
  for (const slice of others) {
    // Requests that have come meanwhile get their turn.
    await clock.sleep(0);
    const more = await inTransaction(context, (context) => storeSlice(context, resources, slice))
      .catch((error: unknown) => {
        throw endedEarly(error, done, sizeOf(read));
      });
    for (const name of COUNTS) counts[name] += more[name];
    done += sizeOf(slice);
  }
  return {
    ...counts,
    ignored: read.ignored,
    deleted: read.deleted,
    replaced: read.replaced,
    skipped,
    resources: [...resources.values()].map(({ label }) => label),
  };
}

function sizeOf({ issues, removed }: Slice): number {
  return issues.length + removed.length;
}

/** Returns the failure of an import that has stored a part. */
function endedEarly(error: unknown, done: number, all: number): unknown {
  if (!(error instanceof TrackerError)) return error;
  const { code, message, nextAction, details, exitCode } = error;
  return new TrackerError({
    code,
    message: `${message}. The import has come to ${done} of ${all}`,
    nextAction: `${nextAction ?? ""} The same file, imported again, adds the others.`.trimStart(),
    details: { ...details, done },
    exitCode,
    cause: error,
  });
}

async function readRecords(
  clock: Clock,
  content: PartedText,
  file: string,
  { label, provider }: ImportOptions,
): Promise<ReadIssues> {
  const pause = pausesOf(clock);
  const { records, broken } = await recordsOf(content, file, pause);
  const read = withShortNames(await readAs(records, label, provider, pause));
  return {
    ...read,
    issues: byUpdate(read.issues),
    skipped: [...broken, ...read.skipped].sort((a, b) => a.line - b.line),
  };
}

/** Reads records in the form that one of them tells; in that of `bd` where none does. */
async function readAs(
  records: readonly ImportRecord[],
  label: string,
  provider: HostedProvider | undefined,
  pause: Pause,
): Promise<ReadIssues> {
  if (records.some(({ value }) => isJsonObject(value) && "ref" in value)) {
    return await normalizedIssues(records, provider, pause);
  }
  return records.some(({ value }) => isListedByGh(value))
    ? await ghIssues(records, provider, pause)
    : await beadsIssues(records, provider ?? "linear", slugOf(label) || "imported", pause);
}

/** What is stored in one transaction. */
interface Slice {
  readonly issues: readonly ImportedIssue[];
  readonly removed: readonly ExternalRef[];
}

/** Cuts what was read. Without an issue it is one slice: nothing of it is stored when it removes nothing. */
function slicesOf({ issues, removed }: Slice): Slice[] {
  if (issues.length === 0) return [{ issues, removed }];
  const slices: Slice[] = [];
  for (let at = 0; at < issues.length; at += SLICE_ISSUES) {
    slices.push({ issues: issues.slice(at, at + SLICE_ISSUES), removed: [] });
  }
  for (let at = 0; at < removed.length; at += SLICE_ISSUES) {
    slices.push({ issues: [], removed: removed.slice(at, at + SLICE_ISSUES) });
  }
  return slices;
}

const COUNTS = ["created", "updated", "unchanged", "removed"] as const;

type Counts = Record<typeof COUNTS[number], number>;

/** Stores a slice in the resources that were found before. */
async function storeSlice(
  context: TransactionContext,
  resources: ReadonlyMap<string, Resource>,
  { issues, removed }: Slice,
): Promise<Counts> {
  const { store } = context;
  const pause = pausesOf(context.platform.clock);
  const counts = { created: 0, updated: 0, unchanged: 0, removed: 0 };
  const refs = [...issues.map(({ issue }) => issue.ref), ...removed];
  const used = new Set(refs.map((ref) => resourceOf(resources, ref)));
  await lockResources(store, [...used].map(({ id }) => id));
  // A connection may have been made since the slice before.
  for (const resource of used) await requireUnconnected(context, resource);
  const numbers = new Map<Resource, number>();
  for (const { issue } of issues) {
    const resource = resourceOf(resources, issue.ref);
    const keyed = withKey(issue, resource);
    counts[await storeIssue(store, resource.id, keyed, false, { at: context.now(), pause })] += 1;
    const number = numberOf(keyed, resource);
    numbers.set(resource, Math.max(number, numbers.get(resource) ?? 0));
  }
  for (const [{ id }, number] of numbers) await leaveIssueNumber(store, id, number);
  for (const ref of removed) {
    const resource = resourceOf(resources, ref);
    if (await removeIssue(store, resource.id, ref.id, context.now())) counts.removed += 1;
  }
  return counts;
}

/**
 * Refuses a user who is no administrator of the team.
 *
 * @throws {TrackerError} `admin_only`.
 */
async function requireImporter(
  context: TransactionContext,
  { actor = COMMAND_LINE, team: slug }: ImportOptions,
): Promise<void> {
  if (actor.kind !== "user") return;
  const team = slug === undefined ? null : await findTeam(context.store, slug);
  if (team === null) throw adminOnly();
  await requireAdmin(context, actor, team.id);
}

/** Leaves out issues with an id, a key or a parent's id that is longer than a host stores. */
function withShortNames(read: ReadIssues): ReadIssues {
  const isLong = ({ issue: { ref, parent_ref } }: ImportedIssue) =>
    [ref.id, fold(ref.key ?? ""), parent_ref?.id ?? "", ref.workspace].some(isLongName);
  const reason = `It is named with more than ${MOST_NAME_BYTES} bytes`;
  return {
    ...read,
    issues: read.issues.filter((one) => !isLong(one)),
    removed: read.removed.filter(({ id }) => !isLongName(id)),
    skipped: [...read.skipped, ...read.issues.filter(isLong).map(({ line }) => ({ line, reason }))],
  };
}

function importEmpty(file: string, skipped: readonly LeftOut[]): TrackerError {
  const [first] = skipped;
  return new TrackerError({
    code: "import_empty",
    message: first === undefined
      ? `The file "${file}" holds no issue`
      : `No issue of the file "${file}" can be imported; record ${first.line}: ${first.reason}`,
    nextAction:
      "Give a JSON array or JSON Lines of normalized issues, what `bd export` writes, or what " +
      "`gh issue list --json` prints.",
    details: { skipped: skipped.slice(0, 20) },
  });
}

function byUpdate(issues: readonly ImportedIssue[]): ImportedIssue[] {
  return issues.map((one) => ({ one, time: Date.parse(one.issue.updated_at) }))
    .sort((a, b) => a.time - b.time || a.one.line - b.one.line)
    .map(({ one }) => one);
}
