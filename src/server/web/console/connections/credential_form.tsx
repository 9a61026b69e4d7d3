import type { JSX } from "hono/jsx/jsx-runtime";
import { type HostedProvider, PROVIDER_TITLES } from "../../../../contract/providers.ts";
import type { Connecting, CredentialField, CredentialForm } from "../../../../providers/mod.ts";
import { webLink } from "../../../../pages/web_link.ts";
import type { ShownConnection } from "../../../connections/admin.ts";
import { HttpError } from "../../../http/http_error.ts";
import { Form, NO_PROBLEMS, type Problems, TextArea, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { Shown } from "../shown_once.tsx";
import { address, Filters } from "../tabs.tsx";
import { type ConsoleAnswer, showForm, type Visit } from "../visit.ts";
import { callbackOf } from "./callback.ts";
import { connectionPath } from "./connection_words.tsx";

/** A provider, and the way to sign in there. */
export interface Way {
  readonly provider: HostedProvider;
  readonly connecting: Connecting;
  readonly credential: CredentialForm;
  /** The connection that gets the credential; `null` for a new one. */
  readonly renewed: ShownConnection | null;
  /** Where its form is. */
  readonly path: string;
}

/** Values by the names of fields. */
export type Values = Readonly<Record<string, string>>;

/** What a form is asked for. */
interface WantedWay {
  readonly provider: HostedProvider;
  /** The way to sign in; the usual one unless it is known. */
  readonly kind: string;
  readonly renewed: ShownConnection | null;
}

/** Returns a way to sign in at a provider; `null` when this host cannot connect that. */
export function findWay(
  { connectable }: Visit["host"],
  { provider, kind, renewed }: WantedWay,
): Way | null {
  const connecting = connectable[provider];
  const credential = connecting?.credentials.find((one) => one.kind === kind) ??
    connecting?.credentials[0];
  if (connecting === undefined || credential === undefined) return null;
  const path = renewed === null
    ? `/connections/new/${provider}`
    : `${connectionPath(renewed.id)}/credential`;
  return { provider, connecting, credential, renewed, path };
}

/** The same for one that was found before. */
export function wayOf(host: Visit["host"], wanted: WantedWay): Way {
  const way = findWay(host, wanted);
  if (way === null) throw noWay(wanted.provider);
  return way;
}

/** Returns the failure of a provider that this host cannot connect. */
export function noWay(named: string): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 404,
    message: `This host cannot connect "${named}"`,
  });
}

/** What is known of a connection already, by the names of the fields; never its secret. */
export function valuesOf({ credential: { fields }, renewed }: Way): Values {
  if (renewed === null) return {};
  const known = { places: renewed.site ?? "", url: renewed.baseUrl };
  const isOpen = (name: string) => fields.some((one) => one.name === name && !one.isSecret);
  return Object.fromEntries(Object.entries(known).filter(([name]) => isOpen(name)));
}

/** Draws the form of a way to sign in. */
export function credentialForm(
  visit: Visit,
  { provider, connecting, credential, renewed, path }: Way,
  values: Values,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  const title = renewed === null
    ? `Connect ${PROVIDER_TITLES[provider]}`
    : `Another credential for ${renewed.name}`;
  const { kind, steps, fields } = credential;
  const isSignIn = connecting.signIn?.kind === kind;
  const url = credential.url === null ? null : webLink(credential.url);
  return showForm(
    title,
    <>
      <PageHead
        title={<bdi>{title}</bdi>}
        lead="The credential is tested before it is stored, and stored encrypted. It is not shown again."
      />
      {connecting.credentials.length < 2 ? null : (
        <Filters
          label="Ways to sign in"
          tabs={connecting.credentials.map((one) => ({
            title: one.title,
            href: address(path, { kind: one.kind }),
            isHere: one.kind === kind,
          }))}
        />
      )}
      <section aria-labelledby="get">
        <h2 id="get">How to get it: {credential.title}</h2>
        <ol class="guide">{steps.map((step) => <li>{step}</li>)}</ol>
        {url === null ? null : (
          <p>
            <a href={url.url} rel="noopener nofollow">
              Open the page at {PROVIDER_TITLES[provider]}
            </a>
          </p>
        )}
        {isSignIn ? <Callback visit={visit} /> : null}
      </section>
      <section aria-labelledby="enter">
        <h2 id="enter">Enter it</h2>
        <Form
          action={path}
          csrf={visit.session.csrf}
          submit={isSignIn
            ? "Continue"
            : renewed === null
            ? "Test and connect"
            : "Test and replace"}
          cancel={renewed === null ? "/connections" : connectionPath(renewed.id)}
          problems={problems}
          hidden={{ kind }}
        >
          {fields.map((field) => (
            <CredentialInput field={field} values={values} problems={problems} />
          ))}
        </Form>
      </section>
    </>,
    problems,
  );
}

function CredentialInput(
  { field, values, problems }: {
    readonly field: CredentialField;
    readonly values: Values;
    readonly problems: Problems;
  },
) {
  const { name, label, hint, isSecret, isRequired, isLong, preset } = field;
  const common = {
    name,
    label,
    problems,
    required: isRequired,
    ...(hint === null ? {} : { hint }),
  };
  // What is secret was typed for nothing once more: a page does not give it back.
  if (isLong) return <TextArea {...common} value={isSecret ? "" : values[name] ?? preset} isCode />;
  return isSecret
    ? <TextField {...common} type="password" isCode />
    : <TextField {...common} value={values[name] ?? preset} isCode />;
}

/** Where the provider is to send people back to, who have let an app in. */
function Callback({ visit }: { readonly visit: Visit }): JSX.Element {
  const { url, problem } = callbackOf(visit);
  if (problem !== null) {
    return (
      <div class="notice warn">
        <p>{problem}</p>
      </div>
    );
  }
  const hint = "Enter it where the app is registered, exactly as it is.";
  return <Shown label="Callback URL" value={url} hint={hint} />;
}
