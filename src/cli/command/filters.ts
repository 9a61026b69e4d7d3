import { multiple } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { ISSUE_TYPES, type IssueType, type Status, STATUSES } from "../../contract/issue.ts";
import { oneOf } from "./values.ts";
import { listed, text } from "./message.ts";

/** `--status STATUS`, as often as wanted. */
export function statusFilter(): Parser<"sync", readonly Status[], unknown> {
  return multiple(
    option("--status", oneOf("STATUS", "status", STATUSES), {
      description: text(`Only issues in this status: ${listed(STATUSES)}. May be repeated.`),
    }),
  );
}

/** `--type TYPE`, as often as wanted. */
export function typeFilter(): Parser<"sync", readonly IssueType[], unknown> {
  return multiple(
    option("--type", oneOf("TYPE", "issue type", ISSUE_TYPES), {
      description: text(`Only issues of this type: ${listed(ISSUE_TYPES)}. May be repeated.`),
    }),
  );
}
