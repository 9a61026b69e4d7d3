import type { ConsolePage } from "../visit.ts";
import { issuePage } from "./issue_page.tsx";
import { issuesPage } from "./issues_page.tsx";

/** The pages of the part "Issues". */
export const ISSUE_PAGES: readonly ConsolePage[] = [
  { method: "GET", path: "/issues", section: "issues", for: "member", answer: issuesPage },
  {
    method: "GET",
    path: "/issues/:place/:issue",
    section: "issues",
    for: "member",
    answer: issuePage,
  },
];
