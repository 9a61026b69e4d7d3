import * as v from "valibot";
import { parseOwn } from "../../contract/parse.ts";
import { whereWrong } from "../harmless.ts";
import { ProviderError } from "../remote.ts";
import { MAX_PAGES, tooManyPages } from "../rest.ts";
import { callProvider, type ProviderAnswer, type Wire } from "../transport.ts";
import { type Operation, OPERATIONS } from "./operations.ts";
import type {
  LinearComment,
  LinearIssue,
  LinearLabel,
  LinearPage,
  LinearTeam,
  LinearUser,
  LinearWebhook,
} from "./schemas.ts";
import type { PlacedState } from "./words.ts";

/** What an issue is created or changed with, in Linear's own names. */
export type IssueInput = Readonly<
  Record<string, string | number | null | readonly string[]>
>;

/** Which issues a page is of. */
export interface IssueList {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly first: number;
  readonly after: string | null;
}

const DataSchema = v.looseObject({ data: v.unknown() });

/** Calls of Linear's GraphQL API under one credential. */
export class LinearCalls {
  readonly #wire: (call: string) => Promise<Wire>;

  /** `wire` returns how a call is made now: a token of an app ends some day. */
  constructor(wire: (call: string) => Promise<Wire>) {
    this.#wire = wire;
  }

  /**
   * Asks Linear one thing. `secrets` stand in the variables, and are never said.
   *
   * @throws {ProviderError} what Linear answers with, or what keeps it from answering.
   */
  async ask<T>(
    operation: Operation<T>,
    variables: Readonly<Record<string, unknown>> = {},
    secrets: readonly string[] = [],
  ): Promise<T> {
    const { name, document, isRead, data } = operation;
    const wire = await this.#wire(name);
    const answer = await callProvider(wire, {
      name,
      method: "POST",
      path: "/graphql",
      body: { query: document, variables },
      isRead,
      secrets,
    });
    // Linear may answer with a failure and the status 200.
    const fault = wire.judge(answer, [...wire.secrets, ...secrets]);
    if (fault !== null) {
      if (fault.fault.kind === "limited") wire.budget.close(fault.fault.until);
      throw fault;
    }
    const parsed = parseOwn(data, dataIn(answer));
    if (parsed.ok) return parsed.value;
    throw new ProviderError(
      { kind: "failing" },
      `Linear's answer to "${name}" is not as expected${whereWrong(parsed)}`,
    );
  }

  /** Returns the teams that the credential reaches. */
  async teams(): Promise<readonly LinearTeam[]> {
    return await all(async (after) => (await this.ask(OPERATIONS.teams, { after })).teams);
  }

  /** Returns a team; `null` when it is gone, or the credential does not reach it. */
  async team(id: string): Promise<LinearTeam | null> {
    const { teams } = await this.ask(OPERATIONS.team, { id });
    return teams.nodes[0] ?? null;
  }

  /** Returns a page of issues, the newest first. */
  async issues(
    operation: "changedIssues" | "allIssues",
    { filter, first, after }: IssueList,
  ): Promise<LinearPage<LinearIssue>> {
    const { issues } = await this.ask(OPERATIONS[operation], { filter, first, after });
    const nodes: LinearIssue[] = [];
    for (const issue of issues.nodes) nodes.push(await this.#whole(issue));
    return { ...issues, nodes };
  }

  /** Returns an issue, also one that is archived or in the trash; `null` when it is gone. */
  async issue(id: string): Promise<LinearIssue | null> {
    const [issue] = (await this.ask(OPERATIONS.issue, { id })).issues.nodes;
    return issue === undefined ? null : await this.#whole(issue);
  }

  /** Returns which of these issues are there. */
  async knownIssues(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (let from = 0; from < ids.length; from += 50) {
      const some = ids.slice(from, from + 50);
      const { issues } = await this.ask(OPERATIONS.knownIssues, { ids: some });
      for (const { id } of issues.nodes) known.add(id);
    }
    return known;
  }

  /** Returns the workflow states of a team. */
  async states(team: string): Promise<readonly PlacedState[]> {
    return await all(async (after) =>
      (await this.ask(OPERATIONS.states, { team, after })).workflowStates
    );
  }

  /** Returns the labels of these names, in any case, that issues of a team may have; those of the team first. */
  async labels(team: string, names: readonly string[]): Promise<readonly LinearLabel[]> {
    const filter = {
      isGroup: { eq: false },
      and: [
        { or: [{ team: { id: { eq: team } } }, { team: { null: true } }] },
        { or: names.map((name) => ({ name: { eqIgnoreCase: name } })) },
      ],
    };
    const found = await all(async (after) =>
      (await this.ask(OPERATIONS.labels, { filter, after })).issueLabels
    );
    return [
      ...found.filter((label) => label.team != null),
      ...found.filter((label) => label.team == null),
    ];
  }

  /** Creates a label of a team. */
  async createLabel(team: string, name: string): Promise<LinearLabel> {
    const { issueLabelCreate } = await this.ask(OPERATIONS.createLabel, {
      input: { teamId: team, name },
    });
    return issueLabelCreate.issueLabel;
  }

  /** Returns active people of this name, display name or mail. */
  async users(name: string): Promise<readonly LinearUser[]> {
    const is = { eqIgnoreCase: name };
    const filter = {
      active: { eq: true },
      or: [{ displayName: is }, { email: is }, { name: is }],
    };
    return (await this.ask(OPERATIONS.users, { filter })).users.nodes;
  }

  /** Returns the comments of an issue. */
  async comments(id: string): Promise<readonly LinearComment[]> {
    return await all(async (after) =>
      (await this.ask(OPERATIONS.comments, { id, after })).issue.comments
    );
  }

  /** Returns the webhooks of the workspace. */
  async webhooks(): Promise<readonly LinearWebhook[]> {
    return await all(async (after) => (await this.ask(OPERATIONS.webhooks, { after })).webhooks);
  }

  /** Returns an issue with all of its labels and relations. */
  async #whole(issue: LinearIssue): Promise<LinearIssue> {
    const { id } = issue;
    const { labels, relations, inverseRelations } = issue;
    return {
      ...issue,
      labels: await rest(
        labels,
        async (after) => (await this.ask(OPERATIONS.labelsOfIssue, { id, after })).issue.labels,
      ),
      relations: await rest(
        relations,
        async (after) =>
          (await this.ask(OPERATIONS.relationsOfIssue, { id, after })).issue.relations,
      ),
      inverseRelations: await rest(
        inverseRelations,
        async (after) =>
          (await this.ask(OPERATIONS.inverseRelationsOfIssue, { id, after })).issue
            .inverseRelations,
      ),
    };
  }
}

function dataIn({ body }: ProviderAnswer): unknown {
  const parsed = v.safeParse(DataSchema, body);
  return parsed.success ? parsed.output.data : null;
}

async function all<T>(
  pageAfter: (after: string | null) => Promise<LinearPage<T>>,
): Promise<readonly T[]> {
  const first = await pageAfter(null);
  return (await rest(first, pageAfter)).nodes;
}

/** Returns a list with what follows its first page. */
async function rest<T>(
  first: LinearPage<T>,
  pageAfter: (after: string | null) => Promise<LinearPage<T>>,
): Promise<LinearPage<T>> {
  if (!first.pageInfo.hasNextPage) return first;
  const nodes = [...first.nodes];
  let page = first;
  for (let pages = 1; page.pageInfo.hasNextPage; pages++) {
    if (pages === MAX_PAGES) throw tooManyPages("Linear", "a list");
    page = await pageAfter(page.pageInfo.endCursor ?? null);
    nodes.push(...page.nodes);
  }
  return { nodes, pageInfo: page.pageInfo };
}
