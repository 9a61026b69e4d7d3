/**
 * What only a development host has: demo data, and levers for tests. Loaded by a dynamic import.
 *
 * @module
 */
export { seedDemo } from "./demo.ts";
export { pullLevers } from "./faults.ts";
export { addDevRoutes } from "./routes.ts";
