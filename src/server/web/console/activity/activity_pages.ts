import type { ConsolePage } from "../visit.ts";
import { DELIVERIES_PAGE, RETRY_DELIVERY_FORM } from "./deliveries.tsx";
import { EVENTS_PAGE } from "./events.tsx";
import { OPERATION_PAGE, RETRY_OPERATION_FORM } from "./operation.tsx";
import { OPERATIONS_PAGE } from "./operations.tsx";
import { RETRY_WORK_FORM, WORK_PAGE } from "./work.tsx";

/** What runs, what was received, and what failed and why. */
export const ACTIVITY_PAGES: readonly ConsolePage[] = [
  OPERATIONS_PAGE,
  OPERATION_PAGE,
  RETRY_OPERATION_FORM,
  DELIVERIES_PAGE,
  RETRY_DELIVERY_FORM,
  EVENTS_PAGE,
  WORK_PAGE,
  RETRY_WORK_FORM,
];
