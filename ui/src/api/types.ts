import type { components } from "./schema";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];
export type Route = Schemas["Route"];
export type Variant = Schemas["Variant"];
export type Target = Schemas["Target"];
export type Problem = Schemas["Problem"];
export type Weights = Schemas["Weights"];
export type WeightsState = Schemas["WeightsState"];
export type Conflict = Schemas["Conflict"];
export type Rollout = Schemas["Rollout"];
export type RolloutSummary = Schemas["RolloutSummary"];
export type RolloutRecord = Schemas["RolloutRecord"];
export type Change = Schemas["Change"];
export type Instance = Schemas["Instance"];
export type OverrideText = Schemas["OverrideText"];
export type Finding = Schemas["Finding"];
export type Traffic = Schemas["TrafficEvent"];
export type Flow = Schemas["TrafficRow"];
export type Peer = Schemas["Peer"];
export type Explanation = Schemas["Explanation"];
export type Me = Schemas["Me"];
export type Policy = Schemas["Policy"];
export type PolicyState = Schemas["PolicyState"];
export type Plan = Schemas["Plan"];
export type PlannedStep = Schemas["PlannedStep"];

/** What is wrong with a request, as the API tells it (RFC 9457). */
export type ProblemDetails = Partial<Schemas["ErrorModel"]> & { current?: unknown };
