import { systemClock } from "../../../src/platform/clock.ts";
import { fakeLinear, serveLinear } from "./fake_linear.ts";
import { linearSchema } from "./schema.ts";
import { uuid } from "./state.ts";

/** The key and the application that pages use; they are of no real account. */
const KEY = "lin_api_of_the_pages";
const APP = { client: "app-of-the-pages", secret: "secret-of-the-pages" };

/** Starts the Linear that pages speak of: the teams ENG and OPS with some issues. */
export function linearOfPages(): { readonly port: number; stop(): Promise<void> } {
  const linear = fakeLinear(linearSchema(), systemClock());
  for (const caller of [...linear.callers.values()]) linear.callers.set(KEY, caller);
  linear.apps.set(APP.client, APP.secret);
  linear.people.add({ teamId: uuid(2, 1), title: "Checkout fails with an empty cart" });
  linear.people.add({ teamId: uuid(2, 1), title: "Show the sum while typing" });
  linear.people.add({ teamId: uuid(2, 2), title: "Renew the certificates" });
  const served = serveLinear(linear);
  return {
    port: Number(new URL(served.url).port),
    stop: () => Promise.resolve(served[Symbol.asyncDispose]()),
  };
}
