import { equalInConstantTime } from "../platform/random.ts";

/** What the daemon tells of itself. */
export interface DaemonHealth {
  readonly status: "ok";
  readonly pid: number;
  readonly version: string;
  /** ISO 8601. */
  readonly started_at: string;
  /** When the last cycle ended, ISO 8601; `null` before the first. */
  readonly last_cycle_at: string | null;
  /** How the last cycle ended; `null` before the first. */
  readonly last_outcome: string | null;
  /** Events uploaded so far. */
  readonly uploaded: number;
}

/** What the control endpoint lets a caller do. */
export interface ControlActions {
  health(): DaemonHealth;
  trigger(): void;
  stop(): void;
}

/** How the control endpoint tells friend from foe. */
export interface ControlOptions {
  /** Bearer token. */
  readonly token: string;
  /** The port it listens on; asked per request, since the system chooses it. */
  readonly port: () => number;
  readonly actions: ControlActions;
}

/**
 * The daemon's control endpoint: `GET /health`, `POST /trigger`, `POST /stop`. A request that was not meant
 * for this address (a page that had its name rebound) or comes from a page is refused before its token is
 * looked at.
 */
export function controlHandler(options: ControlOptions): (request: Request) => Response {
  return (request) => {
    const own = [`127.0.0.1:${options.port()}`, `localhost:${options.port()}`];
    const host = request.headers.get("host") ?? "";
    if (!own.includes(host) || request.headers.has("origin")) return answer(403, "forbidden");
    const given = request.headers.get("authorization") ?? "";
    if (!equalInConstantTime(given, `Bearer ${options.token}`)) {
      return answer(401, "unauthorized");
    }
    return act(request, options.actions);
  };
}

function act(request: Request, actions: ControlActions): Response {
  const { pathname } = new URL(request.url);
  switch (`${request.method} ${pathname}`) {
    case "GET /health":
      return json(200, actions.health());
    case "POST /trigger":
      actions.trigger();
      return answer(202, "triggered");
    case "POST /stop":
      actions.stop();
      return answer(202, "stopping");
  }
  const known = ["/health", "/trigger", "/stop"].includes(pathname);
  return known ? answer(405, "method not allowed") : answer(404, "not found");
}

function answer(status: number, text: string): Response {
  return json(status, { status: text });
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    // A kept connection would hold up the daemon's end.
    headers: { "content-type": "application/json", "connection": "close" },
  });
}
