import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { ProviderError } from "../remote.ts";
import { callProvider, type ProviderAnswer, type ProviderCall, type Wire } from "../transport.ts";
import {
  AccountSchema,
  CommentSchema,
  type GitHubIssue,
  type GitHubRepository,
  IssueSchema,
  RepositorySchema,
} from "./schemas.ts";

/** Entries of a page at most, as GitHub allows. */
export const PAGE = 100;

/** One page of a list. */
export interface Page<T> {
  readonly entries: readonly T[];
  /** The address of the next page; `null` at the end. */
  readonly next: string | null;
}

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

/** Calls of GitHub's REST API under one credential. `repository` is `owner/name`, `number` an issue's. */
export class GitHubCalls {
  readonly #wire: () => Promise<Wire>;

  /** `wire` returns how calls are made now: a token of an App changes every hour. */
  constructor(wire: () => Promise<Wire>) {
    this.#wire = wire;
  }

  /** Returns whose token it is. */
  async account(): Promise<string> {
    const answer = await this.#call({
      name: "say whose token it is",
      method: "GET",
      path: "/user",
    });
    return this.#read(AccountSchema, answer, "user").login;
  }

  /** Returns a repository, and what the credential may do there. */
  async repository(repository: string): Promise<GitHubRepository | null> {
    const answer = await this.#found({
      name: "read the repository",
      method: "GET",
      path: pathOf(repository, ""),
    });
    return answer === null ? null : this.#read(RepositorySchema, answer, "repository");
  }

  /** Returns a page of the repositories of an owner; `null` when there is no such owner. */
  async repositoriesOf(owner: string, next: string | null): Promise<Page<GitHubRepository> | null> {
    const answer = await this.#found({
      name: "list the repositories",
      method: "GET",
      path: next ?? `/users/${encodeURIComponent(owner)}/repos`,
      ...(next === null ? { query: { per_page: String(PAGE), sort: "full_name" } } : {}),
    });
    return answer === null ? null : this.#page(RepositorySchema, answer, "repositories");
  }

  /** Returns a page of issues and pull requests that have changed since, the one changed longest ago first. */
  async issuesSince(
    repository: string,
    since: string | null,
    next: string | null,
  ): Promise<Page<GitHubIssue>> {
    const answer = await this.#call({
      name: "list issues",
      method: "GET",
      path: next ?? pathOf(repository, "/issues"),
      ...(next === null
        ? {
          query: {
            state: "all",
            sort: "updated",
            direction: "asc",
            per_page: String(PAGE),
            since: since ?? undefined,
          },
        }
        : {}),
    });
    return this.#page(IssueSchema, answer, "issues");
  }

  /** Returns the newest issues of an account, the newest first. */
  async newestOf(repository: string, creator: string): Promise<Page<GitHubIssue>> {
    const answer = await this.#call({
      name: "look for a new issue",
      method: "GET",
      path: pathOf(repository, "/issues"),
      query: {
        state: "all",
        sort: "created",
        direction: "desc",
        per_page: String(PAGE),
        creator,
      },
    });
    return this.#page(IssueSchema, answer, "issues");
  }

  /** Returns an issue; `null` when it is gone, was moved to another repository, or is a pull request. */
  async issue(repository: string, number: string): Promise<GitHubIssue | null> {
    const answer = await this.#found({
      name: "read an issue",
      method: "GET",
      path: issuePath(repository, number),
    });
    if (answer === null) return null;
    const issue = this.#read(IssueSchema, answer, "issue");
    // A transferred issue answers from its new place.
    const isHere = String(issue.number) === number && issue.pull_request === undefined;
    return isHere ? issue : null;
  }

  /** Creates an issue; what GitHub does not take is told by its `rejected` failure. */
  async create(repository: string, issue: WrittenIssue): Promise<GitHubIssue> {
    const answer = await this.#call({
      name: "create an issue",
      method: "POST",
      path: pathOf(repository, "/issues"),
      body: issue,
    });
    return this.#read(IssueSchema, answer, "issue");
  }

  /** Changes fields of an issue; returns it as it is now. */
  async update(repository: string, number: string, fields: WrittenIssue): Promise<GitHubIssue> {
    const answer = await this.#call({
      name: "change an issue",
      method: "PATCH",
      path: issuePath(repository, number),
      body: fields,
    });
    return this.#read(IssueSchema, answer, "issue");
  }

  /** Returns the issues that block an issue, or that it blocks. */
  async dependencies(
    repository: string,
    number: string,
    side: "blocked_by" | "blocking",
  ): Promise<readonly GitHubIssue[]> {
    const found: GitHubIssue[] = [];
    for (let next: string | null = null;;) {
      const answer: ProviderAnswer | null = await this.#found({
        name: "list the links of an issue",
        method: "GET",
        path: next ?? issuePath(repository, number, `/dependencies/${side}`),
        ...(next === null ? { query: { per_page: String(PAGE) } } : {}),
      });
      if (answer === null) return found;
      const page = this.#page(IssueSchema, answer, "issues");
      found.push(...page.entries);
      if (page.next === null) return found;
      next = page.next;
    }
  }

  /** Has an issue blocked by another one, given by its own id. */
  async addBlocker(repository: string, number: string, issueId: number): Promise<void> {
    await this.#call({
      name: "link an issue",
      method: "POST",
      path: issuePath(repository, number, "/dependencies/blocked_by"),
      body: { issue_id: issueId },
    });
  }

  /** Takes away that an issue is blocked by another one. */
  async removeBlocker(repository: string, number: string, issueId: number): Promise<void> {
    await this.#found({
      name: "unlink an issue",
      method: "DELETE",
      path: issuePath(repository, number, `/dependencies/blocked_by/${issueId}`),
    });
  }

  /** Puts an issue, given by its own id, below another one; it leaves the one that it was below. */
  async addChild(repository: string, parent: string, issueId: number): Promise<void> {
    await this.#call({
      name: "put an issue below another one",
      method: "POST",
      path: issuePath(repository, parent, "/sub_issues"),
      body: { sub_issue_id: issueId, replace_parent: true },
    });
  }

  /** Takes an issue, given by its own id, away from below another one. */
  async removeChild(repository: string, parent: string, issueId: number): Promise<void> {
    await this.#found({
      name: "take an issue from below another one",
      method: "DELETE",
      path: issuePath(repository, parent, "/sub_issue"),
      body: { sub_issue_id: issueId },
    });
  }

  /** Returns the comments of an issue, oldest first. */
  async comments(
    repository: string,
    number: string,
  ): Promise<readonly v.InferOutput<typeof CommentSchema>[]> {
    const found: v.InferOutput<typeof CommentSchema>[] = [];
    for (let next: string | null = null;;) {
      const answer: ProviderAnswer = await this.#call({
        name: "list comments",
        method: "GET",
        path: next ?? issuePath(repository, number, "/comments"),
        ...(next === null ? { query: { per_page: String(PAGE) } } : {}),
      });
      const page = this.#page(CommentSchema, answer, "comments");
      found.push(...page.entries);
      if (page.next === null) return found;
      next = page.next;
    }
  }

  /** Adds a comment. */
  async addComment(
    repository: string,
    number: string,
    body: string,
  ): Promise<v.InferOutput<typeof CommentSchema>> {
    const answer = await this.#call({
      name: "add a comment",
      method: "POST",
      path: issuePath(repository, number, "/comments"),
      body: { body },
    });
    return this.#read(CommentSchema, answer, "comment");
  }

  async #call(call: ProviderCall): Promise<ProviderAnswer> {
    return await callProvider(await this.#wire(), call);
  }

  /** As a call, but `null` for what is not there, or is there no more. */
  async #found(call: ProviderCall): Promise<ProviderAnswer | null> {
    try {
      return await this.#call(call);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
      if (error.fault.code === "http_404" || error.fault.code === "http_410") return null;
      throw error;
    }
  }

  #page<T>(schema: v.GenericSchema<unknown, T>, answer: ProviderAnswer, what: string): Page<T> {
    const entries = this.#read(v.array(schema), answer, what);
    return { entries, next: nextPage(answer.headers) };
  }

  #read<T>(schema: v.GenericSchema<unknown, T>, { body }: ProviderAnswer, what: string): T {
    const parsed = parseWith(schema, body);
    if (parsed.ok) return parsed.value;
    const where = parsed.path === "" ? "" : ` (\`${parsed.path}\` ${parsed.message})`;
    throw new ProviderError({ kind: "failing" }, `GitHub gave no ${what} as expected${where}`);
  }
}

/** The address of the next page, as the header `Link` names it. */
export function nextPage(headers: Headers): string | null {
  for (const link of (headers.get("link") ?? "").split(",")) {
    const found = /<([^>]+)>\s*;(?:[^,]*;)?\s*rel="?next"?/.exec(link);
    if (found?.[1] !== undefined) return found[1];
  }
  return null;
}

function pathOf(repository: string, rest: string): string {
  return `/repos/${repository.split("/").map(encodeURIComponent).join("/")}${rest}`;
}

function issuePath(repository: string, number: string, rest = ""): string {
  return pathOf(repository, `/issues/${encodeURIComponent(number)}${rest}`);
}
