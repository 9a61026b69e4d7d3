import type { Hono } from "hono";
import {
  chooseTeam,
  findWebSession,
  isCsrf,
  type WebSession,
} from "../../accounts/web_sessions.ts";
import { endWebSession } from "../../accounts/web_sessions.ts";
import { limitKey } from "../../http/client_address.ts";
import type { Call, Host, HostEnv } from "../../http/context.ts";
import { HttpError } from "../../http/http_error.ts";
import { hostError, rateLimited } from "../../model/host_error.ts";
import { isAdmin } from "../../model/user.ts";
import { teamsOf } from "../../store/users.ts";
import { adminOnly } from "../../context/admin.ts";
import { CONSOLE_PAGES } from "./console_pages.ts";
import { noCookie, readCookie } from "./cookies.ts";
import { errorPage, isShown } from "./error_page.tsx";
import { Frame, type Viewer } from "./frame.tsx";
import { isFirst, sendOnceMore } from "./from_elsewhere.tsx";
import { keepNotice, takeNotice } from "./notice.ts";
import { sendPage, sendTo } from "./page_answer.ts";
import { baseUrl, requireSameOrigin } from "./same_origin.ts";
import { NO_FORM, readSentForm } from "./sent_form.ts";
import { addSignIn } from "./sign_in_page.tsx";
import { addAssets } from "./assets.ts";
import type { ConsoleAnswer, ConsolePage, SentForm, Visit } from "./visit.ts";

/** Adds the pages for people: the console. Nothing of it is for programs. */
export function addConsole(app: Hono<HostEnv>, host: Host): void {
  addAssets(app);
  addSignIn(app, host);
  app.post("/sign-out", (call) =>
    guarded(host, null, async () => {
      const session = await findSession(host, call);
      await checkedForm(host, call, session);
      await endWebSession(host.context, readCookie(call, "session"));
      return sendTo("/sign-in", new Headers({ "set-cookie": noCookie(call, "session") }));
    }));
  app.post("/team", (call) =>
    guarded(host, null, async () => {
      const session = await findSession(host, call);
      const form = await checkedForm(host, call, session);
      const slug = form.text("team");
      if (!await chooseTeam(host.context, readCookie(call, "session"), slug)) {
        throw hostError("no_installation", `You are not in a team "${slug}"`);
      }
      return sendTo("/projects");
    }));
  for (const page of CONSOLE_PAGES) {
    app.on(page.method, page.path, (call) => answerPage(host, call, page));
  }
}

/** Returns who is signed in by the browser's cookie, or `null`; the log names the user. */
export async function findSession(host: Host, call: Call): Promise<WebSession | null> {
  const value = readCookie(call, "session");
  const session = value === "" ? null : await findWebSession(host.context, value);
  if (session !== null) {
    call.set("userId", session.user.id);
    call.set("team", session.team.slug);
  }
  return session;
}

/** Returns what a frame shows of who is signed in; `null` before the sign-in. */
export async function viewerOf(host: Host, session: WebSession | null): Promise<Viewer | null> {
  if (session === null) return null;
  const { user, team, csrf } = session;
  return { name: user.name, team, csrf, teams: await teamsOf(host.context.store, user.id) };
}

async function answerPage(host: Host, call: Call, page: ConsolePage): Promise<Response> {
  const session = await findSession(host, call);
  if (session === null) {
    return page.comesFromElsewhere === true && isFirst(call)
      ? await sendOnceMore(call)
      : sendToSignIn(call, page);
  }
  return await guarded(host, session, async () => {
    const taken = await host.limits.calls?.take(session.user.id);
    const wait = taken?.wait ?? 0;
    if (wait > 0) throw rateLimited(wait);
    // Before a form is read: what a member may not send is no load on the host.
    if (page.for === "admin" && !isAdmin(session.team)) throw adminOnly();
    const form = page.method === "POST"
      ? await checkedForm(host, call, session, page.maxBytes)
      : NO_FORM;
    return await send(
      host,
      call,
      page,
      session,
      await page.answer(visitOf(host, call, session, form)),
    );
  });
}

/** Runs `work`; a failure that a person can be told of becomes a page. */
async function guarded(
  host: Host,
  session: WebSession | null,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!isShown(error)) throw error;
    return await errorPage(error, await viewerOf(host, session));
  }
}

/** What was sent before the sign-in is lost: only a page is come back to. */
function sendToSignIn(call: Call, page: ConsolePage): Response {
  const { pathname, search } = new URL(call.req.url);
  const next = page.method === "GET" ? `?${new URLSearchParams({ next: pathname + search })}` : "";
  return sendTo(`/sign-in${next}`);
}

/** Reads a form that a page of this session has sent. */
async function checkedForm(
  host: Host,
  call: Call,
  session: WebSession | null,
  maxBytes?: number,
): Promise<SentForm> {
  requireSameOrigin(host, call);
  if (session === null) throw olderSignIn();
  const form = await readSentForm(call, maxBytes);
  if (!isCsrf(session, form.exact("csrf"))) throw olderSignIn();
  return form;
}

function olderSignIn(): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 403,
    message: "The form is from an older sign-in. Open its page once more and send it again.",
  });
}

function visitOf(host: Host, call: Call, session: WebSession, form: SentForm): Visit {
  return {
    host,
    context: host.context,
    session,
    actor: session.actor,
    team: session.team,
    isAdmin: isAdmin(session.team),
    baseUrl: baseUrl(host, call),
    address: limitKey(call.env.remoteAddress),
    part: (name) => call.req.param(name) ?? "",
    query: new URL(call.req.url).searchParams,
    form,
  };
}

async function send(
  host: Host,
  call: Call,
  { section }: ConsolePage,
  session: WebSession,
  answer: ConsoleAnswer,
): Promise<Response> {
  const headers = new Headers();
  if (answer.kind === "done") {
    if (answer.notice !== null) headers.append("set-cookie", keepNotice(call, answer.notice));
    return sendTo(answer.to, headers);
  }
  const notice = takeNotice(call, headers);
  const title = answer.status < 400 ? answer.title : `Not done: ${answer.title}`;
  const viewer = await viewerOf(host, session);
  return await sendPage(
    <Frame title={title} section={section} viewer={viewer} notice={notice}>
      {answer.body}
    </Frame>,
    answer.status,
    headers,
  );
}
