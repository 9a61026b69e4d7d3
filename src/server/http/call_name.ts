import { routePath } from "hono/route";
import { AUTH_PATHS, ENDPOINTS } from "../../contract/paths.ts";
import { at, type Call } from "./context.ts";

/** Names of what is no call of the contract. */
const OTHER_ROUTES: readonly (readonly [route: string, name: string])[] = [
  ["GET /", "home"],
  ["GET /healthz", "healthz"],
  ["GET /readyz", "readyz"],
  ["GET /metrics", "metrics"],
  ["POST /webhooks/:provider/:connection", "webhook"],
  ["GET /device", "device_page"],
  ["POST /device", "device_page"],
  ["GET /device.css", "device_page"],
  [`GET ${AUTH_PATHS.authorize}`, "authorize_page"],
  [`POST ${AUTH_PATHS.authorize}`, "authorize_page"],
];

const NAMES: ReadonlyMap<string, string> = new Map([
  ...ENDPOINTS.map(({ method, path, operation }) =>
    [`${method} ${at(path).replaceAll("{id}", ":id")}`, operation] as const
  ),
  ...OTHER_ROUTES,
]);

/**
 * Returns the name by which figures and the log know a call: the operation of the contract, `page` for another path
 * of the host, `unknown` for none. A path itself is no name: strangers think up any number of them.
 */
export function callName(call: Call): string {
  const route = routePath(call, -1);
  if (route === "*" || route === "/*") return "unknown";
  const method = call.req.method === "HEAD" ? "GET" : call.req.method;
  return NAMES.get(`${method} ${route}`) ?? "page";
}
