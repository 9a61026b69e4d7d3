import { ProviderError } from "../remote.ts";
import { isGone, isRefusal, type RestCaller } from "../rest.ts";
import { allPages, projectPath } from "./paging.ts";
import {
  AccountSchema,
  type GitLabHook,
  type GitLabProject,
  type GitLabUser,
  HookSchema,
  MemberSchema,
  OAuthTokenSchema,
  ProjectSchema,
  TokenSchema,
} from "./schemas.ts";

/** A webhook to write. */
export interface WrittenHook {
  /** `null` for a new one. */
  readonly id: number | null;
  readonly url: string;
  /** Sent along with each delivery. */
  readonly secret: string;
  /** What newer servers sign each delivery with. */
  readonly signingToken: string;
}

/** Calls about projects, people and webhooks. `project` is the number of a project, or its path. */
export class GitLabPlaceCalls {
  readonly #caller: RestCaller;

  /** Makes the calls by `caller`. */
  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  /** Returns whose token it is. */
  async account(): Promise<GitLabUser> {
    const answer = await this.#caller.call({
      name: "say whose token it is",
      method: "GET",
      path: "/user",
    });
    return this.#caller.read(AccountSchema, answer, "user");
  }

  /** Returns the scopes of a personal, project or group token; `null` when the server does not tell. */
  async scopes(): Promise<readonly string[] | null> {
    try {
      const answer = await this.#caller.call({
        name: "say what the token may do",
        method: "GET",
        path: "/personal_access_tokens/self",
      });
      return this.#caller.read(TokenSchema, answer, "token").scopes;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }

  /** Returns the scopes of an OAuth token, at the address that says them; `null` when the server does not tell. */
  async oauthScopes(address: string): Promise<readonly string[] | null> {
    const answer = await this.#caller.found({
      name: "say what the token may do",
      method: "GET",
      path: address,
    });
    return answer === null ? null : this.#caller.read(OAuthTokenSchema, answer, "token").scope;
  }

  /** Returns a project; `null` when it is not there. */
  async project(project: string): Promise<GitLabProject | null> {
    const answer = await this.#caller.found({
      name: "read the project",
      method: "GET",
      path: projectPath(project),
    });
    return answer === null ? null : this.#caller.read(ProjectSchema, answer, "project");
  }

  /** Returns the projects of a group and its subgroups, or of a person; `null` when there is neither. */
  async projectsOf(owner: string): Promise<readonly GitLabProject[] | null> {
    const name = encodeURIComponent(owner);
    // What other groups have shared with a group is not of it.
    const ofGroup = { include_subgroups: "true", with_shared: "false", archived: "false" };
    const lists = [
      { path: `/groups/${name}/projects`, query: ofGroup },
      { path: `/users/${name}/projects`, query: { archived: "false" } },
    ];
    for (const list of lists) {
      try {
        return await allPages(this.#caller, ProjectSchema, "projects", {
          name: "list the projects",
          ...list,
        });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    return null;
  }

  /** Returns the role of an account in a project, wherever it comes from, as GitLab numbers them; `null` for none. */
  async roleOf(project: string, accountId: number): Promise<number | null> {
    try {
      const answer = await this.#caller.call({
        name: "say what the role is",
        method: "GET",
        path: projectPath(project, `/members/all/${accountId}`),
      });
      return this.#caller.read(MemberSchema, answer, "member").access_level;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }

  /** Returns the person of this name among those who may be assigned to issues; `null` for none. */
  async member(project: string, username: string): Promise<GitLabUser | null> {
    const found = await allPages(this.#caller, AccountSchema, "people", {
      name: "look up an assignee",
      path: projectPath(project, "/users"),
      query: { search: username },
    });
    const folded = username.toLowerCase();
    return found.find((one) => one.username.toLowerCase() === folded) ?? null;
  }

  /** Returns the webhooks of a project; `null` when the credential may not see them. */
  async hooks(project: string): Promise<readonly GitLabHook[] | null> {
    try {
      return await allPages(this.#caller, HookSchema, "webhooks", {
        name: "list the webhooks",
        path: projectPath(project, "/hooks"),
      });
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }

  /** Has a project send to an address; returns whether that is allowed. */
  async writeHook(
    project: string,
    { id, url, secret, signingToken }: WrittenHook,
  ): Promise<boolean> {
    const body = {
      url,
      token: secret,
      signing_token: signingToken,
      push_events: false,
      issues_events: true,
      confidential_issues_events: true,
      note_events: true,
      confidential_note_events: true,
      enable_ssl_verification: true,
    };
    try {
      await this.#caller.call({
        name: id === null ? "add a webhook" : "change a webhook",
        method: id === null ? "POST" : "PUT",
        path: projectPath(project, id === null ? "/hooks" : `/hooks/${id}`),
        body,
        secrets: [secret, signingToken],
      });
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** Takes webhooks away; returns whether that is allowed. */
  async removeHooks(project: string, hooks: readonly Pick<GitLabHook, "id">[]): Promise<boolean> {
    try {
      for (const { id } of hooks) {
        await this.#caller.found({
          name: "take a webhook away",
          method: "DELETE",
          path: projectPath(project, `/hooks/${id}`),
        });
      }
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }
}

/** Returns whether a call has failed because the credential, or its role, does not allow it. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    error.fault.code === "http_403";
}
