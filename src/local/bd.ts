import type { ExternalRef, IssueLink, LinkType, NormalizedIssue } from "../contract/issue.ts";
import type { TrackerError } from "../platform/tracker_error.ts";
import { unreadable } from "./json_bytes.ts";
import { readBdIssue } from "./bd_issue.ts";
import { readComments } from "./comments.ts";
import { type Capabilities, type Connector, type ListPage, REFERENCE_PREFIX } from "./connector.ts";
import type { WriteFailure } from "../sync/side.ts";
import {
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  patchedFields,
  pickFields,
  sameValue,
  type SyncField,
} from "../sync/fields.ts";
import { isIssueId } from "./issue_id.ts";
import { listPages } from "./list_pages.ts";
import { type Tool, type ToolCall, writeFailure } from "./tool.ts";
import { answerElements } from "./tool_json.ts";
import { BEADS_WORDS } from "./words.ts";

/** What a connector is made of. */
export interface BdOptions {
  readonly tool: Tool;
  readonly workspace: string;
}

/** How to get `bd`. */
export const BD_INSTALL_HINT =
  "Install beads (https://github.com/steveyegge/beads), or name its command with `--credential command=PATH`.";

/** How `bd` says that a directory has no database. */
export const BD_NOT_SET_UP = {
  pattern: /no[ _](active )?beads[ _](database|project|workspace|directory)/i,
  nextAction: "Run `bd init` there, or bind with `--credential cwd=DIR`.",
} as const;

/** How `bd` says that another process has the database, before it has done anything. */
export const BD_BUSY =
  /another process holds the exclusive lock|held by another process|database is locked/i;

/** The connector for beads, through `bd` 1.x. */
export function bdConnector({ tool, workspace }: BdOptions): Connector {
  const refTo = (id: string): ExternalRef => ({ system: "beads", workspace, id });

  async function get(id: string): Promise<NormalizedIssue | null> {
    if (!isIssueId(id)) return null;
    const outcome = await tool.call({ verb: "show", args: ["show", id, "--json"] });
    if (outcome.kind === "failed") {
      if (/no issues? found|not found/i.test(outcome.message)) return null;
      throw outcome.error;
    }
    for (const element of answerElements(outcome.stdout)) {
      if (element.kind === "cut_off") continue;
      if (element.kind === "unreadable") throw unreadableAnswer("show", element.message);
      const reading = readBdIssue(element.value, workspace);
      if (!reading.ok) throw unreadableAnswer("show", reading.message);
      if (reading.issue.ref.id === id) return reading.issue;
    }
    return null;
  }

  return {
    provider: "beads",
    workspace,
    capabilities: CAPABILITIES,
    // Links and the parent are dependencies, which are kept beside the issue like its labels.
    traits: { silent: ["labels", "links", "parent"], single: ["assignees"] },
    words: BEADS_WORDS,
    async *list({ updatedSince }): AsyncIterable<ListPage> {
      const since = updatedSince === null ? [] : ["--updated-after", toTheSecond(updatedSince)];
      const stdout = await tool.output({
        verb: "list",
        args: ["list", "--all", "--limit", "0", ...since, "--json"],
      });
      yield* listPages(stdout, (value) => readBdIssue(value, workspace));
    },
    get,
    async comments(id) {
      const args = ["show", id, "--include-comments", "--json"];
      for (const element of answerElements(await tool.output({ verb: "show", args }))) {
        if (element.kind === "cut_off") continue;
        if (element.kind === "unreadable") throw unreadableAnswer("show", element.message);
        return readComments(element.value);
      }
      throw unreadableAnswer("show", "it holds no issue");
    },
    async create(values, localId) {
      const type = BEADS_WORDS.issueType.toForeign(values.issue_type);
      const priority = BEADS_WORDS.priority.toForeign(values.priority);
      const stdout = await tool.output({
        verb: "create",
        args: [
          "create",
          `--title=${values.title}`,
          ...(values.body === null || values.body === "" ? [] : ["--body-file", "-"]),
          ...(type === null ? [] : ["-t", type]),
          ...(priority === null ? [] : ["-p", priority]),
          ...(values.labels.length === 0 ? [] : ["-l", values.labels.map(csvField).join(",")]),
          ...(values.parent === null ? [] : [`--parent=${values.parent.id}`]),
          `--external-ref=${REFERENCE_PREFIX}${localId}`,
          "--json",
        ],
        ...(values.body === null || values.body === "" ? {} : { stdin: values.body }),
      });
      for (const element of answerElements(stdout)) {
        const value = element.kind === "value" ? element.value : null;
        if (typeof value === "object" && value !== null && "id" in value) return String(value.id);
      }
      throw unreadableAnswer("create", "it names no id");
    },
    asCreated: (values) => ({
      ...values,
      status: "todo",
      issue_type: refusal("issue_type", values, null) === null ? values.issue_type : "task",
      priority: refusal("priority", values, null) === null ? values.priority : 3,
      assignees: [],
      links: [],
      custom_fields: {},
    }),
    async update(current, patch) {
      const failures: WriteFailure[] = [];
      const attempt = async (fields: readonly SyncField[], calls: readonly ToolCall[]) => {
        for (const call of calls) {
          const failure = await writeFailure(tool, call, fields);
          if (failure !== null) return failure;
        }
        return null;
      };
      const plain = patchedFields(patch).filter((field) =>
        field !== "links" && (field !== "status" || isPlainStatus(current, patch))
      );
      const together = await attempt(plain, plainCalls(current, patch));
      // One refused value must not keep the others from being written.
      for (const field of together === null || plain.length < 2 ? [] : plain) {
        const alone = pickFields({ ...fieldsOf(current), ...patch }, [field]);
        failures.push(...present(await attempt([field], plainCalls(current, alone))));
      }
      if (plain.length === 1) failures.push(...present(together));
      failures.push(...present(await attempt(["links"], linkCalls(current, patch.links))));
      if (!plain.includes("status")) {
        failures.push(...present(await attempt(["status"], statusCalls(current, patch.status))));
      }
      return failures;
    },
    refusal,
  };

  function refusal(
    field: SyncField,
    wanted: FieldValues,
    current: FieldValues | null,
  ): string | null {
    const capability = CAPABILITIES[field];
    if (capability.write !== "always") return capability.reason;
    switch (field) {
      case "title":
        return wanted.title.trim() === "" ? "beads needs a title" : null;
      case "status":
        return BEADS_WORDS.status.toForeign(wanted.status) === null
          ? `beads has no status for "${wanted.status}"`
          : null;
      case "issue_type":
        return BEADS_WORDS.issueType.toForeign(wanted.issue_type) === null
          ? `beads has no type for "${wanted.issue_type}"`
          : null;
      case "priority":
        return BEADS_WORDS.priority.toForeign(wanted.priority) === null
          ? "beads cannot unset a priority"
          : null;
      case "assignees":
        return wanted.assignees.length > 1 ? "beads holds one assignee" : null;
      case "parent":
        return wanted.parent === null || isHere(wanted.parent)
          ? null
          : "the parent is not an issue of this workspace";
      case "links":
        return linkRefusal(addedLinks(current?.links ?? [], wanted.links));
      default:
        return null;
    }
  }

  function linkRefusal(added: readonly IssueLink[]): string | null {
    const foreign = added.find(({ type, ref }) => LINK_WORDS[type] === null || !isHere(ref));
    if (foreign === undefined) return null;
    return isHere(foreign.ref)
      ? `beads keeps a link of type "${foreign.type}" at the other issue`
      : "a linked issue is not of this workspace";
  }

  function isHere(ref: ExternalRef): boolean {
    return isIssueId(ref.id) && sameValue("parent", ref, refTo(ref.id));
  }
}

const CAPABILITIES: Capabilities = {
  title: { write: "always" },
  body: { write: "always" },
  status: { write: "always" },
  issue_type: { write: "always" },
  priority: { write: "always" },
  assignees: { write: "always" },
  labels: { write: "always" },
  parent: { write: "always" },
  links: { write: "always" },
  custom_fields: { write: "never", reason: "beads takes no custom fields from outside" },
};

/** An issue depends on what blocks it; what it blocks is kept at the other issue. */
const LINK_WORDS: Readonly<Record<LinkType, string | null>> = {
  blocked_by: "blocks",
  relates_to: "related",
  duplicates: "duplicates",
  blocks: null,
};

function plainCalls(current: NormalizedIssue, patch: FieldPatch): ToolCall[] {
  const args: string[] = [];
  if (patch.title !== undefined) args.push(`--title=${patch.title}`);
  if (patch.body === null || patch.body === "") args.push("--description=");
  else if (patch.body !== undefined) args.push("--body-file", "-");
  if (patch.priority !== undefined) {
    args.push("--priority", BEADS_WORDS.priority.toForeign(patch.priority) ?? "");
  }
  if (patch.issue_type !== undefined) {
    args.push("--type", BEADS_WORDS.issueType.toForeign(patch.issue_type) ?? "");
  }
  if (patch.assignees !== undefined) args.push(`--assignee=${patch.assignees[0] ?? ""}`);
  if (patch.parent !== undefined) args.push(`--parent=${patch.parent?.id ?? ""}`);
  if (patch.labels !== undefined) args.push(...labelArgs(current.labels, patch.labels));
  if (patch.status !== undefined && isPlainStatus(current, patch)) {
    args.push("--status", BEADS_WORDS.status.toForeign(patch.status) ?? "");
  }
  if (args.length === 0) return [];
  return [{
    verb: "update",
    args: ["update", current.ref.id, ...args, "--json"],
    ...(patch.body ? { stdin: patch.body } : {}),
  }];
}

/** Setting no labels at all leaves them as they are, so each is added or removed. */
function labelArgs(current: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...wanted.filter((label) => !current.includes(label))
      .map((label) => `--add-label=${csvField(label)}`),
    ...current.filter((label) => !wanted.includes(label))
      .map((label) => `--remove-label=${csvField(label)}`),
  ];
}

function linkCalls(current: NormalizedIssue, wanted: readonly IssueLink[] | undefined): ToolCall[] {
  if (wanted === undefined) return [];
  const from = current.ref.id;
  // Removed first: a pair of issues has one link at most.
  return [
    ...addedLinks(wanted, current.links).map(({ ref }) => ({
      verb: "dep remove",
      args: ["dep", "remove", from, ref.id, "--json"],
    })),
    ...addedLinks(current.links, wanted).map(({ type, ref }) => ({
      verb: "dep add",
      args: ["dep", "add", from, ref.id, "-t", LINK_WORDS[type] ?? type, "--json"],
    })),
  ];
}

/** The links of `after` that `before` does not have. */
function addedLinks(before: readonly IssueLink[], after: readonly IssueLink[]): IssueLink[] {
  return after.filter((link) => !before.some((known) => sameValue("links", [known], [link])));
}

/**
 * Closing and reopening have rules of their own, which a plain write of the status would pass by. Any
 * other status goes along with the plain fields: the less time between reading and writing, the better.
 */
function isPlainStatus({ status }: NormalizedIssue, patch: FieldPatch): boolean {
  return status !== "done" && patch.status !== "done";
}

function statusCalls(
  current: NormalizedIssue,
  wanted: FieldValues["status"] | undefined,
): ToolCall[] {
  if (wanted === undefined) return [];
  const id = current.ref.id;
  if (wanted === "done") {
    return [{ verb: "close", args: ["close", id, "-r", "Closed through tracker", "--json"] }];
  }
  const reopen: ToolCall = {
    verb: "reopen",
    args: ["reopen", id, "-r", "Reopened through tracker", "--json"],
  };
  const word = BEADS_WORDS.status.toForeign(wanted) ?? "";
  if (word === "open") return [reopen];
  return [reopen, { verb: "update", args: ["update", id, "--status", word, "--json"] }];
}

function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

/** One value of a comma-separated list that may itself hold commas, quotes or line breaks. */
function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** `bd` compares to the second; a fraction is cut off, so that fewer changes are missed. */
function toTheSecond(time: string): string {
  return `${new Date(Math.floor(Date.parse(time) / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

function unreadableAnswer(verb: string, why: string): TrackerError {
  return unreadable(why, {
    call: `"bd ${verb}"`,
    version: "`bd` is a version from 1.0 on",
  });
}
