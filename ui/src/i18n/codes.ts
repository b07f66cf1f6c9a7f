import { ApiError } from "../api/client";
import type { ProblemDetails, Rollout } from "../api/types";
import { fill, language } from ".";
import { zh } from "./zh_codes";
import { inChinese } from "./zh_sentences";

type RolloutVerdict = NonNullable<Rollout["verdict"]>;

/** Why something failed, in the language of the pages where they know weir's code for it, else as weir says it. */
export function said(error: Error): string {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const text = language.value === "zh-CN" && problem?.code ? zh.problem[problem.code] : undefined;
  return text ? [fill(text, problem?.params ?? {}), ...details(problem!)].join("\n") : error.message;
}

/** What is wrong at each place, as weir says it. */
export function details(problem: ProblemDetails): string[] {
  return (problem.errors ?? []).map((e) => e.message ?? "").filter(Boolean);
}

/** A word of the API in the language of the pages, with what weir says in English where that tells more. */
export function worded(kind: "hold" | "reason" | "outcome" | "action", word: string, english = ""): string {
  const text = language.value === "zh-CN" ? zh[kind][word] : undefined;
  return text ? text + (english && `（${english}）`) : english || word;
}

/** What a rollout waits for. */
export function holdWords(cause: string, message: string): string {
  return (language.value === "zh-CN" && inChinese(message)) || worded("hold", cause, message);
}

/** What weir says of steps and what comes next, in the language of the pages. */
export function sentence(text: string): string {
  return (language.value === "zh-CN" && inChinese(text)) || text;
}

/** A verdict in a sentence, and what it goes by, which is in English. */
export function verdictWords(v: RolloutVerdict): [string, string] {
  const [first = "", ...rest] = v.words.split("\n\n");
  const text = language.value === "zh-CN" ? zh.verdict[v.reason] : undefined;
  return [text ? fill(text, { leading: v.leading, needed: v.needed ?? "∞" }) : first, rest.join("\n\n")];
}
