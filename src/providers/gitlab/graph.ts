import type * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { harmless, whereWrong } from "../harmless.ts";
import { ProviderError, rejected } from "../remote.ts";
import { isRefusal, PERMISSION_MISSING, type RestCaller } from "../rest.ts";
import { GraphAnswerSchema, ParentSetSchema, RelationsSchema } from "./schemas.ts";

const RELATED = "iid webUrl project { id fullPath }";

const LINKS = `... on WorkItemWidgetLinkedItems {
  linkedItems { nodes { linkType workItem { ${RELATED} } } }
}`;

/** What is asked about the parents of issues, and their links. */
export const RELATIONS_QUERIES: Readonly<Record<"parentsAndLinks" | "parents", string>> = {
  parentsAndLinks: relationsQuery(LINKS),
  parents: relationsQuery(""),
};

function relationsQuery(links: string): string {
  return `query relations($path: ID!, $iids: [String!]) {
    project(fullPath: $path) {
      workItems(iids: $iids, first: 100) {
        nodes {
          iid
          widgets {
            ... on WorkItemWidgetHierarchy { parent { ${RELATED} } }
            ${links}
          }
        }
      }
    }
  }`;
}

/** What changes a parent. */
export const SET_PARENT = `mutation setParent($id: WorkItemID!, $parentId: WorkItemID) {
  workItemUpdate(input: { id: $id, hierarchyWidget: { parentId: $parentId } }) { errors }
}`;

/** How much a server tells by GraphQL. */
export type GraphKnowledge = "parentsAndLinks" | "parents" | "nothing";

/** An issue and what it is related to, as GraphQL tells. */
export type GraphNode = NonNullable<
  NonNullable<v.InferOutput<typeof RelationsSchema>["project"]>["workItems"]
>["nodes"][number];

/** Calls of GraphQL, for what the REST API does not have: the parents of issues, and the links of many at once. */
export class GitLabGraph {
  readonly #caller: RestCaller;
  readonly #address: string;
  readonly #knowledge: { graph: GraphKnowledge };

  /** `address` is that of GraphQL; `knowledge` remembers how much the server tells. */
  constructor(caller: RestCaller, address: string, knowledge: { graph: GraphKnowledge }) {
    this.#caller = caller;
    this.#address = address;
    this.#knowledge = knowledge;
  }

  /** How much the server tells, as far as it was asked. */
  get knowledge(): GraphKnowledge {
    return this.#knowledge.graph;
  }

  /** Returns what issues of a project, 100 at most, are related to; `null` where the server does not tell. */
  async relations(path: string, iids: readonly string[]): Promise<readonly GraphNode[] | null> {
    const { graph } = this.#knowledge;
    if (graph === "nothing") return null;
    try {
      const data = await this.#ask(RelationsSchema, "read parents and links", {
        query: RELATIONS_QUERIES[graph],
        variables: { path, iids },
        isRead: true,
      });
      return data.project?.workItems?.nodes ?? [];
    } catch (error) {
      const isUnknown = isUnknownField(error);
      if (!isUnknown && !isRefusal(error)) throw error;
      // Links came to GraphQL in 16.3.
      const isOlder = isUnknown && graph === "parentsAndLinks";
      this.#knowledge.graph = isOlder ? "parents" : "nothing";
      return await this.relations(path, iids);
    }
  }

  /**
   * Puts an issue below another one, both by their own ids; `null` takes it from there.
   *
   * @throws {ProviderError} `rejected` as `not_taken` when GitLab does not take the parent.
   */
  async setParent(id: number, parentId: number | null): Promise<void> {
    const gid = (one: number) => `gid://gitlab/WorkItem/${one}`;
    const { workItemUpdate } = await this.#ask(ParentSetSchema, "set the parent of an issue", {
      query: SET_PARENT,
      variables: { id: gid(id), parentId: parentId === null ? null : gid(parentId) },
      isRead: false,
    });
    const errors = workItemUpdate?.errors ?? [];
    if (errors.length > 0) {
      throw rejected(
        "not_taken",
        `GitLab does not take the parent: ${harmless(errors.join(", "), [])}`,
      );
    }
  }

  async #ask<T>(
    schema: v.GenericSchema<unknown, T>,
    name: string,
    { query, variables, isRead }: {
      readonly query: string;
      readonly variables: object;
      readonly isRead: boolean;
    },
  ): Promise<T> {
    const answer = await this.#caller.call({
      name,
      method: "POST",
      path: this.#address,
      body: { query, variables },
      isRead,
    });
    const { data, errors } = this.#caller.read(GraphAnswerSchema, answer, "answer of GraphQL");
    const [first] = errors ?? [];
    if (first !== undefined) throw faultIn(first.message, name);
    const parsed = parseWith(schema, data);
    if (parsed.ok) return parsed.value;
    const words = `GitLab's GraphQL gave no answer to "${name}" as expected${whereWrong(parsed)}`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}

const NOT_ALLOWED = /does not exist or you don't have permission/i;

/** The code of a question that a server does not understand. */
const UNKNOWN_FIELD = "graphql_unknown";

function faultIn(message: string, name: string): ProviderError {
  const words = `GitLab's GraphQL refused "${name}": ${harmless(message, [])}`;
  if (NOT_ALLOWED.test(message)) return rejected(PERMISSION_MISSING, words);
  if (/doesn't exist|No such type|isn't a defined|can't be spread/i.test(message)) {
    return rejected(UNKNOWN_FIELD, words);
  }
  return new ProviderError({ kind: "failing" }, words);
}

function isUnknownField(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    error.fault.code === UNKNOWN_FIELD;
}
