import { gitLabRemote } from "../../../src/providers/gitlab/remote.ts";
import { signingTokenFor } from "../../../src/providers/gitlab/webhooks.ts";
import { FakeGitLab, signed } from "../../standins/gitlab/fake_gitlab.ts";
import type { Paging, Reply } from "../../standins/gitlab/reply.ts";
import type { FakeIssue, FakeProject, FakeState } from "../../standins/gitlab/state.ts";
import { WEBHOOK_SECRET } from "./hosts.ts";
import { labelsByPerson, saysStatus, STATUS_WORDS, statusOfOpen } from "./status_labels.ts";
import type { Fault, PersonsEdit, Sent, Shown, Side } from "./side.ts";

const ORIGIN = "https://gitlab.test";

const TOKEN = "glpat-0123456789abcdefghij";

const PAGINGS: readonly Paging[] = ["cursor", "ignored", "refused"];

/** Returns GitLab with a project. */
export async function gitLabSide(now: () => number): Promise<Side> {
  const gitlab = new FakeGitLab(ORIGIN, now);
  const { state } = gitlab;
  const path = "acme/shop";
  const project = state.addProject(path);
  state.addToken(TOKEN, "ada");
  project.hooks.set(1, {
    id: 1,
    url: "https://tracker.test/webhooks",
    token: "",
    signingToken: await signingTokenFor(WEBHOOK_SECRET),
  });
  let names = 0;
  return {
    provider: "gitlab",
    place: {
      externalId: String(project.id),
      workspace: String(project.id),
      key: path,
      name: "shop",
      label: path,
      url: `${ORIGIN}/${path}`,
      workflow: "open",
      context: {},
    },
    credential: { kind: "token", secret: TOKEN, baseUrl: `${ORIGIN}/api/v4` },
    remote: gitLabRemote(),
    fetch: gitlab.fetch,
    statuses: ["todo", "in_progress", "blocked", "done"],
    statusWords: STATUS_WORDS,
    hasPriority: true,
    all: () => shownIn(state, project),
    add: (title) => String(state.addIssue(project, { title, author: "bob" }, now()).iid),
    edit(id, edit) {
      const { description, labels = [] } = project.issues.get(Number(id)) ?? {};
      const before = { marker: MARKER.exec(description ?? "")?.[0] ?? "", labels };
      gitlab.edit(project, Number(id), fieldsOf(edit, before, now()));
    },
    remove: (id) => state.removeIssue(project, Number(id)),
    duplicate(id, of) {
      const original = project.issues.get(Number(of));
      if (original !== undefined) gitlab.duplicate(project, Number(id), original);
    },
    comments: (id) => (project.issues.get(Number(id))?.notes ?? []).map(({ body }) => body),
    isAttempt: () => false,
    // What is to be done is no duplicate: it is opened first, and its labels say a status meanwhile.
    passing: ["todo", "in_progress", "blocked"],
    writes: () => gitlab.writes,
    faults: () => gitlab.faults,
    stepIn(step) {
      gitlab.stepIn = ({ isWrite, phase }) => {
        const fault = step({ isWrite, phase });
        return fault === null ? undefined : answerOf(fault);
      };
    },
    takeWebhooks: () => Promise.all(gitlab.deliveries.splice(0).map(sentOf)),
    disturb(below) {
      gitlab.listLagMs = below(2) * below(40_000);
      gitlab.paging = PAGINGS[below(PAGINGS.length)] ?? "cursor";
      if (below(3) === 0) gitlab.rename(project, `acme/shop-${++names}`);
      if (below(4) === 0) gitlab.left = below(60);
    },
    rest() {
      gitlab.listLagMs = 0;
      gitlab.left = 2_000;
    },
  };
}

async function sentOf(delivery: Parameters<typeof signed>[0]): Promise<Sent> {
  const request = await signed(delivery);
  return { headers: Object.fromEntries(request.headers), body: await request.text() };
}

function answerOf(fault: Fault): Reply {
  if (fault === "lost") throw new Error("The connection was reset");
  if (fault === "failing") return { status: 502, body: { message: "502 Bad Gateway" } };
  if (fault === "refused") return { status: 401, body: { message: "401 Unauthorized" } };
  return { status: 429, body: { message: "Retry later" }, headers: { "retry-after": "60" } };
}

/** The line that names a creation: people leave it where it is. */
const MARKER = /\s*<!-- tracker:[^>]*-->\s*$/;

const PRIORITY = /^priority::/;

const PRIORITIES: readonly string[] = ["none", "urgent", "high", "medium", "low"];

function fieldsOf(
  { title, body, labels, status }: PersonsEdit,
  before: { readonly marker: string; readonly labels: readonly string[] },
  now: number,
): Partial<FakeIssue> {
  const change = { ...(labels === undefined ? {} : { labels }), status };
  return {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { description: `${body ?? ""}${before.marker}` }),
    ...(labels === undefined && status === undefined
      ? {}
      : { labels: labelsByPerson(before.labels, change, status === "done") }),
    ...(status === undefined ? {} : {
      state: status === "done" ? "closed" : "opened",
      closedAt: status === "done" ? now : null,
      ...(status === "done" ? {} : { duplicateOf: null }),
    }),
  };
}

function shownIn(state: FakeState, project: FakeProject): ReadonlyMap<string, Shown> {
  const issues = [...project.issues.values()];
  const iids = new Map(issues.map(({ id, iid }) => [id, String(iid)]));
  return new Map(issues.map((issue) => [
    String(issue.iid),
    {
      title: issue.title,
      body: withoutMarker(issue.description),
      status: issue.state === "opened"
        ? statusOfOpen(issue.labels)
        : isDuplicate(state, issue)
        ? "canceled"
        : "done",
      priority: priorityIn(issue.labels),
      labels: issue.labels.filter((label) => !PRIORITY.test(label) && !saysStatus(label))
        .toSorted(),
      parent: iids.get(issue.parent ?? 0) ?? null,
      blocks: state.linksOf(issue.id).filter(({ type }) => type === "blocks")
        .flatMap(({ other }) => iids.get(other) ?? []).sort(),
    },
  ]));
}

/** What was closed as a duplicate of an issue that is gone is closed. */
function isDuplicate(state: FakeState, { duplicateOf }: FakeIssue): boolean {
  return duplicateOf !== null && state.issueById(duplicateOf) !== null;
}

function priorityIn(labels: readonly string[]): Shown["priority"] {
  const word = labels.find((label) => PRIORITY.test(label))?.replace(PRIORITY, "") ?? "none";
  const place = PRIORITIES.indexOf(word);
  return place === 1 || place === 2 || place === 3 || place === 4 ? place : 0;
}

function withoutMarker(description: string | null): string | null {
  const text = (description ?? "").replace(MARKER, "");
  return text === "" ? null : text;
}
