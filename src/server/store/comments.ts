import { insertRow } from "./insert.ts";
import { takeChange } from "./issues.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** The issue that comments are on. */
export interface CommentPlace {
  readonly resourceId: string;
  readonly issueId: string;
}

/** A comment to store. */
export interface NewComment {
  readonly id: string;
  readonly userId: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A comment as stored. */
export interface StoredComment {
  readonly id: string;
  /** The name of who wrote it. */
  readonly author: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Its place in the order of comments. */
  readonly change: number;
  /** The provider's own id of it, once it was delivered; `null` for one that is here alone. */
  readonly remoteId: string | null;
}

/** Stores a comment, which comes after every other one of its resource. */
export async function insertComment(
  tx: Transaction,
  { resourceId, issueId }: CommentPlace,
  comment: NewComment,
): Promise<void> {
  await insertRow(tx, "comments", {
    id: comment.id,
    resource_id: resourceId,
    external_id: issueId,
    change: await takeChange(tx, resourceId),
    user_id: comment.userId,
    body: comment.body,
    created_at: comment.createdAt,
  });
}

/** Returns comments on an issue, the oldest first: `limit` at most, after a change. */
export async function commentsAfter(
  store: HostStore,
  { resourceId, issueId }: CommentPlace,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<StoredComment[]> {
  const rows = await store.all(
    `${SELECT}
     WHERE c.resource_id = ? AND c.external_id = ? AND c.change > ? ORDER BY c.change LIMIT ?`,
    resourceId,
    issueId,
    after,
    limit,
  );
  return rows.map(readComment);
}

/** Returns a comment on an issue that was added here; `null` when there is none of this id. */
export async function commentById(
  store: HostStore,
  { resourceId, issueId }: CommentPlace,
  id: string,
): Promise<StoredComment | null> {
  const row = await store.one(
    `${SELECT} WHERE c.id = ? AND c.resource_id = ? AND c.external_id = ?`,
    id,
    resourceId,
    issueId,
  );
  return row === null ? null : readComment(row);
}

/** Returns all comments on an issue that were added here, the oldest first. */
export async function commentsOf(
  store: HostStore,
  { resourceId, issueId }: CommentPlace,
): Promise<StoredComment[]> {
  const rows = await store.all(
    `${SELECT} WHERE c.resource_id = ? AND c.external_id = ? ORDER BY c.change`,
    resourceId,
    issueId,
  );
  return rows.map(readComment);
}

/** A comment that is here alone. */
export interface LocalComment {
  readonly id: string;
  readonly issueId: string;
  readonly body: string;
}

/** Returns the comments of a resource that were added after a change and never delivered, the oldest first. */
export async function commentsSince(
  store: HostStore,
  resourceId: string,
  since: number,
): Promise<LocalComment[]> {
  const rows = await store.all(
    `SELECT c.id, c.external_id, c.body FROM comments c
     WHERE c.resource_id = ? AND c.change > ? AND c.remote_id IS NULL
     ORDER BY c.change`,
    resourceId,
    since,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    issueId: text(row, "external_id"),
    body: text(row, "body"),
  }));
}

/** Records that a comment was delivered, and what the provider calls it. */
export async function setRemoteComment(
  tx: Transaction,
  id: string,
  remoteId: string,
): Promise<void> {
  await tx.run("UPDATE comments SET remote_id = ? WHERE id = ?", remoteId, id);
}

const SELECT = `SELECT c.id, c.body, c.created_at, c.change, c.remote_id, u.name AS author
  FROM comments c JOIN users u ON u.id = c.user_id`;

function readComment(row: Row): StoredComment {
  return {
    id: text(row, "id"),
    author: text(row, "author"),
    body: text(row, "body"),
    createdAt: integer(row, "created_at"),
    change: integer(row, "change"),
    remoteId: textOrNull(row, "remote_id"),
  };
}

/** Moves the comments on an issue to another resource, in their order. */
export async function moveComments(
  tx: Transaction,
  { resourceId, issueId }: CommentPlace,
  toResourceId: string,
): Promise<void> {
  const rows = await tx.all(
    "SELECT id FROM comments WHERE resource_id = ? AND external_id = ? ORDER BY change",
    resourceId,
    issueId,
  );
  for (const row of rows) {
    await tx.run(
      "UPDATE comments SET resource_id = ?, change = ? WHERE id = ?",
      toResourceId,
      await takeChange(tx, toResourceId),
      text(row, "id"),
    );
  }
}
