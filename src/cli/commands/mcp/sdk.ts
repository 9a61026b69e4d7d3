/** What is used of the library of the protocol; the bundle has this module as a file of its own. */
export { type JSONRPCMessage, Server, type Transport } from "@modelcontextprotocol/server";
export { serveStdio } from "@modelcontextprotocol/server/stdio";
