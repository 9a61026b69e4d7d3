import type { Status } from "../../../src/contract/issue.ts";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";
import { FakeGitHub, signed } from "../../standins/github/fake_github.ts";
import type { Reply } from "../../standins/github/reply.ts";
import { type FakeIssue, type FakeRepository, nameOf } from "../../standins/github/state.ts";
import { WEBHOOK_SECRET } from "./hosts.ts";
import { labelsByPerson, saysStatus, STATUS_WORDS, statusOfOpen } from "./status_labels.ts";
import type { Fault, PersonsEdit, Sent, Shown, Side } from "./side.ts";

const BASE = "https://api.github.test";

const TOKEN = "github_pat_0123456789abcdefghij";

/** Returns GitHub with a repository. */
export async function gitHubSide(now: () => number): Promise<Side> {
  const github = await FakeGitHub.start(BASE, now);
  const repository = github.state.addRepository("acme/shop");
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  repository.hooks.set(1, {
    id: 1,
    url: "https://tracker.test/webhooks",
    secret: WEBHOOK_SECRET,
    events: ["issues"],
    isActive: true,
  });
  let names = 0;
  const name = nameOf(repository);
  return {
    provider: "github",
    place: {
      externalId: String(repository.id),
      workspace: String(repository.id),
      key: name,
      name: repository.name,
      label: name,
      url: `https://github.com/${name}`,
      workflow: "open",
      context: {},
    },
    credential: { kind: "token", secret: TOKEN, baseUrl: BASE },
    remote: gitHubRemote(),
    fetch: github.fetch,
    statuses: ["todo", "in_progress", "blocked", "done", "canceled"],
    statusWords: STATUS_WORDS,
    hasPriority: false,
    all: () => shownIn(repository),
    add(title) {
      return String(github.state.addIssue(repository, { title, author: "bob" }, now()).number);
    },
    edit(id, edit) {
      const issue = repository.issues.get(Number(id));
      const before = {
        marker: MARKER.exec(issue?.body ?? "")?.[0] ?? "",
        labels: issue?.labels ?? [],
      };
      github.edit(repository, Number(id), fieldsOf(edit, before, now()));
    },
    remove: (id) => github.remove(repository, Number(id), null),
    // GitHub ignores another reason for what is closed already: the issue is opened and closed once more then.
    comments: (id) => (repository.issues.get(Number(id))?.comments ?? []).map(({ body }) => body),
    isAttempt: (write) => /^update #\d+ .*\bstate_reason$/.test(write),
    passing: ["todo"],
    writes: () => github.writes,
    faults: () => github.faults,
    stepIn(step) {
      github.stepIn = ({ call, phase }) => {
        const fault = step({ isWrite: !call.startsWith("GET "), phase });
        return fault === null ? undefined : answerOf(fault);
      };
    },
    takeWebhooks: () => Promise.all(github.deliveries.splice(0).map(sentOf)),
    disturb(below) {
      github.listLagMs = below(2) * below(40_000);
      if (below(3) === 0) github.rename(repository, `shop-${++names}`);
      if (below(4) === 0) github.left = below(60);
    },
    rest() {
      github.listLagMs = 0;
      github.left = 5_000;
    },
  };
}

async function sentOf(delivery: Parameters<typeof signed>[0]): Promise<Sent> {
  const request = await signed(delivery);
  return { headers: Object.fromEntries(request.headers), body: await request.text() };
}

function answerOf(fault: Fault): Reply {
  if (fault === "lost") throw new Error("The connection was reset");
  if (fault === "failing") return { status: 502, body: { message: "Bad Gateway" } };
  if (fault === "refused") return { status: 401, body: { message: "Bad credentials" } };
  return {
    status: 429,
    body: { message: "You have exceeded a secondary rate limit" },
    headers: { "retry-after": "60" },
  };
}

/** The line that names a creation: people leave it where it is. */
const MARKER = /\s*<!-- tracker:[^>]*-->\s*$/;

function fieldsOf(
  { status, ...fields }: PersonsEdit,
  before: { readonly marker: string; readonly labels: readonly string[] },
  now: number,
): Partial<FakeIssue> {
  const isClosing = status === "done" || status === "canceled";
  return {
    ...(fields.title === undefined ? {} : { title: fields.title }),
    ...(fields.body === undefined ? {} : { body: `${fields.body ?? ""}${before.marker}` }),
    ...(fields.labels === undefined && status === undefined
      ? {}
      : { labels: labelsByPerson(before.labels, { ...fields, status }, isClosing) }),
    ...(status === undefined ? {} : {
      state: isClosing ? "closed" : "open",
      stateReason: !isClosing ? "reopened" : status === "done" ? "completed" : "not_planned",
      closedAt: isClosing ? now : null,
    }),
  };
}

function shownIn(repository: FakeRepository): ReadonlyMap<string, Shown> {
  const issues = [...repository.issues.values()];
  const numbers = new Map(issues.map(({ id, number }) => [id, String(number)]));
  return new Map(issues.map((issue) => [
    String(issue.number),
    {
      title: issue.title,
      body: withoutMarker(issue.body),
      status: statusOf(issue),
      priority: 0,
      labels: issue.labels.filter((label) => !saysStatus(label)).toSorted(),
      parent: numbers.get(issue.parent ?? 0) ?? null,
      blocks: issues.filter(({ blockedBy }) => blockedBy.has(issue.id))
        .map(({ number }) => String(number)).sort(),
    },
  ]));
}

function statusOf({ state, stateReason, labels }: FakeIssue): Status {
  if (state === "open") return statusOfOpen(labels);
  return stateReason === "completed" ? "done" : "canceled";
}

function withoutMarker(body: string | null): string | null {
  const text = (body ?? "").replace(MARKER, "");
  return text === "" ? null : text;
}
