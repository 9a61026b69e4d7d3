import {
  type ListedMachineToken,
  listMachineTokens,
  revokeMachineToken,
} from "../../../accounts/machine_tokens.ts";
import { HttpError } from "../../../http/http_error.ts";
import { Form } from "../form.tsx";
import { Facts, PageHead, Time } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { tokenPath } from "./people_paths.ts";

const PATH = "/people/tokens/:id/revoke";

/** Asks whether a token is to be revoked. */
export const REVOKE_TOKEN_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "people",
  for: "member",
  answer: async (visit) => revokeForm(visit, await requireToken(visit)),
};

/** Revokes a token. */
export const REVOKE_TOKEN_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "people",
  for: "member",
  answer: revoke,
};

async function revoke(visit: Visit): Promise<ConsoleAnswer> {
  const { id, name } = await requireToken(visit);
  await revokeMachineToken(visit.context, visit.actor, id);
  return done("/people", `The token "${name}" was revoked.`);
}

/** To the visitor, tokens that the list does not show are not there. */
async function requireToken(visit: Visit): Promise<ListedMachineToken> {
  const { context, actor, team } = visit;
  const id = visit.part("id");
  const found = (await listMachineTokens(context, actor, team.id)).find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new HttpError({
    code: "validation_error",
    status: 404,
    message: "No such machine token is here",
  });
}

function revokeForm(visit: Visit, token: ListedMachineToken): ConsoleAnswer {
  const { id, name, username, createdAt, lastUsedAt } = token;
  return show(
    `Revoke ${name}`,
    <>
      <PageHead
        title={
          <>
            Revoke the token <bdi>{name}</bdi>?
          </>
        }
        lead="The machine that has it is refused from its next request on. This cannot be undone."
      />
      <Form
        action={`${tokenPath(id)}/revoke`}
        csrf={visit.session.csrf}
        submit="Revoke the token"
        cancel="/people"
        isDanger
      >
        <Facts
          facts={[
            ["Works as", <bdi>{username}</bdi>],
            ["Created", <Time at={createdAt} />],
            ["Last used", lastUsedAt === null ? "Never" : <Time at={lastUsedAt} />],
          ]}
        />
      </Form>
    </>,
  );
}
