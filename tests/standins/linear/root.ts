import { connection, type ListArguments } from "./filters.ts";
import { forbidden, invalid, type Issue, notFound } from "./state.ts";
import {
  commentView,
  filteredIssue,
  issueView,
  known,
  labelView,
  organizationView,
  personView,
  type Seen,
  stateView,
  teamView,
  type View,
  webhookView,
  withTime,
} from "./views.ts";
import type { IssueFields, Writes } from "./writes.ts";

/** Who asks, and what they may. */
export interface Caller {
  /** `null` for an app. */
  readonly userId: string | null;
  readonly scopes: ReadonlySet<string>;
  readonly hiddenTeams: ReadonlySet<string>;
}

/** What queries and changes are carried out on. */
export interface RootTools {
  readonly seen: Seen;
  readonly caller: Caller;
  readonly writes: Writes;
  /** Issues as lists show them, which may lag behind. */
  readonly listed: () => ReadonlyMap<string, Issue>;
  /** Told of each change that had an effect. */
  readonly wrote: (what: string) => void;
  /** Told of an issue before and after a change. */
  readonly changed: (before: Issue | null, after: Issue) => void;
  readonly now: () => string;
}

interface InputOf<T> {
  readonly input: T;
}

interface ById {
  readonly id: string;
}

interface NewRelation {
  readonly type: string;
  readonly issueId: string;
  readonly relatedIssueId: string;
}

interface NewComment {
  readonly id?: string;
  readonly issueId?: string;
  readonly body?: string;
}

interface WebhookFields {
  readonly url?: string;
  readonly teamId?: string | null;
  readonly secret?: string;
  readonly enabled?: boolean;
  readonly resourceTypes?: readonly string[];
}

/** Returns what Linear's queries and mutations do. */
export function rootFor(tools: RootTools): View {
  return { ...queries(tools), ...mutations(tools) };
}

function queries({ seen, caller, listed }: RootTools): View {
  const { workspace, hiddenTeams } = seen;
  const reached = (teamId: string) => !hiddenTeams.has(teamId);
  return {
    viewer: () => {
      const app = { id: "app", displayName: "tracker", email: "app@linear.example", admin: false };
      return caller.userId === null
        ? app
        : personView(known(workspace.people, caller.userId, "User"));
    },
    organization: () => organizationView(seen),
    teams: (args: ListArguments) =>
      connection(
        [...workspace.teams.values()].filter(({ id }) => reached(id)).map((team) =>
          withTime(teamView(seen, team))
        ),
        args,
        (team) => team,
      ),
    issues: (args: ListArguments) => {
      const isByTeam = JSON.stringify(args.filter ?? {}).includes('"team"');
      const issues = [...(isByTeam ? listed() : workspace.issues).values()];
      return connection(
        issues.filter(({ teamId }) => reached(teamId)).map((issue) => ({
          ...issueView(seen, issue),
          id: issue.id,
          createdAt: issue.createdAt,
          updatedAt: issue.updatedAt,
          archivedAt: issue.archivedAt,
          filtered: filteredIssue(issue),
        })),
        args,
        ({ filtered }) => filtered,
      );
    },
    issue: ({ id }: ById) => {
      const issue = known(workspace.issues, id, "Issue");
      if (!reached(issue.teamId)) throw notFound("Issue");
      return issueView(seen, issue);
    },
    workflowStates: (args: ListArguments) =>
      connection(
        [...workspace.states.values()].map((state) => ({
          ...withTime(stateView(state)),
          filtered: { team: { id: state.teamId } },
        })),
        args,
        ({ filtered }) => filtered,
      ),
    issueLabels: (args: ListArguments) =>
      connection(
        [...workspace.labels.values()].map((label) => ({
          ...withTime(labelView(seen, label)),
          filtered: {
            name: label.name,
            isGroup: false,
            team: label.teamId === null ? null : { id: label.teamId },
          },
        })),
        args,
        ({ filtered }) => filtered,
      ),
    users: (args: ListArguments) =>
      connection(
        [...workspace.people.values()].map((person) => ({
          ...withTime(personView(person)),
          filtered: { ...person },
        })),
        args,
        ({ filtered }) => filtered,
      ),
    webhooks: (args: ListArguments) => {
      if (!caller.scopes.has("admin")) throw forbidden("You need to be an admin to do that");
      const webhooks = [...workspace.webhooks.values()];
      return connection(
        webhooks.map((one) => withTime(webhookView(seen, one))),
        args,
        (one) => one,
      );
    },
  };
}

function mutations({ seen, caller, writes, wrote, changed, now }: RootTools): View {
  const { workspace, hiddenTeams } = seen;
  const requireScope = (scope: string) => {
    if (!caller.scopes.has(scope)) throw forbidden(`Invalid scope: \`${scope}\` required`);
  };
  const done = (what: string, parts: View = {}) => {
    wrote(what);
    return { success: true, lastSyncId: 1, ...parts };
  };
  return {
    issueCreate: ({ input }: InputOf<IssueFields>) => {
      requireScope("write");
      if (hiddenTeams.has(input.teamId ?? "")) throw notFound("Team");
      const issue = writes.create(input, caller.userId);
      changed(null, issue);
      return done(`create ${issue.title}`, { issue: issueView(seen, issue) });
    },
    issueUpdate: ({ id, input }: ById & InputOf<IssueFields>) => {
      requireScope("write");
      const before = known(workspace.issues, id, "Issue");
      const after = writes.update(id, input);
      if (after !== before) changed(before, after);
      return done(`update ${id} ${Object.keys(input).sort().join(" ")}`, {
        issue: issueView(seen, after),
      });
    },
    issueRelationCreate: ({ input }: InputOf<NewRelation>) => {
      requireScope("write");
      writes.relate(input);
      return done(`relate ${input.issueId} ${input.type} ${input.relatedIssueId}`);
    },
    issueRelationDelete: ({ id }: ById) => {
      requireScope("write");
      known(workspace.relations, id, "IssueRelation");
      workspace.relations.delete(id);
      return done(`unrelate ${id}`);
    },
    issueLabelCreate: ({ input }: InputOf<{ readonly name: string; readonly teamId?: string }>) => {
      requireScope("write");
      const label = writes.createLabel(input.teamId ?? null, input.name);
      return done(`label ${label.name}`, { issueLabel: labelView(seen, label) });
    },
    commentCreate: ({ input }: InputOf<NewComment>) => {
      requireScope("write");
      const id = input.id ?? writes.newId();
      if (workspace.comments.has(id)) throw invalid("id is already in use");
      const issue = known(workspace.issues, input.issueId ?? "", "Issue");
      if ((input.body ?? "") === "") throw invalid("body should not be empty");
      const at = now();
      const comment = {
        id,
        issueId: issue.id,
        body: input.body ?? "",
        userId: caller.userId,
        createdAt: at,
        updatedAt: at,
      };
      workspace.comments.set(comment.id, comment);
      return done(`comment ${issue.id}`, { comment: commentView(seen, comment) });
    },
    webhookCreate: ({ input }: InputOf<WebhookFields>) => {
      requireScope("admin");
      const { url = "", teamId = null, secret = "", resourceTypes = [] } = input;
      if (resourceTypes.length === 0) throw invalid("resourceTypes should not be empty");
      const webhook = { id: writes.newId(), teamId, url, secret, enabled: true };
      workspace.webhooks.set(webhook.id, webhook);
      return done(`webhook ${url}`, { webhook: webhookView(seen, webhook) });
    },
    webhookDelete: ({ id }: ById) => {
      requireScope("admin");
      known(workspace.webhooks, id, "Webhook");
      workspace.webhooks.delete(id);
      return done(`no webhook ${id}`);
    },
    webhookUpdate: ({ id, input }: ById & InputOf<WebhookFields>) => {
      requireScope("admin");
      const webhook = known(workspace.webhooks, id, "Webhook");
      webhook.url = input.url ?? webhook.url;
      webhook.secret = input.secret ?? webhook.secret;
      webhook.enabled = input.enabled ?? webhook.enabled;
      return done(`webhook ${webhook.url}`, { webhook: webhookView(seen, webhook) });
    },
  };
}
