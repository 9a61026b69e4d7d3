import * as v from "valibot";
import { FilledSchema, PositiveSchema } from "./field.ts";

/** The client id of the device flow (wire.md, Authentication). */
export const DEVICE_CLIENT_ID = "cli_native";

/** The scope of the device flow (wire.md, Authentication). */
export const DEVICE_SCOPE = "offline_access";

/** The grant type of the device flow (wire.md, Authentication). */
export const DEVICE_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

/** The grant type of a refresh at the OAuth endpoint (wire.md, Other clients). */
export const REFRESH_GRANT_TYPE = "refresh_token";

/** The grant type of a sign-in in the browser with PKCE (wire.md, Other clients). */
export const CODE_GRANT_TYPE = "authorization_code";

/** Seconds an access token lives when the host does not say (wire.md, Authentication). */
export const DEFAULT_ACCESS_LIFETIME = 900;

/** Seconds a refresh token lives when the host does not say (wire.md, Authentication). */
export const DEFAULT_REFRESH_LIFETIME = 604_800;

/** Errors of the device flow that the contract names (wire.md, Authentication). */
export const DEVICE_TOKEN_ERRORS = [
  "authorization_pending",
  "slow_down",
  "access_denied",
  "expired_token",
] as const;

/** Body of a login by password (wire.md, Authentication). */
export type PasswordTokenRequest = {
  readonly username: string;
  readonly password: string;
};

/** Body of a refresh (wire.md, Authentication). */
export type RefreshTokenRequest = {
  readonly refresh: string;
};

/** A pair of tokens; the refresh token rotates (wire.md, Authentication). */
export type TokenResponse = {
  readonly access: string;
  /** `null` when there is none: a refresh then keeps the one it was made with. */
  readonly refresh: string | null;
  /** Seconds. */
  readonly access_lifetime: number;
  /** Seconds. */
  readonly refresh_lifetime: number;
  readonly team_slug?: string | null | undefined;
};

/** Form of the device authorization request (wire.md, Authentication). */
export type DeviceAuthorizationRequest = {
  readonly client_id: typeof DEVICE_CLIENT_ID;
  readonly scope: typeof DEVICE_SCOPE;
};

/** Where a person approves the device (RFC 8628; wire.md, Authentication). */
export type DeviceAuthorization = {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete?: string | null | undefined;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds between two polls. */
  readonly interval: number;
};

/** Form of one poll of the device flow (wire.md, Authentication). */
export type DeviceTokenRequest = {
  readonly grant_type: typeof DEVICE_GRANT_TYPE;
  readonly device_code: string;
  readonly client_id: typeof DEVICE_CLIENT_ID;
};

/** Tokens from the device flow (wire.md, Authentication). */
export type DeviceToken = {
  readonly access_token: string;
  /** `null` when there is none. */
  readonly refresh_token: string | null;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds. */
  readonly refresh_token_expires_in?: number | null | undefined;
  readonly token_type: string | null;
  readonly team_slug?: string | null | undefined;
};

/** A 400 of the device flow; `error` is one of {@link DEVICE_TOKEN_ERRORS} or another code of RFC 6749 (wire.md, Authentication). */
export type DeviceTokenError = {
  readonly error: string;
};

/** Form of the end of a session (RFC 7009; wire.md, Extensions). */
export type RevokeRequest = {
  /** The refresh or the access token. */
  readonly token: string;
};

/** The answer to the end of a session: the token is good for nothing, known or not (wire.md, Extensions). */
export type RevokeResult = {
  readonly revoked: boolean;
};

/** A team of the signed-in user (wire.md, Authentication). */
export type Team = {
  readonly id: string;
  readonly name: string;
  readonly role: string;
};

/** The signed-in user (wire.md, Authentication). */
export type Me = {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly teams: readonly Team[];
  /** When the token of a machine expires, in ISO 8601; `null` for a session, or where the host does not say. */
  readonly token_expires_at?: string | null | undefined;
};

/** Schema of {@link PasswordTokenRequest}. */
export const PasswordTokenRequestSchema: v.GenericSchema<unknown, PasswordTokenRequest> = v
  .looseObject({ username: FilledSchema, password: v.string() });

/** Schema of {@link RefreshTokenRequest}. */
export const RefreshTokenRequestSchema: v.GenericSchema<unknown, RefreshTokenRequest> = v
  .looseObject({ refresh: FilledSchema });

/** Schema of {@link TokenResponse}; fills in the default lifetimes (wire.md, Authentication). */
export const TokenResponseSchema: v.GenericSchema<unknown, TokenResponse> = v.looseObject({
  access: FilledSchema,
  refresh: FilledSchema,
  access_lifetime: v.nullish(PositiveSchema, DEFAULT_ACCESS_LIFETIME),
  refresh_lifetime: v.nullish(PositiveSchema, DEFAULT_REFRESH_LIFETIME),
  team_slug: v.nullish(v.string()),
});

/** Schema of {@link DeviceAuthorizationRequest}. */
export const DeviceAuthorizationRequestSchema: v.GenericSchema<
  unknown,
  DeviceAuthorizationRequest
> = v.looseObject({ client_id: v.literal(DEVICE_CLIENT_ID), scope: v.literal(DEVICE_SCOPE) });

/** Schema of {@link DeviceAuthorization}. */
export const DeviceAuthorizationSchema: v.GenericSchema<unknown, DeviceAuthorization> = v
  .looseObject({
    device_code: FilledSchema,
    user_code: FilledSchema,
    verification_uri: FilledSchema,
    verification_uri_complete: v.nullish(v.string()),
    expires_in: PositiveSchema,
    interval: PositiveSchema,
  });

/** Schema of {@link DeviceTokenRequest}. */
export const DeviceTokenRequestSchema: v.GenericSchema<unknown, DeviceTokenRequest> = v
  .looseObject({
    grant_type: v.literal(DEVICE_GRANT_TYPE),
    device_code: FilledSchema,
    client_id: v.literal(DEVICE_CLIENT_ID),
  });

/** Schema of {@link DeviceToken}. */
export const DeviceTokenSchema: v.GenericSchema<unknown, DeviceToken> = v.looseObject({
  access_token: FilledSchema,
  refresh_token: FilledSchema,
  expires_in: PositiveSchema,
  refresh_token_expires_in: v.nullish(PositiveSchema),
  token_type: v.string(),
});

/** Schema of {@link DeviceTokenError}. */
export const DeviceTokenErrorSchema: v.GenericSchema<unknown, DeviceTokenError> = v.looseObject({
  error: v.string(),
});

/** Schema of {@link RevokeRequest}. */
export const RevokeRequestSchema: v.GenericSchema<unknown, RevokeRequest> = v
  .looseObject({ token: FilledSchema });

/** Schema of {@link RevokeResult}. */
export const RevokeResultSchema: v.GenericSchema<unknown, RevokeResult> = v
  .looseObject({ revoked: v.boolean() });

/** Hosts number their users or name them; inside, an id is text. */
const IdSchema = v.pipe(v.union([v.string(), v.number()]), v.transform(String));

/** Schema of {@link Me}. */
export const MeSchema: v.GenericSchema<unknown, Me> = v.looseObject({
  user_id: IdSchema,
  email: v.string(),
  name: v.string(),
  teams: v.array(v.looseObject({ id: IdSchema, name: v.string(), role: v.string() })),
  token_expires_at: v.nullish(v.string()),
});
