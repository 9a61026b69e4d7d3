/** The lines that an agent sends to `tracker mcp` when it opens the connection and calls tools. */
export function agentLines(
  ...calls: readonly (readonly [tool: string, given: Readonly<Record<string, unknown>>])[]
): string {
  const messages = [
    {
      id: 0,
      method: "initialize",
      params: {
        protocolVersion: "2025-06-18",
        capabilities: {},
        clientInfo: { name: "lines", version: "1.0.0" },
      },
    },
    { method: "notifications/initialized" },
    ...calls.map(([name, given], index) => ({
      id: index + 1,
      method: "tools/call",
      params: { name, arguments: given },
    })),
  ];
  return messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join("");
}
