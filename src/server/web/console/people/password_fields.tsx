import type { JSX } from "hono/jsx/jsx-runtime";
import { MIN_PASSWORD_LENGTH } from "../../../accounts/passwords.ts";
import type { Random } from "../../../../platform/random.ts";
import { type Problems, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { ShownOnce } from "../shown_once.tsx";
import { type ConsoleAnswer, done, show, type Visit } from "../visit.ts";
import { userPath } from "./people_paths.ts";

/** What is asked about a new password that an admin sets. */
export function PasswordFields(
  { way, problems }: { readonly way: string; readonly problems: Problems },
): JSX.Element {
  return (
    <fieldset class="field">
      <legend>Password</legend>
      <div class="check">
        <input type="radio" id="way-made" name="way" value="made" checked={way !== "typed"} />
        <label for="way-made">Make one up, and show it to me once</label>
      </div>
      <div class="check">
        <input type="radio" id="way-typed" name="way" value="typed" checked={way === "typed"} />
        <label for="way-typed">I enter one</label>
      </div>
      <TextField
        name="password"
        label="The password to enter"
        hint={`At least ${MIN_PASSWORD_LENGTH} characters, and not the name.`}
        type="password"
        autocomplete="new-password"
        problems={problems}
      />
    </fieldset>
  );
}

/** A password that an admin has chosen, or has had made. */
export type ChosenPassword =
  | { readonly problems: Problems }
  | { readonly problems: null; readonly value: string; readonly isMade: boolean };

/** Returns the password that a form asks for. */
export function chosenPassword({ form, context }: Visit): ChosenPassword {
  const typed = form.exact("password");
  if (form.text("way") === "made" && typed === "") {
    return { problems: null, value: madePassword(context.platform.random), isMade: true };
  }
  return typed === ""
    ? { problems: { password: "Enter a password, or have one made up." } }
    : { problems: null, value: typed, isMade: false };
}

// Without signs that look alike.
const SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Makes up a password of 20 signs in groups: nearly 100 bits. */
function madePassword(random: Random): string {
  const signs: string[] = [];
  while (signs.length < 20) {
    for (const byte of random.bytes(40)) {
      // Bytes above the last whole round of the signs would favour the first ones.
      const sign = byte < 248 ? SIGNS[byte % SIGNS.length] : undefined;
      if (sign !== undefined && signs.length < 20) signs.push(sign);
    }
  }
  return signs.join("").replaceAll(/.{5}(?=.)/g, "$&-");
}

/** Says that a password counts now: one that was made is shown this once. */
export function passwordDone(
  { person, username, password, what, baseUrl }: {
    readonly person: string;
    readonly username: string;
    readonly password: { readonly value: string; readonly isMade: boolean };
    /** Such as `was added`. */
    readonly what: string;
    readonly baseUrl: string;
  },
): ConsoleAnswer {
  if (!password.isMade) return done(userPath(username), `${person} ${what}.`);
  const title = `${person} ${what}`;
  return show(
    title,
    <>
      <PageHead
        title={
          <>
            <bdi>{person}</bdi> {what}
          </>
        }
      />
      <ShownOnce label={`Password of ${username}`} value={password.value} />
      <section aria-labelledby="next">
        <h2 id="next">What the person needs</h2>
        <p>
          Hand over this address, the user name <code>{username}</code>{" "}
          and the password, each over a way that others do not read. The person can change the
          password under People.
        </p>
        <pre tabindex={0}>{`${baseUrl}/`}</pre>
      </section>
      <p>
        <a class="button" href={userPath(username)}>I have kept it</a>
      </p>
    </>,
  );
}
