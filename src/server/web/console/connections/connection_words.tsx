import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Connection } from "../../../model/connection.ts";
import { Chip, Time } from "../parts.tsx";

/** Returns where the page of a connection is. */
export function connectionPath(id: string): string {
  return `/connections/${encodeURIComponent(id)}`;
}

/** How a connection stands, in a word. */
export function StateChip({ connection }: { readonly connection: Connection }): JSX.Element {
  if (connection.pausedAt !== null) return <Chip tone="plain">Paused</Chip>;
  switch (connection.state) {
    case "ok":
      return <Chip tone="green">Works</Chip>;
    case "limited":
      return <Chip tone="amber">Waits for its limit</Chip>;
    case "refused":
      return <Chip tone="red">Refused</Chip>;
    case "unreachable":
      return <Chip tone="red">Unreachable</Chip>;
  }
}

/** Says what the state of a connection means and what to do; `null` when all is well. */
export function stateWords(connection: Connection): Child | null {
  const { state, stateAt, pausedAt } = connection;
  if (pausedAt !== null) {
    return (
      <>
        Paused since{" "}
        <Time at={pausedAt} />: nothing is fetched and nothing is delivered until it is resumed.
      </>
    );
  }
  switch (state) {
    case "ok":
      return null;
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
      return "The provider refuses the credential. It may have expired, or may have lost a permission.";
    case "unreachable":
      return (
        <>
          The provider cannot be reached{stateAt === null ? "" : " since "}
          {stateAt === null ? null : <Time at={stateAt} />}. It is tried again by itself.
        </>
      );
  }
}
