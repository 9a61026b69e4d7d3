import type { NormalizedIssue } from "../contract/issue.ts";
import { sha256Hex } from "../platform/random.ts";
import type { ListPage, UnreadableIssue } from "./connector.ts";
import { answerElements } from "./tool_json.ts";

/** An issue as a tool answers it, or why it cannot be read. */
export type IssueReading =
  | { readonly ok: true; readonly issue: NormalizedIssue }
  | {
    readonly ok: false;
    readonly id: string | null;
    readonly updatedAt: number | null;
    readonly message: string;
  };

const PAGE_SIZE = 500;

/**
 * Changed with what is made of an issue that a tool answers, or with how an answer is read: what a listing showed to
 * an earlier version of this program is read again.
 */
export const READING_VERSION = 1;

/** Reads the whole list in a tool's answer page by page, unless it is the one that is `known`. */
export async function* wholeListing(
  stdout: Uint8Array<ArrayBuffer>,
  read: (value: unknown) => IssueReading,
  known: string | null | undefined,
): AsyncGenerator<ListPage> {
  const digest = `${READING_VERSION}:${await sha256Hex(stdout)}`;
  if (digest === known) {
    yield { issues: [], unreadable: [], through: null, digest, isSame: true };
  } else for (const page of listPages(stdout, read)) yield { ...page, digest };
}

/** Reads the list in a tool's answer page by page. */
export function* listPages(
  stdout: Uint8Array,
  read: (value: unknown) => IssueReading,
): Generator<ListPage> {
  let issues: NormalizedIssue[] = [];
  let unreadable: UnreadableIssue[] = [];
  for (const element of answerElements(stdout)) {
    if (element.kind === "cut_off") {
      yield { issues, unreadable, through: null, cutOff: element.message };
      return;
    }
    if (element.kind === "unreadable") {
      unreadable.push({ id: null, updatedAt: null, message: element.message });
    } else {
      const reading = read(element.value);
      if (reading.ok) issues.push(reading.issue);
      else unreadable.push(reading);
    }
    if (issues.length + unreadable.length < PAGE_SIZE) continue;
    yield { issues, unreadable, through: null };
    issues = [];
    unreadable = [];
  }
  if (issues.length + unreadable.length > 0) yield { issues, unreadable, through: null };
}
