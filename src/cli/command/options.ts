/**
 * Everything a command's grammar is made of. The grammar library takes as long to load as the rest of
 * the program together, so definitions are handed this module when a line is parsed instead of
 * importing it.
 *
 * @module
 */
export { object, or } from "@optique/core/constructs";
export { map, multiple, optional, withDefault } from "@optique/core/modifiers";
export { argument, constant, flag as required, option } from "@optique/core/primitives";
export { flag, named, textValue, value, values } from "./flags.ts";
export { statusFilter, typeFilter } from "./filters.ts";
export { count, oneOf, pointInTime, provider } from "./values.ts";
export { listed, text } from "./message.ts";
export { ISSUE_TYPES, STATUSES } from "../../contract/issue.ts";
export { HOSTED_PROVIDERS } from "../../contract/providers.ts";
