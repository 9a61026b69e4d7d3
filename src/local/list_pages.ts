import type { NormalizedIssue } from "../contract/issue.ts";
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
