import {
  DEFAULT_ACCESS_LIFETIME,
  DEFAULT_REFRESH_LIFETIME,
  type DeviceAuthorization,
  type DeviceToken,
  type Me,
  type TokenResponse,
} from "../auth.ts";
import type { JsonObject } from "../field.ts";
import { readTime } from "./time.ts";
import { type AnswerReader, count, plainText, requiredText, Unreadable } from "./reading.ts";

/** Reads tokens; only `access` is needed (wire.md, Authentication). */
export const TokenReader: AnswerReader<TokenResponse> = {
  members: ["access"],
  read: (body) => ({
    ...body,
    access: tokenIn(body, "access"),
    refresh: refreshTokenIn(body, "refresh"),
    access_lifetime: seconds(body["access_lifetime"]) ?? DEFAULT_ACCESS_LIFETIME,
    refresh_lifetime: seconds(body["refresh_lifetime"]) ?? DEFAULT_REFRESH_LIFETIME,
    team_slug: plainText(body["team_slug"]),
  }),
};

/** Reads the tokens of the device flow; only `access_token` is needed (wire.md, Authentication). */
export const DeviceTokenReader: AnswerReader<DeviceToken> = {
  members: ["access_token"],
  read: (body) => ({
    ...body,
    access_token: tokenIn(body, "access_token"),
    refresh_token: refreshTokenIn(body, "refresh_token"),
    expires_in: seconds(body["expires_in"]) ?? DEFAULT_ACCESS_LIFETIME,
    refresh_token_expires_in: seconds(body["refresh_token_expires_in"]),
    token_type: plainText(body["token_type"]),
    team_slug: plainText(body["team_slug"]),
  }),
};

/** Seconds between two polls when the host does not say (RFC 8628, 3.2). */
const DEFAULT_INTERVAL = 5;

/** Seconds the codes live when the host does not say. */
const DEFAULT_CODE_LIFETIME = 600;

/**
 * Reads where a person approves the device. An address to which a person may not be sent is unreadable; as the complete
 * one it is left out (wire.md, Authentication).
 */
export const deviceAuthorizationReader = (
  isOpenable: (address: string) => boolean,
): AnswerReader<DeviceAuthorization> => ({
  members: ["device_code"],
  read(body) {
    const complete = plainText(body["verification_uri_complete"]);
    const address = requiredText(body, "verification_uri");
    if (!isOpenable(address)) {
      throw new Unreadable(
        "verification_uri",
        "must be an address of https, or of http on this machine",
      );
    }
    return {
      ...body,
      device_code: requiredText(body, "device_code"),
      user_code: requiredText(body, "user_code"),
      verification_uri: address,
      verification_uri_complete: complete !== null && isOpenable(complete) ? complete : null,
      expires_in: seconds(body["expires_in"]) ?? DEFAULT_CODE_LIFETIME,
      interval: seconds(body["interval"]) ?? DEFAULT_INTERVAL,
    };
  },
});

/** Reads who is signed in (wire.md, Authentication). */
export const MeReader: AnswerReader<Me> = {
  members: ["user_id", "id", "email", "name", "username", "teams"],
  read: (body, reading) => ({
    ...body,
    user_id: plainText(body["user_id"]) ?? plainText(body["id"]) ?? "",
    email: plainText(body["email"]) ?? "",
    name: plainText(body["name"]) ?? plainText(body["username"]) ?? "",
    teams: body["teams"] == null ? [] : reading.list(body, "teams", (team) => {
      const id = requiredText(team, "id");
      return {
        ...team,
        id,
        name: plainText(team["name"]) ?? id,
        role: plainText(team["role"]) ?? "",
      };
    }),
    ...("token_expires_at" in body ? { token_expires_at: timeOf(body["token_expires_at"]) } : {}),
  }),
};

/** Returns whether a header can carry it: visible characters of ASCII. */
export function isSendableToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Returns whether a header can carry it as the slug of a team. */
export function isSendableTeam(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

function timeOf(value: unknown): string | null {
  return value == null ? null : readTime(value);
}

function tokenIn(body: JsonObject, name: string): string {
  const token = requiredText(body, name);
  if (!isSendableToken(token)) {
    throw new Unreadable(name, "holds characters that no request can carry");
  }
  return token;
}

/** It travels in bodies, which carry more than a header does. */
function refreshTokenIn(body: JsonObject, name: string): string | null {
  const token = body[name];
  if (typeof token !== "string" || token.trim() === "") return null;
  if (/[\p{Cc}\p{Cs}]/u.test(token)) {
    throw new Unreadable(name, "holds characters that no request can carry");
  }
  return token;
}

function seconds(value: unknown): number | null {
  const number = count(value);
  return number === null || number === 0 ? null : number;
}
