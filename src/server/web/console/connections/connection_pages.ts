import type { ConsolePage } from "../visit.ts";
import { CHOOSE_FORM, CHOOSE_PAGE, TEST_FORM } from "./choose_places.tsx";
import { CONNECT_FORM, CONNECT_PAGE, RENEW_FORM, RENEW_PAGE } from "./connect.tsx";
import { CONNECTION_PAGE } from "./connection.tsx";
import {
  PAUSE_FORM,
  REMOVE_CONNECTION_FORM,
  REMOVE_CONNECTION_PAGE,
  RESUME_FORM,
} from "./connection_forms.tsx";
import { CONNECTIONS_PAGE } from "./connections.tsx";
import { RETURN_PAGE } from "./sign_in.tsx";
import { WEBHOOK_FORM, WEBHOOK_PAGE, WEBHOOK_SECRET_FORM } from "./webhook.tsx";
import { WORDS_FORM, WORDS_PAGE } from "./words.tsx";

/** Where the issues of a team come from. */
export const CONNECTION_PAGES: readonly ConsolePage[] = [
  CONNECTIONS_PAGE,
  CONNECT_PAGE,
  CONNECT_FORM,
  RETURN_PAGE,
  CONNECTION_PAGE,
  RENEW_PAGE,
  RENEW_FORM,
  PAUSE_FORM,
  RESUME_FORM,
  REMOVE_CONNECTION_PAGE,
  REMOVE_CONNECTION_FORM,
  WORDS_PAGE,
  WORDS_FORM,
  CHOOSE_PAGE,
  CHOOSE_FORM,
  TEST_FORM,
  WEBHOOK_PAGE,
  WEBHOOK_FORM,
  WEBHOOK_SECRET_FORM,
];
