import * as v from "valibot";
import type { Access, RemoteComment, RemoteComments, RemotePlace } from "../remote.ts";
import { MARKER } from "./edition.ts";
import { rejected } from "./faults.ts";
import { nameOf } from "./issues.ts";
import { namingPermission } from "./naming.ts";
import type { JiraComment } from "./schemas.ts";
import type { JiraTexts } from "./texts.ts";
import { timeOf } from "./times.ts";
import type { Work } from "./work.ts";

/** Returns comments of issues at Jira. */
export function jiraComments(at: (access: Access, place: RemotePlace) => Work): RemoteComments {
  return {
    list: (access, place, id) => list(at(access, place), id),
    async add(access, place, id, { clientId, body }) {
      const work = at(access, place);
      const { calls, edition: { texts } } = work;
      const edited = await texts.edited(body, null);
      if (edited.kind !== "changed") {
        throw rejected("body_not_supported", "Jira has no form for this comment");
      }
      const added = await namingPermission(
        work,
        place.key,
        ["ADD_COMMENTS"],
        () => calls.issues.addComment(id, edited.text, clientId),
      );
      return commentFrom(added, texts, clientId);
    },
    async findAdded(access, place, id, { clientId }) {
      const comments = await list(at(access, place), id);
      return comments.find((comment) => comment.clientId === clientId) ?? null;
    },
  };
}

async function list(
  { calls, edition: { texts } }: Work,
  id: string,
): Promise<readonly RemoteComment[]> {
  return (await calls.issues.comments(id)).map((comment) => commentFrom(comment, texts, null));
}

const MarkerSchema = v.looseObject({ id: v.string() });

function commentFrom(
  { id, author, body, created, updated, properties }: JiraComment,
  texts: JiraTexts,
  addedAs: string | null,
): RemoteComment {
  const marker = v.safeParse(MarkerSchema, properties.find(({ key }) => key === MARKER)?.value);
  return {
    id,
    author: author == null ? null : nameOf(author),
    body: texts.shown(body) ?? "",
    createdAt: timeOf(created),
    updatedAt: timeOf(updated ?? created),
    clientId: marker.success ? marker.output.id : addedAs,
  };
}
