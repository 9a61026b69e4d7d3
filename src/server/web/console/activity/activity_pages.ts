import type { ConsolePage } from "../visit.ts";
import { EVENTS_PAGE } from "./events.tsx";
import { OPERATION_PAGE } from "./operation.tsx";
import { OPERATIONS_PAGE } from "./operations.tsx";

/** What runs, what was received, and what failed and why. */
export const ACTIVITY_PAGES: readonly ConsolePage[] = [
  OPERATIONS_PAGE,
  OPERATION_PAGE,
  EVENTS_PAGE,
];
