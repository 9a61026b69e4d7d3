import * as v from "valibot";
import type { JiraCaller } from "./caller.ts";
import type { Edition } from "./edition.ts";
import { hasCode } from "./faults.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { allPages } from "./paging.ts";
import {
  FieldsOfSiteSchema,
  HookSchema,
  type JiraHook,
  type JiraLinkType,
  type JiraPerson,
  type JiraPriority,
  type JiraProject,
  type JiraServerHook,
  type JiraSiteField,
  LinkTypesSchema,
  PermissionsSchema,
  PersonSchema,
  PrioritiesSchema,
  ProjectPageSchema,
  ProjectSchema,
  ProjectsSchema,
  ServerHookSchema,
  ServerSchema,
} from "./schemas.ts";

/** Entries of a page. */
const PAGE = 50;

/** People that are looked through for one of a name. */
const MAX_PEOPLE = 100;

/** What a webhook is sent of: whatever changes an issue. */
const EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"] as const;

/** Webhooks of an administrator: not a part of the REST API that is numbered. */
const HOOKS = "/rest/webhooks/1.0/webhook";

/** Those of a server of a team's own from Jira 10 on: it signs what they send. Older ones do not have the address. */
const SERVER_HOOKS = "/rest/jira-webhook/1.0/webhooks";

/** Webhooks of a page, and pages of them at most. */
const HOOKS_AT_ONCE = 100;
const MAX_HOOK_PAGES = 100;

/** What a webhook is to send, and where. */
export interface WrittenHook {
  readonly url: string;
  readonly secret: string;
  /** Which issues it is about. */
  readonly jql: string;
}

/** People whose mail is hidden, and whose name others share, are told apart by their account only. */
function isAccountId(name: string): boolean {
  return /^(?:\d+:)?[0-9a-f-]{24,36}$/i.test(name);
}

/** Calls about a site, its projects and its people. */
export class JiraSiteCalls {
  readonly #caller: JiraCaller;
  readonly #api: string;
  readonly #isCloud: boolean;

  /** Makes the calls by `caller`. */
  constructor(caller: JiraCaller, { api, name }: Edition) {
    this.#caller = caller;
    this.#api = api;
    this.#isCloud = name === "cloud";
  }

  /** Returns what a site says of itself, to anyone. */
  async server(): Promise<v.InferOutput<typeof ServerSchema>> {
    return await this.#caller.ask(ServerSchema, {
      name: "say what site it is",
      method: "GET",
      path: `${this.#api}/serverInfo`,
    });
  }

  /** Returns whose credential it is. */
  async account(): Promise<JiraPerson> {
    return await this.#caller.ask(PersonSchema, {
      name: "say whose credential it is",
      method: "GET",
      path: `${this.#api}/myself`,
    });
  }

  /** Returns which of these permissions the credential has, at a project or anywhere. */
  async permissions(
    keys: readonly string[],
    projectKey: string | null,
  ): Promise<ReadonlySet<string>> {
    const { permissions } = await this.#caller.ask(PermissionsSchema, {
      name: "say what the credential may do",
      method: "GET",
      path: `${this.#api}/mypermissions`,
      query: { permissions: keys.join(","), projectKey: projectKey ?? undefined },
    });
    return new Set(keys.filter((key) => permissions[key]?.havePermission === true));
  }

  /** Returns the projects that the credential reaches. */
  async projects(): Promise<readonly JiraProject[]> {
    if (!this.#isCloud) {
      return await this.#caller.ask(ProjectsSchema, {
        name: "list projects",
        method: "GET",
        path: `${this.#api}/project`,
      });
    }
    return await allPages("projects", async (startAt) => {
      const { values, isLast } = await this.#caller.ask(ProjectPageSchema, {
        name: "list projects",
        method: "GET",
        path: `${this.#api}/project/search`,
        query: { startAt: String(startAt), maxResults: String(PAGE), orderBy: "key" },
      });
      return { entries: values, isLast };
    });
  }

  /** Returns a project by its id or key; `null` when it is gone or hidden. */
  async project(id: string): Promise<JiraProject | null> {
    return await this.#caller.askFor(ProjectSchema, {
      name: "read a project",
      method: "GET",
      path: `${this.#api}/project/${encodeURIComponent(id)}`,
      query: { expand: "issueTypes" },
    });
  }

  /** Returns the fields of the site. */
  async fields(): Promise<readonly JiraSiteField[]> {
    return await this.#caller.ask(FieldsOfSiteSchema, {
      name: "list fields",
      method: "GET",
      path: `${this.#api}/field`,
    });
  }

  /** Returns the kinds of link. */
  async linkTypes(): Promise<readonly JiraLinkType[]> {
    const answer = await this.#caller.askFor(LinkTypesSchema, {
      name: "list the kinds of link",
      method: "GET",
      path: `${this.#api}/issueLinkType`,
    });
    // There are none where links are turned off.
    return answer?.issueLinkTypes ?? [];
  }

  /** Returns the priorities of the site, from the highest on; none where it does not say. */
  async priorities(): Promise<readonly JiraPriority[]> {
    return await this.#caller.askFor(PrioritiesSchema, {
      name: "list the priorities",
      method: "GET",
      path: `${this.#api}/priority`,
    }) ?? [];
  }

  /** Returns the people whom an issue may be assigned to, by a part of their name or mail, or by account. */
  async assignable(
    name: string,
    to: { readonly issueKey: string } | { readonly project: string },
  ): Promise<readonly JiraPerson[]> {
    return await this.#caller.ask(v.array(PersonSchema), {
      name: "look for a person",
      method: "GET",
      path: `${this.#api}/user/assignable/search`,
      query: {
        [this.#isCloud ? isAccountId(name) ? "accountId" : "query" : "username"]: name,
        maxResults: String(MAX_PEOPLE),
        ...to,
      },
    });
  }

  /** Returns the webhooks; `null` when the credential may not see them. */
  async hooks(): Promise<readonly JiraHook[] | null> {
    try {
      return await this.#caller.askFor(v.array(HookSchema), {
        name: "list webhooks",
        method: "GET",
        path: HOOKS,
      });
    } catch (error) {
      if (hasCode(error, PERMISSION_MISSING)) return null;
      throw error;
    }
  }

  /** Returns the webhooks of a server of a team's own; `null` for an older one, and when they may not be seen. */
  async serverHooks(): Promise<readonly JiraServerHook[] | null> {
    const found = new Map<number, JiraServerHook>();
    for (let page = 0; page < MAX_HOOK_PAGES; page++) {
      const before = found.size;
      try {
        const hooks = await this.#caller.askFor(v.array(ServerHookSchema), {
          name: "list webhooks",
          method: "GET",
          path: SERVER_HOOKS,
          query: { start: String(before), limit: String(HOOKS_AT_ONCE) },
        });
        if (hooks === null) return null;
        for (const hook of hooks) found.set(hook.id, hook);
      } catch (error) {
        if (hasCode(error, PERMISSION_MISSING)) return null;
        throw error;
      }
      // A page that shows nothing else is the last one, or the server has no pages.
      if (found.size === before) break;
    }
    return [...found.values()];
  }

  /** Registers a webhook at a server of a team's own, or tells the one that is there its secret once more. */
  async writeServerHook(
    known: JiraServerHook | null,
    { url, secret, jql }: WrittenHook,
  ): Promise<void> {
    await this.#caller.call({
      name: "register a webhook",
      method: known === null ? "POST" : "PUT",
      path: known === null ? SERVER_HOOKS : `${SERVER_HOOKS}/${known.id}`,
      body: {
        ...(known === null ? {} : { id: known.id }),
        name: "tracker",
        url,
        events: EVENTS,
        // A secret beside the others would be left out without a word.
        configuration: { SECRET: secret, FILTERS: jql, EXCLUDE_BODY: "false" },
        active: true,
      },
      secrets: [secret],
    });
  }

  /** Registers a webhook, or tells the one that is there `known` its secret once more. */
  async writeHook(known: JiraHook | null, { url, secret, jql }: WrittenHook): Promise<void> {
    const id = /\/(\d+)$/.exec(known?.self ?? "")?.[1];
    await this.#caller.call({
      name: "register a webhook",
      method: id === undefined ? "POST" : "PUT",
      path: id === undefined ? HOOKS : `${HOOKS}/${id}`,
      body: {
        name: "tracker",
        url,
        secret,
        events: EVENTS,
        filters: { "issue-related-events-section": jql },
        excludeBody: false,
        enabled: true,
      },
      secrets: [secret],
    });
  }

  /** Takes webhooks of the cloud away. */
  async removeHooks(hooks: readonly JiraHook[]): Promise<void> {
    for (const { self } of hooks) {
      const id = /\/(\d+)$/.exec(self)?.[1];
      if (id !== undefined) await this.#removeHook(`${HOOKS}/${id}`);
    }
  }

  /** Takes webhooks of a server of a team's own away. */
  async removeServerHooks(hooks: readonly JiraServerHook[]): Promise<void> {
    for (const { id } of hooks) await this.#removeHook(`${SERVER_HOOKS}/${id}`);
  }

  async #removeHook(path: string): Promise<void> {
    await this.#caller.call({ name: "take a webhook away", method: "DELETE", path });
  }
}
