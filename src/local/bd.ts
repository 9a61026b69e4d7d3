import type { ExternalRef, IssueLink, NormalizedIssue } from "../contract/issue.ts";
import type { TrackerError } from "../platform/tracker_error.ts";
import { unreadable } from "./json_bytes.ts";
import {
  addedLinks,
  csvField,
  guardArgs,
  isPlainStatus,
  LINK_WORDS,
  linkCalls,
  plainCalls,
  statusCalls,
} from "./bd_calls.ts";
import { answeredFields, readBdIssue } from "./bd_issue.ts";
import { perhapsWritten, readComment, readComments } from "./comments.ts";
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
import { listPages, wholeListing } from "./list_pages.ts";
import type { Preconditions } from "./preconditions.ts";
import { isOfOneCall, type Tool, type ToolCall, write } from "./tool.ts";
import { answerElements } from "./tool_json.ts";
import { BEADS_WORDS } from "./words.ts";

/** What a connector is made of. */
export interface BdOptions {
  readonly tool: Tool;
  readonly workspace: string;
  /** What the installed version knows of preconditions; nothing unless given. */
  readonly preconditions?: Preconditions;
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
export function bdConnector({ tool, workspace, preconditions }: BdOptions): Connector {
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

  async function getAll(ids: readonly string[]): Promise<ReadonlyMap<string, NormalizedIssue>> {
    const found = new Map<string, NormalizedIssue>();
    for (const part of portions(ids)) {
      try {
        const stdout = await tool.output({ verb: "show", args: ["show", ...part, "--json"] });
        for (const element of answerElements(stdout)) {
          if (element.kind !== "value") continue;
          const reading = readBdIssue(element.value, workspace);
          if (!reading.ok || !part.includes(reading.issue.ref.id)) continue;
          if (!found.has(reading.issue.ref.id)) found.set(reading.issue.ref.id, reading.issue);
        }
      } catch (error) {
        // What is wrong with one of them is told of that one, when it is asked for alone.
        if (!isOfOneCall(error)) throw error;
      }
    }
    return found;
  }

  return {
    provider: "beads",
    workspace,
    batch: 100,
    capabilities: CAPABILITIES,
    // Links and the parent are dependencies, which are kept beside the issue like its labels.
    traits: { silent: ["labels", "links", "parent"], single: ["assignees"] },
    words: BEADS_WORDS,
    async *list({ updatedSince, known }): AsyncIterable<ListPage> {
      const since = updatedSince === null ? [] : ["--updated-after", toTheSecond(updatedSince)];
      const stdout = await tool.output({
        verb: "list",
        args: ["list", "--all", "--limit", "0", ...since, "--json"],
      });
      const read = (value: unknown) => readBdIssue(value, workspace);
      if (updatedSince === null) yield* wholeListing(stdout, read, known);
      else yield* listPages(stdout, read);
    },
    get,
    getAll,
    async comments(id) {
      const args = ["show", id, "--include-comments", "--json"];
      for (const element of answerElements(await tool.output({ verb: "show", args }))) {
        if (element.kind === "cut_off") continue;
        if (element.kind === "unreadable") throw unreadableAnswer("show", element.message);
        return readComments(element.value);
      }
      throw unreadableAnswer("show", "it holds no issue");
    },
    async addComment(id, text) {
      const { stdout, verb } = await written(id, text);
      for (const element of answerElements(stdout)) {
        const comment = element.kind === "value" ? readComment(element.value) : null;
        if (comment !== null) return comment;
      }
      throw perhapsWritten(unreadableAnswer(verb, "it holds no comment"), id);
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
    async update(current, patch, options = {}) {
      const failures: WriteFailure[] = [];
      let answered: FieldPatch = {};
      const attempt = async (fields: readonly SyncField[], calls: readonly ToolCall[]) => {
        for (const call of calls) {
          const outcome = await write(tool, call, fields);
          if (outcome.failure !== null) return outcome.failure;
          answered = { ...answered, ...answeredBy(outcome.stdout, current.ref.id) };
        }
        return null;
      };
      const plain = patchedFields(patch).filter((field) =>
        field !== "links" && (field !== "status" || isPlainStatus(current, patch))
      );
      let guarded = guardArgs(current, patch).length > 0 &&
        await preconditions?.areKnown() === true;
      let together = await attempt(plain, plainCalls(current, patch, guarded));
      if (guarded && together !== null && UNKNOWN_OPTION.test(together.message)) {
        // The tool behind the name has been replaced by an older one.
        await preconditions?.forget();
        guarded = false;
        together = await attempt(plain, plainCalls(current, patch));
      }
      // One refused value must not keep the others from being written.
      for (const field of together === null || plain.length < 2 ? [] : plain) {
        const alone = pickFields({ ...fieldsOf(current), ...patch }, [field]);
        failures.push(...present(await attempt([field], plainCalls(current, alone, guarded))));
      }
      if (plain.length === 1) failures.push(...present(together));
      failures.push(...present(await attempt(["links"], linkCalls(current, patch.links))));
      if (!plain.includes("status")) {
        const calls = statusCalls(current, patch.status, options);
        failures.push(...present(await attempt(["status"], calls)));
      }
      return { failures, answered };
    },
    refusal,
  };

  /** Writes a comment; a version that does not read one from its input is given it as a word. */
  async function written(id: string, text: string) {
    try {
      const verb = "comment";
      const args = ["comment", id, "--stdin", "--json"];
      const outcome = await tool.call({ verb, args, stdin: text });
      if (outcome.kind === "ok") return { verb, stdout: outcome.stdout };
      if (!UNKNOWN_OPTION.test(outcome.message) && !UNKNOWN_COMMAND.test(outcome.message)) {
        throw outcome.error;
      }
      const older = { verb: "comments add", args: ["comments", "add", id, "--json", "--", text] };
      return { verb: older.verb, stdout: await tool.output(older) };
    } catch (error) {
      throw perhapsWritten(error, id);
    }
  }

  function answeredBy(stdout: Uint8Array, id: string): FieldPatch {
    for (const element of answerElements(stdout)) {
      if (element.kind !== "value") continue;
      const fields = answeredFields(element.value, workspace, id);
      if (fields !== null) return fields;
    }
    return {};
  }

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

function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

/** How `bd` says that it does not know an option. */
const UNKNOWN_OPTION = /unknown (?:flag|option|shorthand)/i;

/** How `bd` says that it does not know a command. */
const UNKNOWN_COMMAND = /unknown command/i;

/** How long the ids of one call may be together: less than any system takes. */
const MAX_ID_LENGTH = 6_000;

/** The ids in parts that one call can be given. */
function* portions(ids: readonly string[]): Generator<string[]> {
  let part: string[] = [];
  let length = 0;
  for (const id of ids.filter(isIssueId)) {
    if (part.length > 0 && length + id.length > MAX_ID_LENGTH) {
      yield part;
      [part, length] = [[], 0];
    }
    part.push(id);
    length += id.length + 1;
  }
  if (part.length > 0) yield part;
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
