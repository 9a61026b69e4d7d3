import type { Hono } from "hono";
import { rateLimited } from "./caller.ts";
import { checkedPassword } from "./auth_routes.ts";
import { canonicalUserCode, decideDevice } from "./device_flow.ts";
import type { Call, Host, HostEnv } from "./host.ts";
import { Refusal } from "./refusal.ts";
import { readForm } from "./request_body.ts";

/** Adds the page on which a person approves a device. It sets no cookie: each approval signs in anew. */
export function addDevicePage(app: Hono<HostEnv>, host: Host): void {
  app.get("/device", (call) => page(form(call.req.query("user_code") ?? "", "")));
  app.get(
    "/device.css",
    () => new Response(STYLE, { headers: { "content-type": "text/css; charset=utf-8" } }),
  );

  app.post("/device", async (call) => {
    const fields = await readForm(call);
    const typed = fields.get("user_code") ?? "";
    const signedIn = await signIn(host, call, fields);
    if (!signedIn.ok) return page(form(typed, signedIn.message), signedIn.status);
    const approves = fields.get("decision") === "approve";
    const code = canonicalUserCode(typed);
    const guesses = `${signedIn.userId}\ndevice code`;
    const wait = host.guesses.wait(guesses);
    if (wait > 0) return page(form(typed, rateLimited(wait).message), 429);
    if (!decideDevice(host.data, code, approves ? signedIn.userId : null)) {
      host.guesses.take(guesses);
      return page(form(typed, `No device waits for the code "${code}", or it has expired.`), 400);
    }
    return page(
      approves
        ? "<h1>Device approved</h1><p>Go back to your terminal: it is signed in.</p>"
        : "<h1>Device denied</h1><p>Nothing was signed in. You can close this page.</p>",
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

function form(userCode: string, problem: string): string {
  const alert = problem === "" ? "" : `<p class="problem" role="alert">${escape(problem)}</p>`;
  return `<h1>Sign in a device</h1>
<p>Check that the code is the one your terminal shows, then sign in.</p>${alert}
<form method="post" action="/device">
<label>Code <input name="user_code" required autocomplete="off" autocapitalize="characters" value="${
    escape(userCode)
  }"></label>
<label>User name <input name="username" required autocomplete="username"></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label>
<div><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" class="quiet">Deny</button></div>
</form>`;
}

function page(main: string, status = 200): Response {
  return new Response(
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in a device</title><link rel="stylesheet" href="/device.css"></head>
<body><main>${main}</main></body>
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

const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { width: min(24rem, 90vw); }
label { display: block; margin: 0.75rem 0; }
input { display: block; width: 100%; box-sizing: border-box; padding: 0.5rem; font: inherit; }
button { padding: 0.5rem 1.25rem; font: inherit; }
.problem { border-left: 4px solid #c0392b; padding-left: 0.75rem; }
`;
