import type * as v from "valibot";
import { ProviderError } from "../remote.ts";
import { firstOr, isDeleted, isGone, PAGE, type Page, type RestCaller } from "../rest.ts";
import { issuePath, pathOf } from "./paths.ts";
import { CommentSchema, type GitHubIssue, IssueSchema } from "./schemas.ts";

/** The fields of an issue that are written in one call. */
export interface WrittenIssue {
  readonly title?: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly state?: "open" | "closed";
  readonly state_reason?: "completed" | "not_planned" | "reopened";
  readonly type?: string | null;
}

/** Whether a list is the one that is known already. */
export type ListedChanges =
  | { readonly isUnchanged: true }
  | Page<GitHubIssue> & { readonly isUnchanged: false; readonly etag: string | null };

/** A comment as GitHub shows it. */
export type GitHubComment = v.InferOutput<typeof CommentSchema>;

/** Calls about issues. `repository` is `owner/name`, `number` an issue's. */
export class GitHubIssueCalls {
  readonly #caller: RestCaller;

  /** Makes the calls by `caller`. */
  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  /** Returns a page of issues and pull requests that have changed since, the one changed longest ago first. */
  async changedSince(
    repository: string,
    { since, page, etag }: {
      readonly since: string | null;
      /** From 1. */
      readonly page: number;
      readonly etag: string | null;
    },
  ): Promise<ListedChanges> {
    const answer = await this.#caller.call({
      name: "list issues",
      method: "GET",
      path: pathOf(repository, "/issues"),
      query: {
        state: "all",
        sort: "updated",
        direction: "asc",
        per_page: String(PAGE),
        since: since ?? undefined,
        page: page === 1 ? undefined : String(page),
      },
      etag,
    });
    if (answer.isUnchanged) return { isUnchanged: true };
    return {
      ...this.#caller.page(IssueSchema, answer, "issues"),
      isUnchanged: false,
      etag: answer.headers.get("etag"),
    };
  }

  /** Returns a page of all issues and pull requests, the oldest first; `next` is where an earlier page said. */
  async all(repository: string, next: string | null): Promise<Page<GitHubIssue>> {
    const answer = await this.#caller.call({
      name: "list all issues",
      method: "GET",
      ...firstOr(next, {
        path: pathOf(repository, "/issues"),
        query: { state: "all", sort: "created", direction: "asc" },
      }),
    });
    return this.#caller.page(IssueSchema, answer, "issues");
  }

  /** Returns a page of the newest issues, of an account or of all, the newest first. */
  async newest(
    repository: string,
    creator: string | null,
    next: string | null,
  ): Promise<Page<GitHubIssue>> {
    const answer = await this.#caller.call({
      name: "look for a new issue",
      method: "GET",
      ...firstOr(next, {
        path: pathOf(repository, "/issues"),
        query: {
          state: "all",
          sort: "created",
          direction: "desc",
          creator: creator ?? undefined,
        },
      }),
    });
    return this.#caller.page(IssueSchema, answer, "issues");
  }

  /** Returns what has a number, wherever it is now, a pull request, too; `null` when none had it so far. */
  async numbered(repository: string, number: string): Promise<GitHubIssue | "deleted" | null> {
    try {
      const answer = await this.#caller.call({
        name: "read an issue",
        method: "GET",
        path: issuePath(repository, number),
      });
      return this.#caller.read(IssueSchema, answer, "issue");
    } catch (error) {
      if (!isGone(error)) throw error;
      return isDeleted(error) ? "deleted" : null;
    }
  }

  /** Creates an issue; what GitHub does not take is told by its `rejected` failure. */
  async create(repository: string, issue: WrittenIssue): Promise<GitHubIssue> {
    const answer = await this.#caller.call({
      name: "create an issue",
      method: "POST",
      path: pathOf(repository, "/issues"),
      body: issue,
    });
    return this.#caller.read(IssueSchema, answer, "issue");
  }

  /**
   * Changes fields of an issue; returns it as it is now.
   *
   * @throws {ProviderError} `rejected` as `issue_not_found` when it is gone.
   */
  async update(repository: string, number: string, fields: WrittenIssue): Promise<GitHubIssue> {
    const answer = await this.#caller.found({
      name: "change an issue",
      method: "PATCH",
      path: issuePath(repository, number),
      body: fields,
    });
    if (answer === null) {
      const fault = { kind: "rejected", code: "issue_not_found" } as const;
      throw new ProviderError(fault, `The issue #${number} is gone from GitHub`);
    }
    return this.#caller.read(IssueSchema, answer, "issue");
  }

  /** Returns the issues that block an issue, or that it blocks. */
  async dependencies(
    repository: string,
    number: string,
    side: "blocked_by" | "blocking",
  ): Promise<readonly GitHubIssue[]> {
    try {
      return await this.#caller.all(IssueSchema, "issues", {
        name: "list the links of an issue",
        path: issuePath(repository, number, `/dependencies/${side}`),
      });
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  /** Has an issue blocked by another one, given by its own id. */
  async addBlocker(repository: string, number: string, issueId: number): Promise<void> {
    await this.#caller.call({
      name: "link an issue",
      method: "POST",
      path: issuePath(repository, number, "/dependencies/blocked_by"),
      body: { issue_id: issueId },
    });
  }

  /** Takes away that an issue is blocked by another one. */
  async removeBlocker(repository: string, number: string, issueId: number): Promise<void> {
    await this.#caller.found({
      name: "unlink an issue",
      method: "DELETE",
      path: issuePath(repository, number, `/dependencies/blocked_by/${issueId}`),
    });
  }

  /** Puts an issue, given by its own id, below another one; it leaves the one that it was below. */
  async addChild(repository: string, parent: string, issueId: number): Promise<void> {
    await this.#caller.call({
      name: "put an issue below another one",
      method: "POST",
      path: issuePath(repository, parent, "/sub_issues"),
      body: { sub_issue_id: issueId, replace_parent: true },
    });
  }

  /** Takes an issue, given by its own id, away from below another one. */
  async removeChild(repository: string, parent: string, issueId: number): Promise<void> {
    await this.#caller.found({
      name: "take an issue from below another one",
      method: "DELETE",
      path: issuePath(repository, parent, "/sub_issue"),
      body: { sub_issue_id: issueId },
    });
  }

  /** Returns the comments of an issue, oldest first. */
  async comments(repository: string, number: string): Promise<readonly GitHubComment[]> {
    return await this.#caller.all(CommentSchema, "comments", {
      name: "list comments",
      path: issuePath(repository, number, "/comments"),
    });
  }

  /** Adds a comment. */
  async addComment(repository: string, number: string, body: string): Promise<GitHubComment> {
    const answer = await this.#caller.call({
      name: "add a comment",
      method: "POST",
      path: issuePath(repository, number, "/comments"),
      body: { body },
    });
    return this.#caller.read(CommentSchema, answer, "comment");
  }
}

/** Returns the `owner/name` in the address of a repository or of what is below it; `null` in any other address. */
export function repositoryIn(url: string | null | undefined): string | null {
  const found = /\/repos\/([^/]+)\/([^/?#]+)/.exec(url ?? "");
  return found === null
    ? null
    : `${decodeURIComponent(found[1] ?? "")}/${decodeURIComponent(found[2] ?? "")}`;
}
