/**
 * Trackers on this machine: connectors, the three-way sync, and the service around them.
 *
 * @module
 */
export * from "./binding.ts";
export * from "../sync/edits.ts";
export * from "../sync/fields.ts";
export * from "../sync/merge.ts";
export * from "../sync/ownership.ts";
export * from "./service.ts";
export * from "../sync/sync_report.ts";
export { type LocalWorkspace, locateWorkspace } from "./workspace.ts";
