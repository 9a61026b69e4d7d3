import { type Status, STATUSES } from "../contract/issue.ts";
import type { IssueQuery } from "./cache_reading.ts";
import {
  comesFromPage,
  type GuardOptions,
  isForThisAddress,
  pathBehindToken,
  SECURITY_HEADERS,
} from "./guard.ts";
import { sha256Hex } from "../platform/random.ts";
import { type DashboardMemory, emptyMemory } from "./memory.ts";
import { ICON } from "../pages/icon.ts";
import { PAGE } from "./page/page.ts";
import { SCRIPT } from "./page/script.ts";
import { STYLE } from "./page/style.ts";
import { problemOf, readCanSync, readIssue, readIssues, readState } from "./read_endpoints.ts";
import type { ShownProject } from "./shown_project.ts";
import type { SyncRunner } from "./sync_runner.ts";

/** What the page's server works with. */
export interface HandlerOptions extends ShownProject, GuardOptions {
  /** Does what "Sync now" asks for. */
  readonly runner: SyncRunner;
}

const ASSETS: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  "": { type: "text/html; charset=utf-8", text: PAGE },
  "style.css": { type: "text/css; charset=utf-8", text: STYLE },
  "script.js": { type: "text/javascript; charset=utf-8", text: SCRIPT },
  "icon.svg": { type: "image/svg+xml; charset=utf-8", text: ICON },
};

const DEFAULT_LIMIT = 50;
const LONGEST_LIST = 500;
const LONGEST_SEARCH = 200;
const LONGEST_ID = 1_000;

/** Answers the page's requests (behaviour.md, Dashboard). */
export function dashboardHandler(
  options: HandlerOptions,
): (request: Request) => Promise<Response> {
  const memory = emptyMemory();
  return async (request) => {
    if (!isForThisAddress(request, options)) {
      return refusal(403, "The request names another address.");
    }
    const path = pathBehindToken(request, options);
    if (path === null) {
      return refusal(404, "Open the whole address that `tracker dashboard` has printed.");
    }
    try {
      return await answer(request, path, options, memory);
    } catch (error) {
      const { message, next_action } = problemOf("", error);
      return json(500, { error: { message, next_action } });
    }
  };
}

async function answer(
  request: Request,
  path: string,
  options: HandlerOptions,
  memory: DashboardMemory,
): Promise<Response> {
  if (path === "sync-now") return await answerPress(request, options);
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (asset === undefined && !DOCUMENTS.includes(path)) {
    return refusal(404, "There is nothing here.");
  }
  if (request.method !== "GET") return refusal(405, "Only GET is answered here.", "GET");
  if (asset !== undefined) return reply(200, asset.type, asset.text);
  const parameters = new URL(request.url).searchParams;
  switch (path) {
    case "state.json":
      return await answerState(request, options, memory);
    case "sync.json":
      return json(200, options.runner.view());
    case "issue.json":
      return await answerIssue(parameters.get("id") ?? "", options);
    default: {
      const query = queryOf(parameters);
      return query === null
        ? refusal(400, "The query is not valid.")
        : json(200, await readIssues(options, query));
    }
  }
}

const DOCUMENTS: readonly string[] = ["state.json", "sync.json", "issues.json", "issue.json"];

/**
 * Answers with everything but the issues, or with 304 where the page has it, and no issue was written to since. An
 * answer without a version is of a moment in which that could not be told.
 */
async function answerState(
  request: Request,
  options: HandlerOptions,
  memory: DashboardMemory,
): Promise<Response> {
  const { view, version } = await readState(options, memory);
  const text = JSON.stringify({ ...view, sync: options.runner.view() });
  if (version === null) return reply(200, JSON_TYPE, text);
  const tag = `"${await sha256Hex(`${version}\n${text}`)}"`;
  return request.headers.get("if-none-match") === tag
    ? reply(304, null, null, { etag: tag })
    : reply(200, JSON_TYPE, text, { etag: tag });
}

/** Starts a sync or joins the one under way; its end is told by `sync.json`. */
async function answerPress(request: Request, options: HandlerOptions): Promise<Response> {
  if (!await readCanSync(options)) return refusal(404, "There is nothing here.");
  if (request.method !== "POST") return refusal(405, "Only POST is answered here.", "POST");
  if (!comesFromPage(request, options)) {
    return refusal(403, "Only the page itself may send this request.");
  }
  return json(202, options.runner.press());
}

async function answerIssue(id: string, options: HandlerOptions): Promise<Response> {
  if (id === "" || id.length > LONGEST_ID) return refusal(400, "The id is not valid.");
  const issue = await readIssue(options, id);
  return issue === null
    ? json(404, {
      error: { message: "This issue is not in the cache any more.", next_action: null },
    })
    : json(200, issue);
}

function queryOf(parameters: URLSearchParams): IssueQuery | null {
  const text = parameters.get("q") ?? "";
  const asked = parameters.get("status") ?? "";
  const status: Status | "open" | undefined = asked === "open"
    ? asked
    : STATUSES.find((name) => name === asked);
  const limit = Number(parameters.get("limit") ?? DEFAULT_LIMIT);
  if (asked !== "" && status === undefined) return null;
  if (!Number.isInteger(limit) || limit < 1 || limit > LONGEST_LIST) return null;
  if (text.length > LONGEST_SEARCH) return null;
  return { text, status: status ?? null, limit };
}

function json(status: number, body: unknown): Response {
  return reply(status, JSON_TYPE, JSON.stringify(body));
}

const JSON_TYPE = "application/json; charset=utf-8";

function refusal(status: number, text: string, allow?: string): Response {
  const more = allow === undefined ? {} : { allow };
  return reply(status, "text/plain; charset=utf-8", `${text}\n`, more);
}

function reply(
  status: number,
  type: string | null,
  text: string | null,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(text, {
    status,
    headers: {
      ...SECURITY_HEADERS,
      ...(type === null ? {} : { "content-type": type }),
      ...more,
    },
  });
}
