import { type Caller, NOT_FOUND, type Reply } from "./reply.ts";
import type { FakeApp, FakeState } from "./state.ts";
import { time } from "./answers.ts";

const HOUR_MS = 3_600_000;

function bearerOf(request: Request): string {
  return /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}

/** Returns who calls; `null` for a token that is not known, or has ended. */
export function callerOf(state: FakeState, request: Request, now: number): Caller | null {
  const bearer = bearerOf(request);
  const token = state.tokens.get(bearer);
  if (token !== undefined) return { login: token.login, token, app: null };
  const installed = state.installationTokens.get(bearer);
  if (installed === undefined || installed.until <= now) return null;
  const { app } = installed;
  const { issues, repository_hooks } = app.permissions;
  return {
    login: `app-${app.appId}[bot]`,
    app,
    token: {
      login: "",
      issues: issues === "write" ? "write" : issues === "read" ? "read" : "none",
      hooks: repository_hooks === "write",
      mayTriage: true,
    },
  };
}

/** Gives an App the token of an installation, for an hour. */
export async function installationToken(
  state: FakeState,
  request: Request,
  path: string,
  now: number,
): Promise<Reply> {
  const wanted = path.split("/")[3];
  const app = state.apps.find(({ installationId }) => installationId === wanted);
  if (app === undefined) return NOT_FOUND;
  if (!await isSignedBy(app, bearerOf(request), now)) {
    return {
      status: 401,
      body: { message: "A JSON web token could not be decoded", documentation_url: "" },
    };
  }
  const token = `ghs_${state.nextId()}`;
  const until = now + HOUR_MS;
  state.installationTokens.set(token, { app, until });
  return {
    status: 201,
    body: { token, expires_at: time(until), permissions: app.permissions },
  };
}

async function isSignedBy(app: FakeApp, jwt: string, now: number): Promise<boolean> {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const bytes = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
  const { iss, iat, exp } = JSON.parse(new TextDecoder().decode(bytes(claims)));
  const seconds = now / 1_000;
  if (iss !== app.appId || iat > seconds || exp <= seconds || exp - iat > 600) return false;
  const signed = new TextEncoder().encode(`${head}.${claims}`);
  return await crypto.subtle.verify("RSASSA-PKCS1-v1_5", app.publicKey, bytes(signature), signed);
}
