import { type Status, STATUSES } from "../../contract/issue.ts";
import type { ExternalRef, IssueType, NormalizedIssue, Priority } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { providerOf } from "../../providers/mod.ts";
import { isoTime } from "../../platform/clock.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { GITHUB_PLANS } from "./demo_data/github.ts";
import { GITLAB_PLANS } from "./demo_data/gitlab.ts";
import { JIRA_PLANS } from "./demo_data/jira.ts";
import { LINEAR_PLANS } from "./demo_data/linear.ts";
import type { EpicPlan, ResourcePlan } from "./demo_data/plan.ts";
import { addUserUnchecked, ensureTeam } from "../accounts/users.ts";
import { addResource, ensureInstallation } from "../bindings/resources.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import { nameTeam } from "../store/development.ts";
import { setNextIssueNumber, storeIssue } from "../store/issues.ts";
import { mapPackage } from "../store/packages.ts";
import { userByName } from "../store/users.ts";
import { DEMO } from "./account.ts";

const PLANS: readonly (readonly [HostedProvider, readonly ResourcePlan[]])[] = [
  ["linear", LINEAR_PLANS],
  ["jira", JIRA_PLANS],
  ["github", GITHUB_PLANS],
  ["gitlab", GITLAB_PLANS],
];

/** Fills empty data with the demo user, team, resources and issues; does nothing when the user is there. */
export async function seedDemo(context: HostContext): Promise<void> {
  if (await userByName(context.store, DEMO.username) !== null) return;
  try {
    await inTransaction(context, addDemo);
  } catch (error) {
    // Another process was first: the insertion of the user has waited for the end of its transaction.
    if (!(error instanceof TrackerError) || error.code !== "user_exists") throw error;
  }
}

async function addDemo(context: TransactionContext): Promise<void> {
  await addUserUnchecked(context, { ...DEMO, email: DEMO.username });
  const team = await ensureTeam(context, DEMO.team);
  await nameTeam(context.store, team.id, "Acme Corp");
  for (const [provider, plans] of PLANS) {
    const installation = await ensureInstallation(context, team.id, provider);
    for (const plan of plans) {
      const resource = await addResource(context, installation, { ...plan, provider });
      const { numericIds = false } = plan;
      await seedPlan(context, { ...resource, numericIds }, plan);
    }
  }
}

const PEOPLE = ["amara.okafor", "jonas.lindqvist", "mei.tanaka", "rafael.souza", "zoë.martin"];

const DAY = 24 * 60 * 60 * 1000;

/** A resource that gets issues of the demo. */
type SeededResource = Resource & Required<Pick<ResourcePlan, "numericIds">>;

/** One issue on its way into a resource. */
interface Draft {
  readonly number: number;
  readonly title: string;
  readonly type: IssueType;
  readonly epic: EpicPlan;
  readonly parent: ExternalRef | null;
}

async function seedPlan(
  context: TransactionContext,
  resource: SeededResource,
  plan: ResourcePlan,
): Promise<void> {
  const { store } = context;
  const now = context.now();
  const drafts = draftsOf(resource, plan);
  const issues = drafts.map((draft) => issueOf(resource, draft, drafts, now));
  issues.sort((a, b) => a.updated_at < b.updated_at ? -1 : 1);
  for (const issue of issues) await storeIssue(store, resource.id, issue, false);
  await setNextIssueNumber(store, resource.id, drafts.length + 1);
  const stories = drafts.filter((one) => one.type === "story").slice(0, 3);
  for (const [index, { number }] of stories.entries()) {
    await mapPackage(store, {
      resourceId: resource.id,
      packageId: `WP0${index + 1}`,
      issueId: refOf(resource, number).id,
      at: now - 20 * DAY,
    });
  }
}

function draftsOf(resource: SeededResource, plan: ResourcePlan): Draft[] {
  const drafts: Draft[] = [];
  const add = (title: string, type: IssueType, epic: EpicPlan, parent: ExternalRef | null) => {
    const number = drafts.length + 1;
    drafts.push({ number, title, type, epic, parent });
    return refOf(resource, number);
  };
  for (const epic of plan.epics) {
    const top = add(epic.title, "epic", epic, null);
    let above = top;
    for (const line of epic.work) {
      if (line.startsWith("> ")) add(line.slice(2), "subtask", epic, above);
      else {
        const [kind = "", title = ""] = line.split(/: (.*)/s);
        above = add(title, typeOf(kind), epic, top);
      }
    }
  }
  return drafts;
}

function issueOf(
  resource: SeededResource,
  draft: Draft,
  all: readonly Draft[],
  now: number,
): NormalizedIssue {
  const { number, type, epic } = draft;
  const created = now - (150 - number * 3) * DAY - (number * 7_919 % 86_400) * 1000;
  const status = statusOf(draft);
  const age = status === "todo" ? 1 : 2 + number % 9;
  const updated = Math.min(created + age * DAY + number * 61_000, now - number * 60_000);
  const person = PEOPLE[number % PEOPLE.length] ?? "";
  return {
    ref: refOf(resource, number),
    title: draft.title,
    body: bodyOf(draft),
    status,
    issue_type: type,
    priority: priorityOf(draft),
    assignees: status === "todo" && number % 3 !== 0 ? [] : [person],
    labels: [...epic.labels, ...(type === "bug" ? ["regression"] : [])].slice(0, 1 + number % 3),
    parent_ref: draft.parent,
    links: linksOf(resource, draft, all),
    custom_fields: type === "story" ? { estimate: [1, 2, 3, 5, 8][number % 5] } : {},
    created_at: isoTime(created),
    updated_at: isoTime(Math.max(updated, created)),
    provider_metadata: { status_name: providerOf(resource.provider).capabilities.statuses[status] },
  };
}

function refOf(resource: SeededResource, number: number): ExternalRef {
  const { provider, externalId, numericIds } = resource;
  const id = numericIds
    ? String(Number(externalId) * 100 + number)
    : `${externalId}-${String(number).padStart(4, "0")}`;
  return providerOf(provider).refOf(resource, number, id);
}

function typeOf(kind: string): IssueType {
  return kind === "story" || kind === "bug" || kind === "chore" ? kind : "task";
}

/** Early work is done, late work waits; epics are open, and every status appears. */
function statusOf({ number, type }: Draft): Status {
  if (type === "epic") return number === 1 ? "in_progress" : number < 15 ? "in_review" : "todo";
  if (number % 13 === 0) return "canceled";
  if (number % 11 === 0) return "blocked";
  if (number < 12) return "done";
  return STATUSES[number % 4 === 3 ? 2 : number % 4 === 2 ? 1 : 0];
}

function priorityOf({ number, type }: Draft): Priority {
  if (type === "bug") return number % 2 === 0 ? 1 : 2;
  if (type === "chore") return 4;
  return number % 5 === 0 ? 0 : 3;
}

function linksOf(
  resource: SeededResource,
  draft: Draft,
  all: readonly Draft[],
): NormalizedIssue["links"] {
  const other = all[(draft.number + 4) % all.length];
  if (other === undefined || draft.type === "epic") return [];
  const ref = refOf(resource, other.number);
  if (draft.number % 11 === 0) return [{ type: "blocked_by", ref }];
  if (draft.number % 7 === 0) return [{ type: "relates_to", ref }];
  if (draft.number % 13 === 0) return [{ type: "duplicates", ref }];
  return draft.number % 17 === 0 ? [{ type: "blocks", ref }] : [];
}

function bodyOf(draft: Draft): string | null {
  const { title, epic, type, number } = draft;
  switch (type) {
    case "epic":
      return [
        `## Why\n\n${epic.goal}.`,
        `## What belongs to it\n\n${epic.work.map((line) => `- ${workTitle(line)}`).join("\n")}`,
        `## How we know\n\nWe look at the numbers four weeks after the last part is out, and write down what we did not expect.`,
      ].join("\n\n");
    case "story":
      return `${epic.goal}.\n\n### Done when\n\n- [ ] "${title}" works on a phone and with a keyboard\n- [ ] an error says what to do next\n- [ ] it is in the help centre\n\nPart of **${epic.title}**.`;
    case "bug":
      return `### What happens\n\n${title}.\n\n### Steps\n\n1. Start from a fresh account\n2. Do it twice in a row\n3. Watch the second time\n\n\`\`\`text\nseen ${
        3 + number % 40
      } times this week, first on build ${
        1200 + number * 7
      }\n\`\`\`\n\nFound while working on **${epic.title}**.`;
    case "task":
      return `${epic.goal}.\n\nThis task is the technical part: ${
        lowered(title)
      }.\n\n| risk | answer |\n| --- | --- |\n| takes longer | ship the first half |\n| breaks others | behind a flag |`;
    case "chore":
      return number % 2 === 0 ? null : `Small, but it has waited long: ${lowered(title)}.`;
    case "subtask":
      return null;
  }
}

function workTitle(line: string): string {
  return line.replace(/^(> |\w+: )/, "");
}

function lowered(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
