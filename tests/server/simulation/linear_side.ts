import type { Status } from "../../../src/contract/issue.ts";
import type { Clock } from "../../../src/platform/clock.ts";
import { linearRemote } from "../../../src/providers/linear/remote.ts";
import { ADMIN_KEY, fakeLinear } from "../../standins/linear/fake_linear.ts";
import { linearSchema } from "../../standins/linear/schema.ts";
import { type Issue, uuid, type Workspace } from "../../standins/linear/state.ts";
import type { IssueFields } from "../../standins/linear/writes.ts";
import { WEBHOOK_SECRET } from "./hosts.ts";
import type { Fault, PersonsEdit, Shown, Side } from "./side.ts";

const TEAM = uuid(2, 1);
const ELSEWHERE = uuid(2, 2);

/** The state that people move an issue to for each status. */
const STATES: Readonly<Partial<Record<Status, string>>> = {
  todo: "Backlog",
  in_progress: "In Progress",
  in_review: "In Review",
  done: "Done",
  canceled: "Canceled",
};

/** Returns Linear with a team. */
export function linearSide(clock: Clock): Side {
  const linear = fakeLinear(linearSchema(), clock);
  const { workspace, people, left } = linear;
  const all = { ...left };
  workspace.webhooks.set("hook", {
    id: "hook",
    teamId: TEAM,
    url: "https://tracker.test/webhooks",
    secret: WEBHOOK_SECRET,
    enabled: true,
  });
  let removals = 0;
  return {
    provider: "linear",
    place: {
      externalId: TEAM,
      workspace: TEAM,
      key: "ENG",
      name: "ENG team",
      label: "acme/ENG",
      url: "https://linear.app/acme/team/ENG",
      workflow: "open",
      context: {},
    },
    credential: { kind: "key", secret: ADMIN_KEY, baseUrl: "https://api.linear.app" },
    remote: linearRemote(),
    fetch: linear.fetch,
    statuses: ["todo", "in_progress", "in_review", "done", "canceled"],
    hasPriority: true,
    all: () => shownIn(workspace),
    add: (title) => people.add({ teamId: TEAM, title }).id,
    edit: (id, edit) => people.edit(id, fieldsOf(workspace, edit, (name) => labelId(name))),
    remove(id) {
      if (++removals % 2 === 0) people.move(id, ELSEWHERE);
      else people.archive(id, true);
    },
    // A label that an issue is to have is made first.
    comments: (id) =>
      [...workspace.comments.values()].filter(({ issueId }) => issueId === id).map(({ body }) =>
        body
      ),
    isAttempt: (write) => write.startsWith("label "),
    passing: [],
    writes: () => linear.writes,
    faults: () => linear.faults,
    stepIn(step) {
      linear.stepIn = ({ isWrite, phase }) => {
        const fault = step({ isWrite, phase });
        return fault === null ? undefined : answerOf(fault);
      };
    },
    takeWebhooks: () => Promise.resolve(linear.outbox.take()),
    disturb(below) {
      linear.lag(below(3) === 0);
      Object.assign(left, below(4) === 0 ? { requests: below(30) } : all);
    },
    rest() {
      linear.lag(false);
      Object.assign(left, all);
    },
  };

  function labelId(name: string): string {
    const known = [...workspace.labels.values()].find((label) => label.name === name);
    return (known ?? people.createLabel(TEAM, name)).id;
  }
}

function answerOf(fault: Fault): Response {
  if (fault === "lost") throw new TypeError("The connection was reset");
  if (fault === "failing") return new Response("Bad Gateway", { status: 502 });
  const [code, type] = fault === "refused"
    ? ["AUTHENTICATION_ERROR", "authentication error"]
    : ["RATELIMITED", "ratelimited"];
  const errors = [{ message: type, extensions: { code, type } }];
  return Response.json({ errors, data: null }, { status: fault === "refused" ? 401 : 400 });
}

function fieldsOf(
  { states }: Workspace,
  { title, body, status, labels }: PersonsEdit,
  labelId: (name: string) => string,
): IssueFields {
  const state = [...states.values()].find(({ teamId, name }) =>
    teamId === TEAM && status !== undefined && name === STATES[status]
  );
  return {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { description: body }),
    ...(state === undefined ? {} : { stateId: state.id }),
    ...(labels === undefined ? {} : { labelIds: labels.map(labelId) }),
  };
}

function shownIn(workspace: Workspace): ReadonlyMap<string, Shown> {
  const relations = [...workspace.relations.values()];
  const there = [...workspace.issues.values()].filter(({ teamId, trashed }) =>
    teamId === TEAM && trashed !== true
  );
  return new Map(there.map((issue) => [
    issue.id,
    {
      title: issue.title,
      body: issue.description === "" ? null : issue.description,
      status: statusOf(workspace, issue),
      priority: ([0, 1, 2, 3, 4] as const)[issue.priority] ?? 0,
      labels: issue.labelIds.map((id) => workspace.labels.get(id)?.name ?? "").sort(),
      parent: issue.parentId,
      blocks: relations.filter(({ type, issueId }) => type === "blocks" && issueId === issue.id)
        .map(({ relatedIssueId }) => relatedIssueId).sort(),
    },
  ]));
}

function statusOf({ states }: Workspace, { stateId }: Issue): Status {
  const { name = "", type = "" } = states.get(stateId) ?? {};
  if (type === "started") return name === "In Review" ? "in_review" : "in_progress";
  if (type === "completed") return "done";
  return type === "canceled" || type === "duplicate" ? "canceled" : "todo";
}
