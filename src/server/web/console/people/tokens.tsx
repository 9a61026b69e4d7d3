import type { JSX } from "hono/jsx/jsx-runtime";
import type { ListedMachineToken, MachineTokenState } from "../../../accounts/machine_tokens.ts";
import { Chip, Empty, Table, Time, type Tone } from "../parts.tsx";
import { address } from "../tabs.tsx";
import type { Visit } from "../visit.ts";
import { tokenPath } from "./people_paths.ts";

const STATES: Readonly<Record<MachineTokenState, readonly [tone: Tone, word: string]>> = {
  active: ["green", "Active"],
  expired: ["faint", "Expired"],
  revoked: ["faint", "Revoked"],
  unusable: ["amber", "Its user has left"],
};

/** The machine tokens of a team, or of one person. */
export function Tokens(
  { visit, tokens, username }: {
    readonly visit: Visit;
    readonly tokens: readonly ListedMachineToken[];
    readonly username?: string;
  },
): JSX.Element {
  const isOwn = username === visit.session.user.username;
  return (
    <section aria-labelledby="tokens">
      <div class="heading">
        <h2 id="tokens">Machine tokens</h2>
        {visit.isAdmin || isOwn
          ? (
            <a class="plain-button" href={address("/people/tokens/new", { user: username ?? "" })}>
              Create a token
            </a>
          )
          : null}
      </div>
      {tokens.length === 0
        ? (
          <Empty title="No machine tokens">
            <p>
              A token lets a machine, such as CI, work in a person's name without a password. Give
              it to the program as <code>TRACKER_TOKEN</code>.
            </p>
          </Empty>
        )
        : (
          <Table
            caption="Machine tokens"
            columns={[
              { title: "Token", kind: "name" },
              { title: "Works as" },
              { title: "State" },
              { title: "Last used", kind: "soft" },
              { title: "Expires", kind: "soft" },
              { title: "Revoke", kind: "actions" },
            ]}
            rows={tokens.map(({ id, name, username, state, lastUsedAt, expiresAt }) => [
              <bdi class="title">{name}</bdi>,
              <bdi>{username}</bdi>,
              <Chip tone={STATES[state][0]}>{STATES[state][1]}</Chip>,
              lastUsedAt === null ? "Never" : <Time at={lastUsedAt} />,
              expiresAt === null ? "Never" : <Time at={expiresAt} />,
              state === "active"
                ? (
                  <a class="plain-button" href={`${tokenPath(id)}/revoke`}>
                    Revoke<span class="unseen">{name}</span>
                  </a>
                )
                : null,
            ])}
          />
        )}
    </section>
  );
}
