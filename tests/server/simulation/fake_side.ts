import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { STATUSES } from "../../../src/contract/issue.ts";
import { ProviderError } from "../../../src/providers/mod.ts";
import { fakeProvider } from "../../standins/fake_provider.ts";
import type { Fault, Sent, Shown, Side } from "./side.ts";

const PLACE = "7c1f0a52-team-sim";

/** Returns a provider of no kind in particular. */
export function fakeSide(now: () => number): Side {
  const fake = fakeProvider([], PLACE);
  const told: string[] = [];
  let deliveries = 0;
  return {
    provider: "linear",
    place: {
      externalId: PLACE,
      workspace: "acme",
      key: "SIM",
      name: "Simulation",
      label: "Simulation (SIM)",
      url: "https://linear.app/acme/issue",
      workflow: "open",
      context: {},
    },
    credential: { kind: "token", secret: "a secret", baseUrl: "https://linear.invalid" },
    remote: fake,
    fetch: null,
    statuses: STATUSES,
    hasPriority: true,
    all: () => new Map([...fake.issues].map(([id, issue]) => [id, shown(issue)])),
    add(title) {
      const id = fake.add(title);
      told.push(id);
      return id;
    },
    edit(id, edit) {
      fake.edit(id, edit);
      told.push(id);
    },
    remove(id) {
      fake.remove(id);
      told.push(id);
    },
    comments: (id) => (fake.commentsOf.get(id) ?? []).map(({ body }) => body),
    isAttempt: () => false,
    passing: [],
    writes: () => fake.writes,
    faults: () => [],
    stepIn(step) {
      fake.stepIn = ({ method, phase }) => {
        const isWrite = ["create", "update", "transition", "addComment"].includes(method);
        const fault = step({ isWrite, phase });
        if (fault !== null) throw failure(fault, now());
      };
    },
    async takeWebhooks(secret) {
      const sent: Sent[] = [];
      for (const id of told.splice(0)) {
        sent.push(await fake.webhook(`d${++deliveries}`, [id], secret));
      }
      return sent;
    },
    disturb(below) {
      fake.pageSize = 1 + below(6);
      fake.listsWhole = below(2) === 0;
      fake.stepMs = below(3) * 700;
    },
    rest() {},
  };
}

function failure(fault: Fault, now: number): ProviderError {
  const words = `A ${fault} call`;
  if (fault === "limited") {
    return new ProviderError({ kind: "limited", until: now + 90_000 }, words);
  }
  return new ProviderError({ kind: fault === "lost" ? "unreachable" : fault }, words);
}

/** Returns an issue of a provider that has it in the words of all. */
export function shown(issue: NormalizedIssue): Shown {
  const { title, body, status, priority, labels, parent_ref, links } = issue;
  return {
    title,
    body,
    status,
    priority,
    labels: labels.toSorted(),
    parent: parent_ref?.id ?? null,
    blocks: links.filter(({ type }) => type === "blocks").map(({ ref }) => ref.id).sort(),
  };
}
