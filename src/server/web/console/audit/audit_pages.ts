import type { ConsolePage } from "../visit.ts";
import { AUDIT_PAGE } from "./audit.tsx";

/** What administrators did. */
export const AUDIT_PAGES: readonly ConsolePage[] = [AUDIT_PAGE];
