import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type Connection, connectionWord } from "../../../model/connection.ts";
import { Chip, Time } from "../parts.tsx";

/** Returns where the page of a connection is. */
export function connectionPath(id: string): string {
  return `/connections/${encodeURIComponent(id)}`;
}

/** A connection, and how many of its places cannot be read. */
type Standing = Connection & { readonly unreadable: number };

/** How a connection stands, in a word. */
export function StateChip({ connection }: { readonly connection: Standing }): JSX.Element {
  switch (connectionWord(connection, connection.unreadable > 0)) {
    case "paused":
      return <Chip tone="plain">Paused</Chip>;
    case "ok":
      return <Chip tone="green">Works</Chip>;
    case "unreadable":
      return <Chip tone="amber">Works in part</Chip>;
    case "limited":
      return <Chip tone="amber">Waits for its limit</Chip>;
    case "refused":
      return <Chip tone="red">Refused</Chip>;
    case "unreachable":
      return <Chip tone="red">Unreachable</Chip>;
  }
}

/** Says what the state of a connection means and what to do; `null` when all is well. */
export function stateWords(connection: Standing): Child | null {
  const { stateAt, pausedAt, stateDetail } = connection;
  const at = pausedAt ?? stateAt;
  const since = at === null ? null : (
    <>
      {" "}since <Time at={at} />
    </>
  );
  switch (connectionWord(connection, connection.unreadable > 0)) {
    case "paused":
      return <>Paused{since}: nothing is fetched and nothing is delivered until it is resumed.</>;
    case "ok":
      return stateDetail === null ? null : "The connection works, and something is missing.";
    case "unreadable":
      return "Some of its places cannot be read. What the provider says of each is below: correct the place's name or the permissions there. They are tried again by themselves.";
    case "limited":
      return (
        <>
          The provider allows no more calls for now.{" "}
          {stateAt === null ? "Work continues by itself" : (
            <>
              Work continues at <Time at={stateAt} />
            </>
          )}.
        </>
      );
    case "refused":
      return (
        <>
          The provider refuses the credential{since}. It may have expired, or may have lost a
          permission. Nothing is fetched and nothing is delivered until it works, or another
          credential is entered. Other connections are not concerned.
        </>
      );
    case "unreachable":
      return <>The provider cannot be reached{since}. It is tried again by itself.</>;
  }
}

/** Says which places of a connection its credential does not reach. */
export function notReached(places: readonly { readonly label: string }[]): string {
  return `It does not reach: ${places.map(({ label }) => label).join(", ")}.`;
}

/** Says how the provider tells the host of changes. */
function webhookWords({ webhookState, webhookAt }: Connection): Child {
  const last = webhookAt === null ? "none came yet" : (
    <>
      the last came <Time at={webhookAt} />
    </>
  );
  switch (webhookState) {
    case "registered":
      return <>Registered by the host; {last}</>;
    case "by_hand":
      return <>The host may not register them there; {last}</>;
    case null:
      return webhookAt === null ? "None: changes are found by asking" : <>By hand; {last}</>;
  }
}

/** How the provider tells of changes, and the way to the page about it. */
export function WebhookFact({ connection }: { readonly connection: Connection }): JSX.Element {
  return (
    <>
      {webhookWords(connection)} {connection.webhookState === "registered"
        ? null
        : <a href={`${connectionPath(connection.id)}/webhook`}>What to enter by hand</a>}
    </>
  );
}
