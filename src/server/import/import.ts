import { isJsonObject } from "../../contract/field.ts";
import {
  type ExternalRef,
  type NormalizedIssue,
  NormalizedIssueSchema,
} from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { classifyProvider, type HostedProvider } from "../../contract/providers.ts";
import { readTime } from "../../contract/reading/time.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { ensureTeam } from "../accounts/users.ts";
import { slugOf } from "../../contract/slug.ts";
import { providerOf } from "../../providers/mod.ts";
import { addResource, ensureInstallation } from "../bindings/resources.ts";
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
import { connectionById } from "../store/connections.ts";
import { storeIssue } from "../store/issues.ts";
import { lockInstallation, lockResources } from "../store/locks.ts";
import { connectionOf } from "../store/outbox.ts";
import { listResources } from "../store/resources.ts";
import { findTeam } from "../store/teams.ts";
import { removeIssue } from "../store/tombstones.ts";
import { beadsIssues, NO_INSTANT } from "./beads.ts";
import {
  type ImportedIssue,
  type ImportRecord,
  type LeftOut,
  newestOf,
  type ReadIssues,
  recordsOf,
  type Replaced,
  type Version,
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

/**
 * Imports a JSON array or JSON Lines of NormalizedIssue, or a `bd` export, in one transaction. A repeat
 * changes nothing.
 *
 * @throws {TrackerError} `import_empty` when the text holds no issue at all, `import_connected` when a connection
 * brings the issues of the same place, `import_unmerged`, `admin_only`.
 */
export async function importIssues(
  context: HostContext,
  content: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const file = options.file ?? options.label;
  const { records, broken } = recordsOf(content, file);
  const isBeads = !records.some(({ value }) => isJsonObject(value) && "ref" in value);
  const all = isBeads
    ? beadsIssues(records, options.provider ?? "linear", slugOf(options.label) || "imported")
    : normalizedIssues(records, options.provider);
  const read = withShortNames(all);
  const skipped = [...broken, ...read.skipped].sort((a, b) => a.line - b.line);
  const { actor = COMMAND_LINE } = options;
  return await inTransaction(context, async (context) => {
    if (actor.kind === "user") {
      const team = options.team === undefined ? null : await findTeam(context.store, options.team);
      if (team === null) throw adminOnly();
      await requireAdmin(context, actor, team.id);
    }
    const counts = { created: 0, updated: 0, unchanged: 0, removed: 0 };
    const resources = new Map<string, Resource>();
    const issues = byUpdate(read.issues);
    const refs = [...issues.map(({ issue }) => issue.ref), ...read.removed];
    for (const ref of refs) await resourceFor(context, options, ref, resources);
    await lockResources(context.store, [...resources.values()].map(({ id }) => id));
    for (const { issue } of issues) {
      const resource = await resourceFor(context, options, issue.ref, resources);
      const keyed = withKey(issue, resource);
      counts[await storeIssue(context.store, resource.id, keyed, false, context.now())] += 1;
    }
    for (const ref of read.removed) {
      const resource = await resourceFor(context, options, ref, resources);
      const isRemoved = await removeIssue(context.store, resource.id, ref.id, context.now());
      if (isRemoved) counts.removed += 1;
    }
    if (read.issues.length + counts.removed === 0) throw importEmpty(file, skipped);
    const labels = [...resources.values()].map(({ label }) => label);
    await audit(context, {
      actor,
      teamId: (await ensureTeam(context, options.team)).id,
      action: "import",
      target: labels.join(", "),
      details: { ...counts, file },
    });
    return {
      ...counts,
      ignored: read.ignored,
      deleted: read.deleted,
      replaced: read.replaced,
      skipped,
      resources: labels,
    };
  });
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
    nextAction: "Give a JSON array or JSON Lines of normalized issues, or what `bd export` writes.",
    details: { skipped: skipped.slice(0, 20) },
  });
}

function normalizedIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider | undefined,
): ReadIssues {
  const issues: (ImportedIssue & Version)[] = [];
  const skipped: LeftOut[] = [];
  for (const { line, value } of records) {
    const fault = timeFault(value);
    const parsed = parseWith(NormalizedIssueSchema, filled(value));
    if (!parsed.ok || fault !== null) {
      skipped.push({
        line,
        reason: fault ?? (parsed.ok ? "" : `"${parsed.path}" ${parsed.message}`),
      });
      continue;
    }
    const { ref, updated_at } = parsed.value;
    const known = classifyProvider(ref.system);
    if (known.kind !== "hosted") {
      skipped.push({ line, reason: `"${ref.system}" is not a provider of this host` });
    } else if (provider !== undefined && known.provider !== provider) {
      skipped.push({ line, reason: `The issue is of "${ref.system}", not of "${provider}"` });
    } else {
      const id = JSON.stringify([ref.system, ref.workspace, ref.id]);
      issues.push({ line, issue: parsed.value, id, time: updated_at });
    }
  }
  const { kept, replaced } = newestOf(issues);
  const names = new Map(issues.map(({ line, issue }) => [line, issue.ref.id]));
  const named = replaced.map((one) => ({ ...one, id: names.get(one.line) ?? one.id }));
  return { issues: kept, removed: [], ignored: 0, deleted: 0, replaced: named, skipped };
}

const TIMES = ["created_at", "updated_at"] as const;

function timeFault(value: unknown): string | null {
  if (!isJsonObject(value)) return null;
  const bad = TIMES.find((field) => value[field] != null && readTime(value[field]) === null);
  return bad === undefined ? null : `"${bad}" ${NO_INSTANT}`;
}

/** Returns a record with empty values for what its maker leaves out or says as null, and with times in our form. */
function filled(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null);
  const times = TIMES.flatMap((field) => {
    const time = readTime(value[field]);
    return time === null ? [] : [[field, time] as const];
  });
  return {
    body: null,
    priority: 0,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    provider_metadata: {},
    ...Object.fromEntries([...given, ...times]),
  };
}

function byUpdate(issues: readonly ImportedIssue[]): ImportedIssue[] {
  return [...issues].sort((a, b) =>
    Date.parse(a.issue.updated_at) - Date.parse(b.issue.updated_at) || a.line - b.line
  );
}

/**
 * Finds or creates the resource of an issue: one for each provider and workspace. The first resource of a label
 * carries it plain.
 */
async function resourceFor(
  context: TransactionContext,
  options: ImportOptions,
  ref: ExternalRef,
  made: Map<string, Resource>,
): Promise<Resource> {
  const { system } = ref;
  const workspace = ref.workspace.toWellFormed();
  const slot = `${system}\n${workspace}`;
  const ready = made.get(slot);
  if (ready !== undefined) return ready;
  const found = classifyProvider(system);
  const provider = found.kind === "hosted" ? found.provider : "linear";
  const team = await ensureTeam(context, options.team);
  const installation = await ensureInstallation(context, team.id, provider);
  await lockInstallation(context.store, installation.id);
  const there = await listResources(context.store, installation.id);
  const place = providerOf(provider).importedPlace(options.label, workspace);
  const isFirst = made.size === 0 && !there.some(({ label }) => label === options.label);
  const known = there.find((one) => one.externalId === place.externalId);
  if (known !== undefined) await requireUnconnected(context, known);
  const resource = known ??
    await addResource(context, installation, {
      ...place,
      provider,
      label: isFirst ? place.label : `${place.label} (${workspace})`,
    });
  made.set(slot, resource);
  return resource;
}

/** Refuses a resource that mirrors a provider: what is imported there would never reach the provider. */
async function requireUnconnected(
  { store }: TransactionContext,
  resource: Resource,
): Promise<void> {
  const connectionId = await connectionOf(store, resource.id);
  if (connectionId === null) return;
  const name = (await connectionById(store, connectionId))?.name ?? connectionId;
  throw new TrackerError({
    code: "import_connected",
    message: `Cannot import into "${resource.label}": its issues come by the connection "${name}"`,
    nextAction: "Change the issues at their provider, or remove the connection first: " +
      `\`tracker host connection remove ${name}\`. Nothing was stored.`,
    details: { resource: resource.label, connection: name },
  });
}

/** Adds the key and the address that an issue lacks: work on it starts with both. */
function withKey(issue: NormalizedIssue, resource: Resource): NormalizedIssue {
  const { ref } = issue;
  const { url: place } = resource;
  const below = /\/issues\/[^/]+$/.test(place) ? place : `${place}/issues`;
  const url = ref.url ?? `${below}/${encodeURIComponent(ref.id.toWellFormed())}`;
  return { ...issue, ref: { ...ref, key: ref.key ?? ref.id, url } };
}
