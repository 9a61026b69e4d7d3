/**
 * Trackers on this machine: connectors, the three-way sync, and the service around them.
 *
 * @module
 */
export * from "./binding.ts";
export * from "./edits.ts";
export * from "./fields.ts";
export * from "./merge.ts";
export * from "./ownership.ts";
export * from "./service.ts";
export * from "./sync_report.ts";
export { type LocalWorkspace, locateWorkspace } from "./workspace.ts";
