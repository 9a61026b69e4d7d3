import { checkedPassword } from "../accounts/sign_in.ts";
import { limitKey } from "../http/client_address.ts";
import type { Call, Host } from "../http/context.ts";
import { HostError } from "../model/host_error.ts";
import type { StoredUser } from "../store/users.ts";

/** What came of a form with a name and a password. */
export type FormSignIn =
  | { readonly ok: true; readonly checked: StoredUser }
  | SignInRefused;

/** Why a person is not signed in. */
export interface SignInRefused {
  readonly ok: false;
  readonly status: number;
  readonly message: string;
}

/** What is said of a name and a password that do not go together, or no longer. */
export const WRONG_PASSWORD: SignInRefused = {
  ok: false,
  status: 401,
  message: "The user name or the password is wrong.",
};

/** Checks the name and the password of a form. */
export async function signInByForm(
  host: Host,
  call: Call,
  fields: URLSearchParams,
): Promise<FormSignIn> {
  try {
    const checked = await checkedPassword(host, {
      username: fields.get("username") ?? "",
      password: fields.get("password") ?? "",
      address: limitKey(call.env.remoteAddress),
    });
    return checked === null ? WRONG_PASSWORD : { ok: true, checked };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { ok: false, status: error.envelope.http_status, message: error.message };
  }
}
