import {
  EPIC_LINK,
  type FakeComment,
  type FakeIssue,
  type FakePerson,
  type FakeProject,
  type FakeState,
  type FakeType,
} from "./state.ts";

const CATEGORIES = {
  new: { id: 2, colorName: "blue-gray", name: "To Do" },
  indeterminate: { id: 4, colorName: "yellow", name: "In Progress" },
  done: { id: 3, colorName: "green", name: "Done" },
} as const;

/** How the fake Jira shows what it holds. */
export class Views {
  readonly #state: FakeState;
  readonly #base: string;
  readonly #api: string;
  readonly #zoneMinutes: number;

  /** Shows a state at an address, with times in the zone of the credential's owner. */
  constructor(state: FakeState, base: string, api: string, zoneMinutes: number) {
    this.#state = state;
    this.#base = base;
    this.#api = api;
    this.#zoneMinutes = zoneMinutes;
  }

  get #isCloud(): boolean {
    return this.#api.endsWith("/3");
  }

  /** Shows a time, such as `2026-03-01T17:45:00.000+0545`. */
  time(ms: number): string {
    const local = new Date(ms + this.#zoneMinutes * 60_000).toISOString().slice(0, -1);
    const ahead = Math.abs(this.#zoneMinutes);
    const [hours, minutes] = [Math.floor(ahead / 60), ahead % 60].map((part) =>
      String(part).padStart(2, "0")
    );
    return `${local}${this.#zoneMinutes < 0 ? "-" : "+"}${hours}${minutes}`;
  }

  /** Shows a person. */
  person({ accountId, name, displayName, email, isActive }: FakePerson) {
    const isCloud = this.#isCloud;
    return {
      self: `${this.#base}${this.#api}/user?accountId=${accountId}`,
      ...(isCloud ? { accountId, accountType: "atlassian" } : { name, key: `JIRAUSER${name}` }),
      displayName,
      ...(email === null ? {} : { emailAddress: email }),
      active: isActive,
    };
  }

  /** Shows a project. */
  project({ id, key, name, types, isArchived }: FakeProject, isWhole: boolean) {
    return {
      self: `${this.#base}${this.#api}/project/${id}`,
      id,
      key,
      name,
      ...(isArchived ? { archived: true } : {}),
      ...(isWhole ? { issueTypes: types.map((type) => this.type(type)) } : {}),
    };
  }

  /** Shows a type. */
  type({ id, name, subtask, hierarchyLevel }: FakeType) {
    const self = `${this.#base}${this.#api}/issuetype/${id}`;
    return { self, id, name, subtask, ...(this.#isCloud ? { hierarchyLevel } : {}) };
  }

  /** Shows a priority. */
  priority({ id, name }: { readonly id: string; readonly name: string }) {
    const self = `${this.#base}${this.#api}/priority/${id}`;
    return { self, id, name, description: "", iconUrl: "", statusColor: "#ffffff" };
  }

  /** Shows a status. */
  status(id: string) {
    const { name, category } = this.#state.statuses.find((one) => one.id === id) ??
      { name: "?", category: "new" };
    return {
      self: `${this.#base}${this.#api}/status/${id}`,
      id,
      name,
      statusCategory: { key: category, ...CATEGORIES[category] },
    };
  }

  /** Shows an issue with the fields and properties that were asked for. */
  issue(issue: FakeIssue, wanted: ReadonlySet<string>, properties: readonly string[]) {
    const all = this.#fields(issue);
    const shown = properties.filter((name) => issue.properties.has(name));
    return {
      ...this.named(issue),
      fields: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name))),
      ...(properties.length === 0 ? {} : {
        properties: Object.fromEntries(shown.map((name) => [name, issue.properties.get(name)])),
      }),
    };
  }

  /** Shows the name of an issue. */
  named(issue: FakeIssue) {
    return {
      self: `${this.#base}${this.#api}/issue/${issue.id}`,
      id: issue.id,
      key: this.#state.keyOf(issue),
    };
  }

  /** Shows a comment. */
  comment({ id, issueId, author, body, properties, createdAt, updatedAt }: FakeComment) {
    const person = this.#state.people.get(author);
    return {
      self: `${this.#base}${this.#api}/issue/${issueId}/comment/${id}`,
      id,
      ...(person === undefined ? {} : { author: this.person(person) }),
      body,
      created: this.time(createdAt),
      updated: this.time(updatedAt ?? createdAt),
      properties,
    };
  }

  #fields(issue: FakeIssue): Readonly<Record<string, unknown>> {
    const state = this.#state;
    const project = state.projectOf(issue);
    const type = project.types.find(({ id }) => id === issue.typeId);
    const assignee = state.people.get(issue.assignee ?? "");
    const reporter = state.people.get(issue.creator);
    const parent = state.issues.get(issue.parent ?? "");
    const isLinked = !this.#isCloud && type?.subtask !== true;
    return {
      project: this.project(project, false),
      summary: issue.summary,
      description: issue.description,
      status: this.status(issue.statusId),
      issuetype: type === undefined ? null : this.type(type),
      priority: issue.priority === null ? null : state.priority(issue.priority),
      assignee: assignee === undefined ? null : this.person(assignee),
      reporter: reporter === undefined ? null : this.person(reporter),
      labels: [...issue.labels],
      ...(parent === undefined || isLinked ? {} : { parent: this.named(parent) }),
      ...(parent === undefined || !isLinked ? {} : { [EPIC_LINK]: state.keyOf(parent) }),
      issuelinks: this.#links(issue),
      resolution: issue.resolution === null ? null : { id: "1", name: issue.resolution },
      components: [],
      fixVersions: [],
      duedate: null,
      created: this.time(issue.createdAt),
      updated: this.time(issue.updatedAt),
    };
  }

  #links(issue: FakeIssue): readonly unknown[] {
    const { links, linkTypes, issues } = this.#state;
    return [...links.values()].flatMap(({ id, kind, from, to }) => {
      const type = linkTypes.find(({ name }) => name === kind);
      const other = issues.get(from === issue.id ? to : from);
      if (other === undefined || from !== issue.id && to !== issue.id) return [];
      const side = from === issue.id ? "outwardIssue" : "inwardIssue";
      return [{ id, type, [side]: this.named(other) }];
    });
  }
}
