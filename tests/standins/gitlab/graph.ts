import { buildSchema, execute, type GraphQLSchema, parse, validate } from "graphql";
import type { Answers } from "./answers.ts";
import type { Reply } from "./reply.ts";
import type { FakeIssue, FakeProject, FakeState, FakeToken } from "./state.ts";

/** How much of GraphQL a server has: newer ones tell of links, too. */
export type Graph = "links" | "parents" | "none";

/** What answers a question. */
export interface GraphCall {
  readonly state: FakeState;
  readonly answers: Answers;
  readonly token: FakeToken;
  readonly graph: Graph;
  wrote(what: string): void;
}

const TEXT = Deno.readTextFileSync(new URL("schema.graphql", import.meta.url));

const WITH_LINKS = buildSchema(TEXT);

/** As it was before links came to GraphQL. */
const WITHOUT_LINKS = buildSchema(
  TEXT.replace(/type (WorkItemWidgetLinkedItems|LinkedWorkItemType\w*)[^}]*\}/g, ""),
);

/** Returns what a server of that age knows. */
export function schemaOf(graph: Graph): GraphQLSchema {
  return graph === "links" ? WITH_LINKS : WITHOUT_LINKS;
}

const PLANNER = 15;

/** Answers a question of GraphQL. */
export async function answerGraph(call: GraphCall, sent: unknown): Promise<Reply> {
  if (call.graph === "none") return { status: 404, body: { message: "404 Not Found" } };
  const { query, variables } = questionIn(sent);
  const document = parse(query);
  const schema = schemaOf(call.graph);
  const errors = validate(schema, document);
  if (errors.length > 0) {
    const message = errors[0]?.message ?? "";
    const type = /Unknown type "(\w+)"/.exec(message)?.[1];
    const words = type === undefined
      ? message
      : `No such type ${type}, so it can't be a fragment condition`;
    return { status: 200, body: { errors: [{ message: words }] } };
  }
  const answer = await execute({
    schema,
    document,
    rootValue: rootFor(call),
    variableValues: variables,
  });
  return {
    status: 200,
    body: { data: answer.data, errors: answer.errors?.map(({ message }) => ({ message })) },
  };
}

function questionIn(
  sent: unknown,
): { readonly query: string; readonly variables: Record<string, unknown> } {
  const isQuestion = typeof sent === "object" && sent !== null && "query" in sent;
  if (!isQuestion || typeof sent.query !== "string") throw new Error("No question of GraphQL");
  const variables = "variables" in sent && typeof sent.variables === "object" ? sent.variables : {};
  return { query: sent.query, variables: { ...variables } };
}

function rootFor(call: GraphCall) {
  return {
    project: ({ fullPath }: { readonly fullPath: string }) => {
      const project = call.state.find(fullPath);
      const isSeen = project !== null && project.members.has(call.token.username);
      return isSeen ? projectView(call, project) : null;
    },
    workItemUpdate: ({ input }: { readonly input: UpdateInput }) => update(call, input),
  };
}

interface UpdateInput {
  readonly id: string;
  readonly hierarchyWidget?: { readonly parentId?: string | null };
}

function projectView(call: GraphCall, project: FakeProject): object {
  return {
    id: `gid://gitlab/Project/${project.id}`,
    fullPath: project.path,
    workItems: ({ iids, first }: Page & { readonly iids: readonly string[] }) => ({
      nodes: iids.slice(0, Math.min(PAGE, first ?? PAGE)).flatMap((iid) => {
        const issue = project.issues.get(Number(iid));
        return issue === undefined ? [] : [itemView(call, project, issue)];
      }),
    }),
  };
}

function itemView(call: GraphCall, project: FakeProject, issue: FakeIssue): object {
  const { state, answers, graph } = call;
  const view = (id: number) => {
    const found = state.issueById(id);
    return found === null ? null : itemView(call, found.project, found.issue);
  };
  const epic = () => ({
    id: "gid://gitlab/WorkItem/1",
    iid: "1",
    title: issue.epic,
    project: null,
  });
  return {
    id: `gid://gitlab/WorkItem/${issue.id}`,
    iid: String(issue.iid),
    title: issue.title,
    webUrl: answers.pageOf(project, issue.iid).replace("/-/issues/", "/-/work_items/"),
    project: () => projectView(call, project),
    workItemType: { name: issue.kind },
    widgets: () => [
      { __typename: "WorkItemWidgetLabels", type: "LABELS" },
      {
        __typename: "WorkItemWidgetHierarchy",
        type: "HIERARCHY",
        parent: () =>
          issue.epic !== null ? epic() : issue.parent === null ? null : view(issue.parent),
      },
      ...(graph !== "links" ? [] : [{
        __typename: "WorkItemWidgetLinkedItems",
        type: "LINKED_ITEMS",
        linkedItems: (page: Page) =>
          pageOf(page, state.linksOf(issue.id), ({ link, type, other }) => ({
            linkId: `gid://gitlab/WorkItems::RelatedWorkItemLink/${link.id}`,
            linkType: type,
            workItem: () => view(other),
          })),
      }]),
    ],
  };
}

/** Which page of a list is asked for. */
interface Page {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** Entries of a list that a page has at most. */
const PAGE = 100;

function pageOf<T>({ first, after }: Page, all: readonly T[], view: (one: T) => object): object {
  const from = after == null ? 0 : Number(atob(after));
  const until = from + Math.min(PAGE, first ?? PAGE);
  return {
    nodes: all.slice(from, until).map(view),
    pageInfo: { hasNextPage: until < all.length, endCursor: btoa(String(until)) },
  };
}

function update(call: GraphCall, { id, hierarchyWidget }: UpdateInput) {
  const numberIn = (gid: string) => Number(gid.slice(gid.lastIndexOf("/") + 1));
  const found = call.state.issueById(numberIn(id));
  const role = found?.project.members.get(call.token.username) ?? 0;
  if (found === null || role < PLANNER || !call.token.scopes.includes("api")) {
    throw new Error(
      "The resource that you are attempting to access does not exist or you don't have " +
        "permission to perform this action",
    );
  }
  const { issue } = found;
  const parentId = hierarchyWidget?.parentId ?? null;
  const parent = parentId === null ? null : call.state.issueById(numberIn(parentId));
  const isTaken = parentId === null ||
    issue.kind === "task" && (parent?.issue.kind === "issue" || parent?.issue.kind === "incident");
  if (!isTaken) {
    const errors = [
      `#${issue.iid} cannot be added: it's not allowed to add this type of parent item`,
    ];
    return { errors, workItem: null };
  }
  issue.parent = parent?.issue.id ?? null;
  call.wrote(`parent #${issue.iid}`);
  return { errors: [], workItem: itemView(call, found.project, issue) };
}
