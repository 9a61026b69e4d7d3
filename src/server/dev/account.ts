/** The user a development host has; its password is public. */
export const DEMO = {
  username: "demo@example.com",
  password: "demo",
  name: "Dana Demo",
  team: "acme",
} as const;
