import { DOM_SCRIPT } from "./script_dom.ts";
import { ISSUE_SCRIPT } from "./script_issue.ts";
import { ISSUES_SCRIPT } from "./script_issues.ts";
import { LIVE_SCRIPT } from "./script_live.ts";
import { OVERVIEW_SCRIPT } from "./script_overview.ts";
import { PANELS_SCRIPT } from "./script_panels.ts";
import { SYNC_SCRIPT } from "./script_sync.ts";

/** The page's code: one module for the browser, as it is. Every text goes in as text, never as markup. */
export const SCRIPT: string = [
  DOM_SCRIPT,
  OVERVIEW_SCRIPT,
  ISSUES_SCRIPT,
  ISSUE_SCRIPT,
  PANELS_SCRIPT,
  SYNC_SCRIPT,
  LIVE_SCRIPT,
].join("\n");
