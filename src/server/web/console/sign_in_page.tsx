import type { Hono } from "hono";
import { equalInConstantTime, randomHex } from "../../../platform/random.ts";
import {
  signInToConsole,
  type StartedWebSession,
  WEB_SESSION_MS,
} from "../../accounts/web_sessions.ts";
import { limitKey } from "../../http/client_address.ts";
import type { Call, Host, HostEnv } from "../../http/context.ts";
import { HostError } from "../../model/host_error.ts";
import { cookie, noCookie, readCookie } from "./cookies.ts";
import { errorPage, isShown } from "./error_page.tsx";
import { Form, type Problems, TextField } from "./form.tsx";
import { Frame } from "./frame.tsx";
import { takeNotice } from "./notice.ts";
import { sendPage, sendTo } from "./page_answer.ts";
import { returnPath } from "./return_path.ts";
import { requireSameOrigin } from "./same_origin.ts";
import { readSentForm } from "./sent_form.ts";
import type { SentForm } from "./visit.ts";

/** Adds the page on which a person signs in at the console. */
export function addSignIn(app: Hono<HostEnv>, host: Host): void {
  app.get("/sign-in", (call) => signInPage(host, call, { next: call.req.query("next") ?? "" }));
  app.post("/sign-in", async (call) => {
    try {
      requireSameOrigin(host, call);
      return await signIn(host, call, await readSentForm(call));
    } catch (error) {
      if (!isShown(error)) throw error;
      return await errorPage(error, null);
    }
  });
}

async function signIn(host: Host, call: Call, form: SentForm): Promise<Response> {
  const next = form.exact("next");
  const username = form.text("username");
  const again = (status: number, problems: Problems, headers: Headers = new Headers()) =>
    signInPage(host, call, { next, username, status, problems, headers });
  const token = readCookie(call, "sign-in");
  if (token === "" || !equalInConstantTime(token, form.exact("csrf"))) {
    return await again(403, {
      "": "The page was open for too long, or cookies are off: try again.",
    });
  }
  try {
    const started = await signInToConsole(host, {
      username,
      password: form.exact("password"),
      address: limitKey(call.env.remoteAddress),
      replacedCookie: readCookie(call, "session"),
    });
    return started === null
      ? await again(401, { password: "The user name or the password is wrong." })
      : sendTo(returnPath(next), signedIn(host, call, started));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const wait = error.retryAfterSeconds;
    const headers = new Headers(wait === undefined ? {} : { "retry-after": String(wait) });
    return await again(error.envelope.http_status, { "": error.message }, headers);
  }
}

function signedIn(
  host: Host,
  call: Call,
  { cookie: value, expiresAt }: StartedWebSession,
): Headers {
  const seconds = Math.floor(Math.min(WEB_SESSION_MS, expiresAt - host.context.now()) / 1000);
  const headers = new Headers();
  headers.append("set-cookie", cookie(call, "session", value, seconds));
  headers.append("set-cookie", noCookie(call, "sign-in"));
  return headers;
}

interface SignInState {
  readonly next: string;
  readonly username?: string;
  readonly status?: number;
  readonly problems?: Problems;
  readonly headers?: Headers;
}

/** Seconds that the form may stay open. */
const OPEN_SECONDS = 12 * 60 * 60;

async function signInPage(host: Host, call: Call, state: SignInState): Promise<Response> {
  const { next, username = "", status = 200, problems = {}, headers = new Headers() } = state;
  const known = readCookie(call, "sign-in");
  const token = /^[0-9a-f]{32}$/.test(known) ? known : randomHex(host.platform.random, 16);
  headers.append("set-cookie", cookie(call, "sign-in", token, OPEN_SECONDS));
  const title = status === 200 ? "Sign in" : "Not done: Sign in";
  const notice = takeNotice(call, headers);
  return await sendPage(
    <Frame title={title} section={null} viewer={null} notice={notice} isNarrow>
      <div class="card message">
        <h1>Sign in</h1>
        <p class="soft">This is the host of your team's issues.</p>
        <Form
          action="/sign-in"
          csrf={token}
          submit="Sign in"
          problems={problems}
          hidden={{ next }}
        >
          <TextField
            name="username"
            label="User name"
            value={username}
            autocomplete="username"
            required
            problems={problems}
            autofocus={status === 200}
            isCode
          />
          <TextField
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            required
            problems={problems}
          />
        </Form>
      </div>
    </Frame>,
    status,
    headers,
  );
}
