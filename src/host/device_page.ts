import type { Hono } from "hono";
import { rateLimited } from "./caller.ts";
import { checkedPassword } from "./auth_routes.ts";
import { DEVICE_STYLE } from "./device_style.ts";
import { canonicalUserCode, decideDevice } from "./device_flow.ts";
import type { Call, Host, HostEnv } from "./host.ts";
import { Refusal } from "./refusal.ts";
import { readForm } from "./request_body.ts";

/** Adds the page on which a person approves a device. It sets no cookie: each approval signs in anew. */
export function addDevicePage(app: Hono<HostEnv>, host: Host): void {
  app.get("/device", (call) => {
    const userCode = call.req.query("user_code") ?? "";
    return page(form({ userCode, username: "", wrong: null, problem: "" }));
  });
  app.get(
    "/device.css",
    () => new Response(DEVICE_STYLE, { headers: { "content-type": "text/css; charset=utf-8" } }),
  );

  app.post("/device", async (call) => {
    const fields = await readForm(call);
    const userCode = fields.get("user_code") ?? "";
    const username = fields.get("username") ?? "";
    const again = (status: number, problem: string, wrong: FormState["wrong"]) =>
      page(form({ userCode, username, wrong, problem }), status);
    const signedIn = await signIn(host, call, fields);
    if (!signedIn.ok) return again(signedIn.status, signedIn.message, "password");
    const approves = fields.get("decision") === "approve";
    const code = canonicalUserCode(userCode);
    const guesses = `${signedIn.userId}\ndevice code`;
    const wait = host.guesses.wait(guesses);
    if (wait > 0) return again(429, rateLimited(wait).message, "code");
    if (!decideDevice(host.data, code, approves ? signedIn.userId : null)) {
      host.guesses.take(guesses);
      return again(400, `No device waits for the code "${code}", or it has expired.`, "code");
    }
    return page(
      approves
        ? '<h1>Device approved</h1>\n<p class="good">Go back to your terminal: it is signed in.</p>'
        : "<h1>Device denied</h1>\n<p>Nothing was signed in. You can close this page.</p>",
      200,
      approves ? "Device approved" : "Device denied",
    );
  });
}

type SignIn =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly status: number; readonly message: string };

async function signIn(host: Host, call: Call, fields: URLSearchParams): Promise<SignIn> {
  try {
    const user = await checkedPassword(
      host,
      call,
      fields.get("username") ?? "",
      fields.get("password") ?? "",
    );
    return user === null
      ? { ok: false, status: 401, message: "The user name or the password is wrong." }
      : { ok: true, userId: user.id };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, status: error.envelope.http_status, message: error.message };
  }
}

/** What the form shows. */
interface FormState {
  readonly userCode: string;
  readonly username: string;
  /** What the problem is with. */
  readonly wrong: "code" | "password" | null;
  /** Empty when there is none. */
  readonly problem: string;
}

function form({ userCode, username, wrong, problem }: FormState): string {
  // Where a person goes on: what was wrong, else what is still empty.
  const first = wrong ?? (userCode === "" ? "code" : "username");
  const state = (field: "code" | "username" | "password") =>
    (field === first ? " autofocus" : "") +
    (field === wrong ? ' aria-invalid="true" aria-describedby="problem"' : "");
  return `<h1>Sign in a device</h1>
<p>Check that the code is the one your terminal shows, then sign in.</p>
${problem === "" ? "" : `<p class="problem" id="problem" role="alert">${escape(problem)}</p>`}
<form method="post" action="/device">
<label for="user_code">Code</label>
<input class="code" id="user_code" name="user_code" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false"${
    state("code")
  } value="${escape(userCode)}">
<label for="username">User name</label>
<input id="username" name="username" required autocomplete="username" autocapitalize="none" spellcheck="false"${
    state("username")
  } value="${escape(username)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"${
    state("password")
  }>
<div class="actions"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" class="quiet">Deny</button></div>
</form>`;
}

const MARK =
  '<svg aria-hidden="true" viewBox="0 0 32 32" width="22" height="22"><rect width="32" height="32" rx="8" class="mark"/><path d="M8 11h16M16 11v13" class="letter"/><circle cx="24" cy="23" r="3" class="spot"/></svg>';

function page(main: string, status = 200, title = "Sign in a device"): Response {
  return new Response(
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${
      status === 200 ? "" : "Not done: "
    }${title} · tracker</title><link rel="stylesheet" href="/device.css"></head>
<body>
<header>${MARK} tracker</header>
<main>
${main}
</main>
<footer>Approve only what you have started yourself: it can do all that you can.</footer>
</body>
</html>
`,
    {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "x-frame-options": "DENY",
      },
    },
  );
}

/** Makes text safe in an element and in an attribute. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
