import type { JSX } from "hono/jsx/jsx-runtime";
import type { ExternalRef, Status } from "../../../../contract/issue.ts";
import { Chip, type Tone } from "../parts.tsx";

const STATUS: Readonly<Record<Status, readonly [words: string, tone: Tone]>> = {
  todo: ["To do", "plain"],
  in_progress: ["In progress", "blue"],
  in_review: ["In review", "violet"],
  blocked: ["Blocked", "red"],
  done: ["Done", "green"],
  canceled: ["Canceled", "faint"],
};

/** A status as people read it. */
export function StatusChip({ status }: { readonly status: Status }): JSX.Element {
  const [words, tone] = STATUS[status];
  return <Chip tone={tone}>{words}</Chip>;
}

/** Returns a status in words. */
export function statusWords(status: Status): string {
  return STATUS[status][0];
}

/** Returns the name of an issue that people use. */
export function keyOf({ key, id }: ExternalRef): string {
  return key == null || key === "" ? id : key;
}

/** Returns the path of an issue's page here. */
export function issuePath(resourceId: string, ref: ExternalRef): string {
  return `/issues/${encodeURIComponent(resourceId)}/${encodeURIComponent(ref.id.toWellFormed())}`;
}
