import {
  firstOr,
  isGone,
  isRefusal,
  MAX_PAGES,
  nextPage,
  type RestCaller,
  tooManyPages,
} from "../rest.ts";
import { issuePath, pathOf } from "./paths.ts";
import {
  AccountSchema,
  type GitHubHook,
  type GitHubRepository,
  HookSchema,
  InstallationRepositoriesSchema,
  IssueTypeSchema,
  RepositorySchema,
} from "./schemas.ts";

/** Whose token it is. */
export interface GitHubAccount {
  readonly login: string;
  /** The scopes of a classic token; `null` for any other, whose permissions GitHub does not tell. */
  readonly scopes: readonly string[] | null;
}

/** Calls about repositories, people and webhooks. `repository` is `owner/name`. */
export class GitHubPlaceCalls {
  readonly #caller: RestCaller;

  /** Makes the calls by `caller`. */
  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  /** Returns whose token it is, and what it was made for. */
  async account(): Promise<GitHubAccount> {
    const answer = await this.#caller.call({
      name: "say whose token it is",
      method: "GET",
      path: "/user",
    });
    const { login } = this.#caller.read(AccountSchema, answer, "user");
    const scopes = answer.headers.get("x-oauth-scopes");
    return {
      login,
      scopes: scopes === null ? null : scopes.split(",").map((scope) => scope.trim()),
    };
  }

  /**
   * Returns a repository, and what the credential may do there; `null` when it is not there. The repository is `null`
   * while it is as its entity tag says.
   */
  async repository(repository: string, etag: string | null): Promise<
    {
      readonly repository: GitHubRepository | null;
      readonly etag: string | null;
    } | null
  > {
    const answer = await this.#caller.found({
      name: "read the repository",
      method: "GET",
      path: pathOf(repository, ""),
      etag,
    });
    if (answer === null) return null;
    if (answer.isUnchanged) return { repository: null, etag };
    return {
      repository: this.#caller.read(RepositorySchema, answer, "repository"),
      etag: answer.headers.get("etag"),
    };
  }

  /** Returns the repositories of an owner that a token reaches; `null` when there is no such owner. */
  async repositoriesOf(
    owner: string,
    account: string | null,
  ): Promise<readonly GitHubRepository[] | null> {
    const name = encodeURIComponent(owner);
    const paths = owner.toLowerCase() === account?.toLowerCase()
      ? [{ path: "/user/repos", query: { affiliation: "owner" } }]
      // People are no organisations, and only those show what is private.
      : [{ path: `/orgs/${name}/repos` }, { path: `/users/${name}/repos` }];
    for (const one of paths) {
      try {
        return await this.#caller.all(RepositorySchema, "repositories", {
          name: "list the repositories",
          ...one,
        });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    return null;
  }

  /** Returns the repositories that an App was given. */
  async installationRepositories(): Promise<readonly GitHubRepository[]> {
    const found: GitHubRepository[] = [];
    let next: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const answer = await this.#caller.call({
        name: "list the repositories of the App",
        method: "GET",
        ...firstOr(next, { path: "/installation/repositories" }),
      });
      const { repositories } = this.#caller.read(
        InstallationRepositoriesSchema,
        answer,
        "repositories",
      );
      found.push(...repositories);
      next = repositories.length === 0 ? null : nextPage(answer.headers);
      if (next === null) return found;
    }
    throw tooManyPages("GitHub", "repositories of the App");
  }

  /** Returns the names of the issue types of an organisation; none when it has none, or is none. */
  async issueTypes(owner: string): Promise<readonly string[]> {
    const answer = await this.#caller.found({
      name: "list the issue types",
      method: "GET",
      path: `/orgs/${encodeURIComponent(owner)}/issue-types`,
    });
    if (answer?.body == null) return [];
    return this.#caller.page(IssueTypeSchema, answer, "issue types").entries
      .filter(({ is_enabled }) => is_enabled !== false)
      .map(({ name }) => name);
  }

  /** Returns whether a person may be assigned to an issue. */
  async mayBeAssigned(repository: string, number: string, login: string): Promise<boolean> {
    const answer = await this.#caller.found({
      name: "look up an assignee",
      method: "GET",
      path: issuePath(repository, number, `/assignees/${encodeURIComponent(login)}`),
    });
    return answer !== null;
  }

  /** Returns the logins of all who may be assigned to issues. */
  async assignees(repository: string): Promise<readonly string[]> {
    const found = await this.#caller.all(AccountSchema, "assignees", {
      name: "list the assignees",
      path: pathOf(repository, "/assignees"),
    });
    return found.map(({ login }) => login);
  }

  /** Returns the webhooks of a repository; `null` when the credential may not see them. */
  async hooks(repository: string): Promise<readonly GitHubHook[] | null> {
    try {
      return await this.#caller.all(HookSchema, "webhooks", {
        name: "list the webhooks",
        path: pathOf(repository, "/hooks"),
      });
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }

  /** Has a repository send to an address, by a new webhook or by the one given; returns whether that is allowed. */
  async writeHook(
    repository: string,
    { id, url, secret, events }: {
      readonly id: number | null;
      readonly url: string;
      readonly secret: string;
      readonly events: readonly string[];
    },
  ): Promise<boolean> {
    const config = { url, content_type: "json", secret, insecure_ssl: "0" };
    try {
      await this.#caller.call(
        id === null
          ? {
            name: "add a webhook",
            method: "POST",
            path: pathOf(repository, "/hooks"),
            body: { name: "web", active: true, events, config },
            secrets: [secret],
          }
          : {
            name: "change a webhook",
            method: "PATCH",
            path: pathOf(repository, `/hooks/${id}`),
            body: { active: true, events, config },
            secrets: [secret],
          },
      );
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** Takes webhooks away; returns whether that is allowed. */
  async removeHooks(
    repository: string,
    hooks: readonly Pick<GitHubHook, "id">[],
  ): Promise<boolean> {
    try {
      for (const { id } of hooks) {
        await this.#caller.found({
          name: "take a webhook away",
          method: "DELETE",
          path: pathOf(repository, `/hooks/${id}`),
        });
      }
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** Returns whether labels of an issue may be written, by taking away one that it does not have. */
  async mayWrite(repository: string, number: string): Promise<boolean> {
    try {
      await this.#caller.found({
        name: "try to write",
        method: "DELETE",
        path: issuePath(repository, number, `/labels/${NO_LABEL}`),
      });
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }
}

/** No issue has a label of this name. */
const NO_LABEL = "tracker-4f1c7a52-no-such-label";
