import type { Hono } from "hono";
import { DEVICE_STYLE } from "./device_style.ts";
import { canonicalUserCode, decideDevice } from "../accounts/device_flow.ts";
import type { Host, HostEnv } from "../http/context.ts";
import { readForm } from "../http/body.ts";
import { rateLimited } from "../model/host_error.ts";
import { credentialFields, escape, FAULTY, page, problemLine } from "./page.ts";
import { signInByForm, WRONG_PASSWORD } from "./sign_in_form.ts";

/** Adds the page on which a person approves a device. It sets no cookie: each approval signs in again. */
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
      page(form({ userCode, username, wrong, problem }), { status });
    const signedIn = await signInByForm(host, call, fields);
    if (!signedIn.ok) return again(signedIn.status, signedIn.message, "password");
    const approves = fields.get("decision") === "approve";
    const code = canonicalUserCode(userCode);
    const { checked } = signedIn;
    const guesses = `${checked.user.id}\ndevice code`;
    // Taken before the look-up, which others can come between: guesses that come together count too.
    const { wait } = await host.limits.guesses.take(guesses);
    if (wait > 0) return again(429, rateLimited(wait).message, "code");
    const outcome = await decideDevice(host.context, code, approves ? checked : null);
    if (outcome === "other_password") {
      return again(WRONG_PASSWORD.status, WRONG_PASSWORD.message, "password");
    }
    if (outcome === "unknown_code") {
      return again(400, `No device waits for the code "${code}", or it has expired.`, "code");
    }
    await host.limits.guesses.giveBack(guesses);
    return page(
      approves
        ? '<h1>Device approved</h1>\n<p class="good">Go back to your terminal: it is signed in.</p>'
        : "<h1>Device denied</h1>\n<p>Nothing was signed in. You can close this page.</p>",
      { title: approves ? "Device approved" : "Device denied" },
    );
  });
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
  // Where a person continues: what was wrong, else what is still empty.
  const first = wrong ?? (userCode === "" ? "code" : "username");
  const state = (first === "code" ? " autofocus" : "") + (wrong === "code" ? FAULTY : "");
  return `<h1>Sign in a device</h1>
<p>Check that the code is the one your terminal shows, then sign in.</p>
${problemLine(problem)}
<form method="post" action="/device">
<label for="user_code">Code</label>
<input class="code" id="user_code" name="user_code" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false"${state} value="${
    escape(userCode)
  }">
${
    credentialFields(username, {
      focus: first === "code" ? null : first,
      wrong: wrong === "password",
    })
  }
</form>`;
}
