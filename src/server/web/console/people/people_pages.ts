import type { ConsolePage } from "../visit.ts";
import { ADD_PERSON_FORM, NEW_PERSON_PAGE } from "./new_person.tsx";
import { CREATE_TOKEN_FORM, NEW_TOKEN_PAGE } from "./new_token.tsx";
import { PASSWORD_FORM, PASSWORD_PAGE } from "./password.tsx";
import { PEOPLE_PAGE } from "./people.tsx";
import { PERSON_PAGE } from "./person.tsx";
import { ROLE_FORM, SESSIONS_FORM } from "./person_forms.ts";
import { REMOVE_PERSON_FORM, REMOVE_PERSON_PAGE } from "./remove_person.tsx";
import { REVOKE_TOKEN_FORM, REVOKE_TOKEN_PAGE } from "./revoke_token.tsx";

/** Who is in the team, where they are signed in, and the tokens of their machines. */
export const PEOPLE_PAGES: readonly ConsolePage[] = [
  PEOPLE_PAGE,
  NEW_PERSON_PAGE,
  ADD_PERSON_FORM,
  NEW_TOKEN_PAGE,
  CREATE_TOKEN_FORM,
  REVOKE_TOKEN_PAGE,
  REVOKE_TOKEN_FORM,
  PERSON_PAGE,
  ROLE_FORM,
  SESSIONS_FORM,
  PASSWORD_PAGE,
  PASSWORD_FORM,
  REMOVE_PERSON_PAGE,
  REMOVE_PERSON_FORM,
];
