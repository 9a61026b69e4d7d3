import type * as v from "valibot";
import { parseOwn } from "../../contract/parse.ts";
import { harmless, whereWrong } from "../harmless.ts";
import { ProviderError, rejected } from "../remote.ts";
import {
  isRefusal,
  MAX_PAGES,
  PERMISSION_MISSING,
  type RestCaller,
  tooManyPages,
} from "../rest.ts";
import {
  GraphAnswerSchema,
  ParentSetSchema,
  type RelatedItem,
  RelationsSchema,
} from "./schemas.ts";

const RELATED = "iid webUrl project { id fullPath }";

/** Links of one issue at most that a page of them has. */
const LINKS_AT_ONCE = 100;

const LINKS = linksQuery("");

function linksQuery(after: string): string {
  return `... on WorkItemWidgetLinkedItems {
    linkedItems(first: ${LINKS_AT_ONCE}${after}) {
      nodes { linkType workItem { ${RELATED} } }
      pageInfo { hasNextPage endCursor }
    }
  }`;
}

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

/** What is asked about the links of one issue that a page of them did not show. */
export const MORE_LINKS_QUERY: string = `query links($path: ID!, $iids: [String!], $after: String) {
  project(fullPath: $path) {
    workItems(iids: $iids, first: 1) { nodes { iid widgets { ${linksQuery(", after: $after")} } } }
  }
}`;

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

/** A link of an issue, as GraphQL tells. */
export type GraphLink = NonNullable<
  GraphNode["widgets"][number]["linkedItems"]
>["nodes"][number];

/** An issue with its parent and all of its links, as GraphQL tells. */
export interface GraphRelations {
  readonly iid: string;
  readonly parents: readonly RelatedItem[];
  readonly links: readonly GraphLink[];
}

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
  async relations(
    path: string,
    iids: readonly string[],
  ): Promise<readonly GraphRelations[] | null> {
    const { graph } = this.#knowledge;
    if (graph === "nothing") return null;
    try {
      const data = await this.#ask(RelationsSchema, "read parents and links", {
        query: RELATIONS_QUERIES[graph],
        variables: { path, iids },
        isRead: true,
      });
      const found: GraphRelations[] = [];
      for (const node of data.project?.workItems?.nodes ?? []) {
        found.push(await this.#whole(path, node));
      }
      return found;
    } catch (error) {
      const isUnknown = isUnknownField(error);
      if (!isUnknown && !isRefusal(error)) throw error;
      // Links came to GraphQL in 16.3.
      const isOlder = isUnknown && graph === "parentsAndLinks";
      this.#knowledge.graph = isOlder ? "parents" : "nothing";
      return await this.relations(path, iids);
    }
  }

  /** Returns an issue with the links of all pages. */
  async #whole(path: string, { iid, widgets }: GraphNode): Promise<GraphRelations> {
    const parents = widgets.flatMap(({ parent }) => parent == null ? [] : [parent]);
    const links = [...linksIn(widgets)];
    let after = nextIn(widgets);
    for (let pages = 1; after !== null; pages++) {
      if (pages === MAX_PAGES) throw tooManyPages("GitLab", "links");
      const data = await this.#ask(RelationsSchema, "read more links", {
        query: MORE_LINKS_QUERY,
        variables: { path, iids: [iid], after },
        isRead: true,
      });
      const more = data.project?.workItems?.nodes[0]?.widgets ?? [];
      links.push(...linksIn(more));
      after = nextIn(more);
    }
    return { iid, parents, links };
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
    const { errors } = workItemUpdate;
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
    const parsed = parseOwn(schema, data);
    if (parsed.ok) return parsed.value;
    const words = `GitLab's GraphQL gave no answer to "${name}" as expected${whereWrong(parsed)}`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}

function linksIn(widgets: GraphNode["widgets"]): readonly GraphLink[] {
  return widgets.flatMap(({ linkedItems }) => linkedItems?.nodes ?? []);
}

/** Returns where the next page of links begins; `null` at the end. */
function nextIn(widgets: GraphNode["widgets"]): string | null {
  const info = widgets.find(({ linkedItems }) => linkedItems != null)?.linkedItems?.pageInfo;
  return info?.hasNextPage === true ? info.endCursor ?? null : null;
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
