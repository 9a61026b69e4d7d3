import type { Status } from "../../../src/contract/issue.ts";
import { jiraRemote } from "../../../src/providers/jira/remote.ts";
import type { JiraTexts } from "../../../src/providers/jira/texts.ts";
import { ATLASSIAN } from "../../../src/providers/jira/app.ts";
import { type FakeApp, FakeAtlassian } from "../../standins/jira/fake_atlassian.ts";
import { FakeJira } from "../../standins/jira/fake_jira.ts";
import { signed } from "../../standins/jira/deliveries.ts";
import { paragraphs, PLAIN_TEXTS, WRITTEN_TEXTS } from "../../standins/jira/plain_texts.ts";
import type { Reply } from "../../standins/jira/reply.ts";
import {
  type FakeIssue,
  type FakePerson,
  type FakeProject,
  type FakeState,
  PERMISSIONS,
} from "../../standins/jira/state.ts";
import { WEBHOOK_SECRET } from "./hosts.ts";
import type { Fault, PersonsEdit, Sent, Shown, Side } from "./side.ts";

const HOST = "acme.atlassian.net";

const MAIL = "ada@acme.test";

const TOKEN = "ATATT3xFfGF0123456789abcdefghij";

/** The status that people move an issue to for each of ours. */
const STATUSES: Readonly<Partial<Record<Status, string>>> = {
  todo: "To Do",
  in_progress: "In Progress",
  in_review: "In Review",
  done: "Done",
  canceled: "Won't Do",
};

const PRIORITIES = ["None", "Highest", "High", "Medium", "Low"];

/** Jira in the cloud, by a person's token and by an app that was let in, and on a server of a team's own. */
const EDITIONS = {
  cloud: { name: "cloud", api: "/rest/api/3", texts: PLAIN_TEXTS },
  app: { name: "cloud", api: "/rest/api/3", texts: PLAIN_TEXTS },
  server: { name: "data_center", api: "/rest/api/2", texts: WRITTEN_TEXTS },
} as const;

/** Returns Jira with a project, whose times are in the zone of Kathmandu. */
export async function jiraSide(now: () => number, edition: keyof typeof EDITIONS): Promise<Side> {
  const isCloud = edition !== "server";
  const { texts } = EDITIONS[edition];
  const jira = isCloud
    ? await FakeJira.start(`https://${HOST}`, now)
    : FakeJira.startServer(`https://${HOST}`, now);
  const { state } = jira;
  const ada = state.addPerson("ada", "Ada Lovelace", MAIL);
  const project = state.addProject("SHOP");
  // Without such a one, a priority cannot be taken away.
  project.priorities.push("None");
  const elsewhere = state.addProject("ELSE");
  const app = edition === "app" ? letIn(jira, ada, now) : null;
  if (edition === "cloud") jira.allow(ada.accountId, MAIL, TOKEN, PERMISSIONS);
  if (edition === "server") jira.allowToken(ada.accountId, TOKEN, PERMISSIONS);
  jira.zoneMinutes = 345;
  state.hooks.set("1", {
    id: "1",
    url: "https://tracker.test/webhooks",
    secret: WEBHOOK_SECRET,
    jql: `project = ${project.id}`,
  });
  const externalId = `${HOST}/${project.id}`;
  const issueOf = (id: string) => {
    const issue = state.issues.get(id);
    if (issue === undefined) throw new Error(`No issue ${id}`);
    return issue;
  };
  let removals = 0;
  return {
    provider: "jira",
    place: {
      externalId,
      workspace: externalId,
      key: project.key,
      name: project.name,
      label: `acme/${project.key}`,
      url: `https://${HOST}/browse/${project.key}`,
      workflow: "open",
      context: {},
    },
    credential: app?.credential ?? {
      kind: isCloud ? "token" : "server_token",
      secret: isCloud ? JSON.stringify({ email: MAIL, token: TOKEN }) : TOKEN,
      baseUrl: `https://${HOST}`,
    },
    remote: jiraRemote(() => EDITIONS[edition]),
    fetch: app?.atlassian.fetch ?? jira.fetch,
    statuses: ["todo", "in_progress", "in_review", "done", "canceled"],
    hasPriority: true,
    all: () => shownIn(state, project, texts),
    add: (title) => jira.add(project, { summary: title }).id,
    edit: (id, edit) => jira.edit(issueOf(id), fieldsOf(state, edit, isCloud)),
    remove: (id) => jira.remove(issueOf(id), ++removals % 2 === 0 ? elsewhere : null),
    comments: (id) =>
      state.comments.filter(({ issueId }) => issueId === id).map(({ body }) =>
        JSON.stringify(body)
      ),
    // A new issue may be moved away between the look at it and its step.
    isAttempt: (write) => /^transition ELSE-\d/.test(write),
    passing: [],
    writes: () => jira.writes,
    faults: () =>
      app?.atlassian.renewals === 0 ? [...jira.faults, "No token was renewed"] : jira.faults,
    stepIn(step) {
      jira.stepIn = ({ isWrite, phase }) => {
        const fault = step({ isWrite, phase });
        return fault === null ? undefined : answerOf(fault);
      };
    },
    takeWebhooks: () => Promise.all(jira.deliveries.splice(0).map(sentOf)),
    disturb(below) {
      jira.index.lagMs = below(2) * below(60_000);
      jira.pageSize = 2 + below(30);
      if (below(4) === 0) jira.left = below(60);
      // Its tokens end before their time, too.
      if (below(2) === 0) app?.atlassian.endAccess();
    },
    rest() {
      jira.index.lagMs = 0;
      jira.pageSize = 100;
      jira.left = 10_000;
      app?.atlassian.endAccess();
    },
  };
}

const APP: FakeApp = {
  clientId: "fake-client-id",
  clientSecret: "ATOA-fake-client-secret-0123456789",
  callback: "https://tracker.test/connections/authorized",
};

/** Lets an app into a Jira; its tokens end and are replaced as long as the simulation runs. */
function letIn(
  jira: FakeJira,
  person: FakePerson,
  now: () => number,
): { readonly atlassian: FakeAtlassian; readonly credential: Side["credential"] } {
  const site = `https://${HOST}`;
  const permissions = PERMISSIONS;
  const atlassian = new FakeAtlassian({
    jira,
    site,
    ...ATLASSIAN,
    now,
    app: APP,
    person,
    permissions,
  });
  // A process may die before it has stored what it was given: time runs faster here than for a host that is started again.
  atlassian.graceMs = Number.POSITIVE_INFINITY;
  const secret = JSON.stringify(atlassian.letIn());
  const credential = { kind: "app", secret, baseUrl: site };
  return { atlassian, credential };
}

async function sentOf(delivery: Parameters<typeof signed>[0]): Promise<Sent> {
  const request = await signed(delivery);
  return { headers: Object.fromEntries(request.headers), body: await request.text() };
}

function answerOf(fault: Fault): Reply {
  if (fault === "lost") throw new TypeError("The connection was reset");
  if (fault === "failing") return { status: 502 };
  if (fault === "refused") return { status: 401 };
  return { status: 429, headers: { "retry-after": "60" } };
}

function fieldsOf(
  state: FakeState,
  { title, body, status, labels }: PersonsEdit,
  isCloud: boolean,
): Partial<FakeIssue> {
  return {
    ...(title === undefined ? {} : { summary: title }),
    ...(body === undefined
      ? {}
      : { description: body === null || !isCloud ? body : paragraphs(body) }),
    ...(status === undefined ? {} : { statusId: state.statusId(STATUSES[status] ?? "") }),
    ...(labels === undefined ? {} : { labels: [...labels] }),
  };
}

function shownIn(
  state: FakeState,
  project: FakeProject,
  texts: JiraTexts,
): ReadonlyMap<string, Shown> {
  const issues = [...state.issues.values()].filter(({ projectId }) => projectId === project.id);
  const links = [...state.links.values()].filter(({ kind }) => kind === "Blocks");
  return new Map(issues.map((issue) => [
    issue.id,
    {
      title: issue.summary,
      body: texts.shown(issue.description),
      status: statusOf(state, issue),
      priority: ([0, 1, 2, 3, 4] as const)[PRIORITIES.indexOf(issue.priority ?? "None")] ?? 0,
      labels: issue.labels.toSorted(),
      parent: issue.parent,
      blocks: links.filter(({ from }) => from === issue.id).map(({ to }) => to).sort(),
    },
  ]));
}

function statusOf({ statuses }: FakeState, { statusId }: FakeIssue): Status {
  const name = statuses.find(({ id }) => id === statusId)?.name;
  const found = Object.entries(STATUSES).find(([, one]) => one === name)?.[0];
  return found === "in_progress" || found === "in_review" || found === "done" ||
      found === "canceled"
    ? found
    : "todo";
}
