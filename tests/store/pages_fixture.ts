import { type NormalizedIssue, STATUSES } from "../../src/contract/issue.ts";
import { anIssue } from "./issue_fixture.ts";

/** Issues of a page, one that is enough for a segment of the index and one that is not. */
const SIZES = [600, 300] as const;
/** How many of them are new; the others were in the page before, with another text. */
const NEW = 200;

/** Returns a page of issues. Each holds the words `page N` and `word N`. */
export function pageOf(page: number): NormalizedIssue[] {
  return Array.from({ length: SIZES[page % 2] ?? 0 }, (_, place) => {
    const number = page * NEW + place;
    return anIssue(`iss-${number}`, {
      title: `Issue number ${number}, page ${page}`,
      body: `It holds word ${number % 97} and more, é%_ ${"of a longer text ".repeat(5)}`,
      status: STATUSES[(number + page) % STATUSES.length] ?? "todo",
      labels: [`area-${number % 7}`],
      assignees: number % 3 === 0 ? [] : ["Ada"],
      updated_at: new Date(Date.UTC(2026, 1, 2) + (number * 7919 % 100_003) * 1000).toISOString(),
    });
  });
}
