import type {
  Access,
  ListedPage,
  Remote,
  RemoteComment,
  RemoteComments,
  RemotePlace,
} from "../remote.ts";
import { ProviderError, whereTaken } from "../remote.ts";
import { newLinks } from "../refs.ts";
import { Sessions } from "../sessions.ts";
import { walkText } from "../stored.ts";
import type { LinearCalls } from "./calls.ts";
import { LINEAR_BUDGETS } from "./faults.ts";
import { issueFrom, placeFrom } from "./issues.ts";
import { OPERATIONS } from "./operations.ts";
import type { LinearComment, LinearIssue } from "./schemas.ts";
import { type LinearAccess, LinearSession } from "./session.ts";
import { beginWalk, continueWalk, readWalk, type Walk } from "./walk.ts";
import { linearWebhooks } from "./webhooks.ts";
import { addLinks, inputFor, removeLinks, requireLinked, writeTools } from "./write.ts";

/** Issues of a page at the first round, and later, when few have changed: a page costs what it may hold. */
const FIRST_PAGE = 50;
const LATER_PAGE = 25;

/**
 * Of a team that is gone itself, or is hidden, no issue is said to be gone.
 *
 * @throws {ProviderError} `rejected`.
 */
async function requireTeam(calls: LinearCalls, { externalId, key }: RemotePlace): Promise<void> {
  if (await calls.team(externalId) !== null) return;
  const words = `The team "${key}" is not there, or the credential does not reach it`;
  throw new ProviderError({ kind: "rejected", code: "place_gone" }, words);
}

/** Returns Linear, as it is reached over the network. */
export function linearRemote(): Remote {
  const sessions = new Sessions((access: LinearAccess) => new LinearSession(access));
  const callsOf = (access: Access) => sessions.of(access).calls(access);
  return {
    budgetRules: LINEAR_BUDGETS,
    async listChanged(access, place, { since, cursor }) {
      const walk = cursor === null ? beginWalk(since) : readWalk(cursor);
      const first = since === null ? FIRST_PAGE : LATER_PAGE;
      const page = await callsOf(access).issues("changedIssues", {
        filter: filterOf(place, "updatedAt", walk),
        first,
        after: walk.after,
      });
      // Of a team that it does not reach, Linear lists nothing.
      if (cursor === null && page.nodes.length === 0) await requireTeam(callsOf(access), place);
      const { next, highWater } = continueWalk(walk, {
        times: page.nodes.map(({ updatedAt }) => updatedAt),
        endCursor: page.pageInfo.endCursor ?? null,
        hasNextPage: page.pageInfo.hasNextPage,
      });
      return {
        issues: page.nodes.filter(isThere).map((issue) => issueFrom(issue, access.statusWords)),
        removed: page.nodes.filter((issue) => !isThere(issue)).map(({ id }) => id),
        cursor: next === null ? null : walkText(next),
        highWater,
      };
    },
    async listAll(access, place, cursor): Promise<ListedPage> {
      const walk = cursor === null ? beginWalk(null) : readWalk(cursor);
      const page = await callsOf(access).issues("allIssues", {
        filter: filterOf(place, "createdAt", walk),
        first: FIRST_PAGE,
        after: walk.after,
      });
      const { next } = continueWalk(walk, {
        times: page.nodes.map(({ createdAt }) => createdAt),
        endCursor: page.pageInfo.endCursor ?? null,
        hasNextPage: page.pageInfo.hasNextPage,
      });
      const there = page.nodes.filter(isThere);
      return {
        ids: there.map(({ id }) => id),
        // Whole: renamed labels and new links are no change of an issue at Linear.
        issues: there.map((issue) => issueFrom(issue, access.statusWords)),
        cursor: next === null ? null : walkText(next),
      };
    },
    async readPlace(access, { externalId }) {
      const team = await callsOf(access).team(externalId);
      return team === null ? null : placeFrom(team);
    },
    async get(access, place, id) {
      const issue = await callsOf(access).issue(id);
      if (issue === null) await requireTeam(callsOf(access), place);
      if (issue === null || !isIn(place, issue)) return null;
      return issueFrom(issue, access.statusWords);
    },
    async create(access, place, { clientId, fields }) {
      const calls = callsOf(access);
      const tools = writeTools(calls, access, place);
      const { links_add = [] } = fields;
      const input = await inputFor(tools, null, fields);
      if (links_add.length > 0) await requireLinked(tools, links_add);
      const { issueCreate } = await calls.ask(OPERATIONS.createIssue, {
        input: { ...input, id: clientId, teamId: place.externalId },
      });
      const { issue, success } = issueCreate;
      if (!success || issue == null) throw notDone("create the issue");
      if (links_add.length === 0) return issueFrom(issue, access.statusWords);
      await addLinks(tools, clientId, links_add, whereTaken);
      return issueFrom(await calls.issue(clientId) ?? issue, access.statusWords);
    },
    async findCreated(access, place, { clientId, fields }) {
      const calls = callsOf(access);
      const found = await calls.issue(clientId);
      if (found === null) return null;
      if (!isIn(place, found)) {
        const fault = { kind: "rejected", code: "issue_not_found" } as const;
        throw new ProviderError(fault, `The new issue ${found.identifier} is gone from the team`);
      }
      const issue = issueFrom(found, access.statusWords);
      const missing = newLinks(issue.links, fields.links_add ?? []);
      if (missing.length === 0) return issue;
      await addLinks(writeTools(calls, access, place), clientId, missing, whereTaken);
      return issueFrom(await calls.issue(clientId) ?? found, access.statusWords);
    },
    async change(access, place, issue, change) {
      const calls = callsOf(access);
      const tools = writeTools(calls, access, place);
      const { id } = issue.ref;
      const { links_remove = [] } = change;
      const links_add = newLinks(issue.links, change.links_add ?? []);
      const input = await inputFor(tools, issue, change);
      if (links_add.length > 0) await requireLinked(tools, links_add);
      if (Object.keys(input).length > 0) {
        const { issueUpdate } = await calls.ask(OPERATIONS.updateIssue, { id, input });
        if (!issueUpdate.success) throw notDone("change the issue");
      }
      await removeLinks(tools, id, links_remove);
      await addLinks(tools, id, links_add);
    },
    comments: linearComments(callsOf),
    webhooks: linearWebhooks(callsOf),
  };
}

function filterOf(
  { externalId }: RemotePlace,
  time: "createdAt" | "updatedAt",
  { since, until }: Walk,
): Readonly<Record<string, unknown>> {
  const bounds = {
    ...(since === null ? {} : { gte: since }),
    ...(until === null ? {} : { lte: until }),
  };
  return {
    team: { id: { eq: externalId } },
    ...(Object.keys(bounds).length === 0 ? {} : { [time]: bounds }),
  };
}

/** What is in the trash is gone; what is archived is there. */
function isThere({ trashed }: LinearIssue): boolean {
  return trashed !== true;
}

function isIn({ externalId }: RemotePlace, issue: LinearIssue): boolean {
  return isThere(issue) && issue.team.id === externalId;
}

function linearComments(callsOf: (access: Access) => LinearCalls): RemoteComments {
  return {
    async list(access, _place, id) {
      const comments = (await callsOf(access).comments(id)).map(commentFrom);
      return comments.toSorted((one, other) =>
        Date.parse(one.createdAt) - Date.parse(other.createdAt)
      );
    },
    async findAdded(access, _place, issueId, { clientId }) {
      const found = (await callsOf(access).comments(issueId)).find(({ id }) => id === clientId);
      return found === undefined ? null : commentFrom(found);
    },
    async add(access, _place, issueId, { clientId, body }) {
      const { commentCreate } = await callsOf(access).ask(OPERATIONS.createComment, {
        input: { id: clientId, issueId, body },
      });
      if (!commentCreate.success) throw notDone("add the comment");
      return commentFrom(commentCreate.comment);
    },
  };
}

function commentFrom(
  { id, body, createdAt, updatedAt, ...by }: LinearComment,
): RemoteComment {
  const author = by.user?.displayName ?? by.externalUser?.displayName ?? by.botActor?.name ?? null;
  return { id, author, body, createdAt, updatedAt, clientId: id };
}

function notDone(what: string): ProviderError {
  return new ProviderError({ kind: "failing" }, `Linear did not ${what}, and gave no reason`);
}
