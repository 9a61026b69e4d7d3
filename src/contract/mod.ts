/**
 * The wire contract between the client and a control-plane host: schemas, the types they give, and pure rules.
 *
 * @module
 */
export * from "./auth.ts";
export * from "./comments.ts";
export * from "./connection.ts";
export * from "./discovery.ts";
export * from "./errors.ts";
export * from "./event_rules.ts";
export * from "./events.ts";
export { isJsonObject, type JsonObject, JsonObjectSchema } from "./field.ts";
export * from "./issue.ts";
export * from "./parse.ts";
export * from "./paths.ts";
export * from "./providers.ts";
export * from "./push.ts";
export * from "./requests.ts";
export * from "./results.ts";
export * from "./routing.ts";
export * from "./search.ts";
export * from "./snapshots.ts";
export * from "./work_packages.ts";
