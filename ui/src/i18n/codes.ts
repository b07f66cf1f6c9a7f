import { ApiError } from "../api/client";
import type { ProblemDetails } from "../api/types";
import { fill, language } from ".";
import { zh } from "./zh_codes";

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
