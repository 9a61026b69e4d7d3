import type * as v from "valibot";
import type { JiraCaller } from "./caller.ts";
import { type Edition, MARKER } from "./edition.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { hasCode, NOT_TAKEN, rejected } from "./faults.ts";
import { allPages } from "./paging.ts";
import {
  CommentPageSchema,
  CommentSchema,
  CreatedSchema,
  CreateFieldsSchema,
  EditSchema,
  foundSchema,
  IssueSchema,
  type JiraComment,
  type JiraFields,
  type JiraIssue,
  type JiraTransition,
  StampSchema,
  TransitionsSchema,
} from "./schemas.ts";

/** The fields of an issue that are asked for. */
const FIELDS: readonly string[] = [
  "project",
  "summary",
  "description",
  "status",
  "issuetype",
  "priority",
  "assignee",
  "reporter",
  "labels",
  "parent",
  "issuelinks",
  "resolution",
  "components",
  "fixVersions",
  "duedate",
  "created",
  "updated",
];

/** Ids of issues begin above it. */
const NO_ISSUE = "0";

/** Entries of a page. */
const PAGE = 100;

/** Issues at most of which a search is to show the latest, as Jira has it. */
const MAX_RECONCILED = 50;

/** What is looked for. */
export interface Search {
  readonly jql: string;
  /** Where the page before said that this one begins; `null` for the first one. */
  readonly after: string | null;
  readonly size: number;
  /** Ids of issues that are to be shown as they are now, and not as the index has them. */
  readonly fresh?: readonly string[];
}

/** A page of what was found. */
export interface Found<T> {
  readonly issues: readonly T[];
  /** Where the next page begins; `null` at the end. */
  readonly next: string | null;
}

/** Of an issue, its id and when it was changed. */
export type Stamp = v.InferOutput<typeof StampSchema>;

/** What an issue is written with, in Jira's own names. */
export interface Written {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly update?: Readonly<Record<string, readonly unknown[]>>;
}

/** Calls about issues. `id` is an issue's own id or its key. */
export class JiraIssueCalls {
  readonly #caller: JiraCaller;
  readonly #api: string;
  readonly #isCloud: boolean;
  readonly #siteFields: () => Promise<readonly string[]>;

  /** Makes the calls by `caller`; `siteFields` returns the ids of fields of the site's own that are asked for. */
  constructor(
    caller: JiraCaller,
    { api, name }: Edition,
    siteFields: () => Promise<readonly string[]>,
  ) {
    this.#caller = caller;
    this.#api = api;
    this.#isCloud = name === "cloud";
    this.#siteFields = siteFields;
  }

  /** Finds issues. */
  async search(search: Search): Promise<Found<JiraIssue>> {
    return await this.#search(IssueSchema, await this.#fields(), search);
  }

  /** Finds issues, of which nothing is asked but when they were changed. */
  async stamps(search: Search): Promise<Found<Stamp>> {
    return await this.#search(StampSchema, ["updated"], search);
  }

  /** Returns an issue as it is now, wherever it is; `null` when it is gone or hidden. */
  async issue(id: string): Promise<JiraIssue | null> {
    return await this.#caller.askFor(IssueSchema, {
      name: "read an issue",
      method: "GET",
      path: this.#pathOf(id),
      query: { fields: (await this.#fields()).join(","), properties: MARKER },
    });
  }

  /** Creates an issue that is found again by its marker; returns its id. */
  async create(fields: Readonly<Record<string, unknown>>, clientId: string): Promise<string> {
    const created = await this.#caller.ask(CreatedSchema, {
      name: "create an issue",
      method: "POST",
      path: `${this.#api}/issue`,
      body: { fields, properties: [{ key: MARKER, value: { id: clientId } }] },
    });
    return created.id;
  }

  /** Changes fields of an issue. */
  async update(id: string, written: Written): Promise<void> {
    const answer = await this.#caller.found({
      name: "change an issue",
      method: "PUT",
      path: this.#pathOf(id),
      body: written,
    });
    if (answer === null) throw rejected("issue_not_found", "The issue is gone from Jira");
  }

  /** Returns whether the credential was let write at all: that is tried with an issue that no site has. */
  async mayWrite(): Promise<boolean> {
    try {
      await this.#caller.found({
        name: "try to write",
        method: "PUT",
        path: this.#pathOf(NO_ISSUE),
        body: { fields: {} },
      });
      return true;
    } catch (error) {
      // That it is no issue says Jira, whom the gateway has let it reach.
      if (hasCode(error, NOT_TAKEN)) return true;
      if (hasCode(error, PERMISSION_MISSING)) return false;
      throw error;
    }
  }

  /** Returns the fields that may be edited now; `null` when the issue is gone. */
  async editable(id: string): Promise<JiraFields | null> {
    const answer = await this.#caller.askFor(EditSchema, {
      name: "say what may be edited",
      method: "GET",
      path: this.#pathOf(id, "/editmeta"),
    });
    return answer?.fields ?? null;
  }

  /** Returns the fields that a new issue of a type may have. */
  async creatable(project: string, type: string): Promise<JiraFields> {
    const fields = await allPages("fields", async (startAt) => {
      const answer = await this.#caller.ask(CreateFieldsSchema, {
        name: "say what a new issue may have",
        method: "GET",
        path: `${this.#api}/issue/createmeta/${encodeURIComponent(project)}/issuetypes/${
          encodeURIComponent(type)
        }`,
        query: { startAt: String(startAt), maxResults: String(PAGE) },
      });
      const entries = answer.fields ?? answer.values ?? [];
      return { entries, isLast: startAt + entries.length >= (answer.total ?? 0) };
    });
    return Object.fromEntries(fields.map(({ fieldId, ...field }) => [fieldId, field]));
  }

  /** Returns the steps from where an issue is, also those that the credential may not take now. */
  async transitions(id: string): Promise<readonly JiraTransition[]> {
    const answer = await this.#caller.askFor(TransitionsSchema, {
      name: "list the transitions of an issue",
      method: "GET",
      path: this.#pathOf(id, "/transitions"),
      query: {
        expand: "transitions.fields",
        includeUnavailableTransitions: this.#isCloud ? "true" : undefined,
      },
    });
    return answer?.transitions ?? [];
  }

  /** Takes a step. */
  async transition(id: string, transition: string): Promise<void> {
    const answer = await this.#caller.found({
      name: "move an issue",
      method: "POST",
      path: this.#pathOf(id, "/transitions"),
      body: { transition: { id: transition } },
    });
    if (answer === null) throw rejected("issue_not_found", "The issue is gone from Jira");
  }

  /** Links two issues: `from` is what the outward words of the kind begin with. */
  async link(kind: string, from: string, to: string): Promise<void> {
    await this.#caller.call({
      name: "link issues",
      method: "POST",
      path: `${this.#api}/issueLink`,
      body: { type: { name: kind }, inwardIssue: { id: from }, outwardIssue: { id: to } },
    });
  }

  /** Takes a link away. */
  async unlink(link: string): Promise<void> {
    await this.#caller.found({
      name: "unlink issues",
      method: "DELETE",
      path: `${this.#api}/issueLink/${encodeURIComponent(link)}`,
    });
  }

  /** Returns the comments of an issue, oldest first. */
  async comments(id: string): Promise<readonly JiraComment[]> {
    return await allPages("comments", async (startAt) => {
      const answer = await this.#caller.askFor(CommentPageSchema, {
        name: "list comments",
        method: "GET",
        path: this.#pathOf(id, "/comment"),
        query: {
          startAt: String(startAt),
          maxResults: String(PAGE),
          orderBy: "created",
          expand: "properties",
        },
      });
      const { comments = [], total = 0 } = answer ?? {};
      return { entries: comments, isLast: startAt + comments.length >= total };
    });
  }

  /** Adds a comment that is found again by its marker. */
  async addComment(id: string, body: unknown, clientId: string): Promise<JiraComment> {
    return await this.#caller.ask(CommentSchema, {
      name: "add a comment",
      method: "POST",
      path: this.#pathOf(id, "/comment"),
      body: { body, properties: [{ key: MARKER, value: { id: clientId } }] },
    });
  }

  async #fields(): Promise<readonly string[]> {
    return [...FIELDS, ...await this.#siteFields()];
  }

  async #search<T>(
    schema: v.GenericSchema<unknown, T>,
    fields: readonly string[],
    { jql, after, size, fresh = [] }: Search,
  ): Promise<Found<T>> {
    const startAt = this.#isCloud ? 0 : Number(after ?? 0);
    const answer = await this.#caller.ask(foundSchema(schema), {
      name: "search issues",
      method: "POST",
      path: `${this.#api}/search${this.#isCloud ? "/jql" : ""}`,
      isRead: true,
      body: {
        jql,
        fields,
        maxResults: size,
        ...(this.#isCloud
          ? {
            properties: [MARKER],
            ...(after === null ? {} : { nextPageToken: after }),
            ...(fresh.length === 0
              ? {}
              : { reconcileIssues: fresh.slice(0, MAX_RECONCILED).map(Number) }),
          }
          : { startAt }),
      },
    });
    const { issues, nextPageToken = null, total } = answer;
    if (this.#isCloud) return { issues, next: nextPageToken };
    const end = startAt + issues.length;
    return { issues, next: issues.length === 0 || end >= (total ?? 0) ? null : String(end) };
  }

  #pathOf(id: string, rest = ""): string {
    return `${this.#api}/issue/${encodeURIComponent(id)}${rest}`;
  }
}
