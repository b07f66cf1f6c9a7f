import type { Route } from "../api/types";
import { status } from "./live";

/** A command that asks a route for an answer; undefined where curl cannot. */
export function curlOf(route: Route): string | undefined {
  const scheme = route.variants[0]?.targets[0]?.url.split(":")[0] ?? "http";
  const passed = scheme === "tcp";
  const port = portFor(passed ? "tcp+sni" : "http");
  if (!route.path || !port || (passed && !route.host)) {
    return undefined;
  }
  const at = location.hostname;
  if (passed) {
    return `curl -sk --connect-to ${route.host}:443:${at}:${port} https://${route.host}${route.path}`;
  }
  const host = route.host ? `-H 'Host: ${route.host.replace("*", "any")}' ` : "";
  return `curl -s ${host}http://${at}:${port}${route.path}`;
}

/** The port of the first listener of a protocol. */
function portFor(proto: string): string | undefined {
  return status.value.value?.listeners?.find((l) => l.proto === proto)?.addr.split(":").at(-1);
}
