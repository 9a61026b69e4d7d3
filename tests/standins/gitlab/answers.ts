import type { FakeHook, FakeIssue, FakeNote, FakeProject, FakeState, FakeUser } from "./state.ts";

/** Returns a time as GitLab writes it. */
export function time(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes what the fake holds as GitLab answers it. */
export class Answers {
  readonly #state: FakeState;
  /** The address of the instance. */
  readonly #origin: string;

  /** `origin` is the address of the instance, without a slash at its end. */
  constructor(state: FakeState, origin: string) {
    this.#state = state;
    this.#origin = origin;
  }

  /** A person. */
  user({ id, username }: FakeUser) {
    return {
      id,
      username,
      name: `${username.slice(0, 1).toUpperCase()}${username.slice(1)}`,
      state: "active",
      avatar_url: null,
      web_url: `${this.#origin}/${username}`,
    };
  }

  /** A project, as an account with this role sees it. */
  project({ id, path, hasIssues, isArchived }: FakeProject, role: number) {
    const cut = path.lastIndexOf("/");
    const name = path.slice(cut + 1);
    const group = path.slice(0, Math.max(0, cut));
    return {
      id,
      name,
      path: name,
      path_with_namespace: path,
      name_with_namespace: path.replaceAll("/", " / "),
      web_url: `${this.#origin}/${path}`,
      namespace: { id: 1, name: group, path: group, kind: "group", full_path: group },
      issues_enabled: hasIssues,
      issues_access_level: hasIssues ? "enabled" : "disabled",
      archived: isArchived,
      visibility: "private",
      permissions: {
        project_access: null,
        group_access: { access_level: role, notification_level: 3 },
      },
    };
  }

  /** An issue. */
  issue(project: FakeProject, issue: FakeIssue) {
    const people = issue.assignees.map((name) => this.user(this.#state.user(name)));
    const self = `${this.#origin}/api/v4/projects/${project.id}/issues/${issue.iid}`;
    return {
      id: issue.id,
      iid: issue.iid,
      project_id: project.id,
      title: issue.title,
      description: issue.description,
      state: issue.state,
      created_at: time(issue.createdAt),
      updated_at: time(issue.updatedAt),
      closed_at: issue.closedAt === null ? null : time(issue.closedAt),
      closed_by: null,
      labels: issue.labels.toSorted(),
      upvotes: 0,
      downvotes: 0,
      merge_requests_count: 0,
      user_notes_count: issue.notes.length,
      milestone: issue.milestone === null
        ? null
        : { id: 1, iid: 1, project_id: project.id, title: issue.milestone, state: "active" },
      iteration: issue.iteration === null ? null : { id: 1, iid: 1, title: issue.iteration },
      epic: issue.epic === null ? null : { id: 1, iid: 1, title: issue.epic, group_id: 1 },
      weight: issue.weight,
      assignees: people,
      assignee: people[0] ?? null,
      author: this.user(this.#state.user(issue.author)),
      type: issue.kind.toUpperCase(),
      issue_type: issue.kind,
      due_date: null,
      web_url: this.pageOf(project, issue.iid),
      time_stats: {
        time_estimate: 0,
        total_time_spent: 0,
        human_time_estimate: null,
        human_total_time_spent: null,
      },
      confidential: issue.confidential,
      discussion_locked: false,
      _links: {
        self,
        notes: `${self}/notes`,
        award_emoji: `${self}/award_emoji`,
        project: `${this.#origin}/api/v4/projects/${project.id}`,
        closed_as_duplicate_of: this.#addressOf(issue.duplicateOf),
      },
      task_completion_status: { count: 0, completed_count: 0 },
      references: {
        short: `#${issue.iid}`,
        relative: `#${issue.iid}`,
        full: `${project.path}#${issue.iid}`,
      },
      moved_to_id: issue.movedTo,
    };
  }

  #addressOf(id: number | null): string | null {
    const found = id === null ? null : this.#state.issueById(id);
    if (found === null) return null;
    return `${this.#origin}/api/v4/projects/${found.project.id}/issues/${found.issue.iid}`;
  }

  /** The web page of an issue. */
  pageOf({ path }: FakeProject, iid: number): string {
    return `${this.#origin}/${path}/-/issues/${iid}`;
  }

  /** A comment. */
  note(issue: FakeIssue, { id, author, body, createdAt, isSystem, isInternal }: FakeNote) {
    return {
      id,
      body,
      author: this.user(this.#state.user(author)),
      created_at: time(createdAt),
      updated_at: time(createdAt),
      system: isSystem,
      internal: isInternal,
      confidential: isInternal,
      noteable_id: issue.id,
      noteable_type: "Issue",
      noteable_iid: issue.iid,
    };
  }

  /** A webhook. */
  hook(project: FakeProject, { id, url, token, signingToken }: FakeHook) {
    return {
      id,
      url,
      project_id: project.id,
      push_events: false,
      issues_events: true,
      confidential_issues_events: true,
      note_events: true,
      confidential_note_events: true,
      enable_ssl_verification: true,
      alert_status: "executable",
      token_present: token !== "",
      signing_token_present: signingToken !== null,
      created_at: time(0),
    };
  }

  /** What a webhook tells of an issue. */
  event(project: FakeProject, issue: FakeIssue, action: string) {
    return {
      object_kind: "issue",
      event_type: issue.confidential ? "confidential_issue" : "issue",
      user: { id: 1, name: "Ada", username: "ada", avatar_url: null },
      project: {
        id: project.id,
        name: project.path,
        web_url: `${this.#origin}/${project.path}`,
        path_with_namespace: project.path,
      },
      object_attributes: {
        id: issue.id,
        iid: issue.iid,
        project_id: project.id,
        title: issue.title,
        description: issue.description,
        state: issue.state,
        confidential: issue.confidential,
        moved_to_id: issue.movedTo,
        created_at: time(issue.createdAt),
        updated_at: time(issue.updatedAt),
        url: this.pageOf(project, issue.iid),
        action,
      },
    };
  }
}
