import { ACTIVITY_PAGES } from "./activity/activity_pages.ts";
import { AUDIT_PAGES } from "./audit/audit_pages.ts";
import { CONNECTION_PAGES } from "./connections/connection_pages.ts";
import { ISSUE_PAGES } from "./issues/issue_pages.ts";
import { PEOPLE_PAGES } from "./people/people_pages.ts";
import { PROJECT_PAGES } from "./projects/project_pages.ts";
import type { ConsolePage } from "./visit.ts";

/** Every page of the console behind the sign-in, and every form of them; of two paths that fit, the first one counts. */
export const CONSOLE_PAGES: readonly ConsolePage[] = [
  ...CONNECTION_PAGES,
  ...PROJECT_PAGES,
  ...ISSUE_PAGES,
  ...ACTIVITY_PAGES,
  ...PEOPLE_PAGES,
  ...AUDIT_PAGES,
];
