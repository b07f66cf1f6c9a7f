import type { ComponentType } from "preact";
import type { Key } from "../i18n";
import { Audit } from "./Audit";
import { Explain } from "./Explain";
import { History } from "./History";
import { Instances } from "./Instances";
import { Overrides } from "./Overrides";
import { Overview } from "./Overview";
import { Peers } from "./Peers";
import { Policies } from "./Policies";
import { Policy } from "./Policy";
import { Problems } from "./Problems";
import { Rollout } from "./Rollout";
import { Rollouts } from "./Rollouts";
import { Routes } from "./Routes";
import { Service } from "./Service";

export interface PageProps {
  args: string[];
}

interface Page {
  title: Key;
  show: ComponentType<PageProps>;
  under?: string; // it is about one thing, and in the bar stands that page
}

/** Every page by its name in the address, in the order of the bar. */
export const pages: Record<string, Page> = {
  overview: { title: "overview", show: Overview },
  routes: { title: "routes", show: Routes },
  rollouts: { title: "rollouts", show: Rollouts },
  policies: { title: "policies", show: Policies },
  instances: { title: "instances", show: Instances },
  history: { title: "history", show: History },
  audit: { title: "audit", show: Audit },
  peers: { title: "peers", show: Peers },
  problems: { title: "problems", show: Problems },
  overrides: { title: "overrides", show: Overrides },
  explain: { title: "explain", show: Explain, under: "routes" },
  policy: { title: "policy", show: Policy, under: "policies" },
  service: { title: "service", show: Service, under: "routes" },
  rollout: { title: "rollout", show: Rollout, under: "rollouts" },
};
