import { invalid, type Issue, type Label, type Relation, uuid, type Workspace } from "./state.ts";
import { known } from "./views.ts";

/** What an issue is created or changed with. */
export interface IssueFields {
  readonly id?: string;
  readonly teamId?: string;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly priority?: number;
  readonly stateId?: string;
  readonly assigneeId?: string | null;
  readonly parentId?: string | null;
  readonly labelIds?: readonly string[];
  readonly addedLabelIds?: readonly string[];
  readonly removedLabelIds?: readonly string[];
}

/** Changes a workspace as Linear does: what is not possible is refused, and nothing is done. */
export class Writes {
  readonly #workspace: Workspace;
  readonly #now: () => string;
  #made = 0;

  /** `now` returns a time that never goes back. */
  constructor(workspace: Workspace, now: () => string) {
    this.#workspace = workspace;
    this.#now = now;
  }

  /** Creates an issue. */
  create(fields: IssueFields, creatorId: string | null): Issue {
    const { issues, teams } = this.#workspace;
    const team = known(teams, fields.teamId ?? "", "Team");
    const id = fields.id ?? this.newId();
    if (issues.has(id)) throw invalid(`Entity with id ${id} already exists`);
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) {
      throw invalid("id must be a UUID");
    }
    const at = this.#now();
    const blank: Issue = {
      id,
      number: this.#nextNumber(team.id),
      teamId: team.id,
      previousIdentifiers: [],
      title: "",
      description: null,
      priority: 0,
      estimate: null,
      stateId: this.#stateOf(team.id, "unstarted"),
      assigneeId: null,
      creatorId,
      parentId: null,
      labelIds: [],
      cycle: null,
      archivedAt: null,
      trashed: null,
      createdAt: at,
      updatedAt: at,
    };
    if (fields.title == null) throw invalid("title should not be empty");
    const issue = this.#changed(blank, fields);
    issues.set(id, issue);
    return issue;
  }

  /** Changes an issue; what is so already does not move its time. */
  update(id: string, fields: IssueFields): Issue {
    const { issues } = this.#workspace;
    const issue = known(issues, id, "Issue");
    const changed = this.#changed(issue, fields);
    if (JSON.stringify(changed) === JSON.stringify(issue)) return issue;
    changed.updatedAt = this.#now();
    issues.set(id, changed);
    return changed;
  }

  /** Moves an issue to another team: it gets a name there, and leaves behind what only the old team has. */
  move(id: string, teamId: string): Issue {
    const { issues, teams, states, labels } = this.#workspace;
    const issue = known(issues, id, "Issue");
    const { key } = known(teams, issue.teamId, "Team");
    const { type } = known(states, issue.stateId, "WorkflowState");
    const moved: Issue = {
      ...issue,
      teamId,
      number: this.#nextNumber(teamId),
      previousIdentifiers: [...issue.previousIdentifiers, `${key}-${issue.number}`],
      stateId: this.#stateOf(teamId, type),
      labelIds: issue.labelIds.filter((label) => labels.get(label)?.teamId !== issue.teamId),
      updatedAt: this.#now(),
    };
    issues.set(id, moved);
    return moved;
  }

  /** Archives an issue, or puts it into the trash. */
  archive(id: string, trash: boolean): void {
    const { issues } = this.#workspace;
    const at = this.#now();
    const issue = known(issues, id, "Issue");
    issues.set(id, { ...issue, archivedAt: at, trashed: trash ? true : null, updatedAt: at });
  }

  /** Relates two issues. That moves the time of neither. */
  relate(
    { id, type, issueId, relatedIssueId }: Omit<Relation, "id" | "createdAt"> & { id?: string },
  ): void {
    const { issues, relations } = this.#workspace;
    if (known(issues, issueId, "Issue") === known(issues, relatedIssueId, "Issue")) {
      throw invalid("An issue cannot be related to itself");
    }
    const same = [...relations.values()].find((one) =>
      one.issueId === issueId && one.relatedIssueId === relatedIssueId && one.type === type
    );
    if (same !== undefined) throw invalid("The relation is there already");
    const made = id ?? this.newId();
    relations.set(made, { id: made, type, issueId, relatedIssueId, createdAt: this.#now() });
  }

  /** Creates a label of a team; names are unique, whatever their case. */
  createLabel(teamId: string | null, name: string): Label {
    const { labels } = this.#workspace;
    const same = [...labels.values()].find((label) =>
      label.name.toLowerCase() === name.toLowerCase() &&
      (label.teamId === teamId || label.teamId === null)
    );
    if (same !== undefined) throw invalid("Duplicate label name");
    const label = { id: this.newId(), teamId, name };
    labels.set(label.id, label);
    return label;
  }

  /** Returns an id that is the same in every run. */
  newId(): string {
    return uuid(9, ++this.#made);
  }

  #changed(issue: Issue, fields: IssueFields): Issue {
    const { issues, people, states } = this.#workspace;
    const { title, description, parentId, stateId, assigneeId } = fields;
    if (title === null || title?.trim() === "") throw invalid("title should not be empty");
    if (stateId !== undefined && known(states, stateId, "WorkflowState").teamId !== issue.teamId) {
      throw invalid("Discrepancy between issue team and state team");
    }
    if (assigneeId != null) known(people, assigneeId, "User");
    if (parentId != null) {
      for (let above: string | null = parentId; above !== null;) {
        if (above === issue.id) throw invalid("An issue cannot be a parent of itself");
        above = known(issues, above, "Issue").parentId;
      }
    }
    return {
      ...issue,
      title: title ?? issue.title,
      description: description === undefined ? issue.description : written(description),
      priority: fields.priority ?? issue.priority,
      stateId: stateId ?? issue.stateId,
      assigneeId: assigneeId === undefined ? issue.assigneeId : assigneeId,
      parentId: parentId === undefined ? issue.parentId : parentId,
      labelIds: this.#labels(issue, fields),
    };
  }

  #labels({ labelIds, teamId }: Issue, fields: IssueFields): string[] {
    const removed = new Set(fields.removedLabelIds ?? []);
    const wanted = [
      ...(fields.labelIds ?? labelIds).filter((id) => !removed.has(id)),
      ...fields.addedLabelIds ?? [],
    ];
    for (const id of wanted) {
      const label = known(this.#workspace.labels, id, "IssueLabel");
      if (label.teamId !== null && label.teamId !== teamId) {
        throw invalid("The label is not associated with the same team as the issue");
      }
    }
    return [...new Set(wanted)];
  }

  #nextNumber(teamId: string): number {
    const numbers = [...this.#workspace.issues.values()].filter((one) => one.teamId === teamId)
      .map(({ number }) => number);
    return Math.max(0, ...numbers) + 1;
  }

  #stateOf(teamId: string, type: string): string {
    const states = [...this.#workspace.states.values()].filter((state) => state.teamId === teamId);
    const found = states.find((state) => state.type === type) ?? states[0];
    if (found === undefined) throw invalid("The team has no state");
    return found.id;
  }
}

/** Linear keeps a text as a document, and writes it out in its own manner. */
function written(description: string | null): string | null {
  if (description === null) return null;
  return description.replaceAll("\r\n", "\n").replaceAll(/^\* /gm, "- ").trimEnd();
}
