import { checkedPassword } from "../accounts/sign_in.ts";
import { limitKey } from "../http/client_address.ts";
import type { Call, Host } from "../http/context.ts";
import { HostError } from "../model/host_error.ts";

/** What came of a form with a name and a password. */
export type FormSignIn =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Checks the name and the password of a form. */
export async function signInByForm(
  host: Host,
  call: Call,
  fields: URLSearchParams,
): Promise<FormSignIn> {
  try {
    const user = await checkedPassword(host, {
      username: fields.get("username") ?? "",
      password: fields.get("password") ?? "",
      address: limitKey(call.env.remoteAddress),
    });
    return user === null
      ? { ok: false, status: 401, message: "The user name or the password is wrong." }
      : { ok: true, userId: user.id };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { ok: false, status: error.envelope.http_status, message: error.message };
  }
}
