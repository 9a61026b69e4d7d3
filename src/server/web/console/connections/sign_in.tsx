import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { harmless } from "../../../../providers/mod.ts";
import type { Credential, ReadCredential } from "../../../../providers/mod.ts";
import { showConnection } from "../../../connections/admin.ts";
import { askProvider } from "../../../connections/connect.ts";
import {
  beginSignIn,
  SIGN_IN_WITHIN_MS,
  type SigningIn,
  takeSignIn,
} from "../../../connections/provider_sign_in.ts";
import { PageHead } from "../parts.tsx";
import { sentence } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { CALLBACK_PATH, callbackOf } from "./callback.ts";
import { credentialForm, type Values, type Way, wayOf } from "./credential_form.tsx";
import { storeCredential } from "./store_credential.ts";

/** Takes up a sign-in that the browser comes back from, and stores the credential that it brings once that works. */
export const RETURN_PAGE: ConsolePage = {
  method: "GET",
  path: CALLBACK_PATH,
  section: "connections",
  for: "admin",
  comesFromElsewhere: true,
  answer: comeBack,
};

/**
 * Leads a person to the page of a provider on which an app is let in. The form cannot: what a form leads to is
 * held to this host by the policy of its page.
 */
export async function leadToProvider(
  visit: Visit,
  way: Way,
  values: Values,
  credential: Credential,
): Promise<ConsoleAnswer> {
  const { host, context } = visit;
  const { provider, connecting: { signIn }, renewed } = way;
  const { url: redirectUri, problem } = callbackOf(visit);
  if (problem !== null || signIn === undefined) {
    return credentialForm(visit, way, values, { "": problem ?? "There is no such sign-in." });
  }
  const connectionId = renewed?.id ?? null;
  const requested = { provider, credential, redirectUri, connectionId };
  const key = await host.provideKey();
  const page = await beginSignIn(context, key, signingIn(visit), signIn, requested);
  const title = PROVIDER_TITLES[provider];
  return show(
    `Sign in at ${title}`,
    <>
      <PageHead
        title={`Sign in at ${title}`}
        lead={`You let the app in at ${new URL(page).host}, and come back here.`}
      />
      <p>
        Choose{" "}
        <strong>
          <bdi>{credential.baseUrl}</bdi>
        </strong>{" "}
        there. This browser has {SIGN_IN_WITHIN_MS / 60_000}{" "}
        minutes for it. Nothing of the app is used before.
      </p>
      <p class="form-actions">
        <a class="button" href={page} rel="noreferrer">Continue at {new URL(page).host}</a>
        <a class="plain-button" href={way.path}>Cancel</a>
      </p>
    </>,
  );
}

function signingIn({ actor, session, team }: Visit): SigningIn {
  const { sessionId, user } = session;
  return { actor, userId: user.id, sessionId, teamId: team.id };
}

async function comeBack(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, host, team, query } = visit;
  const key = await host.provideKey();
  const taken = await takeSignIn(context, key, signingIn(visit), query.get("state") ?? "");
  const { provider, credential, redirectUri, connectionId } = taken;
  const renewed = connectionId === null
    ? null
    : await showConnection(context, actor, { name: connectionId, teamId: team.id });
  const way = wayOf(host, { provider, kind: credential.kind, renewed });
  const { signIn } = way.connecting;
  const values = { url: credential.baseUrl, places: credential.site ?? "" };
  const again = (problem: string, field: string | null = null) =>
    credentialForm(visit, way, values, { [field ?? ""]: sentence(problem) });
  const code = query.get("code") ?? "";
  if (code === "" || signIn === undefined) return again(whyNoCode(query));
  const completed = await askProvider<Extract<ReadCredential, { readonly ok: true }>>(
    context,
    credential,
    (tools) => signIn.complete(credential, { redirectUri, code }, tools),
  );
  if (!completed.ok) return again(completed.message, completed.field);
  return await storeCredential(visit, way, values, completed.credential);
}

/** Says why a person comes back with nothing; the provider's own words stand in the address, and are anybody's. */
function whyNoCode(query: URLSearchParams): string {
  const error = query.get("error") ?? "";
  if (error === "access_denied") return "The app was not let in. Nothing was stored";
  const description = query.get("error_description") ?? "";
  const words = harmless([error, description].filter((one) => one !== "").join(": "), []);
  return words === ""
    ? "The provider sent nothing back. Nothing was stored"
    : `The provider did not let the app in (${words}). Nothing was stored`;
}
