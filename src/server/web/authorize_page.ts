import type { Hono } from "hono";
import { DEVICE_CLIENT_ID } from "../../contract/auth.ts";
import { AUTH_PATHS } from "../../contract/paths.ts";
import {
  type AuthorizationRequest,
  issueCode,
  loopbackRedirect,
} from "../accounts/authorization_code.ts";
import type { Host, HostEnv } from "../http/context.ts";
import { credentialFields, escape, page, problemLine } from "./page.ts";
import { readForm } from "../http/body.ts";
import { signInByForm, WRONG_PASSWORD } from "./sign_in_form.ts";

/**
 * Adds the page on which a person signs a program of this machine in (OAuth authorization code with
 * PKCE). It sets no cookie, as the page for devices.
 */
export function addAuthorizePage(app: Hono<HostEnv>, host: Host): void {
  app.get(AUTH_PATHS.authorize, (call) => {
    const asked = readRequest(new URL(call.req.url).searchParams);
    return asked.ok ? signInPage(asked.request) : asked.answer;
  });

  app.post(AUTH_PATHS.authorize, async (call) => {
    const fields = await readForm(call);
    const asked = readRequest(fields);
    if (!asked.ok) return asked.answer;
    const { request } = asked;
    if (fields.get("decision") !== "approve") return back(request, { error: "access_denied" });
    const signedIn = await signInByForm(host, call, fields);
    const code = signedIn.ok ? await issueCode(host.context, signedIn.checked, request) : null;
    if (code !== null) return back(request, { code });
    const { status, message } = signedIn.ok ? WRONG_PASSWORD : signedIn;
    return signInPage(request, { username: fields.get("username") ?? "", status, message });
  });
}

type Asked =
  | { readonly ok: true; readonly request: AuthorizationRequest }
  | { readonly ok: false; readonly answer: Response };

/** Reads a request; one that leads elsewhere than to this machine is answered here, never there. */
function readRequest(query: URLSearchParams): Asked {
  const redirectUri = loopbackRedirect(query.get("redirect_uri") ?? "");
  if (query.get("client_id") !== DEVICE_CLIENT_ID || redirectUri === null) {
    return {
      ok: false,
      answer: page(
        "<h1>This sign-in cannot be used</h1>\n<p>The program that sent you here is unknown, " +
          "or does not listen on this machine. Start again from your terminal.</p>",
        { status: 400, title: TITLE },
      ),
    };
  }
  const challenge = query.get("code_challenge") ?? "";
  const request = { redirectUri, challenge, state: query.get("state") ?? "" };
  const isWhole = query.get("response_type") === "code" &&
    query.get("code_challenge_method") === "S256" && /^[\w-]{43}$/.test(challenge);
  return isWhole
    ? { ok: true, request }
    : { ok: false, answer: back(request, { error: "invalid_request" }) };
}

function back(request: AuthorizationRequest, fields: Readonly<Record<string, string>>): Response {
  const target = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  if (request.state !== "") target.searchParams.set("state", request.state);
  return new Response(null, { status: 303, headers: { location: target.href } });
}

const TITLE = "Sign in a program";

interface Failed {
  readonly username: string;
  readonly status: number;
  readonly message: string;
}

function signInPage(request: AuthorizationRequest, failed?: Failed): Response {
  const hidden = {
    client_id: DEVICE_CLIENT_ID,
    response_type: "code",
    redirect_uri: request.redirectUri.href,
    code_challenge: request.challenge,
    code_challenge_method: "S256",
    state: request.state,
  };
  const inputs = Object.entries(hidden).map(([name, value]) =>
    `<input type="hidden" name="${name}" value="${escape(value)}">`
  );
  const state = {
    focus: failed === undefined ? "username" : "password",
    wrong: failed !== undefined,
  } as const;
  const main = `<h1>${TITLE}</h1>
<p>A program on this machine asks to work in your name. Sign in to allow it.</p>
${problemLine(failed?.message ?? "")}
<form method="post" action="${AUTH_PATHS.authorize}">
${inputs.join("\n")}
${credentialFields(failed?.username ?? "", state)}
</form>`;
  return page(main, {
    status: failed?.status ?? 200,
    title: TITLE,
    formAction: formTarget(request.redirectUri),
  });
}

/** A browser checks where the answer to a form leads; a policy cannot name an IPv6 address. */
function formTarget(redirectUri: URL): string {
  return redirectUri.hostname === "[::1]" ? "http:" : redirectUri.origin;
}
