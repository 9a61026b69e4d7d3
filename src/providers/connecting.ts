import type { Clock } from "../platform/clock.ts";
import type { Fetch } from "../platform/platform.ts";
import { Budget, type BudgetRules } from "./budget.ts";
import type { NewPlace } from "./provider.ts";
import type { Access, RenewSecret } from "./remote.ts";

/** How a team connects a provider: what is asked for, and how it is tested before it is stored. */
export interface Connecting {
  /** The ways to sign in, the usual one first. */
  readonly credentials: readonly CredentialForm[];
  /** What a person enters at the provider, where the host cannot register its webhooks; `null` where there are none. */
  readonly webhooks: WebhookForm | null;
  /** Reads what was entered; every required field is there. */
  read(given: GivenCredential): ReadCredential;
  /** Tests a credential at the provider, and lists what it reaches. Changes nothing there. */
  look(credential: Credential, tools: ConnectingTools): Promise<CheckedCredential>;
  /** The way to sign in on a page of the provider; left out where there is none. */
  readonly signIn?: ProviderSignIn | undefined;
}

/** A sign-in on a page of the provider, on which a person lets an app in. */
export interface ProviderSignIn {
  /** The {@link CredentialForm.kind} that is read without what the sign-in brings. */
  readonly kind: string;
  /** Returns the address of the page. The provider sends the browser to `redirectUri`, with `state` as it is. */
  page(
    credential: Credential,
    back: { readonly redirectUri: string; readonly state: string },
  ): string;
  /**
   * Exchanges the code that came back for a credential that can be used.
   *
   * @throws {ProviderError} when the provider does not take it, or cannot be asked.
   */
  complete(
    credential: Credential,
    back: { readonly redirectUri: string; readonly code: string },
    tools: ConnectingTools,
  ): Promise<ReadCredential>;
}

/** The form in which a person has the provider send webhooks. */
export interface WebhookForm {
  /** Where it is, and who sees it, in a sentence. */
  readonly where: string;
  /** What its field for the address is called. */
  readonly addressName: string;
  /** What its field for the secret is called. */
  readonly secretName: string;
  /** Whether the provider makes the secret, which the host then has to be told. */
  readonly makesSecret: boolean;
  /** What to choose beside those. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** A credential as the provider's calls take it. */
export interface Credential {
  /** The {@link CredentialForm.kind}. */
  readonly kind: string;
  /** Stored encrypted. */
  readonly secret: string;
  /** Where the provider is. */
  readonly baseUrl: string;
  /** The part of the provider that it is for, such as an owner or a site; `null` for all. */
  readonly site: string | null;
}

/** What is wrong with a credential. */
export interface CredentialFault {
  readonly ok: false;
  /** The field that it is about; `null` for the credential as a whole. */
  readonly field: string | null;
  /** What is wrong, and what to do, in a sentence. */
  readonly message: string;
}

/** What was entered, as a credential. */
export type ReadCredential =
  | { readonly ok: true; readonly credential: Credential }
  | CredentialFault;

/** One way to sign in at a provider, such as by a token or as an app. */
export interface CredentialForm {
  /** Names the way in what is stored, such as `token`. */
  readonly kind: string;
  /** What people call it, such as `Fine-grained token`. */
  readonly title: string;
  /** How to get it, a sentence for each step. */
  readonly steps: readonly string[];
  /** The page on which to get it; `null` when there is none for all. */
  readonly url: string | null;
  readonly fields: readonly CredentialField[];
}

/** One thing that is asked for. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  /** One sentence; `null` when the label says all. */
  readonly hint: string | null;
  /** Whether it is never shown again. */
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** Whether it has several lines, such as a key. */
  readonly isLong: boolean;
  /** What it is unless something else is entered; empty for nothing. */
  readonly preset: string;
}

/** What was entered. */
export interface GivenCredential {
  /** The {@link CredentialForm.kind}. */
  readonly kind: string;
  /** Values by the names of the fields; empty when nothing was entered. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a test of a credential works with. */
export interface ConnectingTools {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** For a credential that is stored and replaced by its use. */
  readonly renew?: RenewSecret | undefined;
}

/** What came of a test. */
export type CheckedCredential =
  | {
    readonly ok: true;
    /** Whose credential it is, as the provider names them. */
    readonly account: string;
    /** What it may not do and should, in words. */
    readonly missing: readonly string[];
    /** What issues can be mirrored from. */
    readonly places: readonly NewPlace[];
    /** What is stored, where that is not what was tested: it was found out how this one is used. */
    readonly credential?: Credential | undefined;
    /** What was found out of the credential that people have to know, in sentences. */
    readonly notes?: readonly string[] | undefined;
  }
  | CredentialFault;

/** Returns what a test of a credential makes its calls with: they count for themselves. */
export function accessOf(
  credential: Credential,
  { fetch, clock, signal, renew }: ConnectingTools,
  rules: BudgetRules,
): Omit<Access, "site" | "statusWords"> {
  const { baseUrl } = credential;
  return { baseUrl, credential, fetch, clock, budget: new Budget(clock, rules), signal, renew };
}
