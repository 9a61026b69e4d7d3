import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { type BytesReader, bytesReader } from "../../platform/bytes_reader.ts";
import { pausesOf } from "../../platform/pauses.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { ensureTeam } from "../accounts/users.ts";
import { adminOnly, requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { type Actor, COMMAND_LINE } from "../model/actor.ts";
import type { Resource } from "../model/resource.ts";
import { keepBase } from "../store/detached_base.ts";
import { storedText } from "../store/dialect.ts";
import { storeIssues } from "../store/issue_pages.ts";
import { leaveIssueNumber, type StoredForm, storedForm } from "../store/issues.ts";
import { knownAmong } from "../store/known_issues.ts";
import { lockResources } from "../store/locks.ts";
import { findTeam } from "../store/teams.ts";
import { removeIssue } from "../store/tombstones.ts";
import { numberOf, requireUnconnected, resourceFor, resourceOf, withKey } from "./places.ts";
import type { LeftOut, Replaced } from "./records.ts";
import { type Survey, surveyFile } from "./survey.ts";

/** Where imported issues go. */
export interface ImportOptions {
  /** Name of the resource, as from the file's name. */
  readonly label: string;
  /** The file, as a person calls it; the label unless given. */
  readonly file?: string;
  /** Puts U+FFFD where the bytes of the file are not UTF-8, which else are refused. */
  readonly isLossy?: boolean;
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
const SLICE = { issues: 250, bytes: 800_000 };

/** Issues that are removed in one transaction. */
const SLICE_REMOVALS = 50;

/**
 * Imports a JSON array or JSON Lines of NormalizedIssue, a `bd` export or a list of `gh`, in slices: others write between
 * them. The file is read twice, a record at a time: once for where its issues are, and once more in the order of their
 * updates. A repeat changes nothing, and completes an import that ended early.
 *
 * @throws {TrackerError} `import_empty` when the text holds no issue at all, `import_connected` when a connection
 * brings the issues of the same place, `import_unmerged`, `import_changed`, `not_utf8`, `admin_only`.
 */
export async function importIssues(
  context: HostContext,
  content: string | BytesReader,
  options: ImportOptions,
): Promise<ImportReport> {
  const { clock } = context.platform;
  const file = options.file ?? options.label;
  const source = typeof content === "string"
    ? bytesReader(new TextEncoder().encode(content))
    : content;
  const survey = await surveyFile(source, { ...options, file }, pausesOf(clock));
  const slices = slicesOf(survey);
  const first = (await slices.next()).value ?? NO_SLICE;
  const { resources, counts } = await inTransaction(context, async (context) => {
    await requireImporter(context, options);
    const resources = new Map<string, Resource>();
    for (const place of survey.places) await resourceFor(context, options, place, resources);
    const counts = await storeSlice(context, resources, first);
    if (survey.count + counts.removed === 0) throw importEmpty(file, survey.skipped);
    await audit(context, {
      actor: options.actor ?? COMMAND_LINE,
      teamId: (await ensureTeam(context, options.team)).id,
      action: "import",
      target: [...resources.values()].map(({ label }) => label).join(", "),
      details: { file, issues: survey.count, removed: survey.removed.length },
    });
    return { resources, counts };
  });
  let done = sizeOf(first);
  try {
    for await (const slice of slices) {
      // Requests that have come meanwhile get their turn.
      await clock.sleep(0);
      const more = await inTransaction(context, (context) => storeSlice(context, resources, slice));
      for (const name of COUNTS) counts[name] += more[name];
      done += sizeOf(slice);
    }
  } catch (error) {
    throw endedEarly(error, done, survey.count + survey.removed.length);
  }
  const { ignored, deleted, replaced, skipped } = survey;
  const labels = [...resources.values()].map(({ label }) => label);
  return { ...counts, ignored, deleted, replaced, skipped, resources: labels };
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

/** What is stored in one transaction. */
interface Slice {
  readonly issues: readonly NormalizedIssue[];
  readonly removed: readonly ExternalRef[];
}

const NO_SLICE: Slice = { issues: [], removed: [] };

/**
 * Cuts what was read, as far as it is asked for. Without an issue it is one slice: nothing of it is stored when it removes
 * nothing.
 */
async function* slicesOf({ issues, count, removed }: Survey): AsyncGenerator<Slice> {
  if (count === 0) return yield { issues: [], removed };
  for (let at = 0; at < count;) {
    const some = await issues(at, SLICE);
    yield { issues: some, removed: [] };
    at += some.length;
  }
  for (let at = 0; at < removed.length; at += SLICE_REMOVALS) {
    yield { issues: [], removed: removed.slice(at, at + SLICE_REMOVALS) };
  }
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
  const counts = { created: 0, updated: 0, unchanged: 0, removed: 0 };
  const refs = [...issues.map(({ ref }) => ref), ...removed];
  const used = new Set(refs.map((ref) => resourceOf(resources, ref)));
  await lockResources(store, [...used].map(({ id }) => id));
  // A connection may have been made since the slice before.
  for (const resource of used) await requireUnconnected(context, resource);
  for (const [resource, group] of groupsOf(resources, issues)) {
    await storeGroup(context, resource, group, counts);
  }
  for (const ref of removed) {
    const resource = resourceOf(resources, ref);
    if (await removeIssue(store, resource.id, ref.id, context.now())) counts.removed += 1;
  }
  return counts;
}

/** Returns the issues by the resource that they come into, in their order. */
function groupsOf(
  resources: ReadonlyMap<string, Resource>,
  issues: readonly NormalizedIssue[],
): ReadonlyMap<Resource, NormalizedIssue[]> {
  return Map.groupBy(issues, ({ ref }) => resourceOf(resources, ref));
}

/** Stores issues of one resource, which is locked. */
async function storeGroup(
  context: TransactionContext,
  resource: Resource,
  issues: readonly NormalizedIssue[],
  counts: Counts,
): Promise<void> {
  const { store } = context;
  const pause = pausesOf(context.platform.clock);
  let number = 0;
  for (const part of withoutDoubles(issues)) {
    const forms: StoredForm[] = [];
    for (const issue of part) {
      await pause();
      const keyed = withKey(issue, resource);
      number = Math.max(number, numberOf(keyed, resource));
      forms.push(storedForm(keyed));
    }
    const known = await knownAmong(store, resource.id, forms.map(({ id }) => id));
    for (const { id, json } of forms) {
      const here = known.get(id)?.json ?? null;
      counts[here === null ? "created" : here === json ? "unchanged" : "updated"] += 1;
      if (here !== null && here !== json) await keepBase(store, resource.id, id);
    }
    await storeIssues(store, resource.id, { issues: forms, known, at: context.now(), pause });
  }
  await leaveIssueNumber(store, resource.id, number);
}

/** Cuts issues where an id comes once more, as it is stored: ids may differ in characters that no database stores. */
function* withoutDoubles(issues: readonly NormalizedIssue[]): Generator<NormalizedIssue[]> {
  let part: NormalizedIssue[] = [];
  let ids = new Set<string>();
  for (const issue of issues) {
    const id = storedText(issue.ref.id);
    if (ids.has(id)) {
      yield part;
      part = [];
      ids = new Set();
    }
    part.push(issue);
    ids.add(id);
  }
  yield part;
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
