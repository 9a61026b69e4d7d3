import {
  type ChangedPage,
  ProviderError,
  type Remote,
  type RemoteComment,
  type Round,
} from "../remote.ts";
import { beginWalk, continueWalk, readWalk } from "../ascending_walk.ts";
import { markedBody, markerIn, withoutMarker } from "../marker.ts";
import { Sessions } from "../sessions.ts";
import { walkText } from "../stored.ts";
import { GITHUB_BUDGETS } from "./budgets.ts";
import type { GitHubComment } from "./calls.ts";
import { placeOf } from "./places.ts";
import { changeIssue } from "./change.ts";
import { createIssue, findCreation } from "./creation.ts";
import { isTooLong, MAX_BODY_CHARACTERS } from "./issues.ts";
import { type GitHubAccess, GitHubSession } from "./session.ts";
import { gitHubWebhooks } from "./webhooks.ts";
import { atPlace, issueIn, wholeIssue, wholeIssues, type Work } from "./work.ts";

/** Returns GitHub as the host reaches it, on github.com or on a server of an enterprise. */
export function gitHubRemote(): Remote {
  const sessions = new Sessions((access: GitHubAccess) => new GitHubSession(access));
  return {
    budgetRules: GITHUB_BUDGETS,
    listChanged: (access, place, round) =>
      atPlace(sessions, access, place, (work) => listChanged(work, round)),
    listAll: (access, place, cursor) =>
      atPlace(sessions, access, place, async (work) => {
        const page = await work.calls.issues.all(work.name, cursor);
        const issues = await wholeIssues(work, page.entries);
        return { ids: issues.map(({ ref }) => ref.id), issues, cursor: page.next };
      }),
    readPlace: async (access, place) => {
      const session = sessions.of(access);
      const calls = session.calls(access);
      const repository = await session.repository(calls, place.key, true);
      const isSame = repository !== null && String(repository.id) === place.externalId;
      return isSame ? placeOf(repository) : null;
    },
    get: (access, place, id) =>
      atPlace(sessions, access, place, async (work) => {
        if (!isNumber(id)) return null;
        const { session, calls, name: repository } = work;
        const { externalId: repositoryId } = place;
        const issue = await issueIn(work, { repository, repositoryId, number: id });
        if (issue !== null) return await wholeIssue(work, issue);
        // Of a repository that is gone itself, or has its issues turned off, no issue is said to be gone.
        await session.repositoryOf(calls, place, true);
        return null;
      }),
    create: (access, place, creation) =>
      atPlace(sessions, access, place, (work) => createIssue(work, creation)),
    findCreated: (access, place, creation) =>
      atPlace(sessions, access, place, (work) => findCreation(work, creation)),
    change: (access, place, issue, change) =>
      atPlace(sessions, access, place, (work) => changeIssue(work, issue, change)),
    comments: {
      list: (access, place, id) =>
        atPlace(sessions, access, place, async ({ calls, name }) => {
          if (!isNumber(id)) return [];
          return (await calls.issues.comments(name, id)).map(commentFrom);
        }),
      add: (access, place, id, { clientId, body }) =>
        atPlace(sessions, access, place, async ({ calls, name }) => {
          if (!isNumber(id)) throw notThere(id);
          const marked = markedBody(body, clientId);
          if (isTooLong(marked)) throw tooLong();
          return commentFrom(await calls.issues.addComment(name, id, marked));
        }),
      findAdded: (access, place, id, { clientId }) =>
        atPlace(sessions, access, place, async ({ calls, name }) => {
          if (!isNumber(id)) return null;
          const all = (await calls.issues.comments(name, id)).map(commentFrom);
          return all.find((comment) => comment.clientId === clientId) ?? null;
        }),
    },
    webhooks: gitHubWebhooks(sessions),
  };
}

/** An issue's id is its number; what was never at GitHub has none. */
function isNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

function notThere(id: string): ProviderError {
  const fault = { kind: "rejected", code: "issue_not_found" } as const;
  return new ProviderError(fault, `No issue "${id}" to comment on`);
}

function tooLong(): ProviderError {
  const fault = { kind: "rejected", code: "body_too_long" } as const;
  return new ProviderError(
    fault,
    `A comment has ${MAX_BODY_CHARACTERS} characters at GitHub at most`,
  );
}

async function listChanged(work: Work, { since: highWater, cursor }: Round): Promise<ChangedPage> {
  const walk = cursor === null ? beginWalk(highWater) : readWalk(cursor);
  const { session, calls, name, place } = work;
  const { since, page } = walk;
  const list = `${place.externalId} ${name} ${since}`;
  const etag = cursor !== null || since === null ? null : session.listTag(list);
  const listed = await calls.issues.changedSince(name, { since, page, etag });
  if (listed.isUnchanged) {
    return { issues: [], removed: [], cursor: null, highWater: walk.newest };
  }
  const { entries, next: following } = listed;
  const { next, highWater: newest } = continueWalk(
    walk,
    entries.map(({ updated_at }) => updated_at),
    following === null,
  );
  if (cursor === null && next === null) session.noteList(list, listed.etag);
  return {
    issues: await wholeIssues(work, entries),
    removed: [],
    cursor: next === null ? null : walkText(next),
    highWater: newest,
  };
}

function commentFrom(
  { id, user, body, created_at, updated_at }: GitHubComment,
): RemoteComment {
  return {
    id: String(id),
    author: user?.login ?? null,
    body: withoutMarker(body),
    createdAt: created_at,
    updatedAt: updated_at,
    clientId: markerIn(body),
  };
}
