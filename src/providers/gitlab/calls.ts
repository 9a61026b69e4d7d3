import type { NewestPage } from "../creation.ts";
import { ProviderError, rejected } from "../remote.ts";
import { isGone, isTooLarge, PAGE, type RestCaller } from "../rest.ts";
import type { ProviderAnswer } from "../transport.ts";
import { allPages, hasNext, issuePath, projectPath } from "./paging.ts";
import {
  type GitLabIssue,
  type GitLabLinked,
  type GitLabNote,
  IssueSchema,
  LinkedSchema,
  NoteSchema,
} from "./schemas.ts";

/** The fields of an issue that are written in one call. */
export interface WrittenIssue {
  readonly title?: string;
  readonly description?: string;
  readonly add_labels?: readonly string[];
  readonly remove_labels?: readonly string[];
  /** Ids of people; given whole. */
  readonly assignee_ids?: readonly number[];
  readonly state_event?: "close" | "reopen";
  readonly issue_type?: "issue" | "task";
}

/** Which page of a list of issues is asked for. */
export interface IssueList {
  /** The time by which they are listed, and after which. */
  readonly by: "updated_at" | "created_at";
  readonly since: string | null;
  /** From 1; where the server counts pages. */
  readonly page: number;
  /** Where the page begins, as the server named it. */
  readonly after: string | null;
}

/** A page of issues, the oldest first. */
export interface ListedIssues {
  readonly issues: readonly GitLabIssue[];
  /** Where the next page begins; `null` at the end, and where the server counts pages. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/** Which links there are between issues, in GitLab's words. */
export type LinkWord = "relates_to" | "blocks" | "is_blocked_by";

/** Calls about issues. `project` is the number of a project, `iid` an issue's in it. */
export class GitLabIssueCalls {
  readonly #caller: RestCaller;
  readonly #paging: { countsPages: boolean };

  /** Makes the calls by `caller`; `paging` remembers whether the server counts pages only. */
  constructor(caller: RestCaller, paging: { countsPages: boolean }) {
    this.#caller = caller;
    this.#paging = paging;
  }

  /**
   * Returns a page of issues, the oldest first: with fewer issues where their descriptions are too much at once, and the
   * server names where the next page begins.
   */
  async listed(project: string, list: IssueList): Promise<ListedIssues> {
    for (let size = PAGE;; size = Math.floor(size / 10)) {
      try {
        return await this.#listed(project, list, size);
      } catch (error) {
        if (size === 1 || list.page > 1 || !isTooLarge(error)) throw error;
      }
    }
  }

  async #listed(project: string, list: IssueList, size: number): Promise<ListedIssues> {
    const answer = await this.#page(project, list, size);
    const { entries, next } = this.#caller.page(IssueSchema, answer, "issues");
    const after = next === null ? null : URL.parse(next)?.searchParams.get("cursor") ?? null;
    const isLast = entries.length === 0 || !hasNext(answer.headers);
    if (size < PAGE && after === null && !isLast) throw pagesTooLarge();
    return { issues: entries, after, isLast };
  }

  async #page(
    project: string,
    { by, since, page, after }: IssueList,
    size: number,
  ): Promise<ProviderAnswer> {
    const { countsPages } = this.#paging;
    try {
      return await this.#caller.call({
        name: by === "updated_at" ? "list issues" : "list all issues",
        method: "GET",
        path: projectPath(project, "/issues"),
        query: {
          scope: "all",
          order_by: by,
          sort: "asc",
          per_page: String(size),
          [by === "updated_at" ? "updated_after" : "created_after"]: since ?? undefined,
          pagination: countsPages ? undefined : "keyset",
          page: page === 1 ? undefined : String(page),
          cursor: after ?? undefined,
        },
      });
    } catch (error) {
      if (countsPages || after !== null || !isNotPaged(error)) throw error;
      this.#paging.countsPages = true;
      return await this.#page(project, { by, since, page, after }, size);
    }
  }

  /** Returns a page of the newest issues, of an account or of all, the newest first. */
  async newest(
    project: string,
    authorId: number | null,
    page: number,
  ): Promise<NewestPage<GitLabIssue, number>> {
    const answer = await this.#caller.call({
      name: "look for a new issue",
      method: "GET",
      path: projectPath(project, "/issues"),
      query: {
        scope: "all",
        order_by: "created_at",
        sort: "desc",
        per_page: String(PAGE),
        page: String(page),
        author_id: authorId === null ? undefined : String(authorId),
      },
    });
    const { entries } = this.#caller.page(IssueSchema, answer, "issues");
    const isLast = entries.length === 0 || !hasNext(answer.headers);
    return { entries, next: isLast ? null : page + 1 };
  }

  /** Returns an issue; `null` when it is not there. */
  async numbered(project: string, iid: string): Promise<GitLabIssue | null> {
    const answer = await this.#caller.found({
      name: "read an issue",
      method: "GET",
      path: issuePath(project, iid),
    });
    return answer === null ? null : this.#caller.read(IssueSchema, answer, "issue");
  }

  /** Creates an issue. */
  async create(
    project: string,
    { add_labels = [], remove_labels: _none, ...issue }: WrittenIssue & { readonly title: string },
  ): Promise<GitLabIssue> {
    const answer = await this.#caller.call({
      name: "create an issue",
      method: "POST",
      path: projectPath(project, "/issues"),
      body: { ...issue, ...(add_labels.length === 0 ? {} : { labels: add_labels.join(",") }) },
    });
    return this.#caller.read(IssueSchema, answer, "issue");
  }

  /**
   * Changes fields of an issue; returns it as it is now.
   *
   * @throws {ProviderError} `rejected` as `issue_not_found` when it is gone.
   */
  async update(
    project: string,
    iid: string,
    { add_labels = [], remove_labels = [], ...fields }: WrittenIssue,
  ): Promise<GitLabIssue> {
    const answer = await this.#caller.found({
      name: "change an issue",
      method: "PUT",
      path: issuePath(project, iid),
      body: {
        ...fields,
        ...(add_labels.length === 0 ? {} : { add_labels: add_labels.join(",") }),
        ...(remove_labels.length === 0 ? {} : { remove_labels: remove_labels.join(",") }),
      },
    });
    if (answer === null) throw rejected("issue_not_found", `The issue #${iid} is gone from GitLab`);
    return this.#caller.read(IssueSchema, answer, "issue");
  }

  /** Returns the issues that an issue is linked to. */
  async links(project: string, iid: string): Promise<readonly GitLabLinked[]> {
    try {
      return await allPages(this.#caller, LinkedSchema, "links", {
        name: "list the links of an issue",
        path: issuePath(project, iid, "/links"),
      });
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  /** Links an issue to another one. */
  async addLink(
    project: string,
    iid: string,
    { type, toProject, toIid }: {
      readonly type: LinkWord;
      readonly toProject: string;
      readonly toIid: string;
    },
  ): Promise<void> {
    await this.#caller.call({
      name: "link an issue",
      method: "POST",
      path: issuePath(project, iid, "/links"),
      body: { target_project_id: toProject, target_issue_iid: toIid, link_type: type },
    });
  }

  /** Takes a link away from an issue. */
  async removeLink(project: string, iid: string, linkId: number): Promise<void> {
    await this.#caller.found({
      name: "unlink an issue",
      method: "DELETE",
      path: issuePath(project, iid, `/links/${linkId}`),
    });
  }

  /** Returns what stands below an issue, oldest first: comments, and what GitLab notes by itself. */
  async notes(project: string, iid: string): Promise<readonly GitLabNote[]> {
    return await allPages(this.#caller, NoteSchema, "comments", {
      name: "list comments",
      path: issuePath(project, iid, "/notes"),
      query: { order_by: "created_at", sort: "asc" },
    });
  }

  /** Adds a comment. */
  async addNote(project: string, iid: string, body: string): Promise<GitLabNote> {
    const answer = await this.#caller.call({
      name: "add a comment",
      method: "POST",
      path: issuePath(project, iid, "/notes"),
      body: { body },
    });
    return this.#caller.read(NoteSchema, answer, "comment");
  }
}

/** A server that counts pages counts smaller ones in another way. */
function pagesTooLarge(): ProviderError {
  return new ProviderError(
    { kind: "failing" },
    "GitLab lists issues with more than 32 MiB at once, and this version names no smaller pages",
  );
}

/** Whether a server says that it counts the pages of this list. */
function isNotPaged(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    error.fault.code === "http_405";
}
