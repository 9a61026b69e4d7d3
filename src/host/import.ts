import { isJsonObject } from "../contract/field.ts";
import { type NormalizedIssue, NormalizedIssueSchema } from "../contract/issue.ts";
import { isTooDeep } from "../contract/nesting.ts";
import { parseWith } from "../contract/parse.ts";
import { classifyProvider, type HostedProvider } from "../contract/providers.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { HostData } from "./host_data.ts";
import { beadsIssues } from "./import_beads.ts";
import { putIssue } from "./issues.ts";
import { addResource, ensureInstallation, listResources, type Resource } from "./resources.ts";
import { slugOf } from "./matching.ts";
import { ensureTeam } from "./users.ts";

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
}

/** What an import did. */
export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Records that are no issues, such as a `bd` memory or schema line. */
  readonly ignored: number;
  /** Issues that were left out, each with its reason; `line` counts records or lines from 1. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** Labels of the resources that hold the issues. */
  readonly resources: readonly string[];
}

/** One record of a file. */
export interface ImportRecord {
  readonly line: number;
  readonly value: unknown;
}

/** An issue with its place in the file. */
export interface ImportedIssue {
  readonly line: number;
  readonly issue: NormalizedIssue;
}

/** What was read from records. */
export interface ReadIssues {
  readonly issues: readonly ImportedIssue[];
  readonly ignored: number;
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Imports a JSON array or JSON Lines of NormalizedIssue, or a `bd` export, in one transaction. A repeat
 * changes nothing.
 *
 * @throws {TrackerError} `import_empty` when the text holds no issue at all.
 */
export function importIssues(
  data: HostData,
  content: string,
  options: ImportOptions,
): ImportReport {
  const { records, broken } = shallow(recordsOf(content));
  const isBeads = !records.some(({ value }) => isJsonObject(value) && "ref" in value);
  const read = isBeads
    ? beadsIssues(records, options.provider ?? "linear", slugOf(options.label) || "imported")
    : normalizedIssues(records, options.provider);
  const skipped = [...broken, ...read.skipped].sort((a, b) => a.line - b.line);
  const [first] = skipped;
  const file = options.file ?? options.label;
  if (read.issues.length === 0) {
    throw new TrackerError({
      code: "import_empty",
      message: first === undefined
        ? `The file "${file}" holds no issue`
        : `No issue of the file "${file}" can be imported; record ${first.line}: ${first.reason}`,
      nextAction:
        "Give a JSON array or JSON Lines of normalized issues, or what `bd export` writes.",
      details: { skipped: skipped.slice(0, 20) },
    });
  }
  return data.transaction(() => {
    const counts = { created: 0, updated: 0, unchanged: 0 };
    const resources = new Map<string, Resource>();
    for (const { issue } of byUpdate(read.issues)) {
      const resource = resourceFor(data, options, issue, resources);
      counts[putIssue(data, resource.id, withKey(issue, resource), false)] += 1;
    }
    return {
      ...counts,
      ignored: read.ignored,
      skipped,
      resources: [...resources.values()].map(({ label }) => label),
    };
  });
}

interface Records {
  readonly records: ImportRecord[];
  readonly broken: { line: number; reason: string }[];
}

/** What is nested too deep could not be stored. */
function shallow({ records, broken }: Records): Records {
  const deep = records.filter(({ value }) => isTooDeep(value));
  if (deep.length === 0) return { records, broken };
  return {
    records: records.filter((record) => !deep.includes(record)),
    broken: [...broken, ...deep.map(({ line }) => ({ line, reason: "It is nested too deep" }))],
  };
}

function recordsOf(content: string): Records {
  const whole = jsonOf(content);
  const list = isJsonObject(whole)
    ? [whole["items"], whole["issues"], whole["data"]].find(Array.isArray)
    : whole;
  if (Array.isArray(list)) {
    return {
      records: list.map((value: unknown, index) => ({ line: index + 1, value })),
      broken: [],
    };
  }
  const records: ImportRecord[] = [];
  const broken: { line: number; reason: string }[] = [];
  for (const [index, text] of content.split("\n").entries()) {
    if (text.trim() === "") continue;
    const value = jsonOf(text);
    if (value === undefined) broken.push({ line: index + 1, reason: "The line is not JSON" });
    else records.push({ line: index + 1, value });
  }
  return { records, broken };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

function normalizedIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider | undefined,
): ReadIssues {
  const issues: ImportedIssue[] = [];
  const skipped: { line: number; reason: string }[] = [];
  for (const { line, value } of records) {
    const parsed = parseWith(NormalizedIssueSchema, value);
    if (!parsed.ok) {
      skipped.push({ line, reason: `"${parsed.path}" ${parsed.message}` });
      continue;
    }
    const { system } = parsed.value.ref;
    const known = classifyProvider(system);
    if (known.kind !== "hosted") {
      skipped.push({ line, reason: `"${system}" is not a provider of this host` });
    } else if (provider !== undefined && known.provider !== provider) {
      skipped.push({ line, reason: `The issue is of "${system}", not of "${provider}"` });
    } else issues.push({ line, issue: parsed.value });
  }
  return { issues, ignored: 0, skipped };
}

function byUpdate(issues: readonly ImportedIssue[]): ImportedIssue[] {
  return [...issues].sort((a, b) =>
    Date.parse(a.issue.updated_at) - Date.parse(b.issue.updated_at) || a.line - b.line
  );
}

/**
 * One resource per provider and workspace, found again by both whatever file names it first; the first of
 * a label carries it plain.
 */
function resourceFor(
  data: HostData,
  options: ImportOptions,
  issue: NormalizedIssue,
  made: Map<string, Resource>,
): Resource {
  const { system } = issue.ref;
  const workspace = issue.ref.workspace.toWellFormed();
  const slot = `${system}\n${workspace}`;
  const ready = made.get(slot);
  if (ready !== undefined) return ready;
  const found = classifyProvider(system);
  const provider = found.kind === "hosted" ? found.provider : "linear";
  const team = ensureTeam(data, options.team);
  const installation = ensureInstallation(data, team.id, provider);
  const there = listResources(data, installation.id);
  const externalId = `import-${exactSlugOf(options.label)}/${exactSlugOf(workspace)}`;
  const resource = there.find((one) => one.externalId === externalId) ??
    addResource(data, installation, {
      provider,
      externalId,
      workspace,
      key: slugOf(options.label).replaceAll("-", "").slice(0, 10).toUpperCase() || "IMP",
      name: options.label,
      label: made.size === 0 && !there.some(({ label }) => label === options.label)
        ? options.label
        : `${options.label} (${workspace})`,
      url: `https://${provider}.invalid/${encodeURIComponent(workspace)}`,
      context: { workspace_name: workspace, imported_from: options.label },
      workflow: "open",
    });
  made.set(slot, resource);
  return resource;
}

/** A slug that no other name shares: of names in other scripts, little but their difference would be lost. */
function exactSlugOf(name: string): string {
  const slug = slugOf(name);
  return slug === name ? slug : encodeURIComponent(name.toWellFormed());
}

/** A ticket can be started only when it has a key and an address. */
function withKey(issue: NormalizedIssue, resource: Resource): NormalizedIssue {
  const { ref } = issue;
  const url = ref.url ?? `${resource.url}/issues/${encodeURIComponent(ref.id.toWellFormed())}`;
  return { ...issue, ref: { ...ref, key: ref.key ?? ref.id, url } };
}
