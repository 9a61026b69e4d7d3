import { isLongerThan, markedBody, markerIn } from "../marker.ts";
import {
  type ChangedPage,
  type ListedPage,
  rejected,
  type Remote,
  type RemoteComment,
  type Round,
} from "../remote.ts";
import { isGone } from "../rest.ts";
import { Sessions } from "../sessions.ts";
import { walkText } from "../stored.ts";
import { GITLAB_BUDGETS } from "./budgets.ts";
import type { IssueList, ListedIssues } from "./calls.ts";
import { changeIssue } from "./change.ts";
import { createIssue, findCreation } from "./creation.ts";
import { textIn } from "./issues.ts";
import { placeOf } from "./places.ts";
import { withoutCommands } from "./quick_actions.ts";
import type { GitLabNote } from "./schemas.ts";
import { type GitLabAccess, GitLabSession } from "./session.ts";
import { beginList, continueList, readList, type Walk } from "./walk.ts";
import { gitLabWebhooks } from "./webhooks.ts";
import { isHere } from "./words.ts";
import { issueIn, wholeIssue, wholeIssues, type Work, workAt, writing } from "./work.ts";

/** Characters of a comment at most, as GitLab counts them. */
const MAX_NOTE_CHARACTERS = 1_000_000;

/** Returns GitLab as the host reaches it, at gitlab.com or at an instance of one's own. */
export function gitLabRemote(): Remote {
  const sessions = new Sessions((access: GitLabAccess) => new GitLabSession(access));
  return {
    budgetRules: GITLAB_BUDGETS,
    listChanged: (access, place, round) => listChanged(workAt(sessions, access, place), round),
    listAll: (access, place, cursor) => listAll(workAt(sessions, access, place), cursor),
    async readPlace(access, place) {
      const { calls, project: id } = workAt(sessions, access, place);
      const project = await calls.places.project(id);
      return project === null ? null : placeOf(project);
    },
    async get(access, place, id) {
      const work = workAt(sessions, access, place);
      if (!isNumber(id)) return null;
      const issue = await issueIn(work, work.project, id);
      if (issue !== null) return await wholeIssue(work, issue);
      // Of a project that is gone itself, or has its issues turned off, no issue is said to be gone.
      await work.session.projectOf(work.calls, place, true);
      return null;
    },
    create: (access, place, creation) => createIssue(workAt(sessions, access, place), creation),
    findCreated: (access, place, creation) =>
      findCreation(workAt(sessions, access, place), creation),
    change: (access, place, issue, change) =>
      changeIssue(workAt(sessions, access, place), issue, change),
    comments: {
      list: (access, place, id) => comments(workAt(sessions, access, place), id),
      async add(access, place, id, { clientId, body }) {
        const work = workAt(sessions, access, place);
        if (!isNumber(id)) throw rejected("issue_not_found", `No issue "${id}" to comment on`);
        const marked = markedBody(withoutCommands(body), clientId);
        if (isLongerThan(MAX_NOTE_CHARACTERS, marked)) {
          const words = `A comment has ${MAX_NOTE_CHARACTERS} characters at GitLab at most`;
          throw rejected("body_too_long", words);
        }
        const { issues } = work.calls;
        return commentFrom(
          await writing(work, () => issues.addNote(work.project, id, marked)),
        );
      },
      async findAdded(access, place, id, { clientId }) {
        const all = await comments(workAt(sessions, access, place), id);
        return all.find((comment) => comment.clientId === clientId) ?? null;
      },
    },
    webhooks: gitLabWebhooks(sessions),
  };
}

/** An issue's id is its number; what was never at GitLab has none. */
function isNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

async function listChanged(work: Work, { since, cursor }: Round): Promise<ChangedPage> {
  const walk = cursor === null ? beginList(since) : readList(cursor);
  const { issues, next, highWater } = await page(work, "updated_at", walk);
  return {
    issues: await wholeIssues(work, issues),
    // What was moved to another project stays where it was, closed.
    removed: issues.filter((issue) => !isHere(issue)).map(({ iid }) => String(iid)),
    cursor: next === null ? null : walkText(next),
    highWater,
  };
}

/** Whole: renamed labels, comments and links are no change of an issue at GitLab. */
async function listAll(work: Work, cursor: string | null): Promise<ListedPage> {
  const walk = cursor === null ? beginList(null) : readList(cursor);
  const { issues: listed, next } = await page(work, "created_at", walk);
  const issues = await wholeIssues(work, listed);
  return {
    ids: issues.map(({ ref }) => ref.id),
    issues,
    cursor: next === null ? null : walkText(next),
  };
}

async function page(work: Work, by: "updated_at" | "created_at", walk: Walk) {
  const { session, calls, place } = work;
  const { since, page, after } = walk;
  const listed = await listedAt(work, { by, since, page, after });
  // Of a project whose issues are turned off, GitLab lists nothing.
  if (listed.issues.length === 0) await session.projectOf(calls, place, true);
  const times = listed.issues.map((issue) => issue[by]);
  return { issues: listed.issues, ...continueList(walk, { ...listed, times }) };
}

/** A project that is gone, or is hidden, is told as such: GitLab says that its list is not there. */
async function listedAt(
  { session, calls, place, project }: Work,
  list: IssueList,
): Promise<ListedIssues> {
  try {
    return await calls.issues.listed(project, list);
  } catch (error) {
    if (isGone(error)) await session.projectOf(calls, place, true);
    throw error;
  }
}

async function comments({ calls, project }: Work, id: string): Promise<readonly RemoteComment[]> {
  if (!isNumber(id)) return [];
  const notes = await calls.issues.notes(project, id);
  return notes.filter((note) => note.system !== true && !isInternal(note)).map(commentFrom);
}

/** What only members see at GitLab is not shown to others here. */
function isInternal({ internal, confidential }: GitLabNote): boolean {
  return internal === true || confidential === true;
}

function commentFrom(
  { id, author, body, created_at, updated_at }: GitLabNote,
): RemoteComment {
  return {
    id: String(id),
    author: author?.username ?? null,
    body: textIn(body),
    createdAt: created_at,
    updatedAt: updated_at ?? created_at,
    clientId: markerIn(body),
  };
}
