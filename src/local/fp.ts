import type { ExternalRef, NormalizedIssue } from "../contract/issue.ts";
import type { TrackerError } from "../platform/tracker_error.ts";
import { unreadable } from "./json_bytes.ts";
import {
  type Capabilities,
  type Connector,
  type ListOptions,
  type ListPage,
  localIdOf,
} from "./connector.ts";
import type { WriteFailure } from "../sync/side.ts";
import { type FieldPatch, type FieldValues, sameValue, type SyncField } from "../sync/fields.ts";
import { markedDescription, readFpIssue } from "./fp_issue.ts";
import { perhapsWritten, readComments } from "./comments.ts";
import { invalidComment, type IssueComments } from "../sync/issue_comments.ts";
import { isIssueId } from "./issue_id.ts";
import { wholeListing } from "./list_pages.ts";
import { type Tool, type ToolCall, write } from "./tool.ts";
import { answerElements } from "./tool_json.ts";
import { FP_WORDS } from "./words.ts";

/** What a connector is made of. */
export interface FpOptions {
  readonly tool: Tool;
  readonly workspace: string;
}

/** How to get `fp`. */
export const FP_INSTALL_HINT =
  "Install fp and put it on the path, or name its command with `--credential command=PATH`.";

/** How `fp` says that a directory is no project of it. */
export const FP_NOT_SET_UP = {
  pattern: /\.fp directory not found|not registered with fp/i,
  nextAction: "Run `fp init` there, or bind with `--credential cwd=DIR`.",
} as const;

/** The connector for `fp` 0.24 and later. */
export function fpConnector({ tool, workspace }: FpOptions): Connector {
  const refTo = (id: string): ExternalRef => ({ system: "fp", workspace, id });
  const isHere = (ref: ExternalRef) => sameValue("parent", ref, refTo(ref.id));

  // Labels are a property that a project may have registered; an issue that has them tells.
  let hasLabels = false;
  const learn = ({ provider_metadata }: NormalizedIssue) => {
    if (provider_metadata["has_labels"] === true) hasLabels = true;
  };
  const read = (value: unknown) => {
    const reading = readFpIssue(value, workspace);
    if (reading.ok) learn(reading.issue);
    return reading;
  };

  async function* list({ known }: Partial<ListOptions> = {}): AsyncGenerator<ListPage> {
    // It cannot list by time, and may stop at a number of its own.
    const stdout = await tool.output({
      verb: "issue list",
      args: ["issue", "list", "--limit=1000000", "--format=json"],
    });
    yield* wholeListing(stdout, read, known);
  }

  async function newIdOf(localId: string): Promise<string | null> {
    for await (const { issues } of list()) {
      const made = issues.find((issue) => localIdOf(issue) === localId);
      if (made !== undefined) return made.ref.id;
    }
    return null;
  }

  async function commentsOf(id: string): Promise<IssueComments> {
    const stdout = await tool.output({
      verb: "comment list",
      args: ["comment", "list", id, "--format=json"],
    });
    // A list of its own counts as what an object holds under `comments`.
    const values: unknown[] = [];
    for (const element of answerElements(stdout)) {
      if (element.kind === "cut_off") continue;
      if (element.kind === "unreadable") throw unreadableAnswer("comment list", element.message);
      values.push(element.value);
    }
    const [first] = values;
    const isObject = typeof first === "object" && first !== null && "comments" in first;
    return readComments(isObject ? first : { comments: values });
  }

  return {
    provider: "fp",
    workspace,
    batch: 1,
    capabilities: CAPABILITIES,
    // Nothing is known of what a property or a dependency does to the time of the last change.
    traits: { silent: ["labels", "links", "parent", "custom_fields"], single: [] },
    words: FP_WORDS,
    learn,
    list,
    async get(id) {
      if (!isIssueId(id)) return null;
      const outcome = await tool.call({
        verb: "issue show",
        args: ["issue", "show", id, "--format=json"],
      });
      if (outcome.kind === "failed") {
        if (/not found/i.test(outcome.message)) return null;
        throw outcome.error;
      }
      for (const element of answerElements(outcome.stdout)) {
        if (element.kind === "cut_off") continue;
        const reading = element.kind === "value" ? read(element.value) : element;
        if ("ok" in reading && reading.ok) return reading.issue;
        throw unreadableAnswer(
          "issue show",
          "message" in reading ? reading.message : "it is no issue",
        );
      }
      return null;
    },
    // It shows one issue at a time.
    getAll: () => Promise.resolve(new Map()),
    comments: commentsOf,
    async addComment(id, text) {
      if (text.startsWith("-")) {
        throw invalidComment('fp takes a text that begins with "-" for an option');
      }
      const before = (await commentsOf(id)).total;
      try {
        await tool.output({ verb: "comment", args: ["comment", id, text] });
      } catch (error) {
        throw perhapsWritten(error, id);
      }
      // It answers with a line for people.
      const { comments, total } = await commentsOf(id);
      const made = comments.slice(-(total - before)).find((one) => one.text.trim() === text.trim());
      if (total > before && made !== undefined) return made;
      throw perhapsWritten(unreadableAnswer("comment", "the new comment is not in the list"), id);
    },
    async create(values, localId) {
      const priority = FP_WORDS.priority.toForeign(values.priority);
      await tool.output({
        verb: "issue create",
        args: [
          "issue",
          "create",
          `--title=${values.title}`,
          `--description=${markedDescription(values.body, localId)}`,
          ...(values.parent === null ? [] : [`--parent=${values.parent.id}`]),
          ...(priority === null ? [] : [`--priority=${priority}`]),
        ],
      });
      const id = await newIdOf(localId);
      if (id === null) throw unreadableAnswer("issue create", "the new issue is not in the list");
      return id;
    },
    asCreated: (values) => ({
      ...values,
      status: "todo",
      issue_type: "task",
      assignees: [],
      labels: [],
      links: [],
      custom_fields: {},
    }),
    async update(current, patch) {
      const failures: WriteFailure[] = [];
      for (const [field, call] of writes(current, patch)) {
        const { failure } = await write(tool, call, [field]);
        if (failure !== null) failures.push(failure);
      }
      // It answers a write with a line for people.
      return { failures, answered: {} };
    },
    refusal(field, wanted, current) {
      const capability = CAPABILITIES[field];
      if (capability.write === "never") return capability.reason;
      if (capability.write === "on_create" && current !== null) return capability.reason;
      switch (field) {
        case "title":
          return wanted.title.trim() === "" ? "fp needs a title" : null;
        case "status":
          return FP_WORDS.status.toForeign(wanted.status) === null
            ? `fp has no status for "${wanted.status}"`
            : null;
        case "priority":
          return FP_WORDS.priority.toForeign(wanted.priority) === null
            ? "fp cannot unset a priority"
            : null;
        case "parent":
          return wanted.parent === null || isHere(wanted.parent)
            ? null
            : "the parent is not an issue of this workspace";
        case "links":
          return linkRefusal(wanted);
        case "labels":
          if (!hasLabels) return "fp has labels only where the project registered them";
          return wanted.labels.some((label) => label.includes(","))
            ? "fp takes a comma as the end of a label"
            : null;
        case "custom_fields":
          return Object.values(wanted.custom_fields).every((value) => typeof value === "string") &&
              Object.keys(current?.custom_fields ?? {})
                .every((key) => Object.hasOwn(wanted.custom_fields, key))
            ? null
            : "fp takes only texts as properties, and cannot remove one";
        default:
          return null;
      }
    },
  };

  function linkRefusal(wanted: FieldValues): string | null {
    const other = wanted.links.find(({ type, ref }) => type !== "blocked_by" || !isHere(ref));
    if (other === undefined) return null;
    return isHere(other.ref)
      ? `fp has no link of type "${other.type}"`
      : "a linked issue is not of this workspace";
  }
}

const CAPABILITIES: Capabilities = {
  title: { write: "on_create", reason: "fp cannot change a title" },
  body: { write: "on_create", reason: "fp cannot change a description" },
  status: { write: "always" },
  issue_type: { write: "never", reason: "fp has no issue types" },
  priority: { write: "always" },
  assignees: { write: "never", reason: "fp has no assignees" },
  labels: { write: "always" },
  parent: { write: "on_create", reason: "fp cannot change a parent" },
  links: { write: "always" },
  custom_fields: { write: "always" },
};

/** One call a field, so that one that fails does not keep the others from being written. */
function writes(current: NormalizedIssue, patch: FieldPatch): [SyncField, ToolCall][] {
  const calls: [SyncField, ToolCall][] = [];
  const update = (field: SyncField, ...args: string[]) =>
    calls.push([field, {
      verb: "issue update",
      args: ["issue", "update", ...args, current.ref.id],
    }]);
  if (patch.priority !== undefined) {
    update("priority", `--priority=${FP_WORDS.priority.toForeign(patch.priority) ?? ""}`);
  }
  if (patch.links !== undefined) {
    update("links", `--depends=${patch.links.map(({ ref }) => ref.id).join(",")}`);
  }
  if (patch.labels !== undefined) update("labels", `--property=labels=${patch.labels.join(",")}`);
  const properties = Object.entries(patch.custom_fields ?? {})
    .filter(([key, value]) => current.custom_fields[key] !== value)
    .map(([key, value]) => `--property=${key}=${String(value)}`);
  if (properties.length > 0) update("custom_fields", ...properties);
  if (patch.status !== undefined) {
    update("status", `--status=${FP_WORDS.status.toForeign(patch.status) ?? ""}`);
  }
  return calls;
}

function unreadableAnswer(verb: string, why: string): TrackerError {
  return unreadable(why, {
    call: `"fp ${verb}"`,
    version: "`fp` is a version from 0.24 on",
  });
}
